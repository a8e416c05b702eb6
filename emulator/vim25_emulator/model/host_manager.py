"""The managers of a host (HostConfigManager), whose properties repeat the host's configuration.

The moIds are those of a real host [observed: recordings of 8.0.3].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.advanced_option import host_option_definitions
from vim25_emulator.model.entity import number_of, refs
from vim25_emulator.model.host_certificate import certificate_info
from vim25_emulator.model.host_network_config import network_system_properties
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version

#: Property of HostConfigManager → prefix of the manager's moId.
_MANAGERS: Final = {
    "cpuScheduler": "cpuScheduler",
    "datastoreSystem": "datastoreSystem",
    "memoryManager": "memorySystem",
    "storageSystem": "storageSystem",
    "networkSystem": "networkSystem",
    "vmotionSystem": "vmotionSystem",
    "virtualNicManager": "virtualNicManager",
    "serviceSystem": "serviceSystem",
    "firewallSystem": "firewallSystem",
    "advancedOption": "EsxHostAdvSettings",
    "diagnosticSystem": "diagnosticSystem",
    "autoStartManager": "autoStartManager",
    "snmpSystem": "snmpSystem",
    "dateTimeSystem": "dateTimeSystem",
    "patchManager": "patchManager",
    "imageConfigManager": "imageConfigManager",
    "bootDeviceSystem": "bootDeviceSystem",
    "firmwareSystem": "firmwareSystem",
    "healthStatusSystem": "healthStatusSystem",
    "pciPassthruSystem": "pciPassthruSystem",
    "kernelModuleSystem": "kernelModuleSystem",
    "authenticationManager": "authenticationManager",
    "powerSystem": "powerSystem",
    "cacheConfigurationManager": "cacheConfigManager",
    "esxAgentHostManager": "esxAgentHostManager",
    "iscsiManager": "iscsiManager",
    "vFlashManager": "vFlashManager",
    "vsanSystem": "vsanSystem",
    "messageBusProxy": "messageBusProxy",
    "userDirectory": "userDirectory",
    "accountManager": "accountManager",
    "hostAccessManager": "hostAccessManager",
    "graphicsManager": "graphicsManager",
    "vsanInternalSystem": "ha-vsan-internal-system",
    "certificateManager": "ha-certificate-manager",
    "cryptoManager": "CryptoManagerHost",
    "nvdimmSystem": "ha-nvdimm-system",
    "assignableHardwareManager": "assignableHardwareManager",
}

#: Type of a manager that extends the declared one.
_TYPES: Final = {"cryptoManager": "CryptoManagerHostKMS"}

#: Type of an authentication store → prefix of its moId; in the order of `config.authenticationManagerInfo`.
_STORES: Final = {
    "HostLocalAuthentication": "localAuthentication",
    "HostActiveDirectoryAuthentication": "activeDirectoryAuthentication",
}


def new_config_manager(
    inventory: Inventory, host: ManagedObject, datastores: list[ManagedObject], release: Version
) -> DataObject:
    """Create the managers of a host that exist at a release; return HostConfigManager."""
    number, declared, config = number_of(host), data_type("HostConfigManager").properties, host.get("config")
    created: dict[str, MoRef] = {}
    for prop, prefix in _MANAGERS.items():
        if declared[prop].since <= release.position:
            builder = _PROPERTIES.get(prop)
            properties = builder(config) if builder is not None else {}
            type_name = _TYPES.get(prop) or declared[prop].type.name
            created[prop] = inventory.create(type_name, f"{prefix}-{number}", **properties).ref
    inventory[created["datastoreSystem"]].set("datastore", refs(datastores))
    if "healthStatusSystem" in created:
        inventory[created["healthStatusSystem"]].set("runtime", host.get("runtime.healthSystemRuntime"))
    if "authenticationManager" in created:
        stores = _new_stores(inventory, number, config.authenticationManagerInfo.authConfig)
        inventory[created["authenticationManager"]].set("supportedStore", stores)
    return DataObject("HostConfigManager", **created)


def _new_stores(inventory: Inventory, number: str, configs: tuple[DataObject, ...]) -> tuple[MoRef, ...]:
    return tuple(
        inventory.create(type_name, f"{prefix}-{number}", info=config).ref
        for (type_name, prefix), config in zip(_STORES.items(), configs, strict=True)
    )


def managers_of(inventory: Inventory, host: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the managers of a host and the objects that belong to them."""
    config_manager = host.get("configManager")
    references = config_manager.__dict__.values() if config_manager is not None else ()
    for manager in inventory.find_all(references):
        yield manager
        if manager.is_a("HostAuthenticationManager"):
            yield from inventory.find_all(manager.get("supportedStore"))


