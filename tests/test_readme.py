"""The README is tried as a new user would: its first program runs, its scenarios are those that there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from vim25_emulator import Emulator
from vim25_emulator.scenario import library

README = (Path(__file__).parents[1] / "README.md").read_text()
PROGRAM, *_ = re.findall(r"```python\n(from pyVim.*?)```", README, re.DOTALL)


def _run(scenario: str) -> subprocess.CompletedProcess[str]:
    """The first program, run by a Python of its own against this scenario."""
    with Emulator(scenario) as vcenter:
        program = PROGRAM.replace("8989", str(urlsplit(vcenter.url).port))
        command = [sys.executable, "-c", program]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the README's


def test_first_program_protects_a_machine() -> None:
    done = _run("default")
    assert done.returncode == 0, done.stderr
    assert done.stdout in README


def test_first_program_without_a_license_meets_the_fault_that_is_told() -> None:
    done = _run("not-licensed")
    assert done.returncode != 0
    assert "VmFaultToleranceOpIssuesList" in done.stderr
    assert "FaultToleranceNotLicensed" in done.stderr


def test_every_scenario_is_listed() -> None:
    """What fails shows the rows to put in, and those to take out; the numbered situations have one row."""
    listed = re.findall(r"^\| (`.*`) \| (.*) \|$", README, re.MULTILINE)
    (catalog,) = (row for row in listed if row[0] == "`ft-01` … `ft-44`")
    rows = [(f"`{name}`", title) for name, title in library.titles().items()]
    numbered = [row for row in rows if re.fullmatch(r"`ft-\d\d`", row[0])]
    assert (numbered[0][0], numbered[-1][0]) == tuple(catalog[0].split(" … "))
    rows[rows.index(numbered[0]) : rows.index(numbered[-1]) + 1] = [catalog]
    assert listed == rows


@pytest.mark.parametrize("written", re.findall(r"```yaml\n(title:.*?)```", README, re.DOTALL))
def test_a_scenario_that_is_shown_can_be_loaded(written: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(written)
    assert library.load(str(path)).title in written
