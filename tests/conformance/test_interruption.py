"""What a signal does to a run that changes somebody's vCenter: real processes, real TLS.

The emulator of the test plays the lab; it sends the signal to the run when it is about to answer the n-th
changing call, so that the answer is lost. `VIM25_KILLS=all` tries each signal at every such call, of more
cases; `VIM25_KILL_TABLE=FILE` appends what was left, known and restored.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.conformance.inventory import changed, inventory
from tests.conformance.lab import Lab
from vim25_conformance import interruption
from vim25_conformance.journal import JOURNALS, remembered
from vim25_conformance.runlog import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

LAB: Final = "{situations: {powered-on: {primary: web01}}, otherwise: {primary: db01}}"
KILL: Final = "SIGKILL"
ORDERLY: Final = ("SIGINT", "SIGTERM", "SIGHUP")

#: Representative cases, and how many changing calls a whole run of each has, undoing included.
CASES: Final = {
    "FT.OFF.002": 6,
    "FT.CREATE.003": 3,
    "FT.ARRANGED.008": 5,
    "FT.ARRANGED.005": 3,
    "FT.FORBID.015": 5,
    "FT.FAILOVER.001": 7,
}
SHORT: Final = [
    ("FT.OFF.002", KILL, 1),
    ("FT.OFF.002", KILL, 3),
    ("FT.CREATE.003", KILL, 1),
    ("FT.OFF.002", "SIGTERM", 1),
    ("FT.OFF.002", "SIGINT", 3),
    ("FT.CREATE.003", "SIGHUP", 1),
]
LONG: Final = [
    (case, name, number)
    for case, calls in CASES.items()
    for name in (KILL, *ORDERLY)
    for number in range(1, calls + 1)
]
POINTS: Final = LONG if os.environ.get("VIM25_KILLS") == "all" else SHORT


@pytest.fixture(autouse=True)
def _no_signal_is_ignored() -> Iterator[None]:
    """Undo what a shell does to commands in the background, whose children would ignore SIGINT as well."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(task_duration=0.2) as server:
        yield server


