"""Groups of measurements, each a generator over a pair of servers.

The order within a pair is always emulator, vcsim, emulator over JSON; pairs follow without a pause.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.connection import Connection
from benchmarks.json_binding import JsonBinding
from benchmarks.power_watch import Switch, Watch
from benchmarks.request import (
    Binding,
    Reference,
    Request,
    Service,
    all_in,
    current_time,
    machine_that_is_on,
    only,
    service_content,
)
from benchmarks.result import Bound, Measurement
from benchmarks.server import Server, ServerCommand, TooSlowError

T = TypeVar("T")
JSON = JsonBinding()
AS_SOAP = Bound(1.0)  #: JSON at most as much as SOAP
BELOW_SOAP = Bound(0.8)


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


#: Calls, and whether they are repeated, that JSON makes cheaper: there is no XML to parse or to write.
_JSON_IS_CHEAPER = {("CurrentTime", False), ("two properties", True), ("two properties", False)}


def small_calls(plan: Plan) -> Iterator[Measurement]:
    """Measure the server's CPU time for calls with small responses, identical requests and varied ones."""
    with _three(plan) as servers:
        prepared = [_small_questions(server.connection) for server in servers]
        for name, repeated in itertools.product(prepared[0], (True, False)):
            title = f"{name}, {'repeated' if repeated else 'varied'}"
            bound = BELOW_SOAP if (name, repeated) in _JSON_IS_CHEAPER else AS_SOAP
            calls = Measurement(title, "µs", Bound(1.2), json_bound=bound)
            for _ in range(plan.rounds):
                calls.add(*(_small(s, q[name], repeated) for s, q in zip(servers, prepared, strict=True)))
            yield calls


def _small(server: Server, request: Request, repeated: bool) -> float:
    marked = server.connection.binding.marked
    requests = [request if repeated else marked(request) for _ in range(CALLS)]
    return _cpu(server, requests) * 1e6


def _small_questions(connection: Connection) -> dict[str, Request]:
    service, binding = connection.open_session(), connection.binding
    return {
        "CurrentTime": current_time(binding),
        "RetrieveServiceContent": service_content(binding),
        "two properties": service.state_of(_machine(connection, service)),
    }


def single_property(plan: Plan) -> Iterator[Measurement]:
    """Measure the CPU time of a GET of one property beside that of CurrentTime, both over JSON."""
    read = Measurement("JSON: GET of a property beside CurrentTime", "µs", json_bound=Bound(1.2))
    with plan.emulator.running() as server:
        speaking = server.speaking(JSON)
        service = speaking.connection.open_session()
        asked = JSON.get(_machine(speaking.connection, service), "name")
        for _ in range(plan.rounds):
            beside = _small(speaking, current_time(JSON), repeated=True)
            read.add(beside, None, _small(speaking, asked, repeated=True))
    yield read


def updates(plan: Plan) -> Iterator[Measurement]:
    """Measure from a power operation to the response of the pending WaitForUpdatesEx."""
    delay = Measurement("power off or on → update", "ms", Bound(1.0), json_bound=AS_SOAP)
    with _three(plan) as servers:
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
    memory = Measurement(f"{POLLS:,} parked polls: memory", "MiB", Bound(1.0), json_bound=AS_SOAP)
    wake = Measurement(f"{POLLS:,} parked polls: all woken", "ms", Bound(1.2), json_bound=AS_SOAP)
    for _ in range(POLL_ROUNDS):
        samples = [_parked(plan.emulator), _parked(plan.vcsim), _parked(plan.emulator, JSON)]
        memory.add(*(used for used, _ in samples))
        wake.add(*(delay for _, delay in samples))
    yield from (memory, wake)


def _parked(command: ServerCommand, binding: Binding | None = None) -> tuple[float, float]:
    """Return the mebibytes that the polls take, and the milliseconds until all have returned."""
    with command.running() as started, ExitStack() as connected:
        server = started.speaking(binding) if binding else started
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
    first = Measurement(f"{count:,} VMs: first read", "ms", json_bound=BELOW_SOAP)
    again = Measurement(f"{count:,} VMs: read again", "ms", size.bulk, json_bound=AS_SOAP)
    watched = Measurement(f"{count:,} VMs: one switched", "ms", size.watched, json_bound=AS_SOAP)
    for start in range(size.starts):
        with ExitStack() as running:
            servers: list[Server | None] = [running.enter_context(plan.emulator.running(count, plan.limit))]
            try:
                servers.append(running.enter_context(plan.vcsim.running(count, plan.limit)))
            except TooSlowError:
                ready.beyond = plan.limit
                servers.append(None)
            other = running.enter_context(plan.emulator.running(count, plan.limit))  # JSON's own fragments
            _take(ready, servers, lambda server: server.cold_start)
            _take(memory, servers, Server.resident)
            asked = [_Asked.of(server, count) for server in (*servers, other.speaking(JSON))]
            _take(first, asked, lambda one: one.cost(1))
            for _ in range(start, plan.rounds, size.starts):
                _take(again, asked, lambda one: one.cost(size.reads))
            _take(watched, asked, _Asked.switch_cost)
    yield from (ready, memory, first, again, watched)


@dataclass(frozen=True)
class _Asked:
    """A server, its service, and the request for the states of all VMs."""

    server: Server
    service: Service
    request: Request

    @classmethod
    def of(cls, server: Server | None, count: int) -> _Asked | None:
        if server is None:
            return None
        service = server.connection.open_session()
        return cls(server, service, _every_machine(server.connection, service, count))

    def cost(self, times: int) -> float:
        """Return the CPU milliseconds of reading all VMs."""
        return _cpu(self.server, [self.request] * times) * 1e3

    def switch_cost(self) -> float:
        """Return the CPU milliseconds to switch one VM and notify a client that watches all."""
        connection, service = self.server.connection, self.service
        vm = _machine(connection, service)
        view = service.binding.reference(connection.ask(service.machine_view()))
        watch = Watch(connection.companion(), service, all_in(view))
        before = self.server.cpu()
        Switch(connection, vm).mean_delay(SWITCHES, watch)
        return (self.server.cpu() - before) / SWITCHES * 1e3


def _take(into: Measurement, subjects: Sequence[T | None], measured: Callable[[T], float]) -> None:
    """Add a sample of each subject: the emulator, vcsim unless it is too slow, the emulator over JSON."""
    samples = [None if subject is None else measured(subject) for subject in subjects]
    ours, *others = samples
    if ours is not None:
        into.add(ours, *others)


def _every_machine(connection: Connection, service: Service, count: int = 0) -> Request:
    return service.states_in(service.binding.reference(connection.ask(service.machine_view())), count)


def _machine(connection: Connection, service: Service) -> Reference:
    machines = connection.ask(_every_machine(connection, service))
    return machine_that_is_on(service.binding.machines(machines))


def _cpu(server: Server, requests: list[Request]) -> float:
    """Return the server's CPU seconds per request."""
    before = server.cpu()
    for request in requests:
        server.connection.ask(request)
    return (server.cpu() - before) / len(requests)


@contextmanager
def _three(plan: Plan) -> Iterator[list[Server]]:
    """Run the emulator, vcsim, and the emulator for JSON."""
    with plan.emulator.running() as ours, plan.vcsim.running() as theirs, plan.emulator.running() as other:
        yield [ours, theirs, other.speaking(JSON)]


GROUPS: dict[str, Callable[[Plan], Iterator[Measurement]]] = {
    "start": cold_start,
    "calls": small_calls,
    "property": single_property,
    "updates": updates,
    "polls": long_polls,
    "inventories": inventories,
}
