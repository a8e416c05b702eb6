"""`@guard("PowerOnVM_Task", …)` declares a function that can refuse these methods.

A guard receives the operation's arguments and raises the fault that refuses the call or fails the task. Fault
Tolerance forbids operations this way without either knowing the other. Guards run inside the task, after the
entity is locked, in the order of their definition; those with `again=True` run again after the task's work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.implementation import Guard, declare

F = TypeVar("F", bound=Callable[..., None])


def guard(*method_names: str, again: bool = False) -> Callable[[F], F]:
    """Declare a function to run before each of these methods: `function(call, entity, **arguments)`."""

    def bind(function: F) -> F:
        declare(function, Guard(method_names, function, again))
        return function

    return bind


def run_guards(call: Call, entity: ManagedObject, arguments: dict[str, Any], *, again: bool = False) -> None:
    """Run the guards of the called method; `again`: only those that run again after the task's work."""
    for guard in call.vcenter.implementation.guards(call.method.name):
        if guard.again or not again:
            guard.function(call, entity, **arguments)
