"""CPUID registers as clients read them: libvirt looks for the 64-bit flag in level 0x80000001."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import lab as open_lab
from vim25_emulator.model.processor import PROCESSORS

LONG_MODE = 29  #: bit in EDX of level 0x80000001
VMX, SVM = 5, 2  #: bits in ECX of levels 1 and 0x80000001
EXTENDED = -(1 << 31)


def registers(host: Any) -> dict[int, dict[str, int]]:
    return {
        feature.level: {
            name: int(getattr(feature, name).replace(":", ""), 2) for name in ("eax", "ebx", "ecx", "edx")
        }
        for feature in host.hardware.cpuFeature
    }


@pytest.mark.parametrize(
    ("processor", "vendor", "name", "vmx", "svm"),
    [
        ("iceLake", "intel", b"GenuineIntel", True, False),
        ("nocona", "intel", b"GenuineIntel", False, False),
        ("milan", "amd", b"AuthenticAMD", False, True),
    ],
)
def test_levels_of_a_processor(
    written: Callable[..., str], processor: str, vendor: str, name: bytes, vmx: bool, svm: bool
) -> None:
    row = f"{{cpu_vendor: {vendor}, processor: {processor}}}"
    with open_lab(written(f"title: x\nextends: default\nhosts:\n  esx1.lab.example: {row}\n")) as lab:
        host = lab.named(vim.HostSystem, "esx1.lab.example")
        levels = registers(host)
        assert list(levels) == [0, 1, EXTENDED, EXTENDED + 1, EXTENDED + 8]
        spelled = b"".join(levels[0][register].to_bytes(4, "little") for register in ("ebx", "edx", "ecx"))
        assert spelled == name
        assert levels[EXTENDED + 1]["edx"] >> LONG_MODE & 1 == 1
        assert (levels[1]["ecx"] >> VMX & 1, levels[EXTENDED + 1]["ecx"] >> SVM & 1) == (vmx, svm)
        signature = levels[1]["eax"]
        family = (signature >> 8 & 15) + (signature >> 20 & 255)
        model = (signature >> 4 & 15) + (signature >> 12 & 0xF0)
        assert (family, model) == (PROCESSORS[processor].family, PROCESSORS[processor].model_number)
