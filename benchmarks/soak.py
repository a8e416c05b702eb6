"""What a long life costs a server: the same calls again and again, their CPU time and the memory that stays.

Meanwhile other clients watch, as they do: collectors of events and tasks and a container view are open, and a
filter on the recent tasks, whose client never asks. Histories fill until they drop their oldest items, so
memory grows at first; the last batches show whether it ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.connection import Connection
from benchmarks.request import Data, Reference, Service, only, watch_of
from benchmarks.server import Server

BATCH = 1_000


@dataclass
class Soak:
    """One kind of call: per batch, the CPU microseconds of a call and the mebibytes that stay after it."""

    name: str
    costs: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """The mebibytes that a batch adds, in the second half of the batches."""
        half = len(self.costs) // 2
        return (self.resident[-1] - self.resident[half]) / (len(self.costs) - half)

    @property
    def slowdown(self) -> float:
        """The cost of a call in the last batches, relative to that in the first after the start."""
        part = max(1, len(self.costs) // 4)
        return min(self.costs[-part:]) / min(self.costs[1 : part + 1])

    def __str__(self) -> str:
        return (
            f"{self.name:8} {BATCH * len(self.costs):7,} calls"
            f"  {self.costs[0]:6.0f} → {self.costs[-1]:6.0f} µs"
            f"  {self.resident[0]:6.0f} → {self.resident[-1]:6.0f} MiB"
            f"  (last half: {self.growth:+.2f} MiB per {BATCH:,} calls)"
        )


def soak(server: Server, *, tasks: int, logins: int, filters: int, batch: int = BATCH) -> Iterator[Soak]:
    """Yield the results of so many tasks, logins and filters, one kind after the other."""
    service = server.connection.open_session()
    binding = service.binding
    machines = server.connection.ask(service.states_in(_watched(server.connection, service), 0))
    vm = next(iter(binding.machines(machines)))
    calls: dict[str, tuple[int, Callable[[], Callable[[], None]]]] = {
        "tasks": (tasks, lambda: _task(server.connection, service, vm)),
        "logins": (logins, lambda: _login(server.connection.port, service)),
        "filters": (filters, lambda: _filter(server.connection, service, vm)),
    }
    for name, (count, prepare) in ((name, row) for name, row in calls.items() if row[0] >= batch):
        once = prepare()
        result = Soak(name, resident=[server.resident()])
        for _ in range(count // batch):
            before = server.cpu()
            for _ in range(batch):
                once()
            result.costs.append((server.cpu() - before) / batch * 1e6)
            result.resident.append(server.resident())
        yield result


def _watched(connection: Connection, service: Service) -> Reference:
    """Open what other clients leave open; return a view of every VM."""
    call = service.binding.call
    everything = Data("EventFilterSpec"), Data("TaskFilterSpec")
    connection.ask(call(service["eventManager"], "CreateCollectorForEvents", {"filter": everything[0]}))
    connection.ask(call(service["taskManager"], "CreateCollectorForTasks", {"filter": everything[1]}))
    connection.ask(watch_of(service, service["taskManager"], "recentTask"))
    return service.binding.reference(connection.ask(service.machine_view()))


def _task(connection: Connection, service: Service, vm: Reference) -> Callable[[], None]:
    numbers = itertools.count()

    def once() -> None:
        spec = Data("VirtualMachineConfigSpec", {"annotation": str(next(numbers))})
        connection.ask(service.binding.call(vm, "ReconfigVM_Task", {"spec": spec}))

    return once


def _login(port: int, service: Service) -> Callable[[], None]:
    connection = Connection(port)
    login, logout = service.login(), service.binding.call(service["sessionManager"], "Logout")

    def once() -> None:
        connection.ask(login)
        connection.ask(logout)
        connection.session = {}

    return once


def _filter(connection: Connection, service: Service, vm: Reference) -> Callable[[], None]:
    create = service.filter_on_power(only(vm))

    def once() -> None:
        created = service.binding.reference(connection.ask(create))
        connection.ask(service.binding.call(created, "DestroyPropertyFilter"))

    return once
