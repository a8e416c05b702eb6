"""VirtualMachine: MakePrimaryVM_Task, TerminateFaultTolerantVM_Task and TerminateVM.

After a test failover or a restart test, the pair needs a secondary, which HA starts again. A failover swaps
the hosts: the primary runs on the secondary's host, and the secondary is started on the primary's.
"""

from __future__ import annotations

from vim25_emulator.behavior.pair_power import require_member, require_not_secondary, require_pair
from vim25_emulator.behavior.power_transition import (
    require_power_change,
    require_power_state,
    set_powered_off,
)
from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import OFF, ON, SUSPENDED
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import version


def require_can_fail_over(call: Call, primary: ManagedObject, vm: ManagedObject) -> Pair:
    """Return the pair; raises like `make_primary`, and the faults of `require_member`."""
    pair = require_member(call, primary, vm)
    pair.require(Event.FAILOVER_TESTED)
    _require_protected(call, primary)
    return pair


@operation("VirtualMachine", "MakePrimaryVM_Task", locks=True, requires=require_can_fail_over)
async def make_primary(call: Call, this: ManagedObject, vm: ManagedObject) -> None:
    """Fail over to the secondary `vm`, as if the primary had failed.

    Raises InvalidState unless both VMs run. Not possible without HA [documented]; the fault,
    FaultToleranceVmNotDasProtected from 5.0 on, is [derived].
    """
    apply_pair_event(call, await call.work(), Event.FAILOVER_TESTED)


def require_restartable(call: Call, primary: ManagedObject, vm: ManagedObject | None = None) -> Pair:
    """Return the pair whose secondary is to stop; raises like `terminate_secondary`."""
    require_not_secondary(primary)
    if vm is primary:
        raise MethodFault("InvalidArgument", invalidProperty="vm")
    pair = require_member(call, primary, vm) if vm is not None else require_pair(call, primary)
    pair.require(Event.RESTART_TESTED)
    _require_protected(call, primary)
    return pair


@operation("VirtualMachine", "TerminateFaultTolerantVM_Task", locks=True, requires=require_restartable)
async def terminate_secondary(call: Call, this: ManagedObject, vm: ManagedObject | None = None) -> None:
    """Stop the secondary `vm`, or all secondaries if unset, as if it had failed; HA starts it again.

    Raises InvalidArgument for the primary itself, InvalidState unless both VMs run,
    FaultToleranceVmNotDasProtected (from 5.0 on) if HA would not start the secondary again.
    """
    apply_pair_event(call, await call.work(), Event.RESTART_TESTED)


def _require_protected(call: Call, vm: ManagedObject) -> None:
    """Raise the fault of a VM that HA does not protect."""
    if vm.get("runtime.dasVmProtection.dasProtected"):
        return
    if call.vcenter.release.version < version("5.0"):
        raise MethodFault("InvalidState")
    raise MethodFault("FaultToleranceVmNotDasProtected", vm=vm.ref, vmName=vm.get("name"))


@operation("VirtualMachine", "TerminateVM")
def kill(call: Call, vm: ManagedObject) -> None:
    """Terminate a VM's process: a VM of a pair fails, any other VM is powered off.

    The other VM of a protected pair continues [observed: third-party test code].
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is not None and vm is pair.secondary:
        require_power_state(vm, OFF, ON)
        apply_pair_event(call, pair, Event.SECONDARY_FAILED)
    elif pair is not None and pair.state is State.RUNNING:
        apply_pair_event(call, pair, Event.PRIMARY_FAILED)
    else:
        require_power_change(vm, OFF, ON, SUSPENDED)
        set_powered_off(call, vm)
