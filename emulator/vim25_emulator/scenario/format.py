"""The format of a scenario file, as types.

Things are keyed by their names and refer to each other by name. A property that vim25 has is called as
vim25 calls it or says the same in words; what goes wrong without a property to show it is a rule. Unknown
keys are refused. `vim25-emulator schema` is made from these types, docstrings included.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]
Gigabytes = Annotated[float, Meta(gt=0, le=1_000_000_000)]  # in bytes it is still a `long`
Seconds = Annotated[float, Meta(ge=0)]


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a scenario file: immutable, and strict about its keys."""


class Datacenter(Section, frozen=True):
    """A datacenter with its four folders."""


class HighAvailability(Section, frozen=True):
    """vSphere HA of a cluster (`configurationEx.dasConfig`).

    Hosts that are kept free for failovers (`failover_hosts`) replace the number of failures to bear.
    """

    enabled: bool = True
    admission_control: bool = True
    failover_level: NotNegative = 1
    failover_hosts: tuple[Name, ...] = ()
    options: dict[str, str] = {}


class ResourceScheduling(Section, frozen=True):
    """DRS of a cluster (`configurationEx.drsConfig`)."""

    enabled: bool = True
    automation: Literal["manual", "partiallyAutomated", "fullyAutomated"] = "fullyAutomated"
    vmotion_rate: Annotated[int, Meta(ge=1, le=5)] = 3


class Cluster(Section, frozen=True):
    """A cluster and its root resource pool. `host_groups` are named groups of its hosts."""

    datacenter: Name | None = None
    ha: HighAvailability = HighAvailability()
    drs: ResourceScheduling = ResourceScheduling()
    evc: str | None = None
    host_groups: dict[Name, tuple[Name, ...]] = {}


class Host(Section, frozen=True):
    """An ESXi host. `count` makes several; the name then holds `{n}`.

    Without `cluster` it stands alone. `edition` is its license's: `evaluation` and `enterprisePlus` cover
    Fault Tolerance for 8 vCPUs, `standard` for 2, `essentialsPlus` not at all, `essentials` not even vMotion.
    `product`, `version` and `build` are what runs on it, if not what came with the vCenter. Of the processors
    `nocona` cannot virtualize, `woodcrest` not its memory, `nehalem` and `barcelona` are too old for several
    vCPUs with Fault Tolerance; without `processor` it is the vendor's newest here.
    """

    cluster: Name | None = None
    datacenter: Name | None = None
    count: Positive = 1
    connection: Literal["connected", "disconnected", "notResponding"] = "connected"
    in_maintenance_mode: bool = False
    in_standby: bool = False
    cpu_packages: Positive = 2
    cores_per_package: Positive = 16
    cpu_mhz: Positive = 2600
    cpu_vendor: Literal["intel", "amd"] = "intel"
    processor: Literal["nocona", "woodcrest", "nehalem", "iceLake", "barcelona", "milan"] | None = None
    hardware_virtualization: bool = True
    memory_gb: Gigabytes = 256
    product: Literal["esxi", "server"] = "esxi"
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+(\.\d+)?$")] | None = None
    build: str | None = None
    edition: Literal["evaluation", "enterprisePlus", "standard", "essentialsPlus", "essentials"] = (
        "enterprisePlus"
    )
    ha_agent: Literal["running", "failed"] = "running"
    vmotion_nic: bool = True
    fault_tolerance_nic: bool = True
    nic_mbps: Positive = 10_000


class Datastore(Section, frozen=True):
    """A datastore. `hosts` are those that mount it: every host of the datacenter unless told otherwise.

    `free_gb`, unless given, is what the disks and swap files of its virtual machines leave over.
    """

    datacenter: Name | None = None
    type: Literal["VMFS", "NFS", "VVOL", "vsan"] = "VMFS"
    capacity_gb: Gigabytes = 2048
    free_gb: Annotated[float, Meta(ge=0)] | None = None
    accessible: bool = True
    hosts: tuple[Name, ...] | None = None


class Network(Section, frozen=True):
    """A standard port group. `hosts` are those that have it: every host of the datacenter unless given."""

    datacenter: Name | None = None
    vlan: Annotated[int, Meta(ge=0, le=4095)] = 0
    hosts: tuple[Name, ...] | None = None


class Disk(Section, frozen=True):
    """A virtual disk. Its datastore is the virtual machine's unless given.

    `io_filters` are those that a storage policy put on it; `linked_clone`: it begins at another one's disk.
    """

    capacity_gb: Gigabytes = 16
    datastore: Name | None = None
    provisioning: Literal["thin", "thick", "eagerZeroedThick"] = "thin"
    mode: Literal["persistent", "nonpersistent", "independent_persistent", "independent_nonpersistent"] = (
        "persistent"
    )
    sharing: Literal["sharingNone", "sharingMultiWriter"] = "sharingNone"
    format: Literal["flat", "seSparse", "rawVirtual", "rawPhysical", "persistentMemory"] = "flat"
    linked_clone: bool = False
    encrypted: bool = False
    digest: bool = False
    flash_cache_mb: NotNegative = 0
    io_filters: tuple[Name, ...] = ()


class Device(Section, frozen=True):
    """A device beside those that every virtual machine has; floppy and ports may lie in a `file`."""

    type: Literal[
        "floppy",
        "serialPort",
        "parallelPort",
        "usb",
        "sound",
        "pciPassthrough",
        "sriov",
        "tpm",
        "nvdimm",
        "pcnet32",
    ]
    file: Annotated[str, Meta(pattern=r"^\[.+\] .+$")] | None = None


