"""Properties that are not stored but answered for the caller, such as the session that it has.

Nothing tells of their changes, so a property filter shows what they were when it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
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
        return function

    return bind


def computed_properties(type_name: str) -> dict[str, Function]:
    """Return the computed properties of a type, by name."""
    return _COMPUTED.get(type_name, {})


@computed_property("SessionManager", "currentSession")
def current_session(call: Call, manager: ManagedObject) -> Any:
    """Return the caller's own session, nothing to one who has none."""
    return call.session.info if call.session is not None else None


@computed_property("SessionManager", "sessionList")
def session_list(call: Call, manager: ManagedObject) -> Any:
    """Return the open sessions."""
    return tuple(session.info for session in call.vcenter.sessions)


@computed_property("ServiceInstance", "serverClock")
def server_clock(call: Call, service: ManagedObject) -> Any:
    """Return the server's time."""
    return call.vcenter.clock.now()
