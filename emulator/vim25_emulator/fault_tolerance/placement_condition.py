"""Conditions of the COMPATIBILITY checks: whether a host can hold the secondary of this primary.

The first line of each docstring is printed in the documentation, as "fails if it …".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model import admission_control
from vim25_emulator.model.distributed_port import network_of
from vim25_emulator.model.placement_rule import is_forbidden, members, site_group
from vim25_emulator.vmodl.value import DataObject, MoRef


def runs_the_primary(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is the host of the primary."""
    return host is request.source


def is_foreign(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is not in the primary's cluster."""
    return request.cluster is None or bool(host.get("parent") != request.cluster.ref)


def is_failover_host(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is a dedicated failover host of HA."""
    return admission_control.is_failover_host(request.cluster, host)


def unreachable_disk(request: SecondaryRequest, host: ManagedObject) -> DataObject | None:
    """It cannot access the datastore of one of the secondary's disks."""
    return next(
        (disk for disk in request.disks if _unreachable(request, host, request.datastore_of(disk))), None
    )


def unreachable_datastore(request: SecondaryRequest, host: ManagedObject) -> MoRef | None:
    """It cannot access the datastore of the secondary's configuration."""
    datastore = request.datastore_of_config()
    return datastore if _unreachable(request, host, datastore) else None


def unreachable_metadata(request: SecondaryRequest, host: ManagedObject) -> MoRef | None:
    """It or the primary's host cannot access the datastore for the tie-breaker files."""
    datastore = request.metadata_datastore
    hosts = (host, request.source)
    unreachable = any(each is not None and _unreachable(request, each, datastore) for each in hosts)
    return datastore if unreachable else None


def _unreachable(request: SecondaryRequest, host: ManagedObject, ref: MoRef | None) -> bool:
    """Whether a host does not mount a datastore, or cannot access it."""
    datastore = request.inventory.find(ref)
    if datastore is None:
        return ref is not None
    mount = next((entry.mountInfo for entry in datastore.get("host") if entry.key == host.ref), None)
    return ref not in host.get("datastore") or (mount is not None and mount.accessible is False)


def unreachable_network(request: SecondaryRequest, host: ManagedObject) -> DataObject | None:
    """It does not have the network of one of the VM's network cards."""
    cards = (device for device in request.devices if device.is_a("VirtualEthernetCard"))
    return next((card for card in cards if network_of(card) not in (None, *host.get("network"))), None)


def has_other_build(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It runs a different build than the primary's host."""
    source = request.source
    return source is not None and host.get("config.product.build") != source.get("config.product.build")


def has_other_cpu(request: SecondaryRequest, host: ManagedObject) -> bool:
    """Its processors are not compatible with those of the primary's host.

    Record and replay requires the same family and model, checkpointing the same vendor [derived].
    """
    different = differences(request, host)
    if request.kind is PairKind.LEGACY:
        return different.family or different.model
    return different.vendor


class Differences(NamedTuple):
    """Differences between the processors of two hosts; those of another vendor differ in everything."""

    vendor: bool
    family: bool
    model: bool
    stepping: bool


def differences(request: SecondaryRequest, host: ManagedObject) -> Differences:
    """Return the differences between the processors of a host and of the primary's host."""
    pairs = zip(_processor(request.source), _processor(host), strict=True)
    different = [source != target for source, target in pairs]
    return Differences(*(any(different[: index + 1]) for index in range(len(different))))


def _processor(host: ManagedObject | None) -> tuple[Any, Any, Any, Any]:
    """Return vendor, family, model and stepping of a host's processors."""
    packages = (host.get("hardware.cpuPkg") if host is not None else None) or ()
    if not packages:
        return (None, None, None, None)
    first = packages[0]
    return (first.vendor, first.family, first.model, first.stepping)


def breaks_host_rule(request: SecondaryRequest, host: ManagedObject) -> bool:
    """A mandatory VM-Host rule for the primary keeps its VMs off the host."""
    return is_forbidden(request.inventory, request.primary, host)


def breaks_host_group(request: SecondaryRequest, host: ManagedObject) -> bool:
    """It is on the site of the primary, although the pair spans two sites.

    The hosts of the pair's host group are one site, all other hosts the other one [derived]. The host groups
    of an FT VM-Host rule are sites, too [documented].
    """
    if request.source is None:
        return False
    site = site_group(request.cluster, request.primary, request.source)
    if site is not None and site == site_group(request.cluster, request.primary, host):
        return True
    group = _own_group(request)
    if group is None:
        return False
    hosts = members(request.cluster, group, "ClusterHostGroup", "host")
    return (host.ref in hosts) is (request.source.ref in hosts)


def metro_group(request: SecondaryRequest, host: ManagedObject) -> str | None:
    """Return the host group of a pair that spans two sites; None for any other pair."""
    return _own_group(request) or site_group(request.cluster, request.primary, host)


def _own_group(request: SecondaryRequest) -> str | None:
    """Return the host group that the spec or the primary names."""
    spec, config = request.spec, request.primary.get("config")
    source = spec if spec is not None and spec.metroFtEnabled else config
    group: str | None = source.metroFtHostGroup if source is not None and source.metroFtEnabled else None
    return group
