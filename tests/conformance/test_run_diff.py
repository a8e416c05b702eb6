from __future__ import annotations

from pathlib import Path

import msgspec

from vim25_conformance.run_diff import EQUAL, NEITHER, diff
from vim25_conformance.runlog import NotRun, RunLog, load


def test_a_run_equals_itself(emulator_log: RunLog) -> None:
    compared = diff(emulator_log, emulator_log)
    assert compared.equal
    assert compared.counts() == {EQUAL: len(emulator_log.entries)}


def test_a_run_that_left_cases_out_equals_itself_too(emulator_log: RunLog, vcsim_run: Path) -> None:
    left_out = msgspec.structs.replace(emulator_log.entries[0], result=NotRun("no such machine"))
    shorter = msgspec.structs.replace(emulator_log, entries=(left_out, *emulator_log.entries[1:]))
    compared = diff(shorter, shorter)
    assert (compared.equal, compared.rows[0].state) == (True, NEITHER)
    assert not diff(shorter, emulator_log).equal
    assert diff(load(vcsim_run), load(vcsim_run)).equal


def test_what_one_side_lacks_is_named(emulator_run: Path, vcsim_run: Path) -> None:
    compared = diff(load(emulator_run), load(vcsim_run))
    states = {row.key: row.state for row in compared.rows}
    assert states["FT.CREATE.001"] == "UNIMPLEMENTED by vcsim"
    assert states["SESSION.001"] == EQUAL


def test_differences_have_places(emulator_run: Path, vcsim_run: Path) -> None:
    compared = diff(load(emulator_run), load(vcsim_run))
    malformed = next(row for row in compared.rows if row.key.startswith("WIRE.001"))
    assert ("steps.post.wire.faultcode", "ClientFaultCode", "ServerFaultCode") in {
        (each.path, each.left, each.right) for each in malformed.differences
    }


def test_a_case_of_one_side_only(emulator_log: RunLog) -> None:
    shorter = msgspec.structs.replace(emulator_log, entries=emulator_log.entries[1:])
    compared = diff(emulator_log, shorter)
    assert [row.state for row in compared.rows if row.state != EQUAL] == [f"not run on {compared.right}"]
