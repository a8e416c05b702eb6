"""ServiceInstance, its content, and the managers, with the moIds of a real vCenter, which clients hard-code.

Computed properties of managers (sessions, tasks, events, filters, roles, descriptions) are implemented in
`operations`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.advanced_option import option_definitions, options
from vim25_emulator.vmodl.registry import data_type, managed_type
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import version

#: Property of ServiceContent → moId, or moId and type where that extends the declared one. Properties of ESXi
#: (accountManager, virtualizationManager) are absent: 34 references for a 5.5 client, 47 for an 8.0.2.0 one.
_MANAGERS: Final[dict[str, str | tuple[str, str]]] = {
    "propertyCollector": "propertyCollector",
    "viewManager": "ViewManager",
    "setting": "VpxSettings",
    "userDirectory": "UserDirectory",
    "sessionManager": "SessionManager",
    "authorizationManager": "AuthorizationManager",
    "serviceManager": "ServiceMgr",
    "perfManager": "PerfMgr",
    "scheduledTaskManager": "ScheduledTaskManager",
    "alarmManager": "AlarmManager",
    "eventManager": "EventManager",
    "taskManager": "TaskManager",
    "extensionManager": "ExtensionManager",
    "customizationSpecManager": "CustomizationSpecManager",
    "guestCustomizationManager": "GuestCustomizationManager",
    "customFieldsManager": "CustomFieldsManager",
    "diagnosticManager": "DiagMgr",
    "licenseManager": "LicenseManager",
    "searchIndex": "SearchIndex",
    "fileManager": "FileManager",
    "datastoreNamespaceManager": "DatastoreNamespaceManager",
    "virtualDiskManager": "virtualDiskManager",
    "snmpSystem": "SnmpSystem",
    "vmProvisioningChecker": "ProvChecker",
    "vmCompatibilityChecker": "CompatChecker",
    "ovfManager": "OvfManager",
    "ipPoolManager": "IpPoolManager",
    "dvSwitchManager": "DVSManager",
    "hostProfileManager": "HostProfileManager",
    "clusterProfileManager": "ClusterProfileManager",
    "complianceManager": "MoComplianceManager",
    "localizationManager": "LocalizationManager",
    "storageResourceManager": "StorageResourceManager",
    "guestOperationsManager": "guestOperationsManager",
    "overheadMemoryManager": "OverheadMemoryManager",
    "certificateManager": "certificateManager",
    "ioFilterManager": "IoFilterManager",
    "vStorageObjectManager": ("VStorageObjectManager", "VcenterVStorageObjectManager"),
    "hostSpecManager": "HostSpecificationManager",
    "cryptoManager": ("CryptoManager", "CryptoManagerKmip"),
    "healthUpdateManager": "HealthUpdateManager",
    "failoverClusterConfigurator": "FailoverClusterConfigurator",
    "failoverClusterManager": "FailoverClusterManager",
    "tenantManager": "TenantManager",
    "siteInfoManager": "SiteInfoManager",
    "storageQueryManager": "StorageQueryManager",
    "directPathProfileManager": "DirectPathProfileManager",
}

#: Managers below GuestOperationsManager: property → moId.
_GUEST_MANAGERS: Final = {
    "authManager": "guestOperationsAuthManager",
    "fileManager": "guestOperationsFileManager",
    "processManager": "guestOperationsProcessManager",
    "guestWindowsRegistryManager": "guestOperationsWindowsRegistryManager",
    "aliasManager": "guestOperationsAliasManager",
}

_LOCALES: Final = ("en", "en_US")
MAX_COLLECTORS: Final = 32  #: history collectors of one kind per session

#: vCenter's advanced settings.
_SETTINGS: Final = {
    "VirtualCenter.FQDN": "vcenter.lab.example",
    "VirtualCenter.InstanceName": "vcenter.lab.example",
    "VirtualCenter.VimApiUrl": "https://vcenter.lab.example/sdk",
    "VirtualCenter.ManagedIP": "10.0.255.252",
    "VirtualCenter.MaxDBConnection": 50,
    "config.log.level": "info",
    "config.vpxd.certmgmt.mode": "vmca",
    "event.maxAge": 30,
    "task.maxAge": 30,
    "verifySSL.enabled": True,
}

#: EVC modes of the default processors and of those before: key, vendor, tier.
_EVC_MODES: Final = (
    ("intel-broadwell", "intel", 7),
    ("intel-skylake", "intel", 8),
    ("intel-cascadelake", "intel", 9),
    ("intel-icelake", "intel", 10),
    ("amd-zen", "amd", 6),
    ("amd-zen2", "amd", 7),
    ("amd-zen3", "amd", 8),
)

#: Historical intervals of vCenter's statistics: sampling period in seconds, name, length in seconds.
_INTERVALS: Final = (
    (300, "Past day", 86_400),
    (1800, "Past week", 604_800),
    (7200, "Past month", 2_592_000),
    (86_400, "Past year", 31_536_000),
)


def new_service_instance(
    inventory: Inventory, root_folder: ManagedObject, release: ReleaseProfile, instance_uuid: str
) -> ManagedObject:
    """Create the managers of a release and the ServiceInstance that refers to them."""
    declared = data_type("ServiceContent").properties
    managers = {}
    for prop, manager in _MANAGERS.items():
        if declared[prop].since > release.version.position:
            continue
        mo_id, type_name = manager if isinstance(manager, tuple) else (manager, declared[prop].type.name)
        managers[prop] = inventory.create(type_name, mo_id, **_properties(inventory, prop))
    content = DataObject(
        "ServiceContent",
        rootFolder=root_folder.ref,
        about=release.about(instance_uuid),
        **{prop: manager.ref for prop, manager in managers.items()},
    )
    return inventory.create(
        "ServiceInstance", "ServiceInstance", content=content, capability=_capability(release)
    )


def _properties(inventory: Inventory, prop: str) -> dict[str, Any]:
    """Return the initial properties of a manager."""
    builder = _PROPERTIES.get(prop)
    return builder(inventory) if builder is not None else {}


def _setting(_: Inventory) -> dict[str, Any]:
    return {"setting": options(_SETTINGS), "supportedOption": option_definitions(_SETTINGS)}


def _session_manager(_: Inventory) -> dict[str, Any]:
    return {
        "message": "",
        "messageLocaleList": _LOCALES,
        "supportedLocaleList": _LOCALES,
        "defaultLocale": "en",
    }


def _performance_manager(_: Inventory) -> dict[str, Any]:
    intervals = tuple(
        DataObject(
            "PerfInterval", key=key, samplingPeriod=period, name=name, length=length, level=1, enabled=True
        )
        for key, (period, name, length) in enumerate(_INTERVALS, start=1)
    )
    return {"historicalInterval": intervals}


def _snmp_system(_: Inventory) -> dict[str, Any]:
    limits = DataObject(
        "HostSnmpSystemAgentLimits",
        maxReadOnlyCommunities=0,
        maxTrapDestinations=4,
        maxCommunityLength=64,
        maxBufferSize=0,
        capability="DIAGNOSTICS",
    )
    return {"configuration": DataObject("HostSnmpConfigSpec", enabled=False, port=161), "limits": limits}


def _guest_operations_manager(inventory: Inventory) -> dict[str, Any]:
    declared = managed_type("GuestOperationsManager").properties
    return {
        prop: inventory.create(declared[prop].type.name, mo_id).ref for prop, mo_id in _GUEST_MANAGERS.items()
    }


def _user_directory(_: Inventory) -> dict[str, Any]:
    return {"domainList": ("vsphere.local", "localos")}


def _history_manager(_: Inventory) -> dict[str, Any]:
    return {"maxCollector": MAX_COLLECTORS}


#: Property of ServiceContent → builder of that manager's properties.
_PROPERTIES: Final[dict[str, Callable[[Inventory], dict[str, Any]]]] = {
    "setting": _setting,
    "userDirectory": _user_directory,
    "sessionManager": _session_manager,
    "perfManager": _performance_manager,
    "eventManager": _history_manager,
    "taskManager": _history_manager,
    "snmpSystem": _snmp_system,
    "guestOperationsManager": _guest_operations_manager,
    "cryptoManager": lambda _: {"enabled": True},
}


def _capability(release: ReleaseProfile) -> DataObject:
    """Return the Capability of vCenter."""
    return DataObject(
        "Capability",
        provisioningSupported=True,
        multiHostSupported=True,
        userShellAccessSupported=False,
        supportedEVCMode=tuple(_evc_mode(*mode) for mode in _EVC_MODES),
        networkBackupAndRestoreSupported=True,
        ftDrsWithoutEvcSupported=release.version >= version("6.7"),
        hciWorkflowSupported=True,
        clusterPlacementSupported=True,
        lifecycleManagementSupported=True,
        hostSeedingSupported=True,
        scalableSharesSupported=True,
        hadcsSupported=True,
        configMgmtSupported=True,
    )


def _evc_mode(key: str, vendor: str, tier: int) -> DataObject:
    label = key.replace("-", " ").title()
    return DataObject(
        "EVCMode", key=key, label=label, summary=label, vendor=vendor, track=(key,), vendorTier=tier
    )
