"""A request for a secondary: the primary, the host, the spec, the release, and what follows from these.

Everything else is read from the inventory on access, so a request that waited sees the current state.
"""

from __future__ import annotations

from dataclasses import dataclass

from vim25_emulator.fault_tolerance.pair_kind import PairKind, kind_of
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.datastore_file import parts_of
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version


@dataclass(frozen=True)
class SecondaryRequest:
    """A request for a secondary of `primary`, on `host` or, without one, on a host that the system selects.

    `spec` is a FaultToleranceConfigSpec; `release` the API version of the emulated vCenter, not the client's.
    If `secondary` exists already, the request is to run it. `requested_kind` is the kind of Fault Tolerance
    that a query names; it overrides the VM's own. `entering` are the hosts that are entering maintenance
    mode, which only their tasks show.
    """

    inventory: Inventory
    primary: ManagedObject
    release: Version
    host: ManagedObject | None = None
    spec: DataObject | None = None
    secondary: ManagedObject | None = None
    requested_kind: PairKind | None = None
    entering: frozenset[MoRef] = frozenset()

    @property
    def kind(self) -> PairKind:
        """The kind of Fault Tolerance that the request names or, if none, the VM has or would get."""
        return self.requested_kind or kind_of(self.primary, self.release)

    @property
    def cluster(self) -> ManagedObject | None:
        """The primary's cluster, if it is in one."""
        return cluster_of(self.inventory, self.primary)

    @property
    def source(self) -> ManagedObject | None:
        """The primary's host."""
        return self.inventory.find(self.primary.get("runtime.host"))

    @property
    def candidates(self) -> tuple[ManagedObject, ...]:
        """The candidate hosts for the secondary: the named one, else all `others`."""
        if self.host is not None:
            return (self.host,)
        return self.others

    @property
    def others(self) -> tuple[ManagedObject, ...]:
        """The hosts of the cluster except the primary's own."""
        return tuple(host for host in hosts_of(self.inventory, self.cluster) if host is not self.source)

    @property
    def powered_on(self) -> bool:
        """Whether the primary is running."""
        return is_powered_on(self.primary)

    @property
    def devices(self) -> tuple[DataObject, ...]:
        """The primary's virtual devices."""
        return self.primary.get("config.hardware.device") or ()

    @property
    def disks(self) -> tuple[DataObject, ...]:
        """The primary's virtual disks."""
        return tuple(device for device in self.devices if device.is_a("VirtualDisk"))

    @property
    def memory(self) -> int:
        """The primary's memory size in MB, all of which Fault Tolerance reserves."""
        return int(self.primary.get("config.hardware.memoryMB"))

    @property
    def vcpus(self) -> int:
        """The number of the primary's virtual CPUs."""
        return int(self.primary.get("config.hardware.numCPU"))

    @property
    def metadata_datastore(self) -> MoRef | None:
        """The datastore of the tie-breaker files: of an existing pair its own, else the one in the spec."""
        if self.secondary is not None:
            return self._datastore_of(self.primary.get("config.files.ftMetadataDirectory"))
        path = self.spec.metaDataPath if self.spec is not None else None
        return path.metaDataDatastore if path is not None else None

    def _datastore_of(self, directory: str | None) -> MoRef | None:
        name = parts_of(directory)[0] if directory is not None else None
        stores = self.inventory.of_type("Datastore")
        return next((store.ref for store in stores if store.get("name") == name), None)

    def datastore_of_config(self) -> MoRef | None:
        """Return the datastore that the spec names for the secondary's configuration."""
        vm_spec = self.spec.secondaryVmSpec if self.spec is not None else None
        return vm_spec.vmConfig if vm_spec is not None else None

    def datastore_of(self, disk: DataObject) -> MoRef | None:
        """Return the datastore of the secondary's copy of a disk: as the spec says, else the original's.

        The default is the primary's own datastore [derived]; how a real vCenter chooses is unknown.
        """
        vm_spec = self.spec.secondaryVmSpec if self.spec is not None else None
        specified = {spec.disk.key: spec.datastore for spec in (vm_spec.disks if vm_spec is not None else ())}
        copies = self.secondary.get("config.hardware.device") if self.secondary is not None else ()
        copy = next((device for device in copies if device.key == disk.key), disk)
        return specified.get(disk.key) or datastore_behind(copy)


def datastore_behind(disk: DataObject) -> MoRef | None:
    """Return the datastore of a disk's file; None if the disk has no file."""
    backing = disk.backing
    if backing is None or not backing.is_a("VirtualDeviceFileBackingInfo"):
        return None
    datastore: MoRef | None = backing.datastore
    return datastore
