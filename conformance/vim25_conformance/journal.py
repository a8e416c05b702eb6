"""What a run makes or changes on a target that is not disposable, on disk before it happens.

One file per run, newline-delimited JSON: the first line names the run, then come intents (before the call
that makes something), references (after it) and ends (when it is undone). Each line is on the disk before the
run goes on, so that a run that was killed is known by its file. While a run lives, its file is locked.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import msgspec
from pyVmomi import VmomiSupport, vim

from vim25_conformance.runlog import UnwritableError

#: The journals in the folder of a run; each has the id of its run.
JOURNALS: Final = "journal-*.ndjson"

#: Prefix of the names of created VMs, and of their annotations.
PREFIX: Final = "vim25-conformance-"


class Reference(msgspec.Struct, frozen=True):
    """A managed object in a file: its type and its moId."""

    type: str
    id: str

    def to(self, stub: Any) -> Any:
        """Return the managed object over a stub."""
        return getattr(vim, self.type)(self.id, stub)


def reference(managed: Any) -> Reference:
    """Return the reference of a managed object."""
    return Reference(VmomiSupport.GetWsdlName(type(managed)), managed._moId)


class Opened(msgspec.Struct, frozen=True, tag_field="record", tag="journal"):
    """The first line: the run's id, its target and when it began."""

    run: str
    endpoint: str
    started: str


class Change(msgspec.Struct, frozen=True, tag_field="record", tag="intent"):
    """Something that a call is about to make or change; `still` says what remains unless it is undone.

    `parent` is the folder of a VM to be created, or the cluster of an override; `managed` is what is changed
    or was created; `name` is its name, by which it is looked up and checked; `former` has former values.
    """

    number: int
    case: str
    kind: str
    still: str
    name: str = ""
    parent: Reference | None = None
    managed: Reference | None = None
    former: dict[str, Any] = {}


class Made(msgspec.Struct, frozen=True, tag_field="record", tag="made"):
    """The reference of what was created."""

    number: int
    managed: Reference


class Done(msgspec.Struct, frozen=True, tag_field="record", tag="done"):
    """It is undone."""

    number: int


Record = Opened | Change | Made | Done
_DECODER: Final = msgspec.json.Decoder(Record)


class Journal:
    """The changes of one run that are not undone; without a folder (disposable target) in memory only."""

    def __init__(self, folder: Path | None = None, endpoint: str = "") -> None:
        self.run, self._endpoint = secrets.token_hex(4), endpoint
        self.path = folder / JOURNALS.replace("*", self.run) if folder else None
        self.case = ""
        self._numbers = self._before = 0
        self._pending: dict[int, Change] = {}
        self._file = -1

    def begin(self, case: str) -> None:
        """Begin a case: what follows is made for it."""
        self.case, self._before = case, self._numbers

    def of_the_case(self) -> list[Change]:
        """Return what was made for the case and is not undone."""
        return [change for number, change in self._pending.items() if number > self._before]

    @property
    def pending(self) -> tuple[Change, ...]:
        """Return what is not undone, oldest first."""
        return tuple(self._pending.values())

    def summary(self) -> str:
        """Return in words what is not undone, empty if everything is."""
        left = "; ".join(change.still for change in self._pending.values())
        return left and f"{left}; {self.path} names it"

    def mark(self) -> str:
        """Return a new name for a VM of this run."""
        return f"{PREFIX}{self.run}-{secrets.token_hex(2)}"

    @property
    def annotation(self) -> str:
        """Return the annotation of the run's VMs."""
        return f"{PREFIX}{self.run}: made for {self.case}; `vim25-conformance reap` removes it"

    def intend(self, kind: str, still: str, **about: Any) -> Change:
        """Write what is about to happen; return it."""
        self._numbers += 1
        change = Change(self._numbers, self.case, kind, still, **about)
        self._write(change)
        self._pending[change.number] = change
        return change

    def made(self, change: Change, managed: Any) -> None:
        """Write the reference of what was created."""
        made = Made(change.number, reference(managed))
        self._pending[change.number] = msgspec.structs.replace(change, managed=made.managed)
        self._write(made)

    def done(self, change: Change) -> None:
        """Write that it is undone; `reap` finds that out if it cannot be written."""
        self._pending.pop(change.number, None)
        with contextlib.suppress(UnwritableError):
            self._write(Done(change.number))

    def _write(self, record: Record) -> None:
        """Flush a record to the disk; raise UnwritableError, so that nothing is changed without a record."""
        if self.path is None:
            return
        try:
            if self._file < 0:
                self._begin(self.path)
            os.write(self._file, msgspec.json.encode(record) + b"\n")
            os.fsync(self._file)
        except OSError as error:
            raise UnwritableError(f"{self.path}: {error.strerror}") from error

    def _begin(self, path: Path) -> None:
        """Create the file with its first line; its directory entry is flushed, too."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _lock(self._file)
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        os.write(self._file, msgspec.json.encode(Opened(self.run, self._endpoint, now)) + b"\n")
        if sys.platform != "win32":
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def close(self) -> None:
        """Close the file; what is not undone stays in it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> bool:
    """Lock a journal for as long as the process lives; return False if another process has it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Remembered(msgspec.Struct, frozen=True):
    """A journal that was read: the run, what was not undone, and whether the run is still alive."""

    path: Path
    opened: Opened
    pending: tuple[Change, ...]
    alive: bool


def remembered(path: Path) -> Remembered | None:
    """Read a journal; a last line that was cut short is ignored. Return None if it has no first line."""
    opened: Opened | None = None
    pending: dict[int, Change] = {}
    for record in _records(path.read_bytes()):
        match record:
            case Opened():
                opened = record
            case Change(number):
                pending[number] = record
            case Made(number, managed):
                pending[number] = msgspec.structs.replace(pending[number], managed=managed)
            case Done(number):
                pending.pop(number, None)
    return Remembered(path, opened, tuple(pending.values()), _alive(path)) if opened else None


def _records(document: bytes) -> Iterator[Record]:
    for line in document.splitlines():
        with contextlib.suppress(msgspec.MsgspecError):
            yield _DECODER.decode(line)


def _alive(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY)
    try:
        return not _lock(file)
    finally:
        os.close(file)


def strike(journal: Remembered, change: Change) -> None:
    """Append to a journal that a change is undone."""
    with journal.path.open("ab") as file:
        file.write(
            b"\n" + msgspec.json.encode(Done(change.number)) + b"\n"
        )  # after a line that was cut short
        file.flush()
        os.fsync(file.fileno())
