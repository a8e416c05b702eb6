"""VirtualMachine: CreateSecondaryVM_Task and CreateSecondaryVMEx_Task, which turn Fault Tolerance on.

One function implements both. If the secondary cannot be created, the task fails; if it is created but cannot
be started, the task succeeds and its result has the fault [documented].

Fault rules for these methods have three stages: `files` while the secondary's files are created,
`secondary-power-on` before it is started, `secondary-start` while it starts.
"""

from __future__ import annotations

from typing import NamedTuple

from vim25_emulator.behavior.host_availability import entering_maintenance
from vim25_emulator.behavior.secondary_start import apply_pair_event
from vim25_emulator.fault_tolerance import secondary_op_result
from vim25_emulator.fault_tolerance.pair import establish
from vim25_emulator.fault_tolerance.pair_state import Event
from vim25_emulator.fault_tolerance.placement import choose_host
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


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


class _SecondaryPlan(NamedTuple):
    """A valid request for a secondary, and the secondary's host."""

    request: SecondaryRequest
    host: ManagedObject


def require_can_create(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> _SecondaryPlan:
    """Return the request and the host; raise the fault of the first check that fails."""
    entering, release = entering_maintenance(call, vm), call.vcenter.release.version
    request = SecondaryRequest(call.vcenter.inventory, vm, release, host, spec, entering=entering)
    return _SecondaryPlan(request, _choose_host(call, request))


@operation("VirtualMachine", "CreateSecondaryVM_Task", locks=True, requires=require_can_create)
@operation(
    "VirtualMachine",
    "CreateSecondaryVMEx_Task",
    admit=_require_datastores,
    requires=require_can_create,
    locks=True,
)
async def create_secondary(
    call: Call, vm: ManagedObject, host: ManagedObject | None = None, spec: DataObject | None = None
) -> DataObject:
    """Turn Fault Tolerance on: create a secondary and, if the VM runs, start it.

    Returns FaultToleranceSecondaryOpResult. Once the work is done, the pair is created without another wait.
    """
    request, chosen = await call.work()
    call.vcenter.rules.check(call.method.name, "files", vm)
    pair = establish(request, chosen)
    created = Event.CREATED_ON if request.powered_on else Event.CREATED_OFF
    return secondary_op_result.operation_result(pair, apply_pair_event(call, pair, created))


def _choose_host(call: Call, request: SecondaryRequest) -> ManagedObject:
    """Return the secondary's host; if none is suitable, post the event that alarms expect [derived]."""
    try:
        return choose_host(request)
    except MethodFault as fault:
        if fault.data.is_a("NoHostSuitableForFtSecondary"):
            no_host_event = "VmNoCompatibleHostForSecondaryEvent"
            call.vcenter.events.post(no_host_event, request.primary, user=call.user, template=False)
        raise
