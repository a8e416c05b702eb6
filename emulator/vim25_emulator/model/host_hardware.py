"""The hardware of a host: processors, memory, firmware, PCI devices."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from typing import Final, NamedTuple

from vim25_emulator.model.cpu_feature import cpu_features
from vim25_emulator.model.entity import GIB, uuid_of
from vim25_emulator.model.processor import DEFAULT_PROCESSORS, PROCESSORS, Processor
from vim25_emulator.vmodl.value import DataObject

_VENDOR: Final = "Lab Systems"
_MODEL: Final = "LS-2U"


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
        return PROCESSORS[self.processor_name or DEFAULT_PROCESSORS[self.vendor]]


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
            qualifiedName=(_qualified_name(host),),
            vvolHostNQN=_qualified_name(host, "vvol"),
            vvolHostId=uuid_of("vvol", host),
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
        pciDevice=pci_devices(),
        cpuFeature=cpu_features(hardware.processor),
        biosInfo=_bios(),
        reliableMemoryInfo=DataObject("HostReliableMemoryInfo", memorySize=0),
        sgxInfo=_sgx_info(),
        memoryTieringType="noTiering",
        memoryTierInfo=(_memory_tier(hardware.memory_bytes),),
    )


def _qualified_name(host: str, use: str | None = None) -> DataObject:
    """Return the name of a host in NVMe over fabrics; vVol has one of its own."""
    name = f"nqn.2014-08.example.lab:nvme:{host}"
    if use is None:
        return DataObject("HostQualifiedName", value=name, type="nvmeQualifiedName")
    return DataObject("HostQualifiedName", value=f"{name}:{use}", type=f"{use}NvmeQualifiedName")


@cache
def _sgx_info() -> DataObject:
    return DataObject(
        "HostSgxInfo",
        sgxState="notPresent",
        totalEpcMemory=0,
        flcMode="off",
        registrationInfo=DataObject("HostSgxRegistrationInfo", status="notApplicable"),
    )


def _memory_tier(size: int) -> DataObject:
    return DataObject("HostMemoryTierInfo", name="DRAM", type="DRAM", flags=("memoryTier",), size=size)


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
        cpuFeature=cpu_features(processor),
        family=processor.family,
        model=processor.model_number,
        stepping=1,
    )


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
            pciId=tuple(device.id for device in pci_devices()) if node == 0 else None,
        )
        for node in range(hardware.packages)
    )
    return DataObject("HostNumaInfo", type="NUMA", numNodes=hardware.packages, numaNode=nodes)


@cache
def pci_devices() -> tuple[DataObject, ...]:
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
