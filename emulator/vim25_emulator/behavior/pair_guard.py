"""Guards that protect pairs: forbidden operations, and operations while the other VM is locked."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.pair import pair_of
from vim25_emulator.fault_tolerance.prohibition_evaluation import forbid
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.guard import guard
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import version

_METHODS: Final = tuple(dict.fromkeys(method for row in FORBIDDEN for method in row.methods))

#: Operations on a VM of a pair that involve the other VM [derived].
_NEED_BOTH: Final = (
    "PowerOnVM_Task",
    "PowerOffVM_Task",
    "SuspendVM_Task",
    "ResetVM_Task",
    "ReconfigVM_Task",
    "MigrateVM_Task",
    "RelocateVM_Task",
    "Destroy_Task",
    "TurnOffFaultToleranceForVM_Task",
    "MakePrimaryVM_Task",
    "TerminateFaultTolerantVM_Task",
    "DisableSecondaryVM_Task",
    "EnableSecondaryVM_Task",
)


@guard(*_METHODS, again=True)
def require_allowed(call: Call, this: ManagedObject, /, **arguments: Any) -> None:
    """Raise the fault of a call that Fault Tolerance forbids."""
    forbid(call.vcenter.inventory, call.vcenter.release.version, call.method.name, this, arguments)


@guard(*_NEED_BOTH)
def require_partner(call: Call, vm: ManagedObject, /, **arguments: Any) -> None:
    """Raise FailToLockFaultToleranceVMs while a task locks the other VM of the pair (from 4.1 on).

    Does not run again: a task locks both VMs when it begins, so the later task fails.
    """
    pair = pair_of(call.vcenter.inventory, vm) if vm.is_a("VirtualMachine") else None
    if pair is None or call.vcenter.release.version < version("4.1"):
        return
    partner = pair.secondary if vm is pair.primary else pair.primary
    if call.vcenter.tasks.holder(partner) is not None:
        entity = {"vm": vm.ref, "vmName": vm.get("name")}
        raise MethodFault("FailToLockFaultToleranceVMs", **entity, alreadyLockedVm=partner.ref)
