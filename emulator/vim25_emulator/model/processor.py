"""The processor models of hosts."""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject


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
DEFAULT_PROCESSORS: Final = {"intel": "iceLake", "amd": "milan"}


def processor_of(host: ManagedObject) -> Processor | None:
    """Return the processor of a host; None for a model that is not listed, as in saved inventories."""
    packages = host.get("hardware.cpuPkg") or ()
    models = {package.description for package in packages}
    return next((processor for processor in PROCESSORS.values() if processor.model in models), None)
