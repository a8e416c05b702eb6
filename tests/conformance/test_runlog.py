from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from tests.conformance.trees import outcomes, patient
from vim25_conformance.outcome import Outcome
from vim25_conformance.runlog import (
    CUT_SHORT,
    FORMAT,
    BadLogError,
    Broke,
    End,
    Entry,
    GrowingLog,
    NotRun,
    Ran,
    Run,
    RunLog,
    decode,
    encode,
    in_order,
    key_of,
    load,
    write,
)

RUN = Run(
    FORMAT, "0.1.0", "9.1", "emulator", "emulator", ("8.0.2.0",), {"8.0.2.0": {"fullName": "x"}}, "2026-01-01"
)
END = End(1, "2026-01-01", 1.0)


@patient
@given(outcomes)
def test_a_log_can_be_read_back(outcome: Outcome) -> None:
    results = (Ran(outcome), NotRun("why"), Broke("error", "trace"))
    entries = tuple(Entry(f"X.00{index}", "8.0.2.0", "t", result) for index, result in enumerate(results))
    log = RunLog(RUN, entries, End(len(entries), "2026-01-01", 1.0))
    assert decode(encode(log)) == log


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "must begin with a run"),
        (b"not json\n", "line 1"),
        (encode(RunLog(RUN, (), END)).replace(b'"format":1', b'"format":99'), "format 99"),
    ],
)
def test_what_is_no_log_says_why(document: bytes, why: str) -> None:
    with pytest.raises(BadLogError, match=why):
        decode(document, "a.ndjson")


ENTRIES = tuple(Entry(f"X.00{index}", "8.0.2.0", "t", NotRun("why")) for index in range(3))
WHOLE = encode(RunLog(RUN, ENTRIES, End(3, "2026-01-01", 1.0)))


@pytest.mark.parametrize("cut", [1, 20, 50])
def test_a_log_that_is_cut_short_is_read_and_says_so(cut: int) -> None:
    log = decode(WHOLE[:-cut])
    assert log.entries == ENTRIES
    assert log.end.stopped == CUT_SHORT


def test_a_log_that_lost_a_line_says_so() -> None:
    lines = WHOLE.splitlines(keepends=True)
    log = decode(b"".join([*lines[:2], *lines[3:]]))
    assert (len(log.entries), log.end.stopped) == (2, CUT_SHORT)


def test_a_log_grows_record_by_record(tmp_path: Path) -> None:
    growing = GrowingLog(tmp_path / "run.ndjson")
    growing.add(RUN)
    for count, entry in enumerate(ENTRIES, 1):
        growing.add(entry)
        assert load(tmp_path).entries == ENTRIES[:count]
    assert load(tmp_path).end.stopped == CUT_SHORT


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadLogError, match="No such file"):
        load(tmp_path / "nowhere")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    write(target, b"old")
    with pytest.raises(TypeError):
        write(target, "text")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_entries_come_in_the_order_of_the_plan() -> None:
    plan = [("A", "1", "soap"), ("A", "1", "json"), ("B", "1", "soap"), ("A", "2", "soap")]
    entries = [
        Entry(name, version, "t", NotRun(""), binding=binding) for name, version, binding in reversed(plan)
    ]
    assert [key_of(entry) for entry in in_order(entries, plan)] == plan


def test_a_log_without_bindings_is_one_over_soap() -> None:
    entry = Entry("X.001", "8.0.2.0", "t", NotRun("why"))
    document = encode(RunLog(RUN, (entry,), END))
    for member in (b',"bindings":["soap"]', b',"binding":"soap"'):
        assert member in document
        document = document.replace(member, b"")
    assert decode(document) == RunLog(RUN, (entry,), END)
