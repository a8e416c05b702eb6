"""What the two VMs of a pair refuse (`disabledMethod`) in each state of the pair.

Derived throughout: what is seen of real servers is the list of a VM without Fault Tolerance.
"""

from __future__ import annotations

from typing import Final

from emulator.fault_tolerance.state import State
from emulator.inventory.store import ManagedObject
from emulator.vmodl.registry import managed_type

TURN_ON: Final = ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")
_TURN_OFF: Final = ("TurnOffFaultToleranceForVM_Task",)
_TEST: Final = ("MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task")
_SUSPEND: Final = ("DisableSecondaryVM_Task",)
_RESUME: Final = ("EnableSecondaryVM_Task",)

#: What a primary refuses as long as it has a secondary.
_OF_ANY_PRIMARY: Final = (*TURN_ON, "CreateSnapshot_Task", "CreateSnapshotEx_Task", "RelocateVM_Task")

#: State → what the primary refuses.
OF_PRIMARY: Final[dict[State, tuple[str, ...]]] = {
    State.NOT_CONFIGURED: (*_TURN_OFF, *_TEST, *_SUSPEND, *_RESUME),
    State.ENABLED: (*_OF_ANY_PRIMARY, *_TEST, *_RESUME),
    State.NEED_SECONDARY: (*_OF_ANY_PRIMARY, *_TEST, *_RESUME),
    State.STARTING: (*_OF_ANY_PRIMARY, *_TEST, *_RESUME, *_TURN_OFF),
    State.RUNNING: (*_OF_ANY_PRIMARY, *_RESUME),
    State.DISABLED: (*_OF_ANY_PRIMARY, *_TEST, *_SUSPEND),
}

_OURS: Final = frozenset(method for refused in OF_PRIMARY.values() for method in refused)

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


def refuse(primary: ManagedObject, secondary: ManagedObject, state: State) -> None:
    """Let both VMs refuse what they refuse in this state; what else the primary refuses stays."""
    kept = tuple(method for method in primary.get("disabledMethod") if method not in _OURS)
    primary.set("disabledMethod", kept + OF_PRIMARY[state])
    secondary.set("disabledMethod", OF_SECONDARY)
