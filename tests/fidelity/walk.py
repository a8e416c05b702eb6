"""Walk an emulator with generated requests: any operation, any object, values at the limits of their types.

Nothing that a client sends may be answered with SystemError, end a task with it, or leave an object that
cannot be read: after every few requests all properties of all objects are read. A long walk is a program:

    python -m tests.fidelity.walk --requests 300000 --seed 7

It starts each scenario anew after some thousand requests, first with tasks of no duration, then with tasks
that overlap. It prints what failed, with the requests before it, and ends with the number of requests and
the seed. The same seed sends the same requests.
"""

from __future__ import annotations

import argparse
import logging
import re
import time
import traceback
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.emulator.everything import read_of, refs_of
from tests.emulator.wire.peer import ENVELOPE, Answer, Peer, login
from tests.fidelity.requests import Author, at_once, exaggerate
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock, SystemClock
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.scenario import library

#: Methods that end the session, or take its rights away: the rest of the walk would be refused.
_SUICIDAL: Final = frozenset(
    {
        "Login",
        "Logout",
        "MergePermissions",
        "RemoveEntityPermission",
        "ResetEntityPermissions",
        "SetEntityPermissions",
        "TerminateSession",
    }
)
#: Methods that change what others depend on: most calls are of these.
_EVENTFUL: Final = frozenset(
    name
    for kind, name in IMPLEMENTATION.implemented()
    if name.endswith("_Task") or kind in {"VirtualMachine", "ResourcePool", "Folder"}
)
_EVENTFUL_SHARE: Final = 0.6
_REFRESH: Final = 60  #: requests after which everything is read, and the author looks at the inventory again
_AT_ONCE: Final = (1, 1, 1, 1, 2, 4)  #: requests in one segment
_PAUSES: Final = (0, 0, 0, 1, 3, 7, 15)  #: seconds between two segments, where tasks overlap
_DURATION: Final = 10.0  #: of such a task
_LIFE: Final = 1500  #: requests to one emulator
_REMEMBERED: Final = 12  #: requests that a finding shows
_SHOWN: Final = 3000  #: characters of each
_DIGITS: Final = re.compile(r"[0-9]+")
_TIMEOUT: Final = 5.0
_VERSION: Final = "9.1.0.0"


@dataclass
class Findings(logging.Handler):
    """What went wrong: a place in the code, or a fault, and the requests before it."""

    recent: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    found: dict[str, str] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error else []
        place = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames[:-4:-1])
        about = _DIGITS.sub("0", str(error))[:80]
        self.add(f"{type(error).__name__} {about} {place}", "".join(traceback.format_exception(error)))

    def add(self, kind: str, text: str) -> None:
        """Count something; the first of a kind is remembered."""
        self.times[kind] += 1
        self.found.setdefault(kind, "\n".join((text, *(request[:_SHOWN] for request in self.recent))))


@contextmanager
def findings() -> Iterator[Findings]:
    """Collect what emulators of this process log as errors inside the block."""
    handler = Findings()
    logging.getLogger().addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)


class Walk:
    """One emulator and one connection to it."""

    def __init__(self, emulator: Emulator, found: Findings, random: Random) -> None:
        self._emulator = emulator
        self._found = found
        self._random = random
        self._peer = Peer(emulator, timeout=_TIMEOUT)
        self._cookie = ""
        self._log_in()
        self.statuses: Counter[int] = Counter()

    def _log_in(self) -> None:
        answer = self._peer.post(login(self._emulator))
        self._cookie = f"Cookie: {answer.headers.get('set-cookie', '')}"

    def run(self, requests: int) -> None:
        """Send about so many requests."""
        while self.statuses.total() < requests:
            vcenter = self._emulator.vcenter
            author = self._emulator.call(lambda: Author(vcenter.inventory, vcenter.release.version))  # noqa: B023  # called at once
            for _ in range(_REFRESH):
                self._send(*(self._call(author) for _ in range(self._random.choice(_AT_ONCE))))
                self._pass(self._random.choice(_PAUSES))
            self._read_everything()
        self._pass(1000)
        self._read_everything()

    def _pass(self, seconds: float) -> None:
        if isinstance(self._emulator.clock, ManualClock) and seconds:
            self._emulator.advance(seconds)

    def _call(self, author: Author) -> str:
        """Return a call that neither waits nor ends the walk."""
        eventful = sorted(author.kinds.keys() & _EVENTFUL)
        others = sorted(author.kinds.keys() - _SUICIDAL - {"WaitForUpdates"})
        names = eventful if self._random.random() < _EVENTFUL_SHARE else others
        call = author.call(self._random, self._random.choice(names))
        exaggerate(call, self._random)
        return ENVELOPE.format(at_once(call))

    def _read_everything(self) -> None:
        self._send(read_of(refs_of(self._emulator)))

    def _send(self, *documents: str) -> None:
        """Send documents in one segment and read their answers."""
        self._found.recent.extend(document.partition("Body>")[2] for document in documents)
        bodies = [document.encode() for document in documents]
        action = f'SOAPAction: "urn:vim25/{_VERSION}"'
        heads = (
            Peer.head("POST", "/sdk", f"Content-Length: {len(body)}", action, self._cookie) for body in bodies
        )
        self._peer.send(b"".join(head + body for head, body in zip(heads, bodies, strict=True)))
        try:
            answers = [self._peer.answer() for _ in bodies]
        except TimeoutError:
            self._found.add("no answer", documents[-1])
            self._peer = Peer(self._emulator, timeout=_TIMEOUT)
            return
        for answer in answers:
            self._judge(answer)

    def _judge(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        if b"SystemErrorFault" in answer.body:
            self._found.add("SystemError", answer.text)
        if b"NotAuthenticatedFault" in answer.body:
            self._log_in()


def walk(scenario: str, seed: str, requests: int, found: Findings, *, overlap: bool) -> Counter[int]:
    """Send requests to a new emulator; return the number of answers by HTTP status."""
    clock, duration = (ManualClock(), _DURATION) if overlap else (SystemClock(), 0.0)
    with Emulator(scenario, api_version=_VERSION, tls=False, task_duration=duration, clock=clock) as emulator:
        walked = Walk(emulator, found, Random(seed))  # noqa: S311  # a repeatable sequence, no secret
        walked.run(requests)
    return walked.statuses


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=300_000)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--scenario", action="append", help="default: all but the large ones")
    arguments = parser.parse_args()
    names = arguments.scenario or [name for name in library.names() if not name.endswith("-vms")]
    sent, life, began = Counter[int](), 0, time.monotonic()
    with findings() as found:
        while sent.total() < arguments.requests:
            scenario, known = names[life // 2 % len(names)], len(found.found)
            sent += walk(scenario, f"{arguments.seed}-{life}", _LIFE, found, overlap=life % 2 == 1)
            life += 1
            for kind in list(found.found)[known:]:
                print(f"\n== {scenario}: {kind}\n{found.found[kind]}", flush=True)  # noqa: T201  # a program
    seconds = time.monotonic() - began
    print(  # noqa: T201  # a program
        f"{sent.total()} requests in {seconds:.0f} s, {dict(sent)}, seed {arguments.seed}:"
        f" {found.times.total()} errors"
    )


if __name__ == "__main__":
    main()
