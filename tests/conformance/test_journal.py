"""A journal says before a call what it makes, and survives the death of its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.inventory import changed, inventory
from vim25_conformance.case import DEFAULT_VERSION, registry
from vim25_conformance.client import Endpoint
from vim25_conformance.driver import Driver
from vim25_conformance.journal import JOURNALS, Journal, Remembered, remembered, strike
from vim25_conformance.runlog import Broke
from vim25_conformance.running import perform
from vim25_conformance.situation import Lab, Location
from vim25_conformance.target import EndpointTarget
from vim25_conformance.verdict import Conforms, judge


def _lab(server: Endpoint, folder: Path) -> EndpointTarget:
    lab = Lab(otherwise=Location(primary="db01"))
    return EndpointTarget(server, lab, may_change=True, environment={}, journal=folder / "new")


def _read(target: EndpointTarget) -> Remembered:
    assert target.journal.path is not None
    written = remembered(target.journal.path)
    assert written is not None
    return written


def test_what_is_undone_is_not_pending(server: Endpoint, tmp_path: Path) -> None:
    target = _lab(server, tmp_path)
    kinds: list[str] = []

    def steps(drive: Driver) -> None:
        written = _read(target)
        assert written.alive
        kinds.extend(change.kind for change in written.pending)
        assert written.pending[0].managed is not None

    case = registry()["FT.ARRANGED.008"]
    perform(replace(case, steps=steps), DEFAULT_VERSION, target)
    target.close()
    written = _read(target)
    assert kinds == ["machine", "restart-priority"]
    assert (written.pending, written.alive) == ((), False)
    assert written.opened.endpoint == server.label


def test_a_named_machine_gets_its_former_settings_back(server: Endpoint, tmp_path: Path) -> None:
    target = _lab(server, tmp_path)
    case, before = registry()["FT.CREATE.001"], inventory(server)
    between: list[dict[str, object]] = []

    def steps(drive: Driver) -> None:
        case.steps(drive)
        between.append(changed(before, inventory(server)))

    entry, _ = perform(replace(case, steps=steps), DEFAULT_VERSION, target)
    assert isinstance(judge(case, entry), Conforms)
    assert any("config" in place for place in between[0])
    assert changed(before, inventory(server)) == {}


def test_nothing_is_changed_without_a_record(server: Endpoint, tmp_path: Path) -> None:
    before = inventory(server)
    (tmp_path / "new").touch()  # no folder
    target = _lab(server, tmp_path)
    entry, _ = perform(registry()["FT.OFF.002"], DEFAULT_VERSION, target)
    assert isinstance(entry.result, Broke)
    assert "UnwritableError" in entry.result.error
    assert changed(before, inventory(server)) == {}


def test_a_line_that_was_cut_short_is_ignored(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "https://lab/sdk")
    path = journal.path
    assert path is not None
    journal.begin("CASE")
    change = journal.intend("machine", "it still exists", name=journal.mark())
    journal.intend("machine", "another")
    journal.close()
    path.write_bytes(path.read_bytes()[:-9])
    written = remembered(path)
    assert written is not None
    assert written.pending == (change,)
    strike(written, change)
    written = remembered(path)
    assert written is not None
    assert written.pending == ()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_killed_process_leaves_its_journal(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from vim25_conformance.journal import Journal
journal = Journal(Path({str(tmp_path)!r}))
journal.intend("machine", "it still exists", name="it")
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", program], env=os.environ, check=False)  # noqa: S603  # our own
    assert died.returncode == -signal.SIGKILL
    written = remembered(next(tmp_path.glob(JOURNALS)))
    assert written is not None
    assert [change.name for change in written.pending] == ["it"]
    assert not written.alive
