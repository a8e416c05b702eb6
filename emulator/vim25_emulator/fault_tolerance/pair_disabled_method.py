"""Methods that the two VMs of a pair list in `disabledMethod` in each state of the pair [derived].

Only the list of a VM without Fault Tolerance is known [observed: two captures].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.fault_tolerance.pair_kind import is_legacy
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.fault_tolerance.pair_transition import Impossible, decide
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.registry import managed_type

TURN_ON: Final = ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")

#: Method → its events. The method is disabled in states in which all of them are impossible.
_EVENTS: Final = {
    **dict.fromkeys(TURN_ON, (Event.CREATED_ON, Event.CREATED_OFF)),
    "TurnOffFaultToleranceForVM_Task": (Event.TURNED_OFF,),
    "MakePrimaryVM_Task": (Event.FAILOVER_TESTED,),
    "TerminateFaultTolerantVM_Task": (Event.RESTART_TESTED,),
    "DisableSecondaryVM_Task": (Event.SUSPENDED,),
    "EnableSecondaryVM_Task": (Event.RESUMED_ON, Event.RESUMED_OFF),
}

#: Methods that are disabled as long as a primary has a secondary, and those of a legacy primary only. Neither
#: is moving to another host, which is vMotion, nor from 6.0 on a disk-only snapshot [documented].
_OF_ANY_PRIMARY: Final = ("RevertToCurrentSnapshot_Task",)
OF_LEGACY_PRIMARY: Final = ("CreateSnapshot_Task", "CreateSnapshotEx_Task")

#: Methods of a primary that fail while HA is off [documented]: each relies on a restart by HA.
WITHOUT_HA: Final = ("MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task", "EnableSecondaryVM_Task")
#: One more that fails then; in other power states it is disabled anyway.
OFF_WITHOUT_HA: Final = ("PowerOnVM_Task",)


def _impossible(state: State) -> tuple[str, ...]:
    return tuple(
        method
        for method, events in _EVENTS.items()
        if all(isinstance(decide(state, event), Impossible) for event in events)
    )


#: State → disabled methods of the primary: those the state table forbids, plus those no pair supports.
OF_PRIMARY: Final[dict[State, tuple[str, ...]]] = {
    state: (*_impossible(state), *(() if state is State.NOT_CONFIGURED else _OF_ANY_PRIMARY))
    for state in State
}

_OURS: Final = frozenset((*_EVENTS, *_OF_ANY_PRIMARY, *OF_LEGACY_PRIMARY))

#: Methods that a secondary supports: moving it, making it fail, and methods that only read.
_ALLOWED_ON_SECONDARY: Final = (
    "MigrateVM_Task",
    "RelocateVM_Task",
    "TerminateVM",
    "AcquireTicket",
    "CreateScreenshot_Task",
)
_READING: Final = (
    "System.",
    "VirtualMachine.Config.QueryUnownedFiles",
    "VirtualMachine.Config.QueryFTCompatibility",
)

OF_SECONDARY: Final = tuple(
    method.name
    for method in managed_type("VirtualMachine").methods.values()
    if method.name not in _ALLOWED_ON_SECONDARY and not (method.privilege or "").startswith(_READING)
)


def show_turn_on(vm: ManagedObject, *, possible: bool) -> None:
    """Disable or enable turning on Fault Tolerance in the `disabledMethod` of a VM without it.

    It is disabled for a VM outside a cluster with HA [observed: two captures].
    """
    others = tuple(method for method in vm.get("disabledMethod") if method not in TURN_ON)
    vm.set("disabledMethod", others if possible else others + TURN_ON)


def show_disabled_methods(primary: ManagedObject, state: State, *, ha: bool) -> None:
    """Show the disabled methods of a primary in a state, with or without HA in its cluster.

    Methods disabled for other reasons stay.
    """
    ours = _OURS if is_powered_on(primary) else _OURS | {*OFF_WITHOUT_HA}
    others = tuple(method for method in primary.get("disabledMethod") if method not in ours)
    methods = dict.fromkeys(OF_PRIMARY[state])
    if state is not State.NOT_CONFIGURED:
        methods |= dict.fromkeys(OF_LEGACY_PRIMARY if is_legacy(primary) else ())
        methods |= dict.fromkeys(() if ha else (*WITHOUT_HA, *OFF_WITHOUT_HA))
    primary.set("disabledMethod", (*others, *(method for method in methods if method not in others)))
