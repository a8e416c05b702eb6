"""Groups of measurements, each a generator over a pair of servers.

The order within a pair is always emulator, vcsim; pairs follow each other without a pause.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.connection import Connection
from benchmarks.power_watch import Switch, Watch
from benchmarks.request import (
    CURRENT_TIME,
    SERVICE_CONTENT,
    Reference,
    Request,
    Service,
    all_in,
    machine_that_is_on,
    only,
    reference_in,
)
from benchmarks.result import Bound, Measurement
from benchmarks.server import Server, ServerCommand, TooSlowError


@dataclass(frozen=True)
class Plan:
    """The servers, the number of pairs, the seconds until a server must respond, and the inventory sizes."""

    emulator: ServerCommand
    vcsim: ServerCommand
    rounds: int
    limit: float
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class InventorySize:
    """How an inventory of a size is measured, and what is expected."""

    starts: int
    reads: int
    ready: Bound | None = None
    bulk: Bound | None = None
    watched: Bound | None = None


SIZES = {
    100: InventorySize(starts=3, reads=40, bulk=Bound(0.1)),
    1_000: InventorySize(starts=1, reads=8, bulk=Bound(0.05)),  # vcsim takes half a minute to start
    10_000: InventorySize(  # and many minutes here
        starts=1, reads=2, ready=Bound(5.0, relative=False), watched=Bound(10.0, relative=False)
    ),
}
CALLS = 300
SWITCHES = 6
POLLS, POLL_ROUNDS = 1_000, 3


def cold_start(plan: Plan) -> Iterator[Measurement]:
    """Measure the time, and the CPU time, from spawn to the first response, with the default inventory."""
    start, work = Measurement("cold start", "ms", Bound(1.0)), Measurement("cold start, CPU of it", "ms")
    for command in (plan.emulator, plan.vcsim):
        _start(command, plan)  # not counted: fills the file cache, creates the certificate
    for _ in range(plan.rounds):
        ours, theirs = _start(plan.emulator, plan), _start(plan.vcsim, plan)
        start.add(ours[0], theirs[0])
        work.add(ours[1], theirs[1])
    yield from (start, work)


def _start(command: ServerCommand, plan: Plan) -> tuple[float, float]:
    with command.running(limit=plan.limit) as server:
        return server.cold_start * 1e3, server.cpu() * 1e3


def small_calls(plan: Plan) -> Iterator[Measurement]:
    """Measure the server's CPU time for calls with small responses, identical requests and varied ones."""
    with _both(plan) as servers:
        prepared = [_small_questions(server.connection) for server in servers]
        for name, repeated in itertools.product(prepared[0], (True, False)):
            calls = Measurement(f"{name}, {'repeated' if repeated else 'varied'}", "µs", Bound(1.2))
            for _ in range(plan.rounds):
                calls.add(*(_small(s, q[name], repeated) for s, q in zip(servers, prepared, strict=True)))
            yield calls


def _small(server: Server, request: Request, repeated: bool) -> float:
    requests = [request if repeated else request.marked() for _ in range(CALLS)]
    return _cpu(server, requests) * 1e6


def _small_questions(connection: Connection) -> dict[str, Request]:
    service = connection.open_session()
    return {
        "CurrentTime": CURRENT_TIME,
        "RetrieveServiceContent": SERVICE_CONTENT,
        "two properties": service.state_of(_machine(connection, service)),
    }


def updates(plan: Plan) -> Iterator[Measurement]:
    """Measure from a power operation to the response of the pending WaitForUpdatesEx."""
    delay = Measurement("power off or on → update", "ms", Bound(1.0))
    with _both(plan) as servers:
        switched = [_switched(server) for server in servers]
        for _ in range(plan.rounds):
            delay.add(*(switch.mean_delay(SWITCHES, watch) * 1e3 for switch, watch in switched))
    yield delay


def _switched(server: Server) -> tuple[Switch, Watch]:
    connection, service = server.connection, server.connection.open_session()
    vm = _machine(connection, service)
    return Switch(connection.companion(), vm), Watch(connection, service, only(vm))


def long_polls(plan: Plan) -> Iterator[Measurement]:
    """Measure the memory of many clients that wait for one VM, and the time until the last is notified."""
    memory = Measurement(f"{POLLS:,} parked polls: memory", "MiB", Bound(1.0))
    wake = Measurement(f"{POLLS:,} parked polls: all woken", "ms", Bound(1.2))
    for _ in range(POLL_ROUNDS):
        samples = [_parked(command) for command in (plan.emulator, plan.vcsim)]
        memory.add(samples[0][0], samples[1][0])
        wake.add(samples[0][1], samples[1][1])
    yield from (memory, wake)


def _parked(command: ServerCommand) -> tuple[float, float]:
    """Return the mebibytes that the polls take, and the milliseconds until all have returned."""
    with command.running() as server, ExitStack() as connected:
        connection, service = server.connection, server.connection.open_session()
        vm = _machine(connection, service)
        before = server.resident()
        watches = []
        for _ in range(POLLS):
            companion = connection.companion()
            connected.callback(companion.close)
            watches.append(Watch(companion, service, only(vm)))
        delay = Switch(connection, vm).mean_delay(2, *watches, seconds=60)
        return server.resident() - before, delay * 1e3


def inventories(plan: Plan) -> Iterator[Measurement]:
    """Measure by inventory size: start, memory, reading all VMs, switching one while all are watched."""
    for size in plan.sizes:
        yield from _inventory(size, SIZES[size], plan)


def _inventory(count: int, size: InventorySize, plan: Plan) -> Iterator[Measurement]:
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
            services = [server.connection.open_session() for server in servers]
            asked = list(zip(servers, services, strict=True))
            requests = [_every_machine(server.connection, service, count) for server, service in asked]
            _read(first, servers, requests, 1)
            for _ in range(start, plan.rounds, size.starts):
                _read(again, servers, requests, size.reads)
            _pair(watched, [_switch_among_all(server, service) * 1e3 for server, service in asked])
    yield from (ready, memory, first, again, watched)


def _switch_among_all(server: Server, service: Service) -> float:
    """Return the server's CPU seconds to switch one VM and notify a client that watches all."""
    connection, vm = server.connection, _machine(server.connection, service)
    view = reference_in(connection.ask(service.machine_view()), "returnval")
    watch = Watch(connection.companion(), service, all_in(view))
    before = server.cpu()
    Switch(connection, vm).mean_delay(SWITCHES, watch)
    return (server.cpu() - before) / SWITCHES


def _read(into: Measurement, servers: list[Server], requests: list[Request], times: int) -> None:
    _pair(
        into, [_cpu(server, [asked] * times) * 1e3 for server, asked in zip(servers, requests, strict=True)]
    )


def _pair(into: Measurement, samples: list[float]) -> None:
    into.add(samples[0], samples[1] if len(samples) > 1 else None)


def _every_machine(connection: Connection, service: Service, count: int = 0) -> Request:
    return service.states_in(reference_in(connection.ask(service.machine_view()), "returnval"), count)


def _machine(connection: Connection, service: Service) -> Reference:
    return machine_that_is_on(connection.ask(_every_machine(connection, service)))


def _cpu(server: Server, requests: list[Request]) -> float:
    """Return the server's CPU seconds per request."""
    before = server.cpu()
    for request in requests:
        server.connection.ask(request)
    return (server.cpu() - before) / len(requests)


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
