"""The sections `datacenters`, `clusters`, `hosts`, `datastores` and `networks` of a scenario file."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from vim25_emulator.scenario.section import Gigabytes, Name, NotNegative, Positive, Section, about


class Datacenter(Section, frozen=True):
    """A datacenter and its four folders."""


class HighAvailability(Section, frozen=True):
    """vSphere HA of a cluster (`configurationEx.dasConfig`)."""

    enabled: Annotated[bool, about("whether HA is enabled")] = True
    admission_control: Annotated[bool, about("whether HA may refuse a power-on")] = True
    failover_level: Annotated[NotNegative, about("number of host failures to tolerate")] = 1
    failover_hosts: Annotated[
        tuple[Name, ...], about("dedicated failover hosts; they replace `failover_level`")
    ] = ()
    options: Annotated[dict[str, str], about("advanced HA options, such as `das.maxftvmsperhost`")] = {}


class ResourceScheduling(Section, frozen=True):
    """DRS of a cluster (`configurationEx.drsConfig`)."""

    enabled: Annotated[bool, about("whether DRS is enabled")] = True
    automation: Annotated[
        Literal["manual", "partiallyAutomated", "fullyAutomated"], about("default automation level")
    ] = "fullyAutomated"
    vmotion_rate: Annotated[int, Meta(ge=1, le=5), about("migration threshold")] = 3


class Cluster(Section, frozen=True):
    """A cluster and its root resource pool."""

    datacenter: Annotated[Name | None, about("default: the first datacenter of the scenario")] = None
    ha: Annotated[HighAvailability, about("vSphere HA")] = HighAvailability()
    drs: Annotated[ResourceScheduling, about("DRS")] = ResourceScheduling()
    evc: Annotated[str | None, about("key of the EVC mode; default: EVC is disabled")] = None
    host_groups: Annotated[
        dict[Name, tuple[Name, ...]], about("host groups of DRS: lists of hosts by name")
    ] = {}


class Host(Section, frozen=True):
    """An ESXi host. `count` creates several; their name must contain `{n}`.

    `edition` is the edition of its license: `evaluation` and `enterprisePlus` include Fault Tolerance for 8
    vCPUs, `standard` for 2 vCPUs; `essentialsPlus` does not include it; `essentials` does not include
    vMotion, either. `nocona` has no hardware virtualization, `woodcrest` none of memory; `nehalem` and
    `barcelona` do not support Fault Tolerance with several vCPUs.
    """

    cluster: Annotated[Name | None, about("default: none, a standalone host")] = None
    datacenter: Annotated[
        Name | None, about("of a standalone host; default: the first datacenter of the scenario")
    ] = None
    count: Annotated[Positive, about("number of hosts to create; `{n}` in the name counts them from 1")] = 1
    connection: Annotated[
        Literal["connected", "disconnected", "notResponding"], about("connection to vCenter")
    ] = "connected"
    in_maintenance_mode: Annotated[bool, about("whether the host is in maintenance mode")] = False
    in_standby: Annotated[bool, about("whether the host is in standby mode")] = False
    cpu_packages: Annotated[Positive, about("number of CPU packages (sockets)")] = 2
    cores_per_package: Annotated[Positive, about("number of cores in a package")] = 16
    cpu_mhz: Annotated[Positive, about("speed of a core, in MHz")] = 2600
    cpu_vendor: Annotated[Literal["intel", "amd"], about("vendor of the CPUs")] = "intel"
    processor: Annotated[
        Literal["nocona", "woodcrest", "nehalem", "iceLake", "barcelona", "milan"] | None,
        about("generation of the CPUs; default: the newest of `cpu_vendor`"),
    ] = None
    hardware_virtualization: Annotated[bool, about("whether it is enabled in the BIOS")] = True
    memory_gb: Annotated[Gigabytes, about("memory, in GB; only reservations use it up")] = 256
    product: Annotated[Literal["esxi", "server"], about("ESXi, or VMware Server")] = "esxi"
    version: Annotated[
        Annotated[str, Meta(pattern=r"^\d+\.\d+(\.\d+)?$", examples=["8.0.2"])] | None,
        about("version of the product; default: that of the release"),
    ] = None
    build: Annotated[str | None, about("build number; default: that of the release")] = None
    edition: Annotated[
        Literal["evaluation", "enterprisePlus", "standard", "essentialsPlus", "essentials"],
        about("edition of the license"),
    ] = "enterprisePlus"
    ha_agent: Annotated[Literal["running", "failed"], about("state of the HA agent in a cluster with HA")] = (
        "running"
    )
    vmotion_nic: Annotated[bool, about("whether a VMkernel NIC is selected for vMotion")] = True
    fault_tolerance_nic: Annotated[
        bool, about("whether a VMkernel NIC is selected for Fault Tolerance logging")
    ] = True
    nic_mbps: Annotated[Positive, about("link speed of the physical NICs, in Mb/s")] = 10_000
    vsan_fault_domain: Annotated[
        Name | None, about("fault domain of vSAN; a cluster with two of them is stretched; default: none")
    ] = None


class Datastore(Section, frozen=True):
    """A datastore, mounted on `hosts`."""

    datacenter: Annotated[Name | None, about("default: the first datacenter of the scenario")] = None
    type: Annotated[Literal["VMFS", "NFS", "VVOL", "vsan"], about("type of the file system")] = "VMFS"
    capacity_gb: Annotated[Gigabytes, about("capacity, in GB")] = 2048
    free_gb: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        about("free space, in GB; default: the capacity less the files of the virtual machines"),
    ] = None
    accessible: Annotated[bool, about("whether the hosts can access it")] = True
    hosts: Annotated[
        tuple[Name, ...] | None, about("hosts that mount it; default: all hosts of its datacenter")
    ] = None


class DistributedSwitch(Section, frozen=True):
    """A distributed switch on `hosts`, and the port group of its uplinks."""

    datacenter: Annotated[Name | None, about("default: the first datacenter of the scenario")] = None
    hosts: Annotated[
        tuple[Name, ...] | None, about("hosts that are members; default: all hosts of its datacenter")
    ] = None


class Network(Section, frozen=True):
    """A standard port group on `hosts`; with `switch`, a distributed port group on the switch's hosts."""

    datacenter: Annotated[Name | None, about("default: the first datacenter of the scenario")] = None
    vlan: Annotated[int, Meta(ge=0, le=4095), about("VLAN ID; 0 is none")] = 0
    hosts: Annotated[
        tuple[Name, ...] | None, about("hosts that have it; default: all hosts of its datacenter")
    ] = None
    switch: Annotated[Name | None, about("distributed switch; default: a standard switch of each host")] = (
        None
    )
    ports: Annotated[
        NotNegative, about("number of ports on a distributed switch; it grows when all are in use")
    ] = 8