@cache
def _fixed() -> dict[str, DataObject]:
    """Return the values of managers that no configuration of a host shows."""
    zeros = ("numDimms", "totalCapacity", "persistentCapacity", "blockCapacity", "availableCapacity")
    counts = dict.fromkeys((*zeros, "numInterleavesets", "numNamespaces"), 0)
    nvdimm = DataObject("NvdimmSummary", healthStatus="normal", **counts)
    return {
        "nvdimm": DataObject("NvdimmSystemInfo", summary=nvdimm),
        "agents": DataObject("HostEsxAgentHostManagerConfigInfo"),
        "snmp": DataObject("HostSnmpConfigSpec", enabled=False, port=161),
        "snmp limits": DataObject(
            "HostSnmpSystemAgentLimits",
            maxReadOnlyCommunities=10,
            maxTrapDestinations=3,
            maxCommunityLength=64,
            maxBufferSize=1500,
            capability="COMPLETE",
        ),
    }


#: Property of HostConfigManager → the properties of the manager, from the host's configuration.
_PROPERTIES: Final[dict[str, Callable[[DataObject], dict[str, Any]]]] = {
    "advancedOption": lambda config: {
        "setting": config.option,
        "supportedOption": host_option_definitions(),
    },
    "assignableHardwareManager": lambda config: {"config": config.assignableHardwareConfig},
    "authenticationManager": lambda config: {"info": config.authenticationManagerInfo},
    "autoStartManager": lambda config: {"config": config.autoStart},
    "certificateManager": lambda _: {"certificateInfo": certificate_info()},
    "cpuScheduler": lambda config: {"hyperthreadInfo": config.hyperThread},
    "cryptoManager": lambda _: {"enabled": False},
    "datastoreSystem": lambda config: {"capabilities": config.datastoreCapabilities},
    "dateTimeSystem": lambda config: {"dateTimeInfo": config.dateTimeInfo},
    "esxAgentHostManager": lambda _: {"configInfo": _fixed()["agents"]},
    "firewallSystem": lambda config: {"firewallInfo": config.firewall},
    "graphicsManager": lambda config: {"graphicsConfig": config.graphicsConfig},
    "hostAccessManager": lambda config: {"lockdownMode": config.lockdownMode},
    "networkSystem": lambda config: {
        "capabilities": config.capabilities,
        "offloadCapabilities": config.offloadCapabilities,
        **network_system_properties(config.network),
    },
    "nvdimmSystem": lambda _: {"nvdimmSystemInfo": _fixed()["nvdimm"]},
    "pciPassthruSystem": lambda config: {"pciPassthruInfo": config.pciPassthruInfo},
    "powerSystem": lambda config: {
        "capability": config.powerSystemCapability,
        "info": config.powerSystemInfo,
    },
    "serviceSystem": lambda config: {"serviceInfo": config.service},
    "snmpSystem": lambda _: {"configuration": _fixed()["snmp"], "limits": _fixed()["snmp limits"]},
    "storageSystem": lambda config: {
        "storageDeviceInfo": config.storageDevice,
        "fileSystemVolumeInfo": config.fileSystemVolume,
        "multipathStateInfo": config.multipathState,
    },
    "vFlashManager": lambda config: {"vFlashConfigInfo": config.vFlashConfigInfo},
    "virtualNicManager": lambda config: {"info": config.virtualNicManagerInfo},
    "vmotionSystem": lambda config: {
        "netConfig": config.vmotion.netConfig,
        "ipConfig": config.vmotion.ipConfig,
    },
    "vsanSystem": lambda config: {"config": config.vsanHostConfig},
}
