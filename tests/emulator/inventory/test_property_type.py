from __future__ import annotations

import pytest

from vim25_emulator.inventory.property_type import declared_type, reachable_type
from vim25_emulator.vmodl.version import NEWEST, version

BACKING = "config.hardware.device[2000].backing"


@pytest.mark.parametrize(
    ("path", "declared"),
    [
        ("name", "string"),
        ("config.hardware.device", "VirtualDevice[]"),
        ("config.hardware.device[2000]", "VirtualDevice"),
        (BACKING, "VirtualDeviceBackingInfo"),
        ("config.ftInfo.role", "int"),
        ("config.ftInfo.secondaries", "None"),
        (f"{BACKING}.fileName", "None"),
        ("config.hardware.device.backing", "None"),
        ("config.nonsense", "None"),
        ("config[1]", "None"),
        ("[", "None"),
    ],
)
def test_a_path_has_the_type_that_its_last_step_declares(path: str, declared: str) -> None:
    assert str(declared_type("VirtualMachine", path, NEWEST.position)) == declared


@pytest.mark.parametrize("member", ["digestEnabled", "grainSize", "eagerlyScrub", "deviceName"])
def test_our_own_path_continues_in_whichever_extending_type_has_the_next_step(member: str) -> None:
    """Seven backings have a `parent` of their own type, and not all of those have the same members."""
    assert reachable_type("VirtualMachine", f"{BACKING}.parent.{member}") is not None
    assert declared_type("VirtualMachine", f"{BACKING}.parent.{member}", NEWEST.position) is None


def test_what_is_newer_than_the_position_does_not_exist() -> None:
    assert declared_type("VirtualMachine", "config.ftInfo", version("4.0").position) is not None
    assert declared_type("VirtualMachine", "config.metroFtEnabled", version("4.0").position) is None
