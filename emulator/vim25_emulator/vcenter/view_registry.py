"""The open views of all sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vim25_emulator.vmodl.value import MoRef


@dataclass
class Views:
    """By session key: view → function that stops it."""

    by_session: dict[str, dict[MoRef, Callable[[], None]]] = field(default_factory=dict)
