"""The privileges that a role may contain.

The registry names those of methods, parameters and properties. The others depend on what a call contains (a
device in a ConfigSpec, the type of the entity to rename), so the registry does not list them; they are listed
here as the API reference names them [documented]. A few belong to services that a real vCenter offers besides
vim25.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.vmodl import registry

#: Privileges that every role on an entity includes.
ALWAYS: Final = frozenset({"System.Anonymous", "System.View", "System.Read"})

_BEYOND_THE_REGISTRY: Final = {
    "Cryptographer": "Access AddDisk Clone Decrypt Encrypt EncryptNew ManageEncryptionPolicy Migrate Recrypt",
    "DVPortgroup": "Delete Ipfix Modify PolicyOp ScopeOp",
    "DVSwitch": "HostOp Move PolicyOp PortSetting Vspan",
    "Datacenter": "Delete Move Rename",
    "Datastore": "Browse Move UpdateVirtualMachineMetadata",
    "Folder": "Move Rename",
    "Global": "CancelTask CapacityPlanning DisableMethods EnableMethods GlobalTag Health Proxy ScriptAction "
    "SystemTag",
    "Host.Config": "GuestStore Quarantine Snmp SystemManagement",
    "Host.Hbr": "HbrManagement",
    "Host.Inventory": "DeleteCluster MoveCluster RemoveHostFromCluster RenameCluster",
    "Host.Local": "CreateVM DeleteVM InstallAgent ReconfigVM",
    "Network": "Assign Config Move",
    "Resource": "ApplyRecommendation AssignVAppToPool DeletePool HotMigrate MovePool RenamePool",
    "StorageProfile": "Update View",
    "TrustedAdmin": "ConfigureHostCertificates ConfigureHostMetadata ManageAttestingSSO ManageKMSTrust "
    "ManageTrustedHosts ReadAttestingSSO ReadKMSTrust ReadStsInfo ReadTrustedHosts",
    "VApp": "ApplicationConfig AssignResourcePool AssignVApp AssignVM Delete InstanceConfig ManagedByConfig "
    "Move Rename ResourceConfig",
    "VirtualMachine.Config": "AddNewDisk AddRemoveDevice AdvancedConfig Annotation CPUCount ChangeTracking "
    "DiskExtend DiskLease EditDevice HostUSBDevice ManagedBy Memory MksControl RawDevice Rename Resource "
    "SwapPlacement ToggleForkParent Unlock",
    "VirtualMachine.Hbr": "ConfigureReplication MonitorReplication ReplicaManagement",
    "VirtualMachine.Interact": "Backup DeviceConnection DnD Pause SESparseMaintenance SetCDMedia "
    "SetFloppyMedia",
    "VirtualMachine.Inventory": "CreateFromExisting Delete Move",
    "VirtualMachine.Provisioning": "CloneTemplate CreateTemplateFromVM DeployTemplate DiskRandomAccess "
    "FileRandomAccess GetVmFiles PutVmFiles",
}


@cache
def privileges() -> frozenset[str]:
    """Return the id of every privilege, such as `VirtualMachine.Interact.CreateSecondary`."""
    others = {f"{group}.{name}" for group, names in _BEYOND_THE_REGISTRY.items() for name in names.split()}
    return registry.privileges() | others
