"""VirtualMachine: turning Fault Tolerance on, and what a pair makes of its primary's power.

CreateSecondaryVM_Task and CreateSecondaryVMEx_Task are one implementation with two faces. Creating and
starting are two things: what keeps the secondary from being created fails the task; what keeps it from being
started is told inside the result (documented).

Stages of fault rules, by the method called: `files` while the secondary's files are made,
`secondary-power-on` when it is to be started, `secondary-start` once its start is under way.
"""

from __future__ import annotations

from emulator.fault_tolerance import result
from emulator.fault_tolerance.check import config_issue
from emulator.fault_tolerance.cluster import cluster_of, ha_enabled, hosts_of, inherit_drs
from emulator.fault_tolerance.creation import Creation
from emulator.fault_tolerance.disabled_method import show_turn_on
from emulator.fault_tolerance.pair import establish, is_secondary, pair_of
from emulator.fault_tolerance.placement import choose_host
from emulator.fault_tolerance.state import Event
from emulator.inventory.store import ManagedObject
from emulator.vcenter.operation import Call, operation
from emulator.vcenter.secondary_start import follow
from emulator.vmodl.value import DataObject, MethodFault, MoRef


def _require_datastores(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> None:
    """Raise ManagedObjectNotFound, on the call, for a datastore in the spec that does not exist."""
    for ref in _datastores(spec) if spec is not None else ():
        if call.vcenter.inventory.find(ref) is None:
            raise MethodFault("ManagedObjectNotFound", obj=ref)


def _datastores(spec: DataObject) -> tuple[MoRef, ...]:
    """Return the datastores that a FaultToleranceConfigSpec names."""
    vm_spec, path = spec.secondaryVmSpec, spec.metaDataPath
    disks = [disk.datastore for disk in vm_spec.disks] if vm_spec is not None else []
    config = vm_spec.vmConfig if vm_spec is not None else None
    metadata = path.metaDataDatastore if path is not None else None
    return tuple(ref for ref in (metadata, config, *disks) if ref is not None)


@operation("VirtualMachine", "CreateSecondaryVM_Task", locks=True)
@operation("VirtualMachine", "CreateSecondaryVMEx_Task", admit=_require_datastores, locks=True)
async def create_secondary(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> DataObject:
    """Turn Fault Tolerance on: create a secondary and, if the VM runs, start it.

    Returns FaultToleranceSecondaryOpResult. The checks are made twice, since what they saw may have changed
    while the task worked; after the second time nothing waits until both VMs are a pair.
    """
    creation = Creation(call.vcenter.inventory, vm, call.vcenter.release.version, host, spec)
    _choose_host(call, creation)
    await call.running.work()
    chosen = _choose_host(call, creation)
    call.vcenter.rules.check(call.method.name, "files", vm)
    pair = establish(creation, chosen)
    created = Event.CREATED_ON if creation.powered_on else Event.CREATED_OFF
    return result.operation_result(pair, follow(call, pair, created))


def _choose_host(call: Call, creation: Creation) -> ManagedObject:
    """Choose the secondary's host; tell of it if there is none, as alarms expect (derived)."""
    try:
        return choose_host(creation)
    except MethodFault as fault:
        if fault.data.is_a("NoHostSuitableForFtSecondary"):
            no_host_event = "VmNoCompatibleHostForSecondaryEvent"
            call.vcenter.events.post(no_host_event, creation.primary, user=call.user, template=False)
        raise


def require_not_secondary(vm: ManagedObject) -> None:
    """Raise InvalidOperationOnSecondaryVm for a secondary: it follows its primary's power state (derived)."""
    if is_secondary(vm):
        raise MethodFault("InvalidOperationOnSecondaryVm", instanceUuid=vm.get("config.instanceUuid"))


def require_ha(call: Call, vm: ManagedObject) -> None:
    """Raise VmFaultToleranceOpIssuesList if a VM of a pair is to be powered on while HA is off.

    That it is refused is documented, the fault derived.
    """
    cluster = cluster_of(call.vcenter.inventory, vm)
    if vm.get("config.ftInfo") is not None and not ha_enabled(cluster):
        no_ha = config_issue("haNotEnabled", vm)
        raise MethodFault("VmFaultToleranceOpIssuesList", errors=(no_ha,))


def on_ha_switched(call: Call, cluster: ManagedObject) -> None:
    """Let the VMs of a cluster follow when its HA goes on or off.

    A pair goes on running without HA (documented); it is told of each, and of each VM without Fault Tolerance
    whether it could have it now.
    """
    enabled = ha_enabled(cluster)
    for host in hosts_of(call.vcenter.inventory, cluster):
        able = enabled and not host.get("capability.smpFtCompatibilityIssues")
        for ref in host.get("vm"):
            vm = call.vcenter.inventory[ref]
            if vm.get("config.ftInfo") is None:
                show_turn_on(vm, possible=able and not vm.get("config.template"))
            elif not enabled and (pair := pair_of(call.vcenter.inventory, vm)) and pair.primary is vm:
                follow(call, pair, Event.HA_OFF)


def on_drs_overridden(call: Call, cluster: ManagedObject) -> None:
    """Let each secondary follow when DRS is told what to do with its primary (documented: with EVC)."""
    if not cluster.get("summary.currentEVCModeKey"):
        return
    for host in hosts_of(call.vcenter.inventory, cluster):
        for vm in call.vcenter.inventory.find_all(host.get("vm")):
            pair = pair_of(call.vcenter.inventory, vm)
            if pair is not None and pair.secondary is vm:
                inherit_drs(cluster, pair.primary, vm)


def on_power_on(call: Call, vm: ManagedObject) -> None:
    """Start the secondary of a primary that was just powered on; nothing happens for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    follow(call, pair, Event.PRIMARY_ON)


def on_power_off(call: Call, vm: ManagedObject) -> None:
    """Power the secondary off with its primary (documented); nothing happens for any other VM."""
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or vm is not pair.primary:
        return
    follow(call, pair, Event.PRIMARY_OFF)
