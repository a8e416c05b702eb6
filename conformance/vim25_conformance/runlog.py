"""The run log: one file per target, newline-delimited JSON, complete in itself.

The first line is the run, each further line a case at an API version, the last line the end. Reports,
matrices and diffs are made from logs alone. A log holds no password, no session key and no cookie.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from vim25_conformance.outcome import Outcome

FORMAT: Final = 1
FILE_NAME: Final = "run.ndjson"


class Ran(msgspec.Struct, frozen=True, tag_field="kind", tag="ran"):
    """The case was carried out; this is what it saw."""

    outcome: Outcome


class NotRun(msgspec.Struct, frozen=True, tag_field="kind", tag="not-run"):
    """The case was not carried out, and why."""

    reason: str


class Broke(msgspec.Struct, frozen=True, tag_field="kind", tag="broke"):
    """The suite itself failed."""

    error: str
    trace: str = ""


class Sent(msgspec.Struct, frozen=True):
    """One exchange in short: method, HTTP status (0: no answer) and milliseconds."""

    method: str
    status: int
    ms: float


class Entry(msgspec.Struct, frozen=True, tag_field="record", tag="case"):
    """One case at one API version. `left_behind` says what could not be undone on a target that is not
    disposable."""

    id: str
    version: str
    title: str
    result: Ran | NotRun | Broke
    seconds: float = 0.0
    sent: tuple[Sent, ...] = ()
    left_behind: str = ""


class Run(msgspec.Struct, frozen=True, tag_field="record", tag="run"):
    """The circumstances: which suite, which target, what it says about itself at each API version, and
    when."""

    format: int
    suite: str
    pyvmomi: str
    target: str
    endpoint: str
    versions: tuple[str, ...]
    about: dict[str, dict[str, str]]
    started: str


class End(msgspec.Struct, frozen=True, tag_field="record", tag="end"):
    """The last line: how many cases there are, and whether the run was cut short."""

    cases: int
    finished: str
    seconds: float
    interrupted: bool = False


class RunLog(msgspec.Struct, frozen=True):
    """A whole log."""

    run: Run
    entries: tuple[Entry, ...]
    end: End

    def by_key(self) -> dict[tuple[str, str], Entry]:
        """Entries by case id and API version."""
        return {(entry.id, entry.version): entry for entry in self.entries}


def one_entry_log(entry: Entry, target: str) -> RunLog:
    """A log of a single case, for judging what was not run as a whole."""
    run = Run(FORMAT, "", "", target, target, (entry.version,), {}, "")
    return RunLog(run, (entry,), End(1, "", entry.seconds))


class BadLogError(ValueError):
    """Not a run log that this suite can read; the message says which file, line and why."""


def encode(log: RunLog) -> bytes:
    """The log as newline-delimited JSON."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(record) + b"\n" for record in (log.run, *log.entries, log.end))


_DECODER: Final = msgspec.json.Decoder(Run | Entry | End)


def _record(line: bytes, place: str) -> Run | Entry | End:
    try:
        return _DECODER.decode(line)  # type: ignore[no-any-return]  # msgspec types it Any for unions
    except msgspec.MsgspecError as error:
        raise BadLogError(f"{place}: not a record of a run log ({error})") from error


def decode(document: bytes, name: str = "run log") -> RunLog:
    """Read a log back; raises BadLogError."""
    records = [
        _record(line, f"{name}, line {number}") for number, line in enumerate(document.splitlines(), 1)
    ]
    if len(records) < 2 or not isinstance(records[0], Run) or not isinstance(records[-1], End):
        raise BadLogError(f"{name}: a run log begins with a run and ends with an end; this one is cut short")
    if records[0].format != FORMAT:
        raise BadLogError(f"{name}: format {records[0].format} is not the format {FORMAT} of this suite")
    entries = tuple(record for record in records if isinstance(record, Entry))
    return RunLog(records[0], entries, records[-1])


def load(path: Path) -> RunLog:
    """Read a log file, or the log in a run's directory; raises BadLogError."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        raise BadLogError(f"{file}: {error.strerror}") from error


class UnwritableError(Exception):
    """A file or a folder that cannot be written; the message says which and why."""


@contextlib.contextmanager
def destination(folder: Path) -> Iterator[None]:
    """Make a run's folder and see whether it can be written, before a run that may take hours.

    It is gone again if nothing is put into it. Raises UnwritableError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UnwritableError(f"{folder}: {error.strerror}") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # not empty, which is as it should be
            folder.rmdir()


def write(path: Path, content: bytes) -> None:
    """Write a file in one step: it is there whole or not at all. Raises UnwritableError."""
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


def in_order(entries: Iterable[Entry], plan: Iterable[tuple[str, str]]) -> tuple[Entry, ...]:
    """Entries in the order in which they were planned, whichever worker was faster."""
    place = {key: index for index, key in enumerate(plan)}
    return tuple(sorted(entries, key=lambda entry: place[entry.id, entry.version]))
