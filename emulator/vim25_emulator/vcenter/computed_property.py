"""`@computed_property("SessionManager", "currentSession")`: a property that is computed for the caller.

It is not stored and its changes are not in the journal, so a property filter shows the value at query time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.implementation import ComputedProperty, declare
from vim25_emulator.vmodl.registry import managed_type

F = TypeVar("F", bound=Callable[[Call, ManagedObject], Any])


def computed_property(type_name: str, name: str) -> Callable[[F], F]:
    """Declare what computes a property of a managed object type; KeyError if it does not exist."""
    declared = managed_type(type_name).properties[name]

    def bind(function: F) -> F:
        declare(function, ComputedProperty(type_name, declared.name, function))
        return function

    return bind
