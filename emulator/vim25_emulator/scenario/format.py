"""The format of a scenario file, as types.

Objects are keyed by name and refer to each other by name. Keys correspond to vim25 properties; failures that
no property can cause are rules. Unknown keys are rejected. `vim25-emulator schema` prints these types and
their docstrings as a JSON schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]
Gigabytes = Annotated[float, Meta(gt=0, le=1_000_000_000)]  #: in bytes, the maximum fits a `long`
Seconds = Annotated[float, Meta(ge=0)]


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A section of a scenario file: immutable, without unknown keys."""


class Datacenter(Section, frozen=True):
    """A datacenter and its four folders."""


class HighAvailability(Section, frozen=True):
    """vSphere HA of a cluster (`configurationEx.dasConfig`).

    `failover_level` is the number of host failures to tolerate; dedicated `failover_hosts` replace it.
    `options` are advanced HA options.
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
    """A cluster and its root resource pool. `evc` is an EVC mode key; `host_groups` are lists of hosts."""

    datacenter: Name | None = None
    ha: HighAvailability = HighAvailability()
    drs: ResourceScheduling = ResourceScheduling()
    evc: str | None = None
    host_groups: dict[Name, tuple[Name, ...]] = {}


class Host(Section, frozen=True):
    """An ESXi host. `count` creates several; their name must contain `{n}`.

    Without `cluster` it is a standalone host. `edition` is the edition of its license: `evaluation` and
    `enterprisePlus` include Fault Tolerance for 8 vCPUs, `standard` for 2 vCPUs; `essentialsPlus` does not
    include it; `essentials` does not include vMotion, either. `product`, `version` and `build` default to
    those of the vCenter release. The default `processor` is the newest of `cpu_vendor`; `nocona` has no
    hardware virtualization, `woodcrest` none of memory; `nehalem` and `barcelona` do not support Fault
    Tolerance with several vCPUs.
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
    """A datastore. `hosts` mount it; default: all hosts of the datacenter.

    The default `free_gb` is the capacity less the files of virtual machines.
    """

    datacenter: Name | None = None
    type: Literal["VMFS", "NFS", "VVOL", "vsan"] = "VMFS"
    capacity_gb: Gigabytes = 2048
    free_gb: Annotated[float, Meta(ge=0)] | None = None
    accessible: bool = True
    hosts: tuple[Name, ...] | None = None


class Network(Section, frozen=True):
    """A standard port group on `hosts`; default: all hosts of the datacenter."""

    datacenter: Name | None = None
    vlan: Annotated[int, Meta(ge=0, le=4095)] = 0
    hosts: tuple[Name, ...] | None = None


class Disk(Section, frozen=True):
    """A virtual disk. The default `datastore` is that of the virtual machine.

    `io_filters` are the I/O filters of its storage policy. A `linked_clone` is based on another virtual
    machine's disk.
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
    """An optional device. Floppy drives, serial and parallel ports can have a `file`, a datastore path."""

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
    """Fault Tolerance that is turned on at startup, with the secondary on `secondary_host`.

    `legacy`: record and replay, even if the release has another kind by default. `enabled: false`: suspended.
    """

    secondary_host: Name
    legacy: bool = False
    enabled: bool = True


class VirtualMachine(Section, frozen=True):
    """A virtual machine. `count` creates several; their name must contain `{n}`, which counts from 1.

    Without `host`, virtual machines are distributed over the hosts in service of `cluster` (default: the
    first cluster). `busy` names a method; its task locks the virtual machine and never ends. On a host that
    is not connected, virtual machines are disconnected, whatever their `connection`.
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
    """A role and its privileges; `System.*` privileges are implied."""

    privileges: tuple[str, ...]


class User(Section, frozen=True):
    """A user with a role on the entity `on` (default: the root folder) and all its descendants."""

    password: str = "vmware"  # noqa: S105  # the command line's default, for labs
    role: Name = "ReadOnly"
    on: Name | None = None


class FaultRuleSection(Section, frozen=True):
    """A rule that raises a fault at a stage of a method, on `object` (default: any object).

    `method` and `object` (a name or moId) may contain `*`. At `call`, the method fails without a task. At
    `start`, `middle` and `end`, its task fails: before it changes anything, halfway, or after its last
    change. Methods that turn on Fault Tolerance have further stages: `files` (creating the secondary's
    files), `secondary-power-on`, and `secondary-start` (after power-on).

    `fault` is a type name, or a mapping of one type name to properties; objects are referred to by name, and
    faults nest. The rule ignores the first `skip` matches, then raises the fault `count` times (default:
    always), each time with this `probability`, drawn from `seed`. `delay`: seconds between the start of the
    task and the fault; requires `at: start`.
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
    """Options of the emulator.

    `task_duration`: seconds that a task takes (default: 0.1). `session_idle_seconds`: idle time after which a
    session ends (default: 1800). `most_sessions`: maximum number of sessions (default: 1000); further logins
    fail with LimitExceeded.
    """

    task_duration: Seconds | None = None
    session_idle_seconds: Positive | None = None
    most_sessions: Positive | None = None


class Scenario(Section, frozen=True):
    """A scenario: a one-line title, the vCenter release, the inventory, the users, and the fault rules.

    `extends` names the scenario, or the file in the same folder, that this file patches: mappings are merged
    key by key, `null` removes a key, any other value replaces the original. `settings` are advanced settings
    of vCenter, such as `verifySSL.enabled`.
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
