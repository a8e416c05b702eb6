from __future__ import annotations

import pytest

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.path import Segment
from vim25_emulator.vmodl.value import DataObject


def device(key: int, label: str) -> DataObject:
    return DataObject(
        "VirtualCdrom", key=key, deviceInfo=DataObject("Description", label=label, summary=label)
    )


CONFIG = DataObject("VirtualHardware", numCPU=2, memoryMB=4096, device=(device(3000, "a"), device(4000, "b")))


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("name", (Segment("name", None),)),
        ("runtime.powerState", (Segment("runtime", None), Segment("powerState", None))),
        (
            "hardware.device[40].key",
            (Segment("hardware", None), Segment("device", "40"), Segment("key", None)),
        ),
        ('latestPage["a.b"]', (Segment("latestPage", "a.b"),)),
    ],
)
def test_a_path_splits_into_its_steps(path: str, steps: tuple[Segment, ...]) -> None:
    assert paths.split(path) == steps


@pytest.mark.parametrize("path", ["", "a..b", "a.", "a[1", "1a", "a b"])
def test_a_malformed_path_is_rejected(path: str) -> None:
    with pytest.raises(ValueError, match="not a step of a property path"):
        paths.split(path)


def test_replacing_shares_all_unchanged_parts() -> None:
    changed = paths.replaced(CONFIG, paths.split("device[4000].deviceInfo.label"), "c")
    assert changed.device[1].deviceInfo.label == "c"
    assert CONFIG.device[1].deviceInfo.label == "b"
    assert changed.device[0] is CONFIG.device[0]


def test_replacing_by_none_unsets_a_property_and_removes_an_element() -> None:
    assert paths.replaced(CONFIG, paths.split("numCPU"), None).numCPU is None
    assert [d.key for d in paths.replaced(CONFIG, paths.split("device[3000]"), None).device] == [4000]


def test_replacing_at_a_missing_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="no element '1'"):
        paths.replaced(CONFIG, paths.split("device[1].key"), 2)
    with pytest.raises(ValueError, match="no data object to set 'label' on"):
        paths.replaced(CONFIG, paths.split("numCPU.label"), 2)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("runtime", "runtime.powerState", True),
        ("runtime.powerState", "runtime", True),
        ("config.hardware.device[4000]", "config.hardware.device", True),
        ("runtime", "runtime", True),
        ("run", "runtime", False),
        ("runtime.powerState", "runtime.host", False),
    ],
)
def test_paths_overlap_when_one_contains_the_other(one: str, other: str, overlap: bool) -> None:
    assert paths.overlaps(one, other) is overlap