class FaultTolerance(Section, frozen=True):
    """Fault Tolerance that is on from the start: where the secondary stands.

    `legacy`: by record and replay, whatever the release makes by itself. Without `enabled` it is suspended.
    """

    secondary_host: Name
    legacy: bool = False
    enabled: bool = True


class VirtualMachine(Section, frozen=True):
    """A virtual machine. `count` makes several; the name then holds `{n}`, which counts from 1.

    Without `host` they are spread over the connected hosts of `cluster` (the first cluster). `busy` names a
    method whose task holds the virtual machine and never ends. On a host that is not connected, a virtual
    machine is disconnected whatever it says.
    """

    host: Name | None = None
    cluster: Name | None = None
    folder: str | None = None
    count: Positive = 1
    power: Literal["poweredOn", "poweredOff", "suspended"] = "poweredOff"
    connection: Literal["connected", "disconnected", "orphaned", "inaccessible", "invalid"] = "connected"
    template: bool = False
    cpus: Annotated[int, Meta(ge=1, le=768)] = 2
    cores_per_socket: Positive = 1
    memory_mb: Annotated[int, Meta(ge=4, multiple_of=4)] = 4096
    guest: str = "ubuntu64Guest"
    firmware: Literal["bios", "efi"] = "bios"
    hardware_version: Annotated[int, Meta(ge=3, le=22)] = 20
    annotation: str = ""
    datastore: Name | None = None
    disks: tuple[Disk, ...] = (Disk(),)
    networks: tuple[Name, ...] | None = None
    iso: Annotated[str, Meta(pattern=r"^\[.+\] .+$")] | None = None
    video_3d: bool = False
    devices: tuple[Device, ...] = ()
    scsi_sharing: Literal["noSharing", "virtualSharing", "physicalSharing"] = "noSharing"
    virtual_mmu: Literal["automatic", "on", "off"] = "automatic"
    nested_hv: bool = False
    vbs: bool = False
    encrypted: bool = False
    sev: bool = False
    sgx: bool = False
    tdx: bool = False
    pmem_failover: bool = False
    replicated: bool = False
    managed_by: Name | None = None
    snapshots: tuple[Name, ...] = ()
    extra_config: dict[str, str] = {}
    ha_restart_priority: Literal["disabled", "lowest", "low", "medium", "high", "highest"] | None = None
    drs_automation: Literal["manual", "partiallyAutomated", "fullyAutomated", "disabled"] | None = None
    fault_tolerance: FaultTolerance | None = None
    busy: str | None = None


class UserRole(Section, frozen=True):
    """A role: its privileges, `System.*` ones included by themselves."""

    privileges: tuple[str, ...]


class User(Section, frozen=True):
    """Somebody who can log in, with a role on an entity (the root folder) and all below it."""

    password: str = "vmware"  # noqa: S105  # the lab password that the command line has too
    role: Name = "ReadOnly"
    on: Name | None = None


class FaultRuleSection(Section, frozen=True):
    """Something that goes wrong: on a method, for an object (any), at a stage of the call, with a fault.

    `method` and `object` (a name or moId) may hold `*`. Stages: `call` (the caller gets the fault at once),
    `start`, `middle` and `end` (the task ends with it: before it does anything, while it works, when all is
    done), and, of the methods that turn Fault Tolerance on, `files` (making the secondary's),
    `secondary-power-on` and `secondary-start` (once that is under way).

    `fault` is a type's name, or a mapping of that name to its properties, in which objects stand by their
    names and faults are written the same way. `skip` passes first; it comes `count` times (always), each time
    with this `probability`, drawn from `seed`; `delay` seconds after the start of a task (`at: start`).
    """

    method: str
    fault: str | dict[str, Any]
    object: str | None = None
    at: Literal["call", "start", "middle", "end", "files", "secondary-power-on", "secondary-start"] = "start"
    skip: NotNegative = 0
    count: Positive | None = None
    probability: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: int = 0
    delay: Seconds = 0


class Options(Section, frozen=True):
    """How the emulator behaves: seconds that a task takes, and after which an unused session ends (1800).

    With `most_sessions` open (1000), a login is refused with LimitExceeded.
    """

    task_duration: Seconds | None = None
    session_idle_seconds: Positive | None = None
    most_sessions: Positive | None = None


class Scenario(Section, frozen=True):
    """A situation: one line that says what it is, the release, the inventory, the users, what goes wrong.

    `extends` names another scenario (or a file beside this one), on which this file is a patch: mappings
    merge key by key, `null` takes a key away, everything else replaces. `settings` are vCenter's own advanced
    settings, such as `verifySSL.enabled`.
    """

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    extends: str | None = None
    release: str | float = "8.0.2.0"
    options: Options = Options()
    settings: dict[str, bool | int | str] = {}
    datacenters: dict[Name, Datacenter] = field(default_factory=lambda: {"Lab": Datacenter()})
    clusters: dict[Name, Cluster] = {}
    hosts: dict[Name, Host] = {}
    datastores: dict[Name, Datastore] = {}
    networks: dict[Name, Network] = {}
    vms: dict[Name, VirtualMachine] = {}
    roles: dict[Name, UserRole] = {}
    users: dict[Name, User] = {}
    rules: tuple[FaultRuleSection, ...] = ()
