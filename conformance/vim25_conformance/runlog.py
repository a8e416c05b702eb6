"""The run log: one self-contained file per target, newline-delimited JSON.

The first line describes the run, each further line a case at an API version over a binding (SOAP if the line
names none), the last line the end, which proves that the log is complete. Reports, matrices and diffs are
made from logs alone, also from one that is cut short. A log has no password, no session key and no cookie.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from vim25_conformance.binding import BINDINGS, SOAP
from vim25_conformance.outcome import Outcome

FORMAT: Final = 1
#: A case id, an API version and a binding.
Key = tuple[str, str, str]
FILE_NAME: Final = "run.ndjson"


class Ran(msgspec.Struct, frozen=True, tag_field="kind", tag="ran"):
    """The case was run; this is its outcome, and the texts of its faults by step, which nothing compares."""

    outcome: Outcome
    said: dict[str, str] = {}


class NotRun(msgspec.Struct, frozen=True, tag_field="kind", tag="not-run"):
    """The case was not run, and why."""

    reason: str


class Broke(msgspec.Struct, frozen=True, tag_field="kind", tag="broke"):
    """The suite itself failed, or the connection if `lost`."""

    error: str
    trace: str = ""
    lost: bool = False


class Sent(msgspec.Struct, frozen=True):
    """Summary of one exchange: method, HTTP status (0: no response) and milliseconds."""

    method: str
    status: int
    ms: float


class Entry(msgspec.Struct, frozen=True, tag_field="record", tag="case"):
    """One case at one API version over one binding.

    `left_behind` says what could not be undone on a target that is not disposable.
    """

    id: str
    version: str
    title: str
    result: Ran | NotRun | Broke
    seconds: float = 0.0
    sent: tuple[Sent, ...] = ()
    left_behind: str = ""
    binding: str = SOAP


class Run(msgspec.Struct, frozen=True, tag_field="record", tag="run"):
    """The suite, the target, what the target says about itself at each API version, and the time."""

    format: int
    suite: str
    pyvmomi: str
    target: str
    endpoint: str
    versions: tuple[str, ...]
    about: dict[str, dict[str, str]]
    started: str
    bindings: tuple[str, ...] = (SOAP,)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Return each API version with each binding."""
        return tuple(itertools.product(self.versions, self.bindings))

    def over(self, binding: str) -> str:
        """Return ` over BINDING`, empty in a run that has SOAP alone."""
        return "" if self.bindings == (SOAP,) else f" over {BINDINGS[binding]}"


class End(msgspec.Struct, frozen=True, tag_field="record", tag="end"):
    """The last line: the number of cases, whether the run was interrupted, and why it ended early."""

    cases: int
    finished: str
    seconds: float
    interrupted: bool = False
    stopped: str = ""


class RunLog(msgspec.Struct, frozen=True):
    """A whole log."""

    run: Run
    entries: tuple[Entry, ...]
    end: End

    def by_key(self) -> dict[Key, Entry]:
        """Return entries by case id, API version and binding."""
        return {key_of(entry): entry for entry in self.entries}

    def half(self, binding: str) -> RunLog:
        """Return the part of the log that is about one binding."""
        run = msgspec.structs.replace(self.run, bindings=(binding,))
        return RunLog(run, tuple(each for each in self.entries if each.binding == binding), self.end)


def key_of(entry: Entry) -> Key:
    """Return what identifies an entry in a log."""
    return entry.id, entry.version, entry.binding


def lost(entry: Entry) -> bool:
    """Whether the case ended because an answer was missing or garbled."""
    if isinstance(entry.result, Ran):
        return bool(entry.result.outcome.broken)
    return isinstance(entry.result, Broke) and entry.result.lost


def one_entry_log(entry: Entry, target: str) -> RunLog:
    """Return a log of a single case, to judge what was not part of a run."""
    run = Run(FORMAT, "", "", target, target, (entry.version,), {}, "", (entry.binding,))
    return RunLog(run, (entry,), End(1, "", entry.seconds))


class BadLogError(ValueError):
    """Not a run log that this suite can read; the message names file, line and reason."""


#: Why a run ended early whose log has no end, or another number of cases than its end says.
CUT_SHORT: Final = "the log is cut short: the run ended before its last line was written"


class GrowingLog:
    """The log of a run that goes on: each record is in the file before the next case ends.

    So a run that is killed leaves what it knew. The records are in the order of their arrival, and the end is
    missing, until the whole log replaces the file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._encoder = path, msgspec.json.Encoder()

    def add(self, record: Run | Entry) -> None:
        """Append a record; raise UnwritableError."""
        try:
            with self._path.open("wb" if isinstance(record, Run) else "ab") as file:
                file.write(self._encoder.encode(record) + b"\n")
        except OSError as error:
            raise UnwritableError(f"{self._path}: {error.strerror}") from error


def encode(log: RunLog) -> bytes:
    """Return the log as newline-delimited JSON."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(record) + b"\n" for record in (log.run, *log.entries, log.end))


_DECODER: Final = msgspec.json.Decoder(Run | Entry | End)


def _record(line: bytes, line_name: str) -> Run | Entry | End:
    try:
        return _DECODER.decode(line)  # type: ignore[no-any-return]  # msgspec types it Any for unions
    except msgspec.MsgspecError as error:
        raise BadLogError(f"{line_name}: not a record of a run log ({error})") from error


def decode(document: bytes, name: str = "run log") -> RunLog:
    """Return the log in a document; raise BadLogError."""
    lines = document.splitlines(keepends=True)
    whole = [line for line in lines if line.endswith(b"\n")] or lines  # the last one of a killed run is torn
    records = [_record(line, f"{name}, line {number}") for number, line in enumerate(whole, 1)]
    if not records or not isinstance(records[0], Run):
        raise BadLogError(f"{name}: no run log: it must begin with a run record")
    if records[0].format != FORMAT:
        raise BadLogError(f"{name}: format {records[0].format}, but this suite reads format {FORMAT}")
    entries = tuple(record for record in records if isinstance(record, Entry))
    end = records[-1]
    if not isinstance(end, End) or end.cases != len(entries):
        end = End(len(entries), "", sum(entry.seconds for entry in entries), stopped=CUT_SHORT)
    return RunLog(records[0], entries, end)


def load(path: Path) -> RunLog:
    """Read a log file, or the log in a run's directory; raise BadLogError."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        raise BadLogError(f"{file}: {error.strerror}") from error


class UnwritableError(Exception):
    """A file or directory cannot be written; the message names it and the reason."""


@contextlib.contextmanager
def destination(folder: Path) -> Iterator[None]:
    """Create a run's directory and check that it is writable, before a run that may take hours.

    Remove it again if it stays empty. Raise UnwritableError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UnwritableError(f"{folder}: {error.strerror}") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # not empty: the run wrote its files
            folder.rmdir()


def write(path: Path, content: bytes) -> None:
    """Write a file atomically; raise UnwritableError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)
    except OSError as error:
        raise UnwritableError(f"{path}: {error.strerror}") from error


def _write_whole(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def in_order(entries: Iterable[Entry], plan: Iterable[Key]) -> tuple[Entry, ...]:
    """Return the entries in the order of the plan, regardless of which worker was faster."""
    position = {key: index for index, key in enumerate(plan)}
    return tuple(sorted(entries, key=lambda entry: position[key_of(entry)]))
