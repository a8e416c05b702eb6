"""The hardware of a host: processors, memory, firmware, PCI devices."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.entity import GIB, uuid_of
from vim25_emulator.vmodl.value import DataObject


class Processor(NamedTuple):
    """A processor model.

    `hv`, `mmu`: whether it supports hardware virtualization of the CPU and of memory. `checkpoints`: whether
    it supports Fault Tolerance with several vCPUs [documented]: Sandy Bridge, Bulldozer and later.
    """

    model: str
    evc_mode: str
    family: int
    model_number: int
    cpuid_vendor: str
    hv: bool = True
    mmu: bool = True
    checkpoints: bool = True


#: Name in a scenario → processor.
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

#: Vendor → default processor.
_DEFAULT_PROCESSORS: Final = {"intel": "iceLake", "amd": "milan"}


def processor_of(host: ManagedObject) -> Processor | None:
    """Return the processor of a host; None for a model that is not listed, as in saved inventories."""
    packages = host.get("hardware.cpuPkg") or ()
    models = {package.description for package in packages}
    return next((processor for processor in PROCESSORS.values() if processor.model in models), None)


_VENDOR: Final = "Lab Systems"
_MODEL: Final = "LS-2U"

#: CPUID registers in vCenter's notation: 32 bits in groups of four.
_NO_BITS: Final = ":".join(["0000"] * 8)
#: Level 1 ECX with VMX (bit 5), SSSE3, SSE4.1, SSE4.2, AES, AVX; EDX of any 64-bit processor.
_LEVEL_1_ECX: Final = "0111:1111:1111:1110:1111:1011:1111:1111"
_LEVEL_1_EDX: Final = "1011:1111:1110:1011:1111:1011:1111:1111"


class Hardware(NamedTuple):
    """The processors and memory of a host."""

    packages: int = 2
    cores_per_package: int = 16
    mhz: int = 2600
    memory_gb: float = 256
    vendor: str = "intel"
    processor_name: str | None = None

    @property
    def cores(self) -> int:
        """The number of cores of all packages."""
        return self.packages * self.cores_per_package

    @property
    def threads(self) -> int:
        """The number of hardware threads of all packages: two per core."""
        return 2 * self.cores

    @property
    def memory_bytes(self) -> int:
        """The memory in bytes."""
        return int(self.memory_gb * GIB)

    @property
    def total_mhz(self) -> int:
        """The frequency of all cores together, in MHz."""
        return self.cores * self.mhz

    @property
    def processor(self) -> Processor:
        """The processor model."""
        return PROCESSORS[self.processor_name or _DEFAULT_PROCESSORS[self.vendor]]


def hardware_info(host: str, hardware: Hardware) -> DataObject:
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
            numCpuPackages=hardware.packages,
            numCpuCores=hardware.cores,
            numCpuThreads=hardware.threads,
            hz=hardware.mhz * 1_000_000,
        ),
        cpuPkg=tuple(_package(hardware, index) for index in range(hardware.packages)),
        memorySize=hardware.memory_bytes,
        numaInfo=_numa(hardware),
        smcPresent=False,
        pciDevice=_pci_devices(),
        cpuFeature=_cpu_features(),
        biosInfo=_bios(),
        reliableMemoryInfo=DataObject("HostReliableMemoryInfo", memorySize=0),
        memoryTieringType="noTiering",
    )


def _bios() -> DataObject:
    return DataObject(
        "HostBIOSInfo",
        biosVersion="2.4.1",
        releaseDate=datetime(2023, 3, 1, tzinfo=timezone.utc),
        vendor=_VENDOR,
        majorRelease=2,
        minorRelease=4,
        firmwareMajorRelease=255,
        firmwareMinorRelease=255,
        firmwareType="UEFI",
    )


def hardware_summary(host: str, hardware: Hardware, nics: int, adapters: int) -> DataObject:
    """Return HostHardwareSummary, with the values of `hardware_info`."""
    return DataObject(
        "HostHardwareSummary",
        vendor=_VENDOR,
        model=_MODEL,
        uuid=uuid_of("host", host),
        otherIdentifyingInfo=_identifiers(host),
        memorySize=hardware.memory_bytes,
        cpuModel=hardware.processor.model,
        cpuMhz=hardware.mhz,
        numCpuPkgs=hardware.packages,
        numCpuCores=hardware.cores,
        numCpuThreads=hardware.threads,
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


def _threads_of(hardware: Hardware, package: int) -> tuple[int, ...]:
    width = 2 * hardware.cores_per_package
    return tuple(range(package * width, (package + 1) * width))


def _package(hardware: Hardware, index: int) -> DataObject:
    processor = hardware.processor
    return DataObject(
        "HostCpuPackage",
        index=index,
        vendor=processor.cpuid_vendor,
        hz=hardware.mhz * 1_000_000,
        busHz=100_000_000,
        description=processor.model,
        threadId=_threads_of(hardware, index),
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


def _numa(hardware: Hardware) -> DataObject:
    size = hardware.memory_bytes // hardware.packages
    nodes = tuple(
        DataObject(
            "HostNumaNode",
            typeId=node,
            cpuID=_threads_of(hardware, node),
            memorySize=size,
            memoryRangeBegin=node * size,
            memoryRangeLength=size,
        )
        for node in range(hardware.packages)
    )
    return DataObject("HostNumaInfo", type="NUMA", numNodes=hardware.packages, numaNode=nodes)


def _pci_devices() -> tuple[DataObject, ...]:
    """Return the PCI devices of a host's network adapters, with PCI ids of Intel parts."""
    adapters = (("0000:3b:00.0", 0x3B, 0, "Ethernet"), ("0000:3b:00.1", 0x3B, 1, "Ethernet"))
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
        for address, bus, function, class_name in adapters
    )
