from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.case import DEFAULT_VERSION, plan, select
from vim25_conformance.client import Endpoint
from vim25_conformance.report import SUITE_ERROR, counts, exit_status, judged
from vim25_conformance.run_diff import EQUAL, diff
from vim25_conformance.runlog import CUT_SHORT, Entry, NotRun, Ran, RunLog, encode, load
from vim25_conformance.running import _interrupts_held, run
from vim25_conformance.situation import Lab, Location
from vim25_conformance.target import EMULATOR, TargetUnavailableError
from vim25_conformance.target_spec import TargetSpec


def _stable(entry: Entry) -> Entry:
    """An entry without what depends on the moment."""
    assert isinstance(entry.result, Ran)
    steps = tuple(
        msgspec.structs.replace(step, task=step.task and msgspec.structs.replace(step.task, states=()))
        for step in entry.result.outcome.steps
    )
    outcome = msgspec.structs.replace(entry.result.outcome, steps=steps, seen={})
    return msgspec.structs.replace(entry, result=Ran(outcome), seconds=0.0, sent=())


def test_the_emulator_conforms_where_it_is_asked(emulator_log: RunLog) -> None:
    assert set(counts(judged(emulator_log))) <= {"CONFORMS", "UNDECIDED"}


def test_a_log_holds_no_secret(emulator_log: RunLog) -> None:
    text = encode(emulator_log).decode()
    assert "vmware_soap_session" not in text
    assert "not the password" not in text


def test_workers_make_the_same_log_in_the_same_order() -> None:
    planned = list(plan(select(["SESSION.00[125]", "FT.CREATE.001"]), [DEFAULT_VERSION]))
    spec = TargetSpec(EMULATOR, may_change=True)
    alone, together = run(spec, planned, 1), run(spec, planned, 2)
    assert [_stable(entry) for entry in alone.entries] == [_stable(entry) for entry in together.entries]


def test_somebodys_endpoint_is_only_looked_at(server: Endpoint) -> None:
    log = run(TargetSpec("lab", server), list(plan(select(["FT.CREATE.001", "PC.001"]), [DEFAULT_VERSION])))
    assert [type(entry.result) for entry in log.entries] == [NotRun, Ran]


def test_changes_take_permission_and_a_name(server: Endpoint) -> None:
    planned = list(plan(select(["FT.CREATE.001"]), [DEFAULT_VERSION]))
    unnamed = run(TargetSpec("lab", server, Lab(), True), planned)
    named = run(TargetSpec("lab", server, Lab({"powered-off": Location("db01")}), True), planned)
    assert isinstance(unnamed.entries[0].result, NotRun)
    assert isinstance(named.entries[0].result, Ran)


def test_vcsim_lacks_fault_tolerance_and_the_suite_says_so(vcsim_run: Path) -> None:
    tally = counts(judged(load(vcsim_run)))
    assert tally["UNIMPLEMENTED"] == 1
    assert "ERROR" not in tally


def test_the_end_of_a_run_says_how_much_there_is(emulator_log: RunLog) -> None:
    assert emulator_log.end.cases == len(emulator_log.entries)
    assert not emulator_log.end.interrupted


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system has no signal masks")
def test_a_worker_is_deaf_to_ctrl_c_from_its_first_moment() -> None:
    told = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    with _interrupts_held():
        command = [sys.executable, "-c", told]
        asked = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert asked.stdout == "True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_both_bindings_in_one_log() -> None:
    planned = plan(select(["SESSION.001", "WIRE.001"]), [DEFAULT_VERSION], [SOAP, JSON])
    log = run(TargetSpec(EMULATOR, may_change=True), planned)
    assert log.run.bindings == (SOAP, JSON)
    assert [(each.id, each.binding, type(each.result)) for each in log.entries] == [
        ("SESSION.001", SOAP, Ran),
        ("SESSION.001", JSON, Ran),
        ("WIRE.001", SOAP, Ran),
        ("WIRE.001", JSON, NotRun),
    ]
    assert log.entries[3].result == NotRun("about the SOAP wire, not VI/JSON")
    compared = diff(log.half(SOAP), log.half(JSON))
    assert (compared.left, compared.right) == ("emulator over SOAP", "emulator over VI/JSON")
    assert [row.state for row in compared.rows] == [EQUAL, "not run on emulator over VI/JSON"]
    assert b"api-session-id" not in encode(log)


def test_what_a_target_lacks_is_skipped_with_the_reason() -> None:
    planned = plan(select(["SESSION.001"]), ["8.0.0.1", DEFAULT_VERSION], [SOAP, JSON])
    log = run(TargetSpec(EMULATOR, may_change=True), planned)
    skipped = [each for each in log.entries if isinstance(each.result, NotRun)]
    assert [(each.version, each.binding, each.result) for each in skipped] == [
        ("8.0.0.1", JSON, NotRun("VI/JSON exists from 8.0.1.0 on"))
    ]


def test_a_lab_file_says_which_bindings_there_are(server: Endpoint) -> None:
    planned = plan(select(["SESSION.001"]), [DEFAULT_VERSION], [SOAP, JSON])
    log = run(TargetSpec("lab", server, Lab(bindings=("soap",))), planned)
    assert [each.result for each in log.entries if each.binding == JSON] == [
        NotRun("127.0.0.1 has no VI/JSON")
    ]
    with pytest.raises(TargetUnavailableError, match="has no VI/JSON"):
        run(TargetSpec("lab", server, Lab(bindings=("soap",))), planned[1:])


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_run_that_is_killed_leaves_the_cases_until_then(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vim25_conformance", "run", "-n", "1", "--out", str(tmp_path)]
    with subprocess.Popen([*command, "--case", "SESSION.*", "--case", "PC.*"]) as process:  # noqa: S603 - our own command
        log = tmp_path / "run.ndjson"
        while process.poll() is None and (not log.exists() or log.read_bytes().count(b"\n") < 3):
            pass
        process.kill()
    assert process.returncode == -signal.SIGKILL
    cut = load(tmp_path)
    assert len(cut.entries) >= 2
    assert cut.end.stopped == CUT_SHORT
    assert exit_status(cut, judged(cut)) == SUITE_ERROR
