"""What is measured: groups of measurements, each a generator over a pair of servers.

The order within a pair is always emulator, vcsim; pairs follow each other without a pause.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.contender import Contender, Server, TooSlow
from benchmarks.dialogue import Dialogue
from benchmarks.question import (
    CURRENT_TIME,
    SERVICE_CONTENT,
    Question,
    Reference,
    Service,
    call,
    machine_that_is_on,
    reference_in,
    version_in,
)
from benchmarks.result import Bound, Measurement


@dataclass(frozen=True)
class Plan:
    """Who is measured, how many pairs are taken, how many seconds a server has until its first answer."""

    emulator: Contender
    vcsim: Contender
    rounds: int
    limit: float
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Size:
    """How an inventory of this size is measured, and what is expected there."""

    starts: int
    reads: int
    ready: Bound | None = None
    bulk: Bound | None = None


SIZES = {
    100: Size(starts=3, reads=40, bulk=Bound(0.1)),
    1_000: Size(starts=1, reads=8, bulk=Bound(0.05)),  # vcsim needs half a minute to start
    10_000: Size(starts=1, reads=2, ready=Bound(5.0, relative=False)),  # and here many minutes
}
CALLS = 300
SWITCHES = 6


def cold_start(plan: Plan) -> Iterator[Measurement]:
    """From spawn to the first answered RetrieveServiceContent, default inventory, and what of it was work."""
    found, work = Measurement("cold start", "ms", Bound(1.0)), Measurement("cold start, CPU of it", "ms")
    for contender in (plan.emulator, plan.vcsim):
        _start(contender, plan)  # not counted: fills the file cache, makes the certificate
    for _ in range(plan.rounds):
        ours, theirs = _start(plan.emulator, plan), _start(plan.vcsim, plan)
        found.add(ours[0], theirs[0])
        work.add(ours[1], theirs[1])
    yield from (found, work)


def _start(contender: Contender, plan: Plan) -> tuple[float, float]:
    with contender.running(limit=plan.limit) as server:
        return server.cold_start * 1e3, server.cpu() * 1e3


def small_calls(plan: Plan) -> Iterator[Measurement]:
    """CPU of the server for calls that answer little: the same bytes each time, then never the same twice."""
    with _both(plan) as servers:
        prepared = [_small_questions(server.dialogue) for server in servers]
        for name, repeated in itertools.product(prepared[0], (True, False)):
            found = Measurement(f"{name}, {'repeated' if repeated else 'varied'}", "µs", Bound(1.2))
            for _ in range(plan.rounds):
                found.add(*(_small(s, q[name], repeated) for s, q in zip(servers, prepared, strict=True)))
            yield found


def _small(server: Server, question: Question, repeated: bool) -> float:
    asked = [question if repeated else question.marked() for _ in range(CALLS)]
    return _cpu(server, asked) * 1e6


def _small_questions(dialogue: Dialogue) -> dict[str, Question]:
    service = dialogue.open_session()
    return {
        "CurrentTime": CURRENT_TIME,
        "RetrieveServiceContent": SERVICE_CONTENT,
        "two properties": service.state_of(_machine(dialogue, service)),
    }


def updates(plan: Plan) -> Iterator[Measurement]:
    """From sending a power task to the answer of the WaitForUpdatesEx that was waiting for its effect."""
    found = Measurement("power off or on → update", "ms", Bound(1.0))
    with _both(plan) as servers:
        watches = [Watch(server.dialogue) for server in servers]
        for _ in range(plan.rounds):
            found.add(*(watch.mean_delay(SWITCHES) * 1e3 for watch in watches))
    yield found


class Watch:
    """A long poll on one virtual machine's power state, and a second connection that switches it."""

    SWITCH = (("PowerOffVM_Task", "poweredOff"), ("PowerOnVM_Task", "poweredOn"))

    def __init__(self, dialogue: Dialogue) -> None:
        self._service = dialogue.open_session()
        self._vm = _machine(dialogue, self._service)
        self._waiting, self._acting = dialogue, dialogue.companion()
        dialogue.ask(self._service.filter_on_power(self._vm))
        self._version = version_in(dialogue.ask(self._service.next_update("", ">poweredOn")))

    def mean_delay(self, switches: int) -> float:
        """Seconds from a request to its update, over an even number of switches."""
        delays = [self._delay(*step) for _ in range(switches // 2) for step in self.SWITCH]
        return sum(delays) / len(delays)

    def _delay(self, method: str, state: str) -> float:
        update, switch = self._service.next_update(self._version, f">{state}"), call(self._vm, method)
        self._waiting.send(update)
        time.sleep(0.01)  # the long poll is to be parked when the change comes
        started = time.perf_counter()
        self._acting.send(switch)
        answer = self._waiting.receive(update)
        delay = time.perf_counter() - started
        self._acting.receive(switch)
        self._version = version_in(answer)
        return delay


def inventories(plan: Plan) -> Iterator[Measurement]:
    """Start, memory, and name and power state of every virtual machine, by size of the inventory."""
    for size in plan.sizes:
        yield from _inventory(size, SIZES[size], plan)


def _inventory(count: int, size: Size, plan: Plan) -> Iterator[Measurement]:
    ready = Measurement(f"{count:,} VMs: ready", "s", size.ready)
    memory = Measurement(f"{count:,} VMs: memory", "MiB")
    first = Measurement(f"{count:,} VMs: first read", "ms")
    again = Measurement(f"{count:,} VMs: read again", "ms", size.bulk)
    for start in range(size.starts):
        with ExitStack() as running:
            servers = [running.enter_context(plan.emulator.running(count, plan.limit))]
            try:
                servers.append(running.enter_context(plan.vcsim.running(count, plan.limit)))
            except TooSlow:
                ready.beyond = plan.limit
            _pair(ready, [server.cold_start for server in servers])
            _pair(memory, [server.resident() for server in servers])
            questions = [_every_machine(s.dialogue, s.dialogue.open_session(), count) for s in servers]
            _read(first, servers, questions, 1)
            for _ in range(start, plan.rounds, size.starts):
                _read(again, servers, questions, size.reads)
    yield from (ready, memory, first, again)


def _read(into: Measurement, servers: list[Server], questions: list[Question], times: int) -> None:
    _pair(
        into, [_cpu(server, [asked] * times) * 1e3 for server, asked in zip(servers, questions, strict=True)]
    )


def _pair(into: Measurement, samples: list[float]) -> None:
    into.add(samples[0], samples[1] if len(samples) > 1 else None)


def _every_machine(dialogue: Dialogue, service: Service, count: int = 0) -> Question:
    return service.states_in(reference_in(dialogue.ask(service.machine_view()), "returnval"), count)


def _machine(dialogue: Dialogue, service: Service) -> Reference:
    return machine_that_is_on(dialogue.ask(_every_machine(dialogue, service)))


def _cpu(server: Server, questions: list[Question]) -> float:
    """Seconds of the server's CPU for one of these requests."""
    before = server.cpu()
    for question in questions:
        server.dialogue.ask(question)
    return (server.cpu() - before) / len(questions)


@contextmanager
def _both(plan: Plan) -> Iterator[list[Server]]:
    with plan.emulator.running() as ours, plan.vcsim.running() as theirs:
        yield [ours, theirs]


GROUPS: dict[str, Callable[[Plan], Iterator[Measurement]]] = {
    "start": cold_start,
    "calls": small_calls,
    "updates": updates,
    "inventories": inventories,
}
