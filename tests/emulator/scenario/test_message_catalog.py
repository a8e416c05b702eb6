"""Custom message catalogs: read from a file, and used in faults, values and events."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import lab
from vim25_emulator.scenario.message_catalog import load
from vim25_emulator.scenario.source import ScenarioError

GERMAN = """
InvalidLogin: Anmeldung nicht möglich.
VmPoweredOffEvent: "{vm} auf {host} ist aus"
VmFaultToleranceConfigIssue.hasSnapshots: "{entityName}: mit Schnappschüssen geht es nicht"
"""


def test_a_catalog_is_a_mapping_in_yaml_or_json(tmp_path: Path) -> None:
    (tmp_path / "yaml").write_text(GERMAN, "utf-8")
    (tmp_path / "json").write_text('{"NotSupported": "Nein."}')
    assert load(tmp_path / "yaml")["InvalidLogin"] == "Anmeldung nicht möglich."
    assert load(tmp_path / "json") == {"NotSupported": "Nein."}


def test_every_error_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("Oops: x\nNotSupported: 3\nInvalidArgument: 'not {correct}'\nInvalidLogin: fine\n")
    with pytest.raises(ScenarioError) as raised:
        load(path)
    first, second, third = str(raised.value).splitlines()
    assert first.startswith(f"{path}:1: Oops: vim25 has no fault or event 'Oops'")
    assert second == f"{path}:2: NotSupported: expected a text"
    assert third.startswith(f"{path}:3: InvalidArgument: InvalidArgument has no property 'correct'")


def test_a_file_that_is_not_a_mapping_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("- InvalidLogin\n")
    with pytest.raises(ScenarioError, match=r"mine\.yaml:1: expected a mapping of types to texts"):
        load(path)


def test_clients_receive_the_texts_in_faults_values_and_events(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GERMAN, "utf-8")
    with lab("snapshots", messages=path) as opened:
        with pytest.raises(vim.fault.InvalidLogin, match="Anmeldung nicht möglich"):
            opened.login("nobody", "wrong")
        task = opened.vm("web01").CreateSecondaryVM_Task()
        with pytest.raises(vmodl.MethodFault):
            opened.run(task)
        opened.run(opened.vm("app01").PowerOffVM_Task())
        event = opened.content.eventManager.latestEvent
        assert event.fullFormattedMessage == "app01 auf esx2.lab.example ist aus"
        faults = [task.info.error, *getattr(task.info.error, "errors", ())]
        texts = [getattr(fault, "msg", None) or fault.localizedMessage for fault in faults]
        assert "web01: mit Schnappschüssen geht es nicht" in texts
