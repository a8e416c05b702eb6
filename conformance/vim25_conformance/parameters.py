"""Parameters of the commands: case ids and versions with Tab completion, run logs, target options."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from vim25_conformance.api_version import UnknownApiVersionError, age
from vim25_conformance.api_version import versions as known_versions
from vim25_conformance.binding import BINDINGS, FIRST_JSON, SOAP
from vim25_conformance.case import registry
from vim25_conformance.client import BadAddressError, endpoint_of
from vim25_conformance.runlog import RunLog, decode, load
from vim25_conformance.situation import Lab, read_lab
from vim25_conformance.target import EMULATOR, VCSIM
from vim25_conformance.target_spec import TargetSpec

Command = TypeVar("Command", bound=Callable[..., Any])


class CaseId(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """A case id or a pattern, with Tab completion."""

    name = "CASE"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the case ids that begin as typed."""
        return [
            CompletionItem(each.id, help=each.title)
            for each in registry().values()
            if each.id.startswith(incomplete)
        ]


class VersionParameter(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """An API version id, with Tab completion."""

    name = "VERSION"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the version ids that begin as typed."""
        return [CompletionItem(each) for each in known_versions() if each.startswith(incomplete)]

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Fail unless the version exists."""
        try:
            age(value)
        except UnknownApiVersionError as error:
            self.fail(str(error), param, ctx)
        return value


class Workers(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """A number of processes, or `auto`."""

    name = "N"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Return the number, None for `auto`."""
        if value == "auto":
            return None
        if not value.isdigit() or int(value) < 1:
            self.fail("expected a number of processes, or `auto`", param, ctx)
        return int(value)


class RunPath(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on
    """A run's directory or log file, or `-` for a log on standard input."""

    name = "RUN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> RunLog:
        """Return the log."""
        if isinstance(value, RunLog):
            return value
        if value == "-":
            return decode(sys.stdin.buffer.read(), "standard input")
        return load(Path(value))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete files and directories."""
        return [CompletionItem(incomplete, type="file")]


class GoldenPath(RunPath):
    """A recording that can be an oracle: of a product that says that it is a vCenter."""

    name = "RUN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> RunLog:
        """Return the log; fail unless it is of a vCenter."""
        log = super().convert(value, param, ctx)
        for version, about in log.run.about.items():
            if (kind := about.get("apiType")) != "VirtualCenter":
                self.fail(
                    f"recorded of {log.run.target}, which says at {version} that it is"
                    f" {kind or 'nothing'}; only a VirtualCenter can be the oracle",
                    param,
                    ctx,
                )
        return log


#: Options that several commands have.
CASES = click.option(
    "--case",
    "cases",
    type=CaseId(),
    multiple=True,
    help="Select these cases only; a pattern such as `FT.DRS.*` selects several. Repeatable.",
)
BINDING = click.option(
    "--binding",
    type=click.Choice([*BINDINGS, "both"]),
    default=SOAP,
    show_default=True,
    help=f"Binding to speak; VI/JSON exists from {FIRST_JSON} on.",
)
OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the four files.  [default: runs/<time>-<target>]",
)
AS_DOCUMENT = click.option(
    "--json", "as_document", is_flag=True, help="Print the verdicts as JSON instead of the summary."
)
GOLDEN = click.option(
    "--golden",
    type=GoldenPath(),
    help="Recording of a real system (directory, log file, or `-`): the oracle for the cases in it.",
)

STRICT = click.option(
    "--strict",
    is_flag=True,
    help="For CI: also fail for unimplemented methods, notes, and a run in which no case was run.",
)
MIN_RUN = click.option(
    "--min-run", type=click.IntRange(min=0), default=0, metavar="N", help="Fail if fewer cases were run."
)


def target_options(command: Command) -> Command:
    """Add the options that name a target and say what may be done to it."""
    options = (
        click.option(
            "--target",
            default=EMULATOR,
            show_default=True,
            metavar="emulator|vcsim|URL",
            help="`emulator` and `vcsim` are started for the run; a URL is https://user@host/sdk.",
        ),
        click.option("--insecure", is_flag=True, help="Accept any TLS certificate."),
        click.option(
            "--ca-file",
            type=click.Path(exists=True, dir_okay=False),
            help="PEM file with the certificate authority to trust.",
        ),
        click.option(
            "--password-env",
            default="VIM25_PASSWORD",
            show_default=True,
            metavar="VARIABLE",
            help="Environment variable with the password; if it is unset, the command prompts.",
        ),
        click.option(
            "--lab",
            type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
            help="YAML file that names VMs for situations: `situations: {powered-off: {primary: vm1}}`;"
            " `-` is standard input.",
        ),
        click.option(
            "--allow-changes",
            is_flag=True,
            help="Also run cases that modify something, on VMs that the lab file names.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def target_of(
    target: str, insecure: bool, ca_file: str | None, password_env: str, lab: Path | None, allow_changes: bool
) -> TargetSpec:
    """Return the target that the options name; ask for a password. Raise BadAddressError, BadLabError."""
    if target in (EMULATOR, VCSIM):
        return TargetSpec(target, may_change=True)
    endpoint = endpoint_of(target, ca_file=ca_file, verify=not insecure)
    if not endpoint.username:
        address = endpoint.label.replace("://", "://USER@")
        raise BadAddressError(f"no user name: write {address}")
    endpoint.context()  # reads --ca-file before a password is asked for
    password = os.environ.get(password_env)
    if password is None and not sys.stdin.isatty():
        raise BadAddressError(f"no password: set {password_env}, or run on a terminal to be prompted")
    if password is None:
        password = click.prompt(
            f"Password of {endpoint.username} at {endpoint.host}", hide_input=True, err=True
        )
    return TargetSpec(
        endpoint.host, replace(endpoint, password=password), read_lab(lab) if lab else Lab(), allow_changes
    )
