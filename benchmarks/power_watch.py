"""Long polls on power states, and the power operations that end them."""

from __future__ import annotations

import time

from benchmarks.connection import Connection
from benchmarks.request import Data, Reference, Service

_PARKING = 0.01, 0.001  #: seconds, and seconds per poll, until the server has parked them


class Watch:
    """A long poll in a property collector of its own; `objects` is what `only` or `all_in` returns."""

    def __init__(self, connection: Connection, service: Service, objects: Data) -> None:
        self._dialogue = connection
        collector = service.binding.reference(connection.ask(service.new_collector()))
        self._service = service.with_collector(collector)
        connection.ask(self._service.filter_on_power(objects))
        binding = service.binding
        answer = connection.ask(self._service.next_update("", "version"))
        while binding.is_truncated(answer):
            answer = connection.ask(self._service.next_update(binding.version(answer), "version"))
        self._version = binding.version(answer)

    def begin(self, state: str, seconds: int) -> None:
        """Start waiting for a VM to be in this state."""
        self._update = self._service.next_update(self._version, state, seconds)
        self._dialogue.send(self._update)

    def end(self) -> None:
        """Read the response; raise WrongAnswerError if no VM is in that state."""
        self._version = self._service.binding.version(self._dialogue.receive(self._update))


class Switch:
    """A powered-on VM that is powered off and on while watched."""

    _STEPS = (("PowerOffVM_Task", "poweredOff"), ("PowerOnVM_Task", "poweredOn"))

    def __init__(self, connection: Connection, vm: Reference) -> None:
        self._dialogue = connection
        self._vm = vm

    def mean_delay(self, times: int, *watches: Watch, seconds: int = 10) -> float:
        """Return the seconds from a request until the last client has its update; `times` is even."""
        delays = [self._delay(step, watches, seconds) for _ in range(times // 2) for step in self._STEPS]
        return sum(delays) / len(delays)

    def _delay(self, step: tuple[str, str], watches: tuple[Watch, ...], seconds: int) -> float:
        method, state = step
        for watch in watches:
            watch.begin(state, seconds)
        time.sleep(_PARKING[0] + _PARKING[1] * len(watches))
        switch = self._dialogue.binding.call(self._vm, method)
        started = time.perf_counter()
        self._dialogue.send(switch)
        for watch in watches:
            watch.end()
        delay = time.perf_counter() - started
        self._dialogue.receive(switch)
        return delay
