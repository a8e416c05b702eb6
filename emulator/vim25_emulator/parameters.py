"""Parameter types of the options of `vim25-emulator`, and shell completion of their values.

Functions import what they need, as in `cli`: completion loads only what it completes, the server none of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Address(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """An address: HOST:PORT, PORT, :PORT or [IPV6]:PORT."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return (host, port)."""
        if isinstance(value, tuple):
            return value
        host, _, port = value.rpartition(":")
        if not port.isdigit() or int(port) > 65535:
            self.fail(
                f"{value!r}: expected HOST:PORT, such as 127.0.0.1:8989; port 0 picks a free one", param
            )
        return host.strip("[]") or "127.0.0.1", int(port)


class Seconds(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """A number of seconds, 0 or more."""

    name = "SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; reject anything that is not a finite number, or is negative."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            self.fail(f"{value!r}: expected a number of seconds, 0 or more", param, ctx)
        return seconds


def complete_scenario(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the matching scenario names; for a path, let the shell complete files."""
    from click.shell_completion import CompletionItem

    from vim25_emulator.scenario import library

    if "/" in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in library.names() if name.startswith(incomplete)]


def complete_release(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the matching products and API versions."""
    from click.shell_completion import CompletionItem

    from vim25_emulator.vmodl.release import names

    return [CompletionItem(name) for name in names() if name.lower().startswith(incomplete.lower())]
