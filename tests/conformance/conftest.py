"""Real servers for the suite's own tests: the emulator, and vcsim where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vim25_conformance.case import DEFAULT_VERSION, plan, select
from vim25_conformance.client import Endpoint
from vim25_conformance.runlog import RunLog, encode, load, write
from vim25_conformance.running import run
from vim25_conformance.situation import SITUATIONS
from vim25_conformance.target import EMULATOR, VCSIM, EmulatorTarget
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.vcsim import VcsimTarget

#: Cases that any server can be asked.
READING = ["SESSION.*", "TASK.003", "FT.FAULT.006", "FT.FAULT.018", "WIRE.00*"]


@pytest.fixture(scope="session")
def vcsim() -> str:
    """Skip where there is no vcsim: users need no Go."""
    program = VcsimTarget.executable()
    if program is None:
        pytest.skip("vcsim is neither on PATH nor in ~/go/bin")
    return program


@pytest.fixture
def server() -> Iterator[Endpoint]:
    """A healthy emulator of one's own."""
    target = EmulatorTarget()
    try:
        yield target.open(SITUATIONS["anywhere"], DEFAULT_VERSION)
    finally:
        target.close()


def _run_of(kind: str, patterns: list[str], folder: Path) -> RunLog:
    log = run(TargetSpec(kind, may_change=True), list(plan(select(patterns), [DEFAULT_VERSION])))
    write(folder / "run.ndjson", encode(log))
    return log


@pytest.fixture(scope="session")
def emulator_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run of cases that only read, and of one create, against the emulator."""
    folder = tmp_path_factory.mktemp("emulator")
    _run_of(EMULATOR, [*READING, "FT.CREATE.001"], folder)
    return folder


@pytest.fixture(scope="session")
def vcsim_run(vcsim: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same cases against vcsim."""
    folder = tmp_path_factory.mktemp("vcsim")
    _run_of(VCSIM, [*READING, "FT.CREATE.001"], folder)
    return folder


@pytest.fixture(scope="session")
def emulator_log(emulator_run: Path) -> RunLog:
    """That run's log."""
    return load(emulator_run)
