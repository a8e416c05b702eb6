"""EnvironmentBrowser: what a compute resource, or a virtual machine's host, offers to virtual machines.

Answers cover one host, or all hosts that the browser's owner may use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.config_option import config_option
from vim25_emulator.model.distributed_switch import PORT_GROUP, switch_of
from vim25_emulator.model.hardware_version import hardware_key, hardware_versions
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_MIB: Final = 1 << 20


@operation("EnvironmentBrowser", "QueryConfigOptionDescriptor")
def config_option_descriptors(call: Call, browser: ManagedObject) -> tuple[DataObject, ...]:
    """Return a VirtualMachineConfigOptionDescriptor per hardware version; the newest is the default."""
    hosts = tuple(host.ref for host in _hosts(call, browser))
    known = hardware_versions(call.vcenter.release.version)
    return tuple(_descriptor(number, hosts, newest=number == known[-1]) for number in known)


def _descriptor(number: int, hosts: tuple[MoRef, ...], *, newest: bool) -> DataObject:
    return DataObject(
        "VirtualMachineConfigOptionDescriptor",
        key=hardware_key(number),
        description=f"Hardware version {number}",
        host=hosts,
        createSupported=True,
        defaultConfigOption=newest,
        runSupported=True,
        upgradeSupported=True,
    )


@operation("EnvironmentBrowser", "QueryConfigOption")
def query_config_option(
    call: Call, browser: ManagedObject, key: str | None = None, host: ManagedObject | None = None
) -> DataObject | None:
    """Return the VirtualMachineConfigOption of a hardware version, by default the newest one.

    Unset if there is no host; InvalidArgument for an unknown key [derived].
    """
    return _config_option(call, _hosts(call, browser, host), key, ())


@operation("EnvironmentBrowser", "QueryConfigOptionEx")
def query_config_option_ex(
    call: Call, browser: ManagedObject, spec: DataObject | None = None
) -> DataObject | None:
    """Return a VirtualMachineConfigOption as `query_config_option` does, of the named guests only."""
    if spec is None:
        return query_config_option(call, browser)
    host = call.vcenter.inventory.require(spec.host) if spec.host is not None else None
    return _config_option(call, _hosts(call, browser, host), spec.key, spec.guestId)


def _config_option(
    call: Call, hosts: list[ManagedObject], key: str | None, guest_ids: tuple[str, ...]
) -> DataObject | None:
    known = hardware_versions(call.vcenter.release.version)
    by_key = {hardware_key(number): number for number in known}
    if key and key not in by_key:
        raise MethodFault("InvalidArgument", invalidProperty="key")
    return config_option(by_key[key] if key else known[-1], guest_ids) if hosts else None


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
    networks = _seen_by(call, hosts, "network")
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
        datastore=tuple(map(_datastore, _seen_by(call, hosts, "datastore"))),
        network=tuple(_network(each) for each in networks if not each.is_a(PORT_GROUP)),
        distributedVirtualPortgroup=tuple(_port_group(each, switches) for each in groups),
        distributedVirtualSwitch=tuple(map(_switch, switches.values())),
    )


def _seen_by(call: Call, hosts: Iterable[ManagedObject], path: str) -> list[ManagedObject]:
    """Return the objects that any of the hosts and the caller [derived] see, without duplicates."""
    refs = dict.fromkeys(ref for host in hosts for ref in host.get(path))
    return list(filter(call.rights.see, call.vcenter.inventory.find_all(refs)))


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
