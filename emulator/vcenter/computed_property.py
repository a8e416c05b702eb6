"""Properties that are not stored but answered for the caller, such as the session that it has.

Nothing tells of their changes, so a property filter shows what they were when it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call
from emulator.vmodl.registry import managed_type

Function = Callable[[Call, ManagedObject], Any]

_COMPUTED: Final[dict[str, dict[str, Function]]] = {}


def computed_property(type_name: str, name: str) -> Callable[[Function], Function]:
    """Bind a function to a property of a managed object type; raise KeyError if the type has no such one."""
    declared = managed_type(type_name).properties[name]

    def bind(function: Function) -> Function:
        _COMPUTED.setdefault(type_name, {})[declared.name] = function
        computed_properties.cache_clear()
        return function

    return bind


@cache
def computed_properties(type_name: str) -> dict[str, Function]:
    """Return the computed properties of a type, those that it inherits included, by name."""
    ancestors = reversed(managed_type(type_name).ancestors)
    return {
        name: function
        for ancestor in ancestors
        for name, function in _COMPUTED.get(ancestor.name, {}).items()
    }


@computed_property("ServiceInstance", "serverClock")
def server_clock(call: Call, service: ManagedObject) -> Any:
    """Return the server's time."""
    return call.vcenter.clock.now()
