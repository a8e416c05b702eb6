"""The operations that Fault Tolerance forbids, as one table with the faults that refuse them.

The first matching row answers. Rows of methods that are not implemented take effect once the method is.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from vim25_emulator.fault_tolerance import affected_vm as vms
from vim25_emulator.fault_tolerance import pair_fault
from vim25_emulator.fault_tolerance import prohibition_condition as does
from vim25_emulator.fault_tolerance import vm_fault as unfit
from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.prohibition import PairMember, Prohibition

_DOCUMENTED: Final = Certainty.DOCUMENTED
_DERIVED: Final = Certainty.DERIVED
_CONTESTED: Final = Certainty.CONTESTED
_EITHER: Final = PairMember.EITHER
_SECONDARY: Final = PairMember.SECONDARY

_of_vm: Final = partial(Prohibition, type="VirtualMachine", affected=vms.called)
_of_either: Final = partial(_of_vm, member=_EITHER)
_of_primary: Final = partial(_of_vm, member=PairMember.PRIMARY)
_of_secondary: Final = partial(_of_vm, member=_SECONDARY)
_of_snapshot: Final = partial(
    Prohibition, type="VirtualMachineSnapshot", affected=vms.of_called_snapshot, member=_EITHER
)
_of_pool: Final = partial(Prohibition, type="ResourcePool", member=_EITHER)
_of_host: Final = partial(Prohibition, type="HostSystem", member=_EITHER)
_of_cluster: Final = partial(Prohibition, type="ClusterComputeResource", member=_EITHER)
_of_folder: Final = partial(Prohibition, type="Folder", member=_EITHER)
_of_drs: Final = partial(Prohibition, type="ComputeResource", affected=vms.with_drs_override)
_of_ha: Final = partial(Prohibition, type="ComputeResource", affected=vms.with_ha_override)
_of_permissions: Final = partial(Prohibition, type="AuthorizationManager", affected=vms.named_as_entity)

_SNAPSHOT: Final = ("CreateSnapshot_Task", "CreateSnapshotEx_Task")
_REVERT: Final = ("RevertToCurrentSnapshot_Task",)
_REVERT_TO: Final = ("RevertToSnapshot_Task",)
_RECONFIGURE: Final = ("ReconfigVM_Task",)
_MOVE: Final = ("MigrateVM_Task", "RelocateVM_Task")
_RELOCATE: Final = ("RelocateVM_Task",)
_DEVICES: Final = (*_RECONFIGURE, *_RELOCATE)
_CLONE: Final = ("CloneVM_Task",)
_MARK: Final = ("MarkAsTemplate",)
_ON_SECONDARY: Final = (
    *_RECONFIGURE,
    "Rename_Task",
    "CloneVM_Task",
    "UpgradeVM_Task",
    "Destroy_Task",
)
#: Methods without a task; they do not declare InvalidOperationOnSecondaryVm, so no call may raise it.
_CALL_ON_SECONDARY: Final = (
    *_MARK,
    "UnregisterVM",
    "ShutdownGuest",
    "StandbyGuest",
    "RebootGuest",
)
_POOL_MOVE: Final = ("MoveIntoResourcePool",)
_POOL_CHANGE: Final = ("UpdateChildResourceConfiguration",)
_DISCONNECT: Final = ("DisconnectHost_Task",)
_HOST_MOVE: Final = ("MoveInto_Task", "MoveHostInto_Task")
_FOLDER_MOVE: Final = ("MoveIntoFolder_Task",)
_CLUSTER_CHANGE: Final = ("ReconfigureComputeResource_Task", "ReconfigureCluster_Task")
_PERMISSIONS: Final = ("SetEntityPermissions", "ResetEntityPermissions", "RemoveEntityPermission")

_DISK_SNAPSHOTS: Final = (
    "API reference: no snapshot of either VM; guides 6.0 to 8.0: disk-only snapshots for backups work; which "
    "VM they are taken of is not said"
)

FORBIDDEN: Final = (
    _of_either("snapshot", _SNAPSHOT, does.snapshot_memory, unfit.NOT_SUPPORTED, _DOCUMENTED),
    _of_secondary(
        "disk-snapshot",
        _SNAPSHOT,
        does.snapshot_disks,
        unfit.NOT_SUPPORTED,
        _CONTESTED,
        since="6.0",
        sources=_DISK_SNAPSHOTS,
    ),
    _of_either("revert", _REVERT, does.anything, unfit.NOT_SUPPORTED, _DERIVED),
    _of_snapshot("revert-to", _REVERT_TO, does.anything, unfit.NOT_SUPPORTED, _DERIVED),
    _of_either("memory", _RECONFIGURE, does.change_memory, pair_fault.FIXED_MEMORY, _DOCUMENTED, since="4.1"),
    _of_either("memory-4.0", _RECONFIGURE, does.change_memory, unfit.NOT_SUPPORTED, _DERIVED, until="4.0"),
    _of_either("vcpus", _RECONFIGURE, does.change_vcpus, unfit.NOT_SUPPORTED, _DERIVED),
    _of_either("disks", _DEVICES, does.change_disks, unfit.NOT_SUPPORTED, _DERIVED),
    _of_either(
        "unsupported-device",
        _DEVICES,
        does.add_unsupported_device,
        pair_fault.UNSUPPORTED_DEVICE,
        _DERIVED,
    ),
    _of_either("hot-plug", _DEVICES, does.plug_device, pair_fault.HOT_PLUG, _DERIVED),
    _of_either("linked-clone", _CLONE, does.clone_linked, unfit.NOT_SUPPORTED, _DERIVED),
    _of_either("identity", _RECONFIGURE, does.change_identity, unfit.NOT_SUPPORTED, _DERIVED),
    _of_either(
        "two-sites", _RECONFIGURE, does.change_sites, pair_fault.FIXED_SITES, _DERIVED, since="8.0.3.0"
    ),
    _of_either("pool-of-vm", _MOVE, does.leave_pool, pair_fault.OTHER_POOL, _DOCUMENTED),
    _of_either("cluster-of-vm", _MOVE, does.leave_cluster, pair_fault.OTHER_CLUSTER, _DOCUMENTED),
    _of_either(
        "host-of-partner", (*_MOVE, "PowerOnVM_Task"), does.join_partner, pair_fault.PARTNER_HOST, _DERIVED
    ),
    _of_either(
        "thin-copy",
        _RELOCATE,
        does.make_disks_thin,
        pair_fault.THIN_DISK,
        _DOCUMENTED,
        since="4.1",
        until="5.5",
    ),
    _of_either("storage", _RELOCATE, does.move_storage, unfit.NOT_SUPPORTED, _DERIVED),
    _of_secondary("secondary", _ON_SECONDARY, does.anything, unfit.ON_SECONDARY, _DERIVED),
    _of_secondary("call-on-secondary", _CALL_ON_SECONDARY, does.anything, unfit.NOT_SUPPORTED, _DERIVED),
    _of_primary("template", _MARK, does.anything, unfit.NOT_SUPPORTED, _DERIVED),
    _of_pool("pool", _POOL_MOVE, does.enter_pool, pair_fault.OTHER_POOL, _DOCUMENTED, affected=vms.listed),
    _of_pool(
        "memory-in-pool",
        _POOL_CHANGE,
        does.change_memory_in_pool,
        unfit.NOT_SUPPORTED,
        _DERIVED,
        affected=vms.configured,
        since="4.1",
    ),
    _of_host(
        "disconnect-host",
        _DISCONNECT,
        does.host_is_outside_maintenance,
        pair_fault.CONNECTED_HOST,
        _DOCUMENTED,
        affected=vms.of_called_host,
    ),
    _of_cluster(
        "move-host",
        _HOST_MOVE,
        does.host_leaves_cluster,
        pair_fault.FIXED_HOST,
        _DOCUMENTED,
        affected=vms.of_named_hosts,
    ),
    _of_folder(
        "host-to-folder",
        _FOLDER_MOVE,
        does.anything,
        pair_fault.FIXED_HOST,
        _DERIVED,
        affected=vms.of_listed_hosts,
    ),
    _of_drs(
        "drs-of-secondary",
        _CLUSTER_CHANGE,
        does.anything,
        pair_fault.DRS_OF_SECONDARY,
        _DOCUMENTED,
        member=_SECONDARY,
        since="4.1",
    ),
    _of_ha(
        "ha-of-secondary",
        _CLUSTER_CHANGE,
        does.anything,
        pair_fault.HA_OF_SECONDARY,
        _DOCUMENTED,
        member=_SECONDARY,
        since="4.1",
    ),
    _of_drs(
        "drs",
        _CLUSTER_CHANGE,
        does.enable_drs,
        pair_fault.DRS_BEHAVIOR,
        _DOCUMENTED,
        member=_EITHER,
        until="6.5",
    ),
    _of_ha(
        "restart-priority",
        _CLUSTER_CHANGE,
        does.disable_restart,
        pair_fault.RESTART_PRIORITY,
        _DOCUMENTED,
        member=_EITHER,
        since="4.1",
    ),
    Prohibition(
        "vm-group",
        _CLUSTER_CHANGE,
        does.anything,
        pair_fault.IN_GROUP,
        _DOCUMENTED,
        type="ComputeResource",
        member=_SECONDARY,
        affected=vms.in_new_group,
        since="4.1",
    ),
    _of_permissions(
        "permissions",
        _PERMISSIONS,
        does.anything,
        pair_fault.FIXED_PERMISSIONS,
        _DOCUMENTED,
        member=_SECONDARY,
    ),
)
