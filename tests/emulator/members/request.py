"""Requests into which the members of their specifications are set one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.emulator.scenario.site import Site
from vim25_emulator.vmodl.value import DataObject, MoRef

SCENARIO: Final = Path(__file__).parent / "probes.yaml"


@cache
def _site() -> Site:
    return Site.of(str(SCENARIO), "9.0.0.0")


def ref(name: str, path: str = "", type_name: str = "ManagedObject") -> MoRef:
    """Return the reference of the object with this name or moId, or the one at a property path of it."""
    inventory = _site().inventory
    found = next(
        managed
        for managed in inventory.of_type(type_name)
        if name in (managed.properties.get("name"), managed.ref.value)
    )
    reference: MoRef = found.get(path) if path else found.ref
    return reference


VM: Final = ref("db01")
RUNNING: Final = ref("web01")
HOST: Final = ref("esx1.lab.example")
OTHER_HOST: Final = ref("esx2.lab.example")
STORE: Final = ref("shared-1")
POOL: Final = ref("ft-cluster", "resourcePool")
FOLDER: Final = ref("vm")
CLUSTER: Final = ref("ft-cluster")
DISK: Final = 2000


@dataclass(frozen=True)
class Request:
    """A request into which members are set: `specs` are the parameters whose members are probed."""

    type_name: str
    method_name: str
    this: MoRef
    arguments: dict[str, Any] = field(default_factory=dict)
    specs: dict[str, DataObject] = field(default_factory=dict)
    fails: bool = False


KEY: Final = "00000-00000-00000-00000-00000"

_POOL: Final = DataObject(
    "ResourceConfigSpec",
    cpuAllocation=DataObject("ResourceAllocationInfo"),
    memoryAllocation=DataObject("ResourceAllocationInfo"),
)
_NIC: Final = DataObject("HostVirtualNicSpec", ip=DataObject("HostIpConfig", dhcp=True))
_POLICY: Final = DataObject(
    "PrivilegePolicyDef",
    createPrivilege="System.View",
    readPrivilege="System.View",
    updatePrivilege="System.View",
    deletePrivilege="System.View",
)
_EXTENSION: Final = DataObject(
    "Extension",
    key="com.example",
    version="1",
    description=DataObject("Description", label="l", summary="s"),
    lastHeartbeatTime=datetime(2020, 1, 1, tzinfo=timezone.utc),
)
REGISTERED: Final = _EXTENSION.replace(key="com.example.registered")
_SEARCH: Final = DataObject("HostDatastoreBrowserSearchSpec", matchPattern=("DB01*",))
_LABEL: Final = DataObject("KeyValue", key="k", value="v")
_PORTS: Final = DataObject("DistributedVirtualSwitchPortCriteria", portgroupKey=(ref("ports").value,))
_FILTER: Final = DataObject(
    "PropertyFilterSpec",
    propSet=(DataObject("PropertySpec", type="VirtualMachine", pathSet=("name",)),),
    objectSet=(DataObject("ObjectSpec", obj=VM), DataObject("ObjectSpec", obj=RUNNING)),
)
_HOST_CONNECTION: Final = DataObject(
    "HostConnectSpec", hostName="new", userName="root", password="secret", force=False
)
_PERMISSION: Final = DataObject(
    "Permission", entity=VM, principal="VSPHERE.LOCAL\\Administrators", group=True, roleId=-1, propagate=True
)

_MISSING: Final = _FILTER.replace(
    objectSet=(
        DataObject("ObjectSpec", obj=VM),
        DataObject("ObjectSpec", obj=MoRef("VirtualMachine", "vm-0")),
    )
)
_VAPP: Final = DataObject("VmConfigSpec", eula=("text",))

REQUESTS: Final = (
    Request(
        "VirtualMachine",
        "ReconfigVM_Task",
        VM,
        specs={"spec": DataObject("VirtualMachineConfigSpec", vAppConfig=_VAPP)},
    ),
    Request("VirtualMachine", "ReconfigVM_Task", VM, specs={"spec": DataObject("VirtualMachineConfigSpec")}),
    Request(
        "VirtualMachine", "RelocateVM_Task", VM, specs={"spec": DataObject("VirtualMachineRelocateSpec")}
    ),
    Request(
        "VirtualMachine",
        "CloneVM_Task",
        VM,
        {"folder": FOLDER, "name": "clone"},
        {
            "spec": DataObject(
                "VirtualMachineCloneSpec",
                location=DataObject("VirtualMachineRelocateSpec"),
                powerOn=False,
                template=False,
            )
        },
    ),
    Request(
        "VirtualMachine",
        "CreateSecondaryVMEx_Task",
        RUNNING,
        specs={"spec": DataObject("FaultToleranceConfigSpec")},
    ),
    Request(
        "VirtualMachine",
        "CreateSnapshotEx_Task",
        RUNNING,
        {"name": "s", "memory": False},
        {"quiesceSpec": DataObject("VirtualMachineGuestQuiesceSpec")},
    ),
    Request(
        "VirtualMachine",
        "RemoveAllSnapshots_Task",
        ref("mail01"),
        specs={"spec": DataObject("SnapshotSelectionSpec")},
    ),
    Request(
        "Folder",
        "CreateVM_Task",
        FOLDER,
        {"pool": POOL},
        {
            "config": DataObject(
                "VirtualMachineConfigSpec",
                name="new",
                numCPUs=4,
                files=DataObject("VirtualMachineFileInfo", vmPathName="[shared-1]"),
            )
        },
    ),
    Request(
        "ClusterComputeResource",
        "ReconfigureComputeResource_Task",
        CLUSTER,
        {"modify": True},
        {"spec": DataObject("ClusterConfigSpecEx")},
    ),
    Request(
        "ClusterComputeResource",
        "ReconfigureCluster_Task",
        CLUSTER,
        {"modify": True},
        {"spec": DataObject("ClusterConfigSpec")},
    ),
    Request(
        "Folder", "CreateClusterEx", ref("host"), {"name": "new"}, {"spec": DataObject("ClusterConfigSpecEx")}
    ),
    Request(
        "Folder", "CreateCluster", ref("host"), {"name": "new"}, {"spec": DataObject("ClusterConfigSpec")}
    ),
    Request(
        "ClusterComputeResource", "AddHost_Task", CLUSTER, {"asConnected": True}, {"spec": _HOST_CONNECTION}
    ),
    Request(
        "Folder",
        "AddStandaloneHost_Task",
        ref("host"),
        {"addConnected": True, "spec": _HOST_CONNECTION},
        {"spec": _HOST_CONNECTION, "compResSpec": DataObject("ComputeResourceConfigSpec")},
    ),
    Request(
        "HostSystem",
        "EnterMaintenanceMode_Task",
        HOST,
        {"timeout": 0},
        {"maintenanceSpec": DataObject("HostMaintenanceSpec")},
    ),
    Request(
        "HostSystem",
        "ReconnectHost_Task",
        ref("esx9.lab.example", type_name="HostSystem"),
        specs={
            "cnxSpec": DataObject("HostConnectSpec", force=False),
            "reconnectSpec": DataObject("HostSystemReconnectSpec"),
        },
    ),
    Request("ResourcePool", "CreateResourcePool", POOL, {"name": "new"}, {"spec": _POOL}),
    Request("ResourcePool", "UpdateConfig", POOL, specs={"config": _POOL}),
    Request(
        "ResourcePool", "UpdateChildResourceConfiguration", POOL, specs={"spec": _POOL.replace(entity=VM)}
    ),
    Request(
        "HostNetworkSystem",
        "AddPortGroup",
        ref("esx1.lab.example", "configManager.networkSystem"),
        specs={
            "portgrp": DataObject(
                "HostPortGroupSpec",
                name="new",
                vlanId=0,
                vswitchName="vSwitch0",
                policy=DataObject("HostNetworkPolicy"),
            )
        },
    ),
    Request(
        "HostNetworkSystem",
        "AddVirtualNic",
        ref("esx1.lab.example", "configManager.networkSystem"),
        {"portgroup": "VM Network"},
        {"nic": _NIC},
    ),
    Request(
        "HostNetworkSystem",
        "UpdateVirtualNic",
        ref("esx1.lab.example", "configManager.networkSystem"),
        {"device": "vmk0"},
        {"nic": _NIC},
    ),
    Request(
        "AlarmManager",
        "ClearTriggeredAlarms",
        ref("AlarmManager"),
        specs={"filter": DataObject("AlarmFilterSpec")},
    ),
    Request(
        "AuthorizationManager",
        "SetEntityPermissions",
        ref("AuthorizationManager"),
        {"entity": VM},
        {"permission": _PERMISSION},
    ),
    Request(
        "AuthorizationManager",
        "ResetEntityPermissions",
        ref("AuthorizationManager"),
        {"entity": VM},
        {"permission": _PERMISSION},
    ),
    Request(
        "CryptoManagerKmip",
        "RetrieveKmipServersStatus_Task",
        ref("CryptoManager"),
        specs={"clusters": DataObject("KmipClusterInfo", useAsDefault=False)},
    ),
    Request(
        "CustomFieldsManager",
        "AddCustomFieldDef",
        ref("CustomFieldsManager"),
        {"name": "f"},
        {"fieldDefPolicy": _POLICY, "fieldPolicy": _POLICY},
    ),
    Request(
        "Datacenter",
        "PowerOnMultiVM_Task",
        ref("Lab"),
        {"vm": (VM,)},
        {"option": DataObject("OptionValue", key="OverrideAutomationLevel", value="manual")},
    ),
    Request(
        "EnvironmentBrowser",
        "QueryConfigOptionEx",
        ref("ft-cluster", "environmentBrowser"),
        specs={"spec": DataObject("EnvironmentBrowserConfigOptionQuerySpec")},
    ),
    Request(
        "EventManager",
        "QueryEvents",
        ref("EventManager"),
        {"filter": DataObject("EventFilterSpec")},
        {"filter": DataObject("EventFilterSpec"), "eventViewSpec": DataObject("EventManagerEventViewSpec")},
    ),
    Request(
        "EventManager",
        "CreateCollectorForEvents",
        ref("EventManager"),
        specs={"filter": DataObject("EventFilterSpec")},
    ),
    Request(
        "TaskManager",
        "CreateCollectorForTasks",
        ref("TaskManager"),
        specs={"filter": DataObject("TaskFilterSpec")},
    ),
    Request(
        "ExtensionManager", "RegisterExtension", ref("ExtensionManager"), specs={"extension": _EXTENSION}
    ),
    Request(
        "ExtensionManager",
        "UpdateExtension",
        ref("ExtensionManager"),
        specs={
            "extension": REGISTERED.replace(description=DataObject("Description", label="m", summary="t"))
        },
    ),
    Request(
        "HostDatastoreBrowser",
        "SearchDatastore_Task",
        ref("esx1.lab.example", "datastoreBrowser"),
        {"datastorePath": "[shared-1]"},
        {"searchSpec": _SEARCH},
    ),
    Request(
        "HostDatastoreBrowser",
        "SearchDatastoreSubFolders_Task",
        ref("esx1.lab.example", "datastoreBrowser"),
        {"datastorePath": "[shared-1]"},
        {"searchSpec": _SEARCH},
    ),
    Request("LicenseManager", "AddLicense", ref("LicenseManager"), {"licenseKey": KEY}, {"labels": _LABEL}),
    Request(
        "LicenseManager", "UpdateLicense", ref("LicenseManager"), {"licenseKey": KEY}, {"labels": _LABEL}
    ),
    Request(
        "OptionManager",
        "UpdateOptions",
        ref("VpxSettings"),
        specs={"changedValue": DataObject("OptionValue", key="config.log.level", value="info")},
    ),
    Request(
        "PerformanceManager",
        "QueryPerf",
        ref("PerfMgr"),
        specs={"querySpec": DataObject("PerfQuerySpec", entity=HOST, intervalId=20)},
    ),
    Request(
        "PropertyCollector",
        "CreateFilter",
        ref("propertyCollector"),
        {"partialUpdates": False},
        {"spec": _FILTER},
    ),
    Request(
        "DistributedVirtualSwitch",
        "FetchDVPorts",
        ref("dvs-lab"),
        specs={"criteria": _PORTS},
    ),
    Request(
        "DistributedVirtualSwitch",
        "FetchDVPortKeys",
        ref("dvs-lab"),
        specs={"criteria": _PORTS},
    ),
    Request(
        "PerformanceManager",
        "QueryPerfComposite",
        ref("PerfMgr"),
        specs={"querySpec": DataObject("PerfQuerySpec", entity=HOST, intervalId=20)},
    ),
    Request("PropertyCollector", "RetrieveProperties", ref("propertyCollector"), specs={"specSet": _FILTER}),
    Request(
        "PropertyCollector",
        "RetrievePropertiesEx",
        ref("propertyCollector"),
        {"specSet": (_FILTER,), "options": DataObject("RetrieveOptions")},
        {"specSet": _FILTER, "options": DataObject("RetrieveOptions")},
    ),
    Request(
        "PropertyCollector",
        "RetrieveProperties",
        ref("propertyCollector"),
        specs={"specSet": _MISSING},
        fails=True,
    ),
    Request(
        "PropertyCollector",
        "RetrievePropertiesEx",
        ref("propertyCollector"),
        {"options": DataObject("RetrieveOptions")},
        specs={"specSet": _MISSING},
        fails=True,
    ),
)

#: (type, member) → values to try.
SAMPLES: Final[dict[tuple[str, str], tuple[Any, ...]]] = {
    ("ResourceConfigSpec", "entity"): (HOST,),
    ("VirtualMachineRelocateSpec", "folder"): (ref("host"),),
    ("EventFilterSpecByUsername", "userList"): ("root",),
    ("VirtualMachineConfigSpec", "numCoresPerSocket"): (1, 2),
    ("PropertySpec", "pathSet"): ("name", "runtime"),
    ("VirtualDeviceFileBackingInfo", "fileName"): ("[shared-1] probe/probe.vmdk", ""),
}

#: Type → members that its data objects need.
_NETWORK_CARD: Final = DataObject("VirtualEthernetCardNetworkBackingInfo", deviceName="VM Network")
_NEW_DISK: Final = DataObject("VirtualDiskFlatVer2BackingInfo", fileName="", diskMode="persistent")
_DISK: Final = DataObject("VirtualDisk", key=-1, backing=_NEW_DISK, capacityInKB=1024)
_CDROM: Final = DataObject("VirtualCdrom", key=-1)


def _keyed(type_name: str, info: DataObject, key: Any) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return an array update that adds, edits and removes an element."""
    return {type_name: ({"operation": "add", "info": info}, {"operation": "remove", "removeKey": key})}


