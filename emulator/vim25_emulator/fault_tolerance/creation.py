"""One request to turn Fault Tolerance on: the VM, where to, at which release, and what follows from those.

Everything is read from the inventory when it is asked for, so a request that waited sees things as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version, version


class PairKind(Enum):
    """The two makes of Fault Tolerance, by the value of `flags.faultToleranceType`."""

    LEGACY = "recordReplay"  #: shared disks, one vCPU, record and replay
    CHECKPOINTING = "checkpointing"  #: own copies of the disks, several vCPUs


_KINDS: Final = {kind.value: kind for kind in PairKind}

#: Advanced option of a VM by which a vCenter of 6.0 makes it fault tolerant the legacy way.
_LEGACY_OPTION: Final = "vm.uselegacyft"


def kind_at(release: Version) -> PairKind:
    """Return what a vCenter of this release makes when nothing else is asked for (documented)."""
    return PairKind.CHECKPOINTING if release >= version("6.0") else PairKind.LEGACY


def _wants_legacy(vm: ManagedObject, release: Version) -> bool:
    """Whether a VM asks for legacy Fault Tolerance of a release that has both (documented: 6.0 alone)."""
    options = {each.key: each.value for each in vm.get("config.extraConfig") or ()}
    asked = str(options.get(_LEGACY_OPTION, "")).lower() == "true"
    return asked and version("6.0") <= release < version("6.5")


@dataclass(frozen=True)
class Creation:
    """A secondary for `primary`, on `host` or, without one, where the system chooses.

    `spec` is a FaultToleranceConfigSpec; `release` the API version of the emulated vCenter, not the client's.
    With `secondary` that part is done, and the question is where it can run. `wanted` is the Fault
    Tolerance that it shall be, for those who only ask.
    """

    inventory: Inventory
    primary: ManagedObject
    release: Version
    host: ManagedObject | None = None
    spec: DataObject | None = None
    secondary: ManagedObject | None = None
    wanted: PairKind | None = None

    @property
    def kind(self) -> PairKind:
        """Which Fault Tolerance the VM has, or else which is asked for."""
        if self.wanted is not None:
            return self.wanted
        made = self.primary.get("config.flags.faultToleranceType")
        if made in _KINDS:
            return _KINDS[made]
        return PairKind.LEGACY if _wants_legacy(self.primary, self.release) else kind_at(self.release)

    @property
    def cluster(self) -> ManagedObject | None:
        """The primary's cluster, if it is in one."""
        return cluster_of(self.inventory, self.primary)

    @property
    def source(self) -> ManagedObject | None:
        """The host that the primary is on."""
        return self.inventory.find(self.primary.get("runtime.host"))

    @property
    def candidates(self) -> tuple[ManagedObject, ...]:
        """The hosts that could hold the secondary: the one named, else all `others`."""
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
        """Where the spec wants the files that decide a split, if it says so."""
        path = self.spec.metaDataPath if self.spec is not None else None
        return path.metaDataDatastore if path is not None else None

    def datastore_of_config(self) -> MoRef | None:
        """Return where the spec wants the secondary's configuration; None: where the system chooses."""
        vm_spec = self.spec.secondaryVmSpec if self.spec is not None else None
        return vm_spec.vmConfig if vm_spec is not None else None

    def datastore_of(self, disk: DataObject) -> MoRef | None:
        """Return where the secondary's copy of a disk is or goes: as the spec says, else beside the original.

        That the default is the primary's own datastore is derived; real servers choose by rules unknown.
        """
        vm_spec = self.spec.secondaryVmSpec if self.spec is not None else None
        wanted = {each.disk.key: each.datastore for each in (vm_spec.disks if vm_spec is not None else ())}
        copies = self.secondary.get("config.hardware.device") if self.secondary is not None else ()
        copy = next((device for device in copies if device.key == disk.key), disk)
        return wanted.get(disk.key) or datastore_behind(copy)


def datastore_behind(disk: DataObject) -> MoRef | None:
    """Return the datastore of the file behind a disk; None without one."""
    backing = disk.backing
    if backing is None or not backing.is_a("VirtualDeviceFileBackingInfo"):
        return None
    datastore: MoRef | None = backing.datastore
    return datastore