def _command(lab: Lab, name: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a command of the suite against the lab."""
    target = lab.url.replace("//", f"//{lab.user.replace('@', '%40')}@")
    options = ["--target", target, "--ca-file", str(lab.ca_file), *arguments]
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "vim25_conformance", name, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VIM25_PASSWORD": lab.password},
    )


def _run(lab: Lab, case: str, folder: Path) -> subprocess.Popen[str]:
    arguments = ["--lab", "-", "--allow-changes", "--case", case, "--out", str(folder / case)]
    return _command(lab, "run", *arguments)


def _reap(lab: Lab, folder: Path, *arguments: str) -> tuple[int, str]:
    process = _command(lab, "reap", "--runs", str(folder), *arguments)
    output, errors = process.communicate(timeout=120)
    assert not errors
    return process.returncode, output


def _note(*row: object) -> None:
    if path := os.environ.get("VIM25_KILL_TABLE"):
        with Path(path).open("a") as file:
            file.write("\t".join(map(str, row)) + "\n")


@pytest.mark.parametrize(("case", "name", "number"), POINTS)
def test_nothing_is_left_that_reap_does_not_know(
    case: str, name: str, number: int, lab: Lab, tmp_path: Path
) -> None:
    endpoint = lab.endpoint
    before = inventory(endpoint)
    process = _run(lab, case, tmp_path)
    lab.at = (number, lambda: process.send_signal(getattr(signal, name)))
    _, errors = process.communicate(LAB, timeout=120)
    assert lab.calls >= number, "the case makes fewer changing calls"
    if name == KILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 128 + getattr(signal, name), errors
        assert f"{name}: ending in order" in errors
        assert load(tmp_path / case).end.interrupted
        assert (tmp_path / case / "report.html").exists()
    status, known = _reap(lab, tmp_path)  # which waits for the tasks that are still running
    left = changed(before, inventory(endpoint))
    assert (status, bool(known)) == ((4, True) if left else (0, False)), (left, known)
    if left:
        assert _reap(lab, tmp_path, "--yes")[0] == 0
    remaining = changed(before, inventory(endpoint))
    _note(case, name, number, bool(left), bool(known), not remaining)
    assert remaining == {}
    assert not (left and name != KILL), left


def test_a_lost_journal_is_replaced_by_the_marks(lab: Lab, tmp_path: Path) -> None:
    endpoint = lab.endpoint
    before = inventory(endpoint)
    process = _run(lab, "FT.OFF.002", tmp_path)
    lab.at = (3, process.kill)
    process.communicate(LAB, timeout=120)
    for path in tmp_path.glob(f"*/{JOURNALS}"):
        path.unlink()
    status, known = _reap(lab, tmp_path)
    assert (status, known.count("by its name and annotation")) == (4, 1)
    assert _reap(lab, tmp_path, "--yes")[0] == 0
    assert changed(before, inventory(endpoint)) == {}


def test_a_run_says_what_an_earlier_one_left(lab: Lab, tmp_path: Path) -> None:
    process = _run(lab, "FT.OFF.002", tmp_path)
    lab.at = (1, process.kill)
    process.communicate(LAB, timeout=120)
    _, errors = _run(lab, "FT.ARRANGED.005", tmp_path).communicate(LAB, timeout=120)
    assert "left by an earlier run: vim25-conformance-" in errors
    assert "`vim25-conformance reap`" in errors


def test_a_second_signal_ends_at_once_and_says_what_is_left(lab: Lab, tmp_path: Path) -> None:
    process = _run(lab, "FT.OFF.002", tmp_path)

    def twice() -> None:
        process.send_signal(signal.SIGINT)
        lab.at = (4, lambda: process.send_signal(signal.SIGTERM))  # undoing: the VM is powered off

    lab.at = (3, twice)
    _, errors = process.communicate(LAB, timeout=120)
    assert process.returncode == 128 + signal.SIGTERM
    assert "ended at once; vim25-conformance-" in errors
    journal = remembered(next(tmp_path.glob(f"*/{JOURNALS}")))
    assert journal is not None
    assert [change.kind for change in journal.pending] == ["machine"]
    assert _reap(lab, tmp_path, "--yes")[0] == 0


def test_a_run_that_is_alive_is_left_alone(lab: Lab, tmp_path: Path) -> None:
    process = _run(lab, "FT.OFF.002", tmp_path)
    seen: list[tuple[int, str]] = []
    lab.at = (3, lambda: process.send_signal(signal.SIGSTOP))
    assert process.stdin is not None
    process.stdin.write(LAB)
    process.stdin.close()
    os.waitpid(process.pid, os.WUNTRACED)
    seen.append(_reap(lab, tmp_path, "--yes"))
    process.send_signal(signal.SIGCONT)
    assert process.wait(120) == 0
    assert seen == [(0, "")]


def test_workers_end_with_their_parent(lab: Lab, tmp_path: Path) -> None:
    process = _command(lab, "run", "-n", "2", "--case", "PC.*", "--out", str(tmp_path))
    lab.counted = ("",)
    lab.at = (15, process.kill)  # the parent itself calls less: it only looks who answers
    process.communicate(timeout=60)  # until nobody has its standard output
    assert process.returncode == -signal.SIGKILL
    assert lab.calls >= 15


def test_a_signal_is_raised_at_once_only_while_nothing_can_be_lost() -> None:
    with interruption.in_order():
        signal.raise_signal(signal.SIGTERM)
        with interruption.shielded():
            interruption.check()
        with pytest.raises(interruption.Interrupted):
            interruption.check()
    assert interruption.status() == 128 + signal.SIGTERM
    with interruption.in_order(), pytest.raises(interruption.Interrupted), interruption.waiting():
        signal.raise_signal(signal.SIGINT)
