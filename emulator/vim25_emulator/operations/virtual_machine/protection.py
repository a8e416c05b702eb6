"""VirtualMachine: suspending and resuming Fault Tolerance, and turning it off.

The methods are called on the primary. Suspending keeps the secondary, but powers it off and no longer starts
it with its primary; turning off deletes it and its history. The state table defines the effect on the pair.
"""

from __future__ import annotations

from vim25_emulator.behavior.pair_power import require_ha, require_member, require_pair
from vim25_emulator.behavior.secondary_start import (
    apply_pair_event,
    require_suitable_host,
    start_is_under_way,
)
from vim25_emulator.fault_tolerance import secondary_op_result
from vim25_emulator.fault_tolerance.pair import Pair
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_can_turn_off(call: Call, vm: ManagedObject) -> Pair:
    """Return the pair whose secondary is to be deleted; raises like `turn_off`."""
    pair = require_pair(call, vm)
    pair.require(Event.TURNED_OFF)
    hosts = pair.inventory.find_all(member.get("runtime.host") for member in (pair.primary, pair.secondary))
    if not all(map(is_in_service, hosts)):
        raise MethodFault("InvalidState")
    return pair


@operation("VirtualMachine", "TurnOffFaultToleranceForVM_Task", locks=True, requires=require_can_turn_off)
async def turn_off(call: Call, vm: ManagedObject) -> None:
    """Turn Fault Tolerance off and delete the secondary; a VM that can be protected can be protected again.

    Raises InvalidState while the secondary starts, while a host of the pair is in maintenance mode,
    disconnected or not responding [documented], and while one is in standby mode [derived].
    """
    apply_pair_event(call, await call.work(), Event.TURNED_OFF)


def require_suspendable(call: Call, primary: ManagedObject, vm: ManagedObject) -> Pair:
    """Return the pair of a primary and its secondary `vm`; raises like `suspend`."""
    pair = require_member(call, primary, vm)
    if pair.state is State.DISABLED:
        uuid = vm.get("config.instanceUuid")
        raise MethodFault("SecondaryVmAlreadyDisabled", instanceUuid=uuid)
    pair.require(Event.SUSPENDED)
    return pair


@operation("VirtualMachine", "DisableSecondaryVM_Task", locks=True, requires=require_suspendable)
async def suspend(call: Call, this: ManagedObject, vm: ManagedObject) -> None:
    """Suspend Fault Tolerance; raise SecondaryVmAlreadyDisabled, InvalidState while the secondary starts."""
    apply_pair_event(call, await call.work(), Event.SUSPENDED)


def require_resumable(
    call: Call, primary: ManagedObject, vm: ManagedObject, host: ManagedObject | None = None
) -> Pair:
    """Return the pair of a primary and its secondary `vm`; raises like `resume`."""
    pair = require_member(call, primary, vm)
    if start_is_under_way(call, pair):
        raise MethodFault("InvalidState")
    if pair.state is not State.DISABLED:
        uuid = vm.get("config.instanceUuid")
        raise MethodFault("SecondaryVmAlreadyEnabled", instanceUuid=uuid)
    require_ha(call, primary)
    if host is not None:
        require_suitable_host(call, pair, host)
    return pair


@operation("VirtualMachine", "EnableSecondaryVM_Task", locks=True, requires=require_resumable)
async def resume(
    call: Call, this: ManagedObject, vm: ManagedObject, host: ManagedObject | None = None
) -> DataObject:
    """Resume Fault Tolerance and, if the primary runs, start the secondary, on `host` if set.

    Returns FaultToleranceSecondaryOpResult. Raises SecondaryVmAlreadyEnabled, InvalidState while the
    secondary starts, IncompatibleHostForFtSecondary, VmFaultToleranceOpIssuesList without HA.
    """
    pair: Pair = await call.work()
    event = Event.RESUMED_ON if is_powered_on(this) else Event.RESUMED_OFF
    return secondary_op_result.operation_result(pair, apply_pair_event(call, pair, event, host=host))
