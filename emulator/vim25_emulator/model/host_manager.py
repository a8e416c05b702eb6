"""The managers of a host (HostConfigManager), whose properties repeat the host's configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity import number_of, refs
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Property of HostConfigManager → prefix of the manager's moId.
_MANAGERS: Final = {
    "advancedOption": "EsxHostAdvSettings",
    "autoStartManager": "autoStartManager",
    "cpuScheduler": "cpuScheduler",
    "datastoreSystem": "datastoreSystem",
    "dateTimeSystem": "dateTimeSystem",
    "firewallSystem": "firewallSystem",
    "networkSystem": "networkSystem",
    "powerSystem": "powerSystem",
    "serviceSystem": "serviceSystem",
    "storageSystem": "storageSystem",
    "virtualNicManager": "virtualNicManager",
    "vmotionSystem": "vmotionSystem",
}


def new_config_manager(
    inventory: Inventory, host: ManagedObject, config: DataObject, datastores: list[ManagedObject]
) -> DataObject:
    """Create the managers of a host; return HostConfigManager."""
    number, types = number_of(host), data_type("HostConfigManager").properties
    created = {
        prop: inventory.create(
            types[prop].type.name, f"{prefix}-{number}", **_properties(prop, config, datastores)
        )
        for prop, prefix in _MANAGERS.items()
    }
    return DataObject("HostConfigManager", **{prop: manager.ref for prop, manager in created.items()})


def managers_of(inventory: Inventory, host: ManagedObject) -> Iterator[ManagedObject]:
    """Yield the managers of a host."""
    config = host.get("configManager")
    refs_ = (value for value in config.__dict__.values() if isinstance(value, MoRef)) if config else ()
    return inventory.find_all(refs_)


def _properties(prop: str, config: DataObject, datastores: list[ManagedObject]) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = {
        "advancedOption": {"setting": config.option},
        "autoStartManager": {"config": config.autoStart},
        "cpuScheduler": {"hyperthreadInfo": config.hyperThread},
        "datastoreSystem": {"datastore": refs(datastores), "capabilities": config.datastoreCapabilities},
        "dateTimeSystem": {"dateTimeInfo": config.dateTimeInfo},
        "firewallSystem": {"firewallInfo": config.firewall},
        "networkSystem": {
            "capabilities": config.capabilities,
            "networkInfo": config.network,
            "offloadCapabilities": config.offloadCapabilities,
            "dnsConfig": config.network.dnsConfig,
            "ipRouteConfig": config.network.ipRouteConfig,
        },
        "powerSystem": {"capability": config.powerSystemCapability, "info": config.powerSystemInfo},
        "serviceSystem": {"serviceInfo": config.service},
        "storageSystem": {
            "storageDeviceInfo": config.storageDevice,
            "fileSystemVolumeInfo": config.fileSystemVolume,
        },
        "virtualNicManager": {"info": config.virtualNicManagerInfo},
        "vmotionSystem": {"netConfig": config.vmotion.netConfig, "ipConfig": config.vmotion.ipConfig},
    }
    return properties[prop]
