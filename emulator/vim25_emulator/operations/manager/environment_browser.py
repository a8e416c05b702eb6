"""EnvironmentBrowser: what a compute resource, or a virtual machine's host, offers to virtual machines.

Answers cover one host, or all hosts that the browser's owner may use. The options of a hardware version
(`VirtualMachineConfigOption`) are unknown, so they are answered as unset.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.distributed_switch import PORT_GROUP, switch_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version, version

_MIB: Final = 1 << 20

#: API version → newest hardware version of its hosts [documented]; older versions remain usable.
_NEWEST_HARDWARE: Final = (
    ("4.0", 7),
    ("5.0", 8),
    ("5.1", 9),
    ("5.5", 10),
    ("6.0", 11),
    ("6.5", 13),
    ("6.7", 14),
    ("6.7.2", 15),
    ("7.0.0.0", 17),
    ("7.0.1.0", 18),
    ("7.0.2.0", 19),
    ("8.0.0.0", 20),
    ("8.0.2.0", 21),
    ("9.0.0.0", 22),
)
_UNUSED: Final = frozenset({5, 6, 12})  #: numbers that were never a hardware version
_OLDEST_HARDWARE: Final = 4


@operation("EnvironmentBrowser", "QueryConfigOptionDescriptor")
def config_option_descriptors(call: Call, browser: ManagedObject) -> tuple[DataObject, ...]:
    """Return a VirtualMachineConfigOptionDescriptor per hardware version; the newest is the default."""
    hosts = tuple(host.ref for host in _hosts(call, browser))
    known = hardware_versions(call.vcenter.release.version)
    return tuple(_descriptor(number, hosts, newest=number == known[-1]) for number in known)


def hardware_versions(release: Version) -> tuple[int, ...]:
    """Return the hardware versions of a release, oldest first."""
    newest = [number for since, number in _NEWEST_HARDWARE if version(since) <= release][-1]
    return tuple(number for number in range(_OLDEST_HARDWARE, newest + 1) if number not in _UNUSED)


def _descriptor(number: int, hosts: tuple[MoRef, ...], *, newest: bool) -> DataObject:
    return DataObject(
        "VirtualMachineConfigOptionDescriptor",
        key=f"vmx-{number:02d}",
        description=f"Hardware version {number}",
        host=hosts,
        createSupported=True,
        defaultConfigOption=newest,
        runSupported=True,
        upgradeSupported=True,
    )


@operation("EnvironmentBrowser", "QueryConfigOption")
@operation("EnvironmentBrowser", "QueryConfigOptionEx")
def config_option(call: Call, browser: ManagedObject, **options: Any) -> None:
    """Return unset: the options of hardware versions are unknown."""
    return


@operation("EnvironmentBrowser", "QueryTargetCapabilities")
def target_capabilities(
    call: Call, browser: ManagedObject, host: ManagedObject | None = None
) -> DataObject | None:
    """Return the HostCapability of a host; of the first host if none is named [derived]."""
    capability = next((each.get("capability") for each in _hosts(call, browser, host)), None)
    return capability if isinstance(capability, DataObject) else None


@operation("EnvironmentBrowser", "QueryConfigTarget")
def config_target(call: Call, browser: ManagedObject, host: ManagedObject | None = None) -> DataObject | None:
    """Return the ConfigTarget of a host or of all hosts: processors, memory, datastores, networks."""
    hosts = [each for each in _hosts(call, browser, host) if each.get("hardware") is not None]
    if not hosts:
        return None
    inventory = call.vcenter.inventory
    processors = [each.get("hardware.cpuInfo") for each in hosts]
    networks = _seen_by(inventory, hosts, "network")
    groups = [each for each in networks if each.is_a(PORT_GROUP)]
    switches = {each.ref: each for group in groups if (each := switch_of(inventory, group)) is not None}
    groups = [each for each in groups if each.get("config.distributedVirtualSwitch") in switches]
    memory = max(each.get("hardware.memorySize") for each in hosts) // _MIB
    return DataObject(
        "ConfigTarget",
        numCpus=sum(each.numCpuThreads for each in processors),
        numCpuCores=sum(each.numCpuCores for each in processors),
        numNumaNodes=sum(each.numCpuPackages for each in processors),
        maxCpusPerHost=max(each.numCpuThreads for each in processors),
        smcPresent=False,
        maxMemMBOptimalPerf=memory,
        supportedMaxMemMB=memory,
        datastore=tuple(map(_datastore, _seen_by(inventory, hosts, "datastore"))),
        network=tuple(_network(each) for each in networks if not each.is_a(PORT_GROUP)),
        distributedVirtualPortgroup=tuple(_port_group(each, switches) for each in groups),
        distributedVirtualSwitch=tuple(map(_switch, switches.values())),
    )


def _seen_by(inventory: Inventory, hosts: Iterable[ManagedObject], path: str) -> list[ManagedObject]:
    """Return the objects that any of the hosts sees, without duplicates."""
    return list(inventory.find_all(dict.fromkeys(ref for host in hosts for ref in host.get(path))))


#: Limits in a DatastoreInfo; those of raw device mappings are in that of VMFS alone.
_LIMITS: Final = (
    "maxFileSize",
    "maxVirtualDiskCapacity",
    "maxPhysicalRDMFileSize",
    "maxVirtualRDMFileSize",
)


def _datastore(store: ManagedObject) -> DataObject:
    limits = {name: store.get(f"info.{name}") for name in _LIMITS}
    return DataObject(
        "VirtualMachineDatastoreInfo",
        name=store.get("name"),
        datastore=store.get("summary"),
        capability=store.get("capability"),
        maxFileSize=limits.pop("maxFileSize") or 0,
        mode="readWrite",
        **limits,
    )


def _port_group(group: ManagedObject, switches: dict[MoRef, ManagedObject]) -> DataObject:
    switch = switches[group.get("config.distributedVirtualSwitch")]
    return DataObject(
        "DistributedVirtualPortgroupInfo",
        switchName=switch.get("name"),
        switchUuid=switch.get("uuid"),
        portgroupName=group.get("name"),
        portgroupKey=group.get("key"),
        portgroupType=group.get("config.type"),
        uplinkPortgroup=bool(group.get("config.uplink")),
        portgroup=group.ref,
        networkReservationSupported=False,
        backingType=group.get("config.backingType"),
    )


def _switch(switch: ManagedObject) -> DataObject:
    return DataObject(
        "DistributedVirtualSwitchInfo",
        switchName=switch.get("name"),
        switchUuid=switch.get("uuid"),
        distributedVirtualSwitch=switch.ref,
        networkReservationSupported=False,
    )


def _network(network: ManagedObject) -> DataObject:
    return DataObject("VirtualMachineNetworkInfo", name=network.get("name"), network=network.get("summary"))


def _hosts(call: Call, browser: ManagedObject, host: ManagedObject | None = None) -> list[ManagedObject]:
    """Return the named host, else all hosts that the browser's owner may use."""
    inventory = call.vcenter.inventory
    if host is not None:
        return [host]
    for owner in inventory.of_type("ComputeResource"):
        if owner.get("environmentBrowser") == browser.ref:
            return list(inventory.find_all(owner.get("host")))
    for vm in inventory.of_type("VirtualMachine"):
        if vm.get("environmentBrowser") == browser.ref:
            own = inventory.find(vm.get("runtime.host"))
            resource = inventory.find(own.get("parent")) if own is not None else None
            return list(inventory.find_all(resource.get("host"))) if resource is not None else []
    return []
