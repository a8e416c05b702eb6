"""The hardware of a host: processors, memory, firmware, PCI devices."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import GIB, uuid_of
from vim25_emulator.vmodl.value import DataObject


class Processor(NamedTuple):
    """A processor that hosts are built with.

    `hv`, `mmu`: whether it virtualizes itself and its memory. `checkpoints`: whether it is new enough for
    Fault Tolerance with several vCPUs (documented: Sandy Bridge or Bulldozer on).
    """

    model: str
    evc_mode: str
    family: int
    model_number: int
    cpuid_vendor: str
    hv: bool = True
    mmu: bool = True
    checkpoints: bool = True


PROCESSORS: Final = {
    "iceLake": Processor("Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz", "intel-icelake", 6, 106, "intel"),
    "nehalem": Processor(
        "Intel(R) Xeon(R) CPU X5570 @ 2.93GHz", "intel-nehalem", 6, 26, "intel", checkpoints=False
    ),
    "woodcrest": Processor(
        "Intel(R) Xeon(R) CPU 5160 @ 3.00GHz", "intel-merom", 6, 15, "intel", mmu=False, checkpoints=False
    ),
    "nocona": Processor(
        "Intel(R) Xeon(TM) CPU 3.60GHz", "intel-merom", 15, 4, "intel", hv=False, mmu=False, checkpoints=False
    ),
    "milan": Processor("AMD EPYC 7543 32-Core Processor", "amd-zen3", 25, 1, "amd"),
    "barcelona": Processor(
        "Quad-Core AMD Opteron(tm) Processor 2356", "amd-rev-e", 16, 2, "amd", checkpoints=False
    ),
}

#: Vendor → the processor that its hosts have unless told otherwise.
_NEWEST: Final = {"intel": "iceLake", "amd": "milan"}


def processor_of(host: ManagedObject) -> Processor | None:
    """Return the processor of a host; None for one that no scenario can build (a saved inventory's)."""
    packages = host.get("hardware.cpuPkg") or ()
    described = {package.description for package in packages}
    return next((processor for processor in PROCESSORS.values() if processor.model in described), None)


_VENDOR: Final = "Lab Systems"
_MODEL: Final = "LS-2U"

#: CPUID feature leaves as vCenter writes them: four groups of four bits per register.
_NO_BITS: Final = ":".join(["0000"] * 8)
#: Level 1 ECX with VMX (bit 5), SSSE3, SSE4.1, SSE4.2, AES, AVX; EDX of any 64-bit processor.
_LEVEL_1_ECX: Final = "0111:1111:1111:1110:1111:1011:1111:1111"
_LEVEL_1_EDX: Final = "1011:1111:1110:1011:1111:1011:1111:1111"


class Hardware(NamedTuple):
    """How a host is equipped: packages, cores in each, MHz, GiB, vendor and name of the processor."""

    packages: int = 2
    cores_per_package: int = 16
    mhz: int = 2600
    memory_gb: float = 256
    vendor: str = "intel"
    processor_name: str | None = None

    @property
    def cores(self) -> int:
        """Cores of all packages; each runs two threads."""
        return self.packages * self.cores_per_package

    @property
    def threads(self) -> int:
        """Hardware threads of all packages."""
        return 2 * self.cores

    @property
    def memory_bytes(self) -> int:
        """Memory in bytes."""
        return int(self.memory_gb * GIB)

    @property
    def total_mhz(self) -> int:
        """MHz of all cores."""
        return self.cores * self.mhz

    @property
    def processor(self) -> Processor:
        """The model of processor."""
        return PROCESSORS[self.processor_name or _NEWEST[self.vendor]]


def hardware_info(host: str, equipped: Hardware) -> DataObject:
    """Return HostHardwareInfo."""
    return DataObject(
        "HostHardwareInfo",
        systemInfo=DataObject(
            "HostSystemInfo",
            vendor=_VENDOR,
            model=_MODEL,
            uuid=uuid_of("host", host),
            serialNumber=_serial_number(host),
            otherIdentifyingInfo=_identifiers(host),
        ),
        cpuPowerManagementInfo=DataObject(
            "HostCpuPowerManagementInfo", currentPolicy="Balanced", hardwareSupport="ACPI P-states, C-states"
        ),
        cpuInfo=DataObject(
            "HostCpuInfo",
            numCpuPackages=equipped.packages,
            numCpuCores=equipped.cores,
            numCpuThreads=equipped.threads,
            hz=equipped.mhz * 1_000_000,
        ),
        cpuPkg=tuple(_package(equipped, index) for index in range(equipped.packages)),
        memorySize=equipped.memory_bytes,
        numaInfo=_numa(equipped),
        smcPresent=False,
        pciDevice=_pci_devices(),
        cpuFeature=_cpu_features(),
        biosInfo=DataObject(
            "HostBIOSInfo",
            biosVersion="2.4.1",
            releaseDate=datetime(2023, 3, 1, tzinfo=timezone.utc),
            vendor=_VENDOR,
            majorRelease=2,
            minorRelease=4,
            firmwareMajorRelease=255,
            firmwareMinorRelease=255,
            firmwareType="UEFI",
        ),
        reliableMemoryInfo=DataObject("HostReliableMemoryInfo", memorySize=0),
        memoryTieringType="noTiering",
    )


def hardware_summary(host: str, equipped: Hardware, nics: int, adapters: int) -> DataObject:
    """Return HostHardwareSummary, which agrees with `hardware_info`."""
    return DataObject(
        "HostHardwareSummary",
        vendor=_VENDOR,
        model=_MODEL,
        uuid=uuid_of("host", host),
        otherIdentifyingInfo=_identifiers(host),
        memorySize=equipped.memory_bytes,
        cpuModel=equipped.processor.model,
        cpuMhz=equipped.mhz,
        numCpuPkgs=equipped.packages,
        numCpuCores=equipped.cores,
        numCpuThreads=equipped.threads,
        numNics=nics,
        numHBAs=adapters,
    )


def _serial_number(host: str) -> str:
    return uuid_of("serial", host)[:8].upper()


def _identifiers(host: str) -> tuple[DataObject, ...]:
    tags = (
        ("AssetTag", "Asset tag", "No Asset Tag"),
        ("ServiceTag", "Service tag", _serial_number(host)),
    )
    return tuple(
        DataObject(
            "HostSystemIdentificationInfo",
            identifierValue=value,
            identifierType=DataObject("ElementDescription", label=label, summary=label, key=key),
        )
        for key, label, value in tags
    )


def _threads_of(equipped: Hardware, package: int) -> tuple[int, ...]:
    width = 2 * equipped.cores_per_package
    return tuple(range(package * width, (package + 1) * width))


def _package(equipped: Hardware, index: int) -> DataObject:
    processor = equipped.processor
    return DataObject(
        "HostCpuPackage",
        index=index,
        vendor=processor.cpuid_vendor,
        hz=equipped.mhz * 1_000_000,
        busHz=100_000_000,
        description=processor.model,
        threadId=_threads_of(equipped, index),
        cpuFeature=_cpu_features(),
        family=processor.family,
        model=processor.model_number,
        stepping=1,
    )


def _cpu_features() -> tuple[DataObject, ...]:
    leaf = DataObject(
        "HostCpuIdInfo", level=1, eax=_NO_BITS, ebx=_NO_BITS, ecx=_LEVEL_1_ECX, edx=_LEVEL_1_EDX
    )
    return (leaf,)


def _numa(equipped: Hardware) -> DataObject:
    size = equipped.memory_bytes // equipped.packages
    nodes = tuple(
        DataObject(
            "HostNumaNode",
            typeId=node,
            cpuID=_threads_of(equipped, node),
            memorySize=size,
            memoryRangeBegin=node * size,
            memoryRangeLength=size,
        )
        for node in range(equipped.packages)
    )
    return DataObject("HostNumaInfo", type="NUMA", numNodes=equipped.packages, numaNode=nodes)


def _pci_devices() -> tuple[DataObject, ...]:
    """Return the PCI devices that a host's network and storage adapters are (PCI ids of Intel parts)."""
    found = (("0000:3b:00.0", 0x3B, 0, "Ethernet"), ("0000:3b:00.1", 0x3B, 1, "Ethernet"))
    return tuple(
        DataObject(
            "HostPciDevice",
            id=address,
            classId=0x0200,
            bus=bus,
            slot=0,
            function=function,
            vendorId=-32634,
            subVendorId=-32634,
            vendorName="Intel Corporation",
            deviceId=0x1572,
            subDeviceId=0,
            deviceName="Ethernet Controller X710 for 10GbE SFP+",
            deviceClassName=class_name,
        )
        for address, bus, function, class_name in found
    )
