"""A plan names effects and objects, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fidelity.answers import Exchange
from vim25_conformance.case import registry
from vim25_conformance.cli import main
from vim25_conformance.client import Endpoint

#: What a plan calls: it logs in, looks around, and logs out.
READING = {
    "RetrieveServiceContent",
    "Login",
    "CreateContainerView",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "DestroyView",
    "Logout",
}


def _plan(server: Endpoint, lab: Path, *arguments: str) -> list[str]:
    target = f"https://{server.username.replace('@', '%40')}@{server.host}:{server.port}/sdk"
    options = ["--target", target, "--ca-file", str(server.ca_file), "--lab", str(lab), *arguments]
    done = CliRunner().invoke(main, ["run", "--plan", *options], env={"VIM25_PASSWORD": server.password})
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    path = tmp_path / "lab.yaml"
    path.write_text("situations: {powered-off: {primary: db01}, powered-on: {primary: web01}}")
    return path


def test_a_plan_of_all_cases_reads_only(server: Endpoint, lab: Path, all_answers: list[Exchange]) -> None:
    all_answers.clear()
    lines = _plan(server, lab, "--allow-changes")
    assert {reply.call for _, reply in all_answers} <= READING
    assert len(lines) > 100
    assert lines[-1].endswith(" skipped")


def test_a_plan_names_effects_and_objects(server: Endpoint, lab: Path) -> None:
    cases = ["SESSION.001", "FT.CREATE.003", "FT.OFF.002", "FT.HA.001", "FT.FAULT.001", "FT.FORBID.009"]
    selected = [word for name in cases for word in ("--case", name)]
    lines = dict(line.split("  ", 1) for line in _plan(server, lab, "--allow-changes", *selected)[:-1])
    assert lines["SESSION.001"].strip() == "reads"
    assert lines["FT.CREATE.003"].split("  ")[0].strip() == "own objects"
    assert "changes web01 (host esx1.lab.example" in lines["FT.CREATE.003"]
    assert "creates a running pair of its own, beside db01 (host " in lines["FT.OFF.002"]
    assert "shared settings  skipped: would modify the cluster" in lines["FT.HA.001"]
    assert "destructive      skipped: would modify the host" in lines["FT.FORBID.009"]
    assert "skipped: needs a VM that another task has locked" in lines["FT.FAULT.001"]


def test_a_plan_without_permission_says_what_it_takes(server: Endpoint, lab: Path) -> None:
    first, total = _plan(server, lab, "--case", "FT.OFF.002")
    assert "allow it with --allow-changes and a lab file" in first
    assert total == "1 skipped"


def test_a_disposable_target_is_not_started() -> None:
    done = CliRunner().invoke(main, ["run", "--plan", "--target", "vcsim", "--case", "FT.CREATE.001"])
    assert done.exit_code == 0, done.output
    assert "own objects      changes " in done.output


def test_the_effect_of_a_case_is_the_worst_of_what_it_touches() -> None:
    effects = {name: registry()[name].effect.value for name in ("PC.001", "FT.OFF.001", "FT.HA.001")}
    assert effects == {"PC.001": "reads", "FT.OFF.001": "own objects", "FT.HA.001": "shared settings"}
    assert registry()["FT.FORBID.009"].effect.value == "destructive"
