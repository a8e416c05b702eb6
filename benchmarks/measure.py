"""What is measured: groups of measurements, each a generator over a pair of servers.

The order within a pair is always emulator, vcsim; pairs follow each other without a pause.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.contender import Contender, Server, TooSlowError
from benchmarks.dialogue import Dialogue
from benchmarks.question import (
    CURRENT_TIME,
    SERVICE_CONTENT,
    Question,
    Reference,
    Service,
    all_in,
    machine_that_is_on,
    only,
    reference_in,
)
from benchmarks.result import Bound, Measurement
from benchmarks.watch import Switch, Watch


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
    watched: Bound | None = None


SIZES = {
    100: Size(starts=3, reads=40, bulk=Bound(0.1)),
    1_000: Size(starts=1, reads=8, bulk=Bound(0.05)),  # vcsim needs half a minute to start
    10_000: Size(  # and here many minutes
        starts=1, reads=2, ready=Bound(5.0, relative=False), watched=Bound(10.0, relative=False)
    ),
}
CALLS = 300
SWITCHES = 6
POLLS, POLL_ROUNDS = 1_000, 3


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
        switched = [_switched(server) for server in servers]
        for _ in range(plan.rounds):
            found.add(*(switch.mean_delay(SWITCHES, watch) * 1e3 for switch, watch in switched))
    yield found


def _switched(server: Server) -> tuple[Switch, Watch]:
    dialogue, service = server.dialogue, server.dialogue.open_session()
    vm = _machine(dialogue, service)
    return Switch(dialogue.companion(), vm), Watch(dialogue, service, only(vm))


def long_polls(plan: Plan) -> Iterator[Measurement]:
    """What so many clients cost that all wait for one virtual machine, and how soon the last one knows."""
    memory = Measurement(f"{POLLS:,} held polls: memory", "MiB", Bound(1.0))
    wake = Measurement(f"{POLLS:,} held polls: all woken", "ms", Bound(1.2))
    for _ in range(POLL_ROUNDS):
        found = [_held(contender) for contender in (plan.emulator, plan.vcsim)]
        memory.add(found[0][0], found[1][0])
        wake.add(found[0][1], found[1][1])
    yield from (memory, wake)


def _held(contender: Contender) -> tuple[float, float]:
    """Mebibytes that the polls take, and milliseconds until all are woken."""
    with contender.running() as server, ExitStack() as connected:
        dialogue, service = server.dialogue, server.dialogue.open_session()
        vm = _machine(dialogue, service)
        before = server.resident()
        watches = []
        for _ in range(POLLS):
            companion = dialogue.companion()
            connected.callback(companion.close)
            watches.append(Watch(companion, service, only(vm)))
        delay = Switch(dialogue, vm).mean_delay(2, *watches, seconds=60)
        return server.resident() - before, delay * 1e3


def inventories(plan: Plan) -> Iterator[Measurement]:
    """By size of the inventory: start, memory, all machines read, one switched while all are watched."""
    for size in plan.sizes:
        yield from _inventory(size, SIZES[size], plan)


def _inventory(count: int, size: Size, plan: Plan) -> Iterator[Measurement]:
    ready = Measurement(f"{count:,} VMs: ready", "s", size.ready)
    memory = Measurement(f"{count:,} VMs: memory", "MiB")
    first = Measurement(f"{count:,} VMs: first read", "ms")
    again = Measurement(f"{count:,} VMs: read again", "ms", size.bulk)
    watched = Measurement(f"{count:,} VMs: one switched", "ms", size.watched)
    for start in range(size.starts):
        with ExitStack() as running:
            servers = [running.enter_context(plan.emulator.running(count, plan.limit))]
            try:
                servers.append(running.enter_context(plan.vcsim.running(count, plan.limit)))
            except TooSlowError:
                ready.beyond = plan.limit
            _pair(ready, [server.cold_start for server in servers])
            _pair(memory, [server.resident() for server in servers])
            services = [server.dialogue.open_session() for server in servers]
            asked = list(zip(servers, services, strict=True))
            questions = [_every_machine(server.dialogue, service, count) for server, service in asked]
            _read(first, servers, questions, 1)
            for _ in range(start, plan.rounds, size.starts):
                _read(again, servers, questions, size.reads)
            _pair(watched, [_switch_among_all(server, service) * 1e3 for server, service in asked])
    yield from (ready, memory, first, again, watched)


def _switch_among_all(server: Server, service: Service) -> float:
    """Seconds of the server's CPU to switch a virtual machine and tell who watches them all."""
    dialogue, vm = server.dialogue, _machine(server.dialogue, service)
    view = reference_in(dialogue.ask(service.machine_view()), "returnval")
    watch = Watch(dialogue.companion(), service, all_in(view))
    before = server.cpu()
    Switch(dialogue, vm).mean_delay(SWITCHES, watch)
    return (server.cpu() - before) / SWITCHES


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
    "polls": long_polls,
    "inventories": inventories,
}
