from __future__ import annotations

from pathlib import Path

import pytest

from vim25_conformance.inventory import Cluster, Inventory, Machine
from vim25_conformance.situation import (
    SITUATIONS,
    BadLabError,
    Lab,
    NoSuchSituationError,
    Place,
    find,
    read_lab,
)

CLUSTER = Cluster("cluster", "ft-cluster", True, True, "fullyAutomated", ("h1", "h2"))
OFF = Machine("vm-1", "db01", "poweredOff", False, True, "notConfigured", 0, False, "h1", CLUSTER)
ON = Machine("vm-2", "web01", "poweredOn", False, True, "notConfigured", 0, False, "h1", CLUSTER)
INVENTORY = Inventory((OFF, ON), (CLUSTER,), {"h1": "esx1", "h2": "esx2"})


@pytest.mark.parametrize(
    ("situation", "name"), [("powered-off", "db01"), ("powered-on", "web01"), ("anywhere", "db01")]
)
def test_a_machine_is_recognized(situation: str, name: str) -> None:
    found = find(SITUATIONS[situation], INVENTORY, None, search=True)
    assert found is not None
    assert found.name == name


def test_a_machine_that_may_be_changed_is_never_picked() -> None:
    with pytest.raises(NoSuchSituationError, match=r"situations: \{powered-off: \{primary: db01\}\}"):
        find(SITUATIONS["powered-off"], INVENTORY, None, search=False)


def test_a_named_machine_is_taken_as_it_is() -> None:
    assert find(SITUATIONS["power-on-fails"], INVENTORY, Place("web01"), search=False) is ON


def test_a_named_machine_must_be_in_the_situation_unless_told_otherwise() -> None:
    with pytest.raises(NoSuchSituationError, match="web01 is not what the case needs"):
        find(SITUATIONS["powered-off"], INVENTORY, Place("web01"), search=False)
    assert find(SITUATIONS["powered-off"], INVENTORY, Place("web01", as_is=True), search=False) is ON


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NoSuchSituationError, match="'nope'"):
        find(SITUATIONS["powered-off"], INVENTORY, Place("nope"), search=True)


def test_what_an_inventory_does_not_show_must_be_named() -> None:
    with pytest.raises(NoSuchSituationError, match="name it in a lab file"):
        find(SITUATIONS["power-on-fails"], INVENTORY, None, search=True)


def test_a_lab_file(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("situations:\n  powered-off: {primary: db01, host: esx2}\notherwise: {primary: any}\n")
    lab = read_lab(file)
    assert lab == Lab({"powered-off": Place("db01", "esx2")}, Place("any"))
    assert lab.place(SITUATIONS["busy"]) == Place("any")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("situations: {nope: {primary: x}}", "no situation is called 'nope'"),
        ("situations: {powered-off: {primry: x}}", "primry"),
        ("situations: [", "lab.yaml"),
        ("- 1", "lab.yaml"),
    ],
)
def test_a_lab_file_with_a_mistake(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(text)
    with pytest.raises(BadLabError, match=why):
        read_lab(file)


def test_every_situation_has_a_scenario_of_the_emulator() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "scenarios"
    scenarios = {path.stem for path in folder.glob("*.yaml")}
    assert {situation.scenario for situation in SITUATIONS.values()} <= scenarios
