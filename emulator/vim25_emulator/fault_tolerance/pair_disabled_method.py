"""What the two VMs of a pair refuse (`disabledMethod`) in each state of the pair.

Derived throughout: what is seen of real servers is the list of a VM without Fault Tolerance.
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.pair_state import Event, Impossible, State, decide
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.registry import managed_type

TURN_ON: Final = ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")

#: Method → the events that it brings about, one of which must be possible.
_EVENTS: Final = {
    **dict.fromkeys(TURN_ON, (Event.CREATED_ON, Event.CREATED_OFF)),
    "TurnOffFaultToleranceForVM_Task": (Event.TURNED_OFF,),
    "MakePrimaryVM_Task": (Event.FAILOVER_TESTED,),
    "TerminateFaultTolerantVM_Task": (Event.RESTART_TESTED,),
    "DisableSecondaryVM_Task": (Event.SUSPENDED,),
    "EnableSecondaryVM_Task": (Event.RESUMED_ON, Event.RESUMED_OFF),
}

#: What a primary refuses besides, as long as it has a secondary.
_OF_ANY_PRIMARY: Final = ("CreateSnapshot_Task", "CreateSnapshotEx_Task", "RelocateVM_Task")


def _impossible(state: State) -> tuple[str, ...]:
    return tuple(
        method
        for method, events in _EVENTS.items()
        if all(isinstance(decide(state, event), Impossible) for event in events)
    )


#: State → what the primary refuses: what the state table has no place for, and what no pair bears.
OF_PRIMARY: Final[dict[State, tuple[str, ...]]] = {
    state: (*_impossible(state), *(() if state is State.NOT_CONFIGURED else _OF_ANY_PRIMARY))
    for state in State
}

_OURS: Final = frozenset((*_EVENTS, *_OF_ANY_PRIMARY))

#: What may be done with a secondary: to move it, and what only reads.
_ALLOWED_ON_SECONDARY: Final = ("MigrateVM_Task", "AcquireTicket", "CreateScreenshot_Task")
_READING: Final = ("System.", "VirtualMachine.Config.QueryUnownedFiles")

OF_SECONDARY: Final = tuple(
    method.name
    for method in managed_type("VirtualMachine").methods.values()
    if method.name not in _ALLOWED_ON_SECONDARY and not (method.privilege or "").startswith(_READING)
)


def show_turn_on(vm: ManagedObject, *, possible: bool) -> None:
    """Let a VM without Fault Tolerance refuse to have it turned on, or no longer refuse.

    That a VM outside a cluster with HA refuses it is seen.
    """
    kept = tuple(method for method in vm.get("disabledMethod") if method not in TURN_ON)
    vm.set("disabledMethod", kept if possible else kept + TURN_ON)


def refuse(primary: ManagedObject, state: State) -> None:
    """Let a primary refuse what it refuses in this state; what it refuses for other reasons stays."""
    kept = tuple(method for method in primary.get("disabledMethod") if method not in _OURS)
    primary.set("disabledMethod", kept + OF_PRIMARY[state])
