"""Members of specifications that are accepted without effect: the table behind docs/accepted-members.md.

A member that is not listed is applied, or refused with a fault. The tests send each one and compare what a
client can observe, so a row is as wrong as a missing one.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Accepted(NamedTuple):
    """Members of a type without effect, and why. `methods` are those whose parameter the type is, if any."""

    type_name: str
    members: str
    reason: str
    methods: str = ""

    @property
    def places(self) -> tuple[tuple[str, str, str], ...]:
        """The type, member and method of all members of this row."""
        methods = self.methods.split() or [""]
        return tuple((self.type_name, name, method) for name in self.members.split() for method in methods)


_NO_POLICIES: Final = "no storage policies, tags and I/O filters are emulated"
_NO_CHECK: Final = "no host is contacted: any credentials and certificate are accepted"
_SERVER: Final = "chosen by the server"
_ADD_HOST: Final = "AddHost_Task AddStandaloneHost_Task"
_CREATE: Final = "CreateVM_Task ReconfigVM_Task"

ACCEPTED: Final = (
    Accepted("ArrayUpdateSpec", "removeKey", "of a removal only"),
    Accepted("ClusterRuleInfo", "key", "chosen by the server when a rule is added"),
    Accepted("CryptoSpecRegister", "cryptoKeyId", "a registered virtual machine keeps its key"),
    Accepted(
        "EnvironmentBrowserConfigOptionQuerySpec",
        "host",
        "hosts of a cluster have the same options",
        "QueryConfigOptionEx",
    ),
    Accepted("EventFilterSpec", "delayedInit", "it applies to collectors", "QueryEvents"),
    Accepted(
        "EventFilterSpec",
        "scheduledTask",
        "there are no scheduled tasks",
        "CreateCollectorForEvents QueryEvents",
    ),
    Accepted(
        "HostConnectSpec",
        "force hostGateway managementIp password port sslCertificate sslThumbprint vimAccountName"
        " vimAccountPassword",
        _NO_CHECK,
        f"{_ADD_HOST} ReconnectHost_Task",
    ),
    Accepted("HostConnectSpec", "lockdownMode", "it applies when a host is added", "ReconnectHost_Task"),
    Accepted("HostConnectSpec", "userName", _NO_CHECK, _ADD_HOST),
    Accepted(
        "HostConnectSpec", "vmFolder", "a new host has no virtual machines", f"{_ADD_HOST} ReconnectHost_Task"
    ),
    Accepted(
        "HostDatastoreBrowserSearchSpec",
        "sortFoldersFirst",
        "no folder contains both folders and files",
        "SearchDatastore_Task SearchDatastoreSubFolders_Task",
    ),
    Accepted(
        "HostMaintenanceSpec",
        "evacMode purpose vsanMode",
        "hosts have no vSAN storage to evacuate",
        "EnterMaintenanceMode_Task",
    ),
    Accepted("HostSystemReconnectSpec", "syncState", "vCenter and host never differ", "ReconnectHost_Task"),
    Accepted("HostVirtualNicSpec", "portgroup", "the parameter of the method decides", "AddVirtualNic"),
    Accepted("HostVirtualNicSpec", "systemOwned", _SERVER, "AddVirtualNic"),
    Accepted(
        "KmipClusterInfo",
        "clusterId defaultKeyType hasBackup keyId keyInfo managementType servers tpmRequired useAsDefault"
        " useAsEntityDefault",
        "there are no key providers",
        "RetrieveKmipServersStatus_Task",
    ),
    Accepted(
        "Permission",
        "entity",
        "the parameter of the method decides",
        "ResetEntityPermissions SetEntityPermissions",
    ),
    Accepted(
        "ResourceConfigSpec",
        "changeVersion",
        "a new pool has no former configuration",
        "CreateResourcePool",
    ),
    Accepted(
        "ResourceConfigSpec", "entity", "the method is called on the pool", "CreateResourcePool UpdateConfig"
    ),
    Accepted(
        "ResourceConfigSpec",
        "lastModified",
        _SERVER,
        "CreateResourcePool UpdateChildResourceConfiguration UpdateConfig",
    ),
    Accepted(
        "ResourceConfigSpec",
        "scaleDescendantsShares",
        "a virtual machine has no descendants; it applies to a pool",
        "UpdateChildResourceConfiguration",
    ),
    Accepted("TaskFilterSpec", "scheduledTask", "there are no scheduled tasks", "CreateCollectorForTasks"),
    Accepted("TagSpec", "id", _NO_POLICIES),
    Accepted("ToolsConfigInfo", "lastInstallInfo toolsInstallType toolsVersion", "reported by VMware Tools"),
    Accepted("VirtualController", "device", _SERVER),
    Accepted("VirtualDevice", "deviceInfo key", _SERVER),
    Accepted("VirtualDeviceConfigSpec", "filterSpec profile", _NO_POLICIES),
    Accepted("VirtualDeviceConfigSpecBackingSpec", "parent", "encryption applies to the top of a chain"),
    Accepted("VirtualDisk", "diskObjectId guestReadOnly nativeUnmanagedLinkedClone", _SERVER),
    Accepted("VirtualDiskConfigSpec", "diskMoveType migrateCache", "no disk moves in a reconfiguration"),
    Accepted("VirtualSCSIController", "hotAddRemove scsiCtlrUnitNumber", _SERVER),
    Accepted("VirtualMachineCloneSpec", "memory", "a clone is powered off", "CloneVM_Task"),
    Accepted("VirtualMachineCloneSpec", "tpmProvisionPolicy", "a TPM has no contents", "CloneVM_Task"),
    Accepted(
        "VirtualMachineConfigSpec", "changeVersion", "there is no former configuration", "CreateVM_Task"
    ),
    Accepted("VirtualMachineConfigSpec", "vAppConfigRemoved", "there is none to remove", "CreateVM_Task"),
    Accepted(
        "VirtualMachineConfigSpec",
        "npivWorldWideNameOp",
        "no world wide names are generated; those in the spec are stored",
        _CREATE,
    ),
    Accepted("VirtualMachineConfigSpec", "vmPlacementPolicies vmProfile", _NO_POLICIES, _CREATE),
    Accepted("VirtualMachineConfigSpec", "tagSpecs", _NO_POLICIES, "CreateVM_Task"),
    Accepted(
        "VirtualMachineConfigSpec",
        "changeVersion files name",
        "of the configuration of a clone: the parameters of the method decide",
    ),
    Accepted(
        "VirtualMachineConfigSpec",
        "npivWorldWideNameOp tagSpecs vAppConfigRemoved vmPlacementPolicies vmProfile",
        "of the configuration of a clone: as of any other",
    ),
    Accepted("VirtualMachineGuestQuiesceSpec", "timeout", "quiescing ends at once", "CreateSnapshotEx_Task"),
    Accepted(
        "VirtualMachineRelocateSpec",
        "diskMoveType",
        "backings move with their disk",
        "RelocateVM_Task",
    ),
    Accepted(
        "VirtualMachineRelocateSpec", "profile tagSpecs vmPlacementPolicies", _NO_POLICIES, "RelocateVM_Task"
    ),
    Accepted("VirtualMachineRelocateSpec", "folder", "of a clone: the parameter of the method decides"),
    Accepted("VirtualMachineRelocateSpec", "profile tagSpecs vmPlacementPolicies", _NO_POLICIES),
    Accepted(
        "VirtualMachineRelocateSpecDiskLocator", "diskMoveType", "the type of the whole relocation decides"
    ),
    Accepted("VirtualMachineRelocateSpecDiskLocator", "filterSpec profile", _NO_POLICIES),
    Accepted(
        "VirtualMachineRelocateSpecDiskLocatorBackingSpec",
        "parent",
        "encryption applies to the top of a chain",
    ),
    Accepted("VmConfigFileQuery", "details filter", "files are described by name, size and date"),
    Accepted("VmDiskFileQuery", "details filter", "files are described by name, size and date"),
)

_EMPTY: Final = "the answer is always empty"
_NO_EVACUATION: Final = "powered-off virtual machines stay on their host"
_REFUSED: Final = "the method is refused"

#: Method → its parameters without effect, and why.
PARAMETERS: Final[dict[str, tuple[str, str]]] = {
    "AddHost_Task": ("resourcePool", "a new host has no virtual machines"),
    "BrowseDiagnosticLog": ("host lines start", _EMPTY),
    "DoesCustomizationSpecExist": ("name", "there are no customization specifications"),
    "EnterMaintenanceMode_Task": ("evacuatePoweredOffVms maintenanceSpec", _NO_EVACUATION),
    "ExitMaintenanceMode_Task": ("timeout", "it takes no longer than any task"),
    "GetCustomizationSpec": ("name", "there are no customization specifications"),
    "ListKmipServers": ("limit", _EMPTY),
    "ListVStorageObject": ("datastore", _EMPTY),
    "LoginByToken": ("locale", "messages are in English"),
    "LoginBySSPI": ("base64Token locale", _REFUSED),
    "LoginExtensionByCertificate": ("extensionKey locale", _REFUSED),
    "LoginExtensionBySubjectName": ("extensionKey locale", _REFUSED),
    "MigrateVM_Task": ("priority", "a migration takes as long as any task"),
    "PowerDownHostToStandBy_Task": ("evacuatePoweredOffVms", _NO_EVACUATION),
    "PowerUpHostFromStandBy_Task": ("timeoutSec", "it takes no longer than any task"),
    "QueryDescriptions": ("host", _EMPTY),
    "QueryEvents": ("eventViewSpec", "the answer is complete"),
    "QueryExtensionIpAllocationUsage": ("extensionKeys", _EMPTY),
    "QueryIpPools": ("dc", _EMPTY),
    "ReconnectHost_Task": ("reconnectSpec", "vCenter and host never differ"),
    "RelocateVM_Task": ("priority", "a migration takes as long as any task"),
    "RemoveAllSnapshots_Task": ("consolidate", "disks are always consolidated"),
    "RemoveSnapshot_Task": ("consolidate", "disks are always consolidated"),
    "RetrieveEntityScheduledTask": ("entity", _EMPTY),
    "RetrieveKmipServersStatus_Task": ("clusters", _EMPTY),
    "RetrieveObjectScheduledTask": ("obj", _EMPTY),
    "StartRecording_Task": ("description name", _REFUSED),
    "StartReplaying_Task": ("replaySnapshot", _REFUSED),
    "UpdateAssignedLicense": ("entityDisplayName", "entities have their own names"),
    "UpgradeTools_Task": ("installerOptions", "there is no installer"),
}
