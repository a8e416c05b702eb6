"""The operations that Fault Tolerance forbids, as one table, and the faults that refuse them.

Of several rows that fit, the first answers. Rows are consulted by the dispatcher for every call, those of
methods that are not implemented included: such a row has its effect once the method is there.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

from vim25_emulator.fault_tolerance import attempt_condition
from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.check import entity_name, entity_ref, fault, issue, listed
from vim25_emulator.fault_tolerance.prohibition import Attempt, PairMember, Prohibition
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import ManagedType
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import Version

_DOCUMENTED: Final = Certainty.DOCUMENTED
_DERIVED: Final = Certainty.DERIVED
_EITHER: Final = PairMember.EITHER

_of_vm: Final = partial(Prohibition, type="VirtualMachine", touched=attempt_condition.this)
_of_primary: Final = partial(_of_vm, member=PairMember.PRIMARY)
_of_either: Final = partial(_of_vm, member=_EITHER)
_of_secondary: Final = partial(_of_vm, member=PairMember.SECONDARY)
_of_cluster: Final = partial(
    Prohibition,
    type="ComputeResource",
    methods=("ReconfigureComputeResource_Task", "ReconfigureCluster_Task"),
)
_of_host: Final = partial(Prohibition, member=_EITHER)

_NOT_SUPPORTED: Final = fault("NotSupported")
_ON_SECONDARY: Final = fault(
    "InvalidOperationOnSecondaryVm", instanceUuid=lambda _, vm: vm.get("config.instanceUuid")
)
_MEMORY: Final = fault("FaultToleranceCannotEditMem", vm=entity_ref, vmName=entity_name)
_TO_POOL: Final = fault("CannotMoveFaultToleranceVm", moveType="resourcePool", vmName=entity_name)
_TO_CLUSTER: Final = fault("CannotMoveFaultToleranceVm", moveType="cluster", vmName=entity_name)
_TO_PARTNER: Final = fault(
    "FaultToleranceAntiAffinityViolated",
    host=attempt_condition.partner_host,
    hostName=attempt_condition.partner_host_name,
)
_DRS_OF_SECONDARY: Final = fault("CannotChangeDrsBehaviorForFtSecondary", vm=entity_ref, vmName=entity_name)
_HA_OF_SECONDARY: Final = fault("CannotChangeHaSettingsForFtSecondary", vm=entity_ref, vmName=entity_name)
_DRS: Final = fault(
    "InvalidDrsBehaviorForFtVm",
    invalidProperty="spec.drsVmConfigSpec",
    vm=entity_ref,
    vmName=entity_name,
)
_PRIORITY: Final = fault(
    "InvalidDasRestartPriorityForFtVm",
    invalidProperty="spec.dasVmConfigSpec",
    vm=entity_ref,
    vmName=entity_name,
)

_MOVES: Final = ("MigrateVM_Task", "RelocateVM_Task")
_PERMISSIONS: Final = ("SetEntityPermissions", "ResetEntityPermissions", "RemoveEntityPermission")

FORBIDDEN: Final = (
    _of_either(
        name="snapshot",
        methods=("CreateSnapshot_Task", "CreateSnapshotEx_Task"),
        wrong=attempt_condition.always,
        fault=_NOT_SUPPORTED,
        certainty=_DOCUMENTED,
    ),
    _of_either(
        name="memory",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_memory,
        fault=_MEMORY,
        certainty=_DOCUMENTED,
        since="4.1",
    ),
    _of_either(
        name="memory-4.0",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_memory,
        fault=_NOT_SUPPORTED,
        certainty=_DERIVED,
        until="4.0",
    ),
    _of_either(
        name="vcpus",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_vcpus,
        fault=_NOT_SUPPORTED,
        certainty=_DERIVED,
    ),
    _of_either(
        name="disks",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_disks,
        fault=_NOT_SUPPORTED,
        certainty=_DERIVED,
    ),
    _of_either(
        name="unsupported-device",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.adds_unsupported_device,
        fault=fault(
            "VmConfigIncompatibleForFaultTolerance",
            fault=fault("DeviceNotSupported", device=attempt_condition.unsupported_device, reason="ft"),
        ),
        certainty=_DERIVED,
    ),
    _of_either(
        name="identity",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_identity,
        fault=_NOT_SUPPORTED,
        certainty=_DERIVED,
    ),
    _of_either(
        name="two-sites",
        methods=("ReconfigVM_Task",),
        wrong=attempt_condition.changes_sites,
        fault=listed(issue("ftMetroClusterNotEditable")),
        certainty=_DERIVED,
        since="8.0.3.0",
    ),
    _of_either(
        name="pool-of-vm",
        methods=_MOVES,
        wrong=attempt_condition.leaves_pool,
        fault=_TO_POOL,
        certainty=_DOCUMENTED,
    ),
    _of_either(
        name="cluster-of-vm",
        methods=_MOVES,
        wrong=attempt_condition.leaves_cluster,
        fault=_TO_CLUSTER,
        certainty=_DOCUMENTED,
    ),
    _of_either(
        name="host-of-partner",
        methods=_MOVES,
        wrong=attempt_condition.joins_partner,
        fault=_TO_PARTNER,
        certainty=_DERIVED,
    ),
    _of_either(
        name="thin-copy",
        methods=("RelocateVM_Task",),
        wrong=attempt_condition.makes_disks_thin,
        fault=fault("FaultToleranceNeedsThickDisk", vmName=entity_name),
        certainty=_DOCUMENTED,
        since="4.1",
        until="5.5",
    ),
    _of_secondary(
        name="secondary",
        methods=(
            "ReconfigVM_Task",
            "Rename_Task",
            "CloneVM_Task",
            "UpgradeVM_Task",
            "MarkAsTemplate",
            "UnregisterVM",
            "Destroy_Task",
        ),
        wrong=attempt_condition.always,
        fault=_ON_SECONDARY,
        certainty=_DERIVED,
    ),
    _of_primary(
        name="template",
        methods=("MarkAsTemplate",),
        wrong=attempt_condition.always,
        fault=_NOT_SUPPORTED,
        certainty=_DERIVED,
    ),
    Prohibition(
        name="pool",
        type="ResourcePool",
        methods=("MoveIntoResourcePool",),
        member=_EITHER,
        touched=attempt_condition.listed_vms,
        wrong=attempt_condition.is_in_another_pool,
        fault=_TO_POOL,
        certainty=_DOCUMENTED,
    ),
    Prohibition(
        name="memory-in-pool",
        type="ResourcePool",
        methods=("UpdateChildResourceConfiguration",),
        member=_EITHER,
        touched=attempt_condition.configured_vms,
        wrong=attempt_condition.changes_memory_in_pool,
        fault=_MEMORY,
        certainty=_DERIVED,
        since="4.1",
    ),
    _of_host(
        name="disconnect-host",
        type="HostSystem",
        methods=("DisconnectHost_Task",),
        touched=attempt_condition.vms_of_this_host,
        wrong=attempt_condition.host_is_outside_maintenance,
        fault=fault("CannotDisconnectHostWithFaultToleranceVm", hostName=attempt_condition.host_name),
        certainty=_DOCUMENTED,
    ),
    _of_host(
        name="move-host",
        type="ClusterComputeResource",
        methods=("MoveInto_Task", "MoveHostInto_Task"),
        touched=attempt_condition.vms_of_named_hosts,
        wrong=attempt_condition.host_leaves_cluster,
        fault=fault("CannotMoveHostWithFaultToleranceVm"),
        certainty=_DOCUMENTED,
    ),
    _of_host(
        name="host-to-folder",
        type="Folder",
        methods=("MoveIntoFolder_Task",),
        touched=attempt_condition.vms_of_listed_hosts,
        wrong=attempt_condition.always,
        fault=fault("CannotMoveHostWithFaultToleranceVm"),
        certainty=_DERIVED,
    ),
    _of_cluster(
        name="drs-of-secondary",
        member=PairMember.SECONDARY,
        touched=attempt_condition.vms_with_drs_override,
        wrong=attempt_condition.always,
        fault=_DRS_OF_SECONDARY,
        certainty=_DOCUMENTED,
        since="4.1",
    ),
    _of_cluster(
        name="ha-of-secondary",
        member=PairMember.SECONDARY,
        touched=attempt_condition.vms_with_ha_override,
        wrong=attempt_condition.always,
        fault=_HA_OF_SECONDARY,
        certainty=_DOCUMENTED,
        since="4.1",
    ),
    _of_cluster(
        name="drs",
        member=_EITHER,
        touched=attempt_condition.vms_with_drs_override,
        wrong=attempt_condition.lets_drs_balance,
        fault=_DRS,
        certainty=_DOCUMENTED,
    ),
    _of_cluster(
        name="restart-priority",
        member=_EITHER,
        touched=attempt_condition.vms_with_ha_override,
        wrong=attempt_condition.disables_restart,
        fault=_PRIORITY,
        certainty=_DOCUMENTED,
        since="4.1",
    ),
    Prohibition(
        name="permissions",
        type="AuthorizationManager",
        methods=_PERMISSIONS,
        member=PairMember.SECONDARY,
        touched=attempt_condition.named_entity,
        wrong=attempt_condition.always,
        fault=fault("InvalidArgument", invalidProperty="entity"),
        certainty=_DOCUMENTED,
    ),
)

_BY_METHOD: Final[dict[str, list[Prohibition]]] = {
    method: [row for row in FORBIDDEN if method in row.methods]
    for method in dict.fromkeys(method for row in FORBIDDEN for method in row.methods)
}


@cache
def _rows(type_: ManagedType, method_name: str) -> tuple[Prohibition, ...]:
    rows = _BY_METHOD.get(method_name, ())
    return tuple(row for row in rows if managed_type(type_.name).is_a(row.type))


def forbid(
    inventory: Inventory, release: Version, method_name: str, this: ManagedObject, arguments: dict[str, Any]
) -> None:
    """Raise the fault of a call that Fault Tolerance forbids; most calls are about nothing of the kind."""
    rows = _rows(this.type, method_name) if method_name in _BY_METHOD else ()
    attempt = Attempt(inventory, release, this, arguments)
    for row in rows:
        if not row.applies(release):
            continue
        for vm in row.touched(attempt):
            if vm is not None and row.member.is_(vm) and row.wrong(attempt, vm):
                raise MethodFault(row.fault.make(attempt, vm))