INSTANCES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "VirtualDevice": ({"key": -1},),
    "VirtualDisk": ({"key": -1, "backing": _NEW_DISK, "capacityInKB": 1024},),
    "VirtualEthernetCard": (
        {"key": -1, "backing": _NETWORK_CARD},
        {"key": -1, "backing": _NETWORK_CARD, "addressType": "manual", "macAddress": "00:50:56:00:00:01"},
    ),
    "VirtualDeviceConfigSpec": (
        {"operation": "add", "fileOperation": "create", "device": _DISK},
        {"operation": "remove", "device": DataObject("VirtualDisk", key=9999, capacityInKB=1)},
    ),
    "VirtualDiskConfigSpec": ({"operation": "add", "fileOperation": "create", "device": _DISK},),
    **_keyed("VAppPropertySpec", DataObject("VAppPropertyInfo", key=1, id="p"), 1),
    **_keyed("VAppProductSpec", DataObject("VAppProductInfo", key=1), 1),
    **_keyed("VAppOvfSectionSpec", DataObject("VAppOvfSectionInfo", key=1), 1),
    "EventFilterSpecByEntity": ({"entity": FOLDER, "recursion": "self"},),
    "FaultToleranceDiskSpec": (
        {"disk": DataObject("VirtualDisk", key=DISK, capacityInKB=1), "datastore": ref("shared-2")},
    ),
    "OptionValue": ({"key": "probe", "value": "1"},),
    "VirtualMachineRelocateSpecDiskLocator": ({"diskId": DISK, "datastore": STORE},),
    **_keyed("ClusterDasVmConfigSpec", DataObject("ClusterDasVmConfigInfo", key=VM), VM),
    **_keyed("ClusterDrsVmConfigSpec", DataObject("ClusterDrsVmConfigInfo", key=VM), VM),
    **_keyed("ClusterDpmHostConfigSpec", DataObject("ClusterDpmHostConfigInfo", key=HOST), HOST),
    **_keyed("ClusterVmOrchestrationSpec", DataObject("ClusterVmOrchestrationInfo", vm=VM), VM),
    **_keyed("ClusterGroupSpec", DataObject("ClusterVmGroup", name="new"), "new"),
    **_keyed(
        "ClusterRuleSpec",
        DataObject("ClusterAntiAffinityRuleSpec", name="new", enabled=True, vm=(VM, RUNNING)),
        1,
    ),
    "VirtualDeviceFileBackingInfo": ({"fileName": ""},),
    "ResourceConfigSpec": (
        {
            "entity": VM,
            "cpuAllocation": DataObject("ResourceAllocationInfo"),
            "memoryAllocation": DataObject("ResourceAllocationInfo"),
        },
    ),
    "PropertyFilterSpec": (
        {
            "propSet": (DataObject("PropertySpec", type="VirtualMachine", pathSet=("name",)),),
            "objectSet": (DataObject("ObjectSpec", obj=VM),),
        },
    ),
    "PropertySpec": ({"type": "VirtualMachine", "pathSet": ("name",)},),
    "ObjectSpec": ({"obj": VM},),
    "HostVirtualNicSpec": ({"ip": DataObject("HostIpConfig", dhcp=True)},),
}
