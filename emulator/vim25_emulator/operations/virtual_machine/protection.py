"""VirtualMachine: suspending and resuming Fault Tolerance, and turning it off.

All are asked of the primary. Suspending keeps the secondary, but it runs no more and is not started with its
primary; turning off deletes it, with all history. What each does to the pair is in the state table.
"""

from __future__ import annotations

from vim25_emulator.behavior.pair_power import require_ha, require_member, require_pair
from vim25_emulator.behavior.secondary_start import follow, require_fit, start_is_under_way
from vim25_emulator.fault_tolerance import secondary_op_result
from vim25_emulator.fault_tolerance.pair import Pair
from vim25_emulator.fault_tolerance.pair_disabled_method import show_turn_on
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of, ha_enabled
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("VirtualMachine", "TurnOffFaultToleranceForVM_Task", locks=True)
async def turn_off(call: Call, vm: ManagedObject) -> None:
    """Delete the secondary and end the protection, which may be turned on again where there is HA.

    Raises InvalidState while the secondary starts, and while a host of the pair is in maintenance mode,
    disconnected or does not respond (all documented).
    """
    _require_removable(require_pair(call, vm))
    await call.running.work()
    pair = require_pair(call, vm)
    _require_removable(pair)
    follow(call, pair, Event.TURNED_OFF)
    show_turn_on(vm, possible=ha_enabled(cluster_of(call.vcenter.inventory, vm)))


def _require_removable(pair: Pair) -> None:
    pair.require(Event.TURNED_OFF)
    hosts = pair.inventory.find_all(vm.get("runtime.host") for vm in (pair.primary, pair.secondary))
    if not all(_serves(host) for host in hosts):
        raise MethodFault("InvalidState")


def _serves(host: ManagedObject) -> bool:
    in_maintenance = host.get("runtime.inMaintenanceMode")
    return bool(host.get("runtime.connectionState") == "connected" and not in_maintenance)


@operation("VirtualMachine", "DisableSecondaryVM_Task", locks=True)
async def suspend(call: Call, this: ManagedObject, vm: ManagedObject) -> None:
    """Suspend Fault Tolerance; raises SecondaryVmAlreadyDisabled, and InvalidState while it starts."""
    _require_suspendable(call, this, vm)
    await call.running.work()
    follow(call, _require_suspendable(call, this, vm), Event.SUSPENDED)


def _require_suspendable(call: Call, primary: ManagedObject, secondary: ManagedObject) -> Pair:
    pair = require_member(call, primary, secondary)
    if pair.state is State.DISABLED:
        uuid = secondary.get("config.instanceUuid")
        raise MethodFault("SecondaryVmAlreadyDisabled", instanceUuid=uuid)
    pair.require(Event.SUSPENDED)
    return pair


@operation("VirtualMachine", "EnableSecondaryVM_Task", locks=True)
async def resume(
    call: Call, this: ManagedObject, vm: ManagedObject, host: ManagedObject | None = None
) -> DataObject:
    """Resume Fault Tolerance and, if the primary runs, start the secondary, on `host` if it is named.

    Returns FaultToleranceSecondaryOpResult. Raises SecondaryVmAlreadyEnabled, InvalidState while a start is
    under way, IncompatibleHostForFtSecondary; VmFaultToleranceOpIssuesList without HA.
    """
    _require_resumable(call, this, vm, host)
    await call.running.work()
    pair = _require_resumable(call, this, vm, host)
    running = this.get("runtime.powerState") == "poweredOn"
    event = Event.RESUMED_ON if running else Event.RESUMED_OFF
    return secondary_op_result.operation_result(pair, follow(call, pair, event, host=host))


def _require_resumable(
    call: Call, primary: ManagedObject, secondary: ManagedObject, host: ManagedObject | None
) -> Pair:
    pair = require_member(call, primary, secondary)
    if start_is_under_way(pair):
        raise MethodFault("InvalidState")
    if pair.state is not State.DISABLED:
        uuid = secondary.get("config.instanceUuid")
        raise MethodFault("SecondaryVmAlreadyEnabled", instanceUuid=uuid)
    require_ha(call, primary)
    if host is not None:
        require_fit(call, pair, host)
    return pair
