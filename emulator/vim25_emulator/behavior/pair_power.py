"""Power operations on a pair: their requirements, and what follows a change of the primary's power."""

from __future__ import annotations

from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.fault_tolerance.fault_shape import config_issue
from vim25_emulator.fault_tolerance.pair import Pair, is_secondary, pair_of
from vim25_emulator.fault_tolerance.pair_disabled_method import show_turn_on
from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.pair_override import set_overrides
from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.fault_tolerance.vm_fault import LEGACY_PAIR
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import cluster_of, ha_enabled, may_protect
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import version


def require_not_secondary(vm: ManagedObject) -> None:
    """Raise InvalidOperationOnSecondaryVm for a secondary: it follows its primary's power state [derived]."""
    if is_secondary(vm):
        raise MethodFault("InvalidOperationOnSecondaryVm", instanceUuid=vm.get("config.instanceUuid"))


def require_ha(call: Call, vm: ManagedObject) -> None:
    """Raise VmFaultToleranceOpIssuesList when powering on a VM of a pair while HA is disabled.

    The refusal is [documented], the fault [derived].
    """
    cluster = cluster_of(call.vcenter.inventory, vm)
    if vm.get("config.ftInfo") is not None and not ha_enabled(cluster):
        no_ha = config_issue("haNotEnabled", vm)
        raise MethodFault("VmFaultToleranceOpIssuesList", errors=(no_ha,))


def on_ha_switched(call: Call, cluster: ManagedObject) -> None:
    """Update the VMs of a cluster whose HA was enabled or disabled.

    A pair continues without HA and receives an event [documented]; `disabledMethod` shows what it cannot do
    then, and of other VMs whether Fault Tolerance can be turned on.
    """
    enabled = ha_enabled(cluster)
    for host in hosts_of(call.vcenter.inventory, cluster):
        supported = may_protect(cluster, host)
        for ref in host.get("vm"):
            vm = call.vcenter.inventory[ref]
            if vm.get("config.ftInfo") is None:
                show_turn_on(vm, possible=supported and not vm.get("config.template"))
            elif (pair := pair_of(call.vcenter.inventory, vm)) and pair.primary is vm:
                if not enabled:
                    apply_pair_event(call, pair, Event.HA_OFF)
                pair.show_disabled_methods()


def show_disabled_methods(call: Call, vm: ManagedObject) -> None:
    """Show the disabled methods of a primary, which depend on its power state; no-op for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is not None and pair.primary is vm:
        pair.show_disabled_methods()


def override_pairs(call: Call, cluster: ManagedObject) -> None:
    """Set the overrides of the pairs of a cluster again, after its settings or overrides changed."""
    for host in hosts_of(call.vcenter.inventory, cluster):
        for vm in call.vcenter.inventory.find_all(host.get("vm")):
            pair = pair_of(call.vcenter.inventory, vm)
            if pair is not None and pair.secondary is vm:
                set_overrides(pair.inventory, cluster, pair.primary, vm)


def on_power_on(call: Call, vm: ManagedObject) -> None:
    """Start the secondary of a primary that was powered on; no-op for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    apply_pair_event(call, pair, Event.PRIMARY_ON)


def on_power_off(call: Call, vm: ManagedObject) -> None:
    """Power the secondary off with its primary [documented]; no-op for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    apply_pair_event(call, pair, Event.PRIMARY_OFF)


def require_pair(call: Call, vm: ManagedObject) -> Pair:
    """Return the pair of a primary.

    Raise InvalidOperationOnSecondaryVm for a secondary, and InvalidState for a VM without Fault Tolerance, on
    a host that does not respond, or in maintenance mode: that of the primary [derived]. From 7.0 on, every
    operation on a legacy pair is refused with a known message [documented], carried by NotSupported
    [derived].
    """
    require_not_secondary(vm)
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or not _is_on_usable_host(call, vm):
        raise MethodFault("InvalidState")
    if pair.kind is PairKind.LEGACY and call.vcenter.release.version >= version("7.0.0.0"):
        raise MethodFault(LEGACY_PAIR.make(None, vm))
    return pair


def _is_on_usable_host(call: Call, vm: ManagedObject) -> bool:
    host = call.vcenter.inventory.find(vm.get("runtime.host"))
    in_maintenance = host is not None and host.get("runtime.inMaintenanceMode")
    return vm.get("runtime.connectionState") == "connected" and not in_maintenance


def require_member(call: Call, vm: ManagedObject, secondary: ManagedObject) -> Pair:
    """Return the pair of a primary and a secondary.

    Raise the faults of `require_pair`, and SecondaryVmNotRegistered if the second VM is not the secondary of
    the first one [derived].
    """
    require_not_secondary(vm)
    registered = vm.get("config.ftInfo.secondaries") or ()
    if secondary.ref not in registered:
        uuid = secondary.get("config.instanceUuid")
        raise MethodFault("SecondaryVmNotRegistered", instanceUuid=uuid or "")
    return require_pair(call, vm)
