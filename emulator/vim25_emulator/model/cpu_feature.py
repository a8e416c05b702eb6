"""The CPUID registers of a processor (HostCpuIdInfo): the levels that a host shows [observed: 8.0.3].

They are levels 0, 1, 0x80000000, 0x80000001 and 0x80000008. libvirt reads the 64-bit flag of the fourth.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from vim25_emulator.model.processor import Processor
from vim25_emulator.vmodl.value import DataObject

_EXTENDED: Final = 1 << 31
_WORD: Final = 1 << 32

#: Vendor → the name in the registers of level 0.
_VENDOR_NAMES: Final = {"intel": b"GenuineIntel", "amd": b"AuthenticAMD"}
_BASIC_LEVELS: Final = 0x1B
_EXTENDED_LEVELS: Final = _EXTENDED + 8

#: Level 1 ECX with SSSE3, SSE4.1, SSE4.2, AES, AVX, without VMX; EDX of any 64-bit processor.
_LEVEL_1_ECX: Final = 0x7FFE_FBDF
_LEVEL_1_EDX: Final = 0xBFEB_FBFF
_VMX: Final = 1 << 5
#: Level 0x80000001: ECX with LAHF, EDX with SYSCALL, NX, 1-GB pages, RDTSCP, 64-bit mode.
_EXTENDED_ECX: Final = 1
_EXTENDED_EDX: Final = 0x2C10_0800
_SVM: Final = 1 << 2
_ADDRESS_BITS: Final = 48 << 8 | 46  #: virtual and physical

_MAX_BASE_FAMILY: Final = 15


@cache
def cpu_features(processor: Processor) -> tuple[DataObject, ...]:
    """Return the registers of a processor; every host with it shares them."""
    intel = processor.cpuid_vendor == "intel"
    vmx, svm = (_VMX, 0) if intel else (0, _SVM)
    ebx, edx, ecx = _vendor_registers(processor.cpuid_vendor)
    return (
        _level(0, _BASIC_LEVELS, ebx, ecx, edx),
        _level(1, _signature(processor), 0, _LEVEL_1_ECX | (vmx if processor.hv else 0), _LEVEL_1_EDX),
        _level(_EXTENDED, _EXTENDED_LEVELS),
        _level(_EXTENDED + 1, 0, 0, _EXTENDED_ECX | (svm if processor.hv else 0), _EXTENDED_EDX),
        _level(_EXTENDED + 8, _ADDRESS_BITS),
    )


def _vendor_registers(vendor: str) -> tuple[int, ...]:
    """Return EBX, EDX and ECX of level 0, which spell the vendor's name in this order."""
    name = _VENDOR_NAMES[vendor]
    return tuple(int.from_bytes(name[start : start + 4], "little") for start in (0, 4, 8))


def _signature(processor: Processor) -> int:
    """Return the family, model and stepping as EAX of level 1 has them."""
    base = min(processor.family, _MAX_BASE_FAMILY)
    extended, model = processor.family - base, processor.model_number
    return extended << 20 | model >> 4 << 16 | base << 8 | (model & 15) << 4 | 1


def _level(level: int, eax: int, ebx: int = 0, ecx: int = 0, edx: int = 0) -> DataObject:
    signed = level - _WORD if level >= _EXTENDED else level
    registers = {"eax": eax, "ebx": ebx, "ecx": ecx, "edx": edx}
    return DataObject(
        "HostCpuIdInfo", level=signed, **{name: _bits(value) for name, value in registers.items()}
    )


def _bits(value: int) -> str:
    """Return a register in vCenter's notation: 32 bits in groups of four."""
    digits = f"{value:032b}"
    return ":".join(digits[start : start + 4] for start in range(0, len(digits), 4))
