from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from pyVmomi import vim

from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.situation import (
    SITUATIONS,
    BadLabError,
    Lab,
    Location,
    NoSuchSituationError,
    find,
    read_lab,
)
from vim25_conformance.survey import ClusterRecord, InventorySurvey, MachineRecord, survey

CLUSTER = ClusterRecord("cluster", "ft-cluster", True, True, "fullyAutomated", ("h1", "h2"))
VM_1, VM_2 = vim.VirtualMachine("vm-1", None), vim.VirtualMachine("vm-2", None)
OFF = MachineRecord(VM_1, "db01", "poweredOff", False, True, "notConfigured", 0, False, "h1", CLUSTER)
ON = MachineRecord(VM_2, "web01", "poweredOn", False, True, "notConfigured", 0, False, "h1", CLUSTER)
INVENTORY = InventorySurvey((OFF, ON), (CLUSTER,), {"h1": "esx1", "h2": "esx2"})


@pytest.mark.parametrize(
    ("situation", "name"), [("powered-off", "db01"), ("powered-on", "web01"), ("anywhere", "db01")]
)
def test_a_machine_is_recognized(situation: str, name: str) -> None:
    found = find(SITUATIONS[situation], INVENTORY, None, search=True)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("evc", [True, False])
def test_what_manual_drs_does_is_judged_where_the_documents_agree(evc: bool) -> None:
    manual = replace(ON, cluster=replace(CLUSTER, behavior="manual", evc=evc))
    recognized = {
        name
        for name in ("powered-on-drs-manual-with-evc", "powered-on-drs-manual-without-evc")
        if (recognize := SITUATIONS[name].recognize) is not None and recognize(manual)
    }
    assert recognized == {f"powered-on-drs-manual-{'with' if evc else 'without'}-evc"}


def test_a_machine_that_may_be_changed_is_never_picked() -> None:
    with pytest.raises(NoSuchSituationError, match=r"situations: \{powered-off: \{primary: db01\}\}"):
        find(SITUATIONS["powered-off"], INVENTORY, None, search=False)


def test_a_named_machine_is_taken_as_it_is() -> None:
    assert find(SITUATIONS["power-on-fails"], INVENTORY, Location("web01"), search=False) is ON


def test_a_named_machine_must_be_in_the_situation_unless_told_otherwise() -> None:
    with pytest.raises(NoSuchSituationError, match="web01 is not what the case needs"):
        find(SITUATIONS["powered-off"], INVENTORY, Location("web01"), search=False)
    assert find(SITUATIONS["powered-off"], INVENTORY, Location("web01", as_is=True), search=False) is ON


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NoSuchSituationError, match="'nope'"):
        find(SITUATIONS["powered-off"], INVENTORY, Location("nope"), search=True)


def test_an_ambiguous_name_is_refused_with_the_candidates() -> None:
    twin = replace(ON, name="db01", identity={"path": "[nfs] db01/db01.vmx"})
    inventory = replace(INVENTORY, machines=(OFF, twin))
    why = r"2 VMs are named 'db01': vm-1 \(\), vm-2 \(\[nfs\] db01/db01.vmx\); write a moId"
    with pytest.raises(NoSuchSituationError, match=why):
        find(SITUATIONS["powered-off"], inventory, Location("db01"), search=False)
    assert find(SITUATIONS["powered-off"], inventory, Location("vm-1"), search=False) is OFF
    secondary = replace(inventory, machines=(OFF, replace(twin, role=2)))
    assert find(SITUATIONS["powered-off"], secondary, Location("db01"), search=False) is OFF


def test_a_machine_is_denoted_by_path_moid_and_uuid(server: Endpoint) -> None:
    with EndpointClient(server, DEFAULT_VERSION) as client:
        inventory = survey(client.content)
        expected = inventory.machine("web01")
        assert expected is not None
        uuids = (expected.identity["uuid"], expected.identity["instanceUuid"])
        for denoted in ("/Lab/vm/web01", "Lab/vm/web01", expected.ref._moId, *uuids):
            assert inventory.machine(denoted) == expected, denoted
        for nothing in ("/Lab/vm/nothing", "vm-999", ""):
            assert inventory.machine(nothing) is None


def test_what_an_inventory_does_not_show_must_be_named() -> None:
    with pytest.raises(NoSuchSituationError, match="name it in a lab file"):
        find(SITUATIONS["power-on-fails"], INVENTORY, None, search=True)


def test_a_lab_file(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("situations:\n  powered-off: {primary: db01, host: esx2}\notherwise: {primary: any}\n")
    lab = read_lab(file)
    assert lab == Lab({"powered-off": Location("db01", "esx2")}, Location("any"))
    assert lab.location(SITUATIONS["busy"]) == Location("any")


def test_a_lab_file_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("otherwise: {primary: any}\n"))
    assert read_lab(Path("-")) == Lab(otherwise=Location("any"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("situations: {nope: {primary: x}}", "unknown situation 'nope'"),
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


def test_a_lab_file_says_which_bindings_there_are(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("bindings: [soap]")
    assert (read_lab(file).bindings, Lab().bindings) == (("soap",), ("soap", "json"))
    file.write_text("bindings: [rest]")
    with pytest.raises(BadLabError, match=r"Invalid enum value 'rest' - at `\$\.bindings"):
        read_lab(file)


def test_every_situation_has_a_scenario_of_the_emulator() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "scenarios"
    scenarios = {path.stem for path in folder.glob("*.yaml")}
    assert {situation.scenario for situation in SITUATIONS.values()} <= scenarios
