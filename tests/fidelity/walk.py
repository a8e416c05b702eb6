"""Walk an emulator with generated requests: any operation, any object, values at the limits of their types.

Nothing that a client sends may be answered with SystemError, end a task with it, or leave an object that
cannot be read: after every few requests all properties of all objects are read. A long walk is a program:

    python -m tests.fidelity.walk --requests 300000 --seed 7

It starts each scenario anew after some thousand requests, first with tasks of no duration, then with tasks
that overlap. It prints what failed, with the requests before it, and ends, also when it is interrupted,
with the number of requests and the seed. The same seed sends the same requests.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import time
import traceback
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.emulator.everything import read_of
from tests.emulator.wire.peer import ENVELOPE, call
from tests.fidelity.requests import Author, Samples, at_once, exaggerate
from vim25_emulator.assemble import assemble
from vim25_emulator.inventory.clock import Clock, ManualClock, SystemClock
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.scenario import library
from vim25_emulator.server import DEFAULT_PASSWORD, DEFAULT_USER
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.release import release
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.routes import routes

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
_REFRESH: Final = 100  #: requests after which everything is read, and the author looks at the inventory again
_AT_ONCE: Final = (1, 1, 1, 1, 2, 4)  #: requests at once
_PAUSES: Final = (0, 0, 0, 1, 3, 7, 15)  #: seconds between them, where tasks overlap
_DURATION: Final = 10.0  #: of such a task
_LIFE: Final = 1500  #: requests to one emulator
_REMEMBERED: Final = 12  #: requests that a finding shows
_SHOWN: Final = 3000  #: characters of each
_DIGITS: Final = re.compile(r"[0-9]+")
_TIMEOUT: Final = 5.0
_TURNS: Final = 10  #: of the loop, after which a task without duration has ended
_VERSION: Final = "9.1.0.0"
_LOGIN: Final = call(
    "Login",
    "SessionManager",
    "SessionManager",
    f"<userName>{DEFAULT_USER}</userName><password>{DEFAULT_PASSWORD}</password>",
)


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
    """One vCenter, called on its own loop: a socket and a thread would take most of the time."""

    def __init__(self, vcenter: VCenter, found: Findings, random: Random) -> None:
        self._vcenter = vcenter
        self._found = found
        self._random = random
        self._endpoint = routes(vcenter)["/sdk"]["POST"]
        self._samples = Samples(vcenter.inventory)
        self._cookie = b""
        self.statuses: Counter[int] = Counter()

    async def run(self, requests: int) -> None:
        """Send about so many requests."""
        while self.statuses.total() < requests:
            author = Author(self._vcenter.inventory, self._vcenter.release.version, self._samples)
            for _ in range(_REFRESH):
                await self._send(*(self._call(author) for _ in range(self._random.choice(_AT_ONCE))))
                await self._pass(self._random.choice(_PAUSES))
            await self._read_everything()
        await self._pass(1000)
        await self._read_everything()

    async def _pass(self, seconds: float) -> None:
        if isinstance(self._vcenter.clock, ManualClock) and seconds:
            await self._vcenter.clock.advance(seconds)

    def _call(self, author: Author) -> str:
        """Return a call that neither waits nor ends the walk."""
        eventful = sorted(author.kinds.keys() & _EVENTFUL)
        others = sorted(author.kinds.keys() - _SUICIDAL - {"WaitForUpdates"})
        names = eventful if self._random.random() < _EVENTFUL_SHARE else others
        made = author.call(self._random, self._random.choice(names))
        exaggerate(made, self._random)
        return ENVELOPE.format(at_once(made))

    async def _read_everything(self) -> None:
        await self._send(read_of(managed.ref for managed in self._vcenter.inventory))

    async def _send(self, *documents: str) -> None:
        """Send documents at once, wait for their answers, and let what they started run."""
        if not self._cookie:
            self._cookie = dict((await self._answer(_LOGIN)).headers)[b"set-cookie"]
        self._found.recent.extend(document.partition("Body>")[2] for document in documents)
        for answer in [self._answer(document) for document in documents]:
            self._judge(await answer)
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def _answer(self, document: str) -> Reply:
        headers = {b"soapaction": f'"urn:vim25/{_VERSION}"'.encode(), b"cookie": self._cookie}
        body = document.encode()
        request = Request("POST", "/sdk", headers, ("127.0.0.1", 0), False, time.perf_counter(), body)
        reply = self._endpoint(request)
        return reply if isinstance(reply, Reply) else await asyncio.wait_for(reply, _TIMEOUT)

    def _judge(self, reply: Reply) -> None:
        self.statuses[reply.status] += 1
        if b"SystemErrorFault" in reply.body:
            self._found.add("SystemError", reply.body.decode())
        if b"NotAuthenticatedFault" in reply.body:
            self._cookie = b""


def walk(scenario: str, seed: str, requests: int, found: Findings, *, overlap: bool) -> Counter[int]:
    """Send requests to a new vCenter; return the number of answers by HTTP status."""

    async def run() -> Counter[int]:
        clock: Clock = ManualClock() if overlap else SystemClock()
        vcenter = assemble(
            library.load(scenario),
            release(_VERSION),
            clock,
            administrators={DEFAULT_USER: DEFAULT_PASSWORD},
            task_duration=_DURATION if overlap else 0.0,
        )
        walked = Walk(vcenter, found, Random(seed))  # noqa: S311  # a repeatable sequence, no secret
        await walked.run(requests)
        await vcenter.tasks.stop()
        return walked.statuses

    return asyncio.run(run())


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=300_000)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--scenario", action="append", help="default: all but the large ones")
    arguments = parser.parse_args()
    names = arguments.scenario or [name for name in library.names() if not name.endswith("-vms")]
    sent, life, began = Counter[int](), 0, time.monotonic()
    with findings() as found, suppress(KeyboardInterrupt):
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
