"""The section `vms` of a scenario file: virtual machines, their disks and devices, and Fault Tolerance."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from vim25_emulator.scenario.section import (
    DatastorePath,
    Gigabytes,
    Name,
    NotNegative,
    Positive,
    Section,
    about,
)


class Disk(Section, frozen=True):
    """A virtual disk."""

    capacity_gb: Annotated[Gigabytes, about("capacity, in GB")] = 16
    datastore: Annotated[Name | None, about("default: that of the virtual machine")] = None
    provisioning: Annotated[
        Literal["thin", "thick", "eagerZeroedThick"], about("allocation of its space")
    ] = "thin"
    mode: Annotated[
        Literal["persistent", "nonpersistent", "independent_persistent", "independent_nonpersistent"],
        about("disk mode"),
    ] = "persistent"
    sharing: Annotated[
        Literal["sharingNone", "sharingMultiWriter"], about("whether several virtual machines may write")
    ] = "sharingNone"
    format: Annotated[
        Literal["flat", "seSparse", "rawVirtual", "rawPhysical", "persistentMemory"],
        about("type of the backing; `raw…` is a raw device mapping in that compatibility mode"),
    ] = "flat"
    linked_clone: Annotated[bool, about("whether it is based on another virtual machine's disk")] = False
    encrypted: Annotated[bool, about("whether the disk is encrypted")] = False
    digest: Annotated[bool, about("whether it has a digest file (View Storage Accelerator)")] = False
    flash_cache_mb: Annotated[NotNegative, about("reserved flash read cache, in MB; 0 is none")] = 0
    io_filters: Annotated[tuple[Name, ...], about("I/O filters of its storage policy")] = ()


class Device(Section, frozen=True):
    """An optional device."""

    type: Annotated[
        Literal[
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
        ],
        about("type of the device"),
    ]
    file: Annotated[
        DatastorePath | None, about("file of a floppy drive, a serial or a parallel port: a datastore path")
    ] = None


class FaultTolerance(Section, frozen=True):
    """Fault Tolerance that is turned on at startup."""

    secondary_host: Annotated[Name, about("host of the secondary")]
    legacy: Annotated[
        bool, about("whether it is record and replay, even if the release has another kind by default")
    ] = False
    enabled: Annotated[bool, about("`false`: Fault Tolerance is suspended")] = True


class VirtualMachine(Section, frozen=True):
    """A virtual machine. `count` creates several; their name must contain `{n}`.

    On a host that is not connected, virtual machines are disconnected, whatever their `connection`.
    """

    host: Annotated[
        Name | None, about("default: virtual machines are distributed over the hosts in service of `cluster`")
    ] = None
    cluster: Annotated[
        Name | None, about("used without `host`; default: the first cluster of the scenario")
    ] = None
    folder: Annotated[str | None, about("path below the folder `vm`; missing folders are created")] = None
    count: Annotated[
        Positive, about("number of virtual machines to create; `{n}` in the name counts them from 1")
    ] = 1
    power: Annotated[Literal["poweredOn", "poweredOff", "suspended"], about("power state")] = "poweredOff"
    connection: Annotated[
        Literal["connected", "disconnected", "orphaned", "inaccessible", "invalid"],
        about("connection state of the virtual machine"),
    ] = "connected"
    template: Annotated[bool, about("whether it is a template")] = False
    cpus: Annotated[int, Meta(ge=1, le=768), about("number of vCPUs")] = 2
    cores_per_socket: Annotated[Positive, about("number of cores per virtual socket; divides `cpus`")] = 1
    memory_mb: Annotated[int, Meta(ge=4, multiple_of=4), about("memory, in MB")] = 4096
    guest: Annotated[str, about("identifier of the guest operating system")] = "ubuntu64Guest"
    firmware: Annotated[Literal["bios", "efi"], about("firmware")] = "bios"
    hardware_version: Annotated[int, Meta(ge=3, le=22), about("virtual hardware version: 20 is `vmx-20`")] = (
        20
    )
    annotation: Annotated[str, about("notes")] = ""
    datastore: Annotated[
        Name | None, about("datastore of its files; default: the first that all possible hosts mount")
    ] = None
    disks: Annotated[tuple[Disk, ...], about("virtual disks; default: one")] = (Disk(),)
    networks: Annotated[
        tuple[Name, ...] | None,
        about("networks, one NIC each; default: the first network that all possible hosts have"),
    ] = None
    iso: Annotated[DatastorePath | None, about("image in the CD drive: a datastore path")] = None
    video_3d: Annotated[bool, about("whether 3D graphics are enabled")] = False
    devices: Annotated[tuple[Device, ...], about("optional devices")] = ()
    scsi_sharing: Annotated[
        Literal["noSharing", "virtualSharing", "physicalSharing"],
        about("bus sharing of the SCSI controllers"),
    ] = "noSharing"
    virtual_mmu: Annotated[
        Literal["automatic", "on", "off"], about("hardware virtualization of memory; quote `on` and `off`")
    ] = "automatic"
    nested_hv: Annotated[bool, about("whether hardware virtualization is exposed to the guest")] = False
    vbs: Annotated[bool, about("whether virtualization-based security is enabled")] = False
    encrypted: Annotated[bool, about("whether the virtual machine is encrypted")] = False
    sev: Annotated[bool, about("whether AMD SEV is enabled")] = False
    sgx: Annotated[bool, about("whether Intel SGX is enabled")] = False
    tdx: Annotated[bool, about("whether Intel TDX is enabled")] = False
    pmem_failover: Annotated[bool, about("whether HA may restart it in spite of its persistent memory")] = (
        False
    )
    replicated: Annotated[bool, about("whether vSphere Replication is configured")] = False
    managed_by: Annotated[Name | None, about("key of the extension that manages it")] = None
    snapshots: Annotated[tuple[Name, ...], about("snapshots, each based on the one before")] = ()
    extra_config: Annotated[dict[str, str], about("advanced options of the virtual machine")] = {}
    ha_restart_priority: Annotated[
        Literal["disabled", "lowest", "low", "medium", "high", "highest"] | None,
        about("HA restart priority; default: the cluster's"),
    ] = None
    drs_automation: Annotated[
        Literal["manual", "partiallyAutomated", "fullyAutomated", "disabled"] | None,
        about("DRS automation level; default: the cluster's"),
    ] = None
    fault_tolerance: Annotated[FaultTolerance | None, about("Fault Tolerance; default: not configured")] = (
        None
    )
    busy: Annotated[str | None, about("a method whose task locks the virtual machine and never ends")] = None
