"""What keeps an operation from being carried out, asked before its function runs.

A guard belongs to methods by their names, gets what the operation gets, and raises the fault that the caller
or the task is to have. It lets one subject (Fault Tolerance) forbid what another one does without either
knowing the other. Guards run inside the task, after the entity is locked, in the order of their making.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call

Guard = Callable[..., None]

_GUARDS: Final[dict[str, list[Guard]]] = {}


def guard(*method_names: str) -> Callable[[Guard], Guard]:
    """Ask a function before each of these methods: `function(call, entity, **arguments)`."""

    def bind(function: Guard) -> Guard:
        for name in method_names:
            _GUARDS.setdefault(name, []).append(function)
        return function

    return bind


def ask_guards(call: Call, entity: ManagedObject, arguments: dict[str, Any]) -> None:
    """Raise the fault of the first guard of the called method that has one."""
    for ask in _GUARDS.get(call.method.name, ()):
        ask(call, entity, **arguments)
