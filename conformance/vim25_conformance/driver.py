"""What the steps of a case use: calls to an endpoint, and objects by role instead of by name.

Everything that the steps do is recorded; `outcome` returns it as a tree. A fault ends nothing: the next step
has no value to work with and does nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
from pyVmomi import VmomiSupport, vim

from vim25_conformance import interruption
from vim25_conformance.client import EndpointClient
from vim25_conformance.conversation import Exchange, connection_error
from vim25_conformance.event_history import EventHistory
from vim25_conformance.journal import Journal
from vim25_conformance.json_stub import JsonStub
from vim25_conformance.normalization import PRIMARY, SECONDARY, shape
from vim25_conformance.observation import CAPTURED, PropertyObserver, properties
from vim25_conformance.outcome import (
    UNSETTLED,
    Data,
    Dropped,
    Outcome,
    Ref,
    Returned,
    Several,
    Step,
    TaskSeen,
    Value,
)
from vim25_conformance.preparation import Preparation
from vim25_conformance.redaction import redact_text
from vim25_conformance.roles import Roles
from vim25_conformance.situation import Location
from vim25_conformance.step import ENVELOPE, PropertyRead, followed, step_of, stopped_by, unsent
from vim25_conformance.survey import InventorySurvey, MachineRecord


def _ref(managed: Any) -> Ref:
    return Ref(VmomiSupport.GetWsdlName(type(managed)), managed._moId)


class ConnectionLostError(OSError):
    """A step got no answer; the step says why."""


class Driver(Roles):
    """One run of one case.

    `patience` is the time, in seconds, that a task or a state may take.
    """

    def __init__(
        self,
        client: EndpointClient,
        inventory: InventorySurvey,
        machine: MachineRecord | None,
        location: Location | None,
        patience: float,
        journal: Journal,
    ) -> None:
        super().__init__(client, inventory, machine, location)
        self.patience = patience
        self.preparation = Preparation(self, patience, journal)
        self._steps: list[Step] = []
        self._objects: dict[str, dict[str, Value]] = {}
        self._events: dict[str, int] = {}
        self._facts: dict[str, Value] = {}
        self._tasks: dict[str, Any] = {}
        self._watch: PropertyObserver | None = None
        self._history = EventHistory(client)
        self._broken = ""
        #: Text of a fault by step.
        self.said: dict[str, str] = {}

    def call(self, name: str, target: Any, method: str, *arguments: Any, brief: bool = False) -> Any:
        """Call a method by its WSDL name, record it as step `name`, return its value; None if it failed.

        `brief` records only which properties of the value are set: their values depend on inventory or
        client. If the target is None, because an earlier step returned nothing, nothing is called.
        """
        if target is None:
            return None
        interruption.check()
        before = len(self.client.stub.conversation.exchanges)
        value: Any = None
        error: Exception | None = None
        try:
            value = getattr(target, method)(*arguments)
        except Exception as raised:  # a fault, or a failure of the client library, which the target caused
            error = raised
        if len(self.client.stub.conversation.exchanges) == before:
            self._record(unsent(name, method, error))
        else:
            self._record(step_of(name, method, self.client.stub.conversation.last, error))
        self._hear(name, getattr(error, "msg", ""))
        if brief and isinstance(reply := self._steps[-1].reply, Returned):
            self._steps[-1] = msgspec.structs.replace(self._steps[-1], reply=Returned(shape(reply.value)))
        if isinstance(value, vim.Task):
            self._tasks[name] = value
            self.normalizer.assign("Task", value._moId, f"of {name}")
        return value

    def read(self, name: str, target: Any, path: str, *, brief: bool = False) -> Any:
        """Read one property as pyVmomi does, record it as step `name`, return its value; see `call`."""
        return self.call(name, PropertyRead(target, path), "value", brief=brief)

    def post(self, name: str, body: str, *, enveloped: bool = True) -> None:
        """Send a body unchanged, in an envelope by default, and record it as step `name`."""
        document = ENVELOPE.format(body) if enveloped else body
        exchange = self.client.stub.post(name, document.encode())
        reply, wire = exchange.read()
        self._record(Step(name, "POST", reply, wire))
        self._hear(name, exchange.text)

    def request(
        self,
        name: str,
        verb: str,
        path: str,
        body: str | bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        release: str | None = None,
    ) -> Exchange:
        """Send a request of VI/JSON unchanged, record it as step `name`, return the exchange.

        A path without leading `/` is below the release. Without `headers` the session's is sent.
        """
        stub = self.client.stub
        assert isinstance(stub, JsonStub)  # noqa: S101 - only cases of the VI/JSON wire call this
        content = body.encode() if isinstance(body, str) else body
        exchange = stub.request(verb, path, content, stub.headers() if headers is None else headers, release)
        reply, wire = exchange.read()
        reply = Returned(shape(reply.value)) if isinstance(reply, Returned) else reply
        self._record(Step(name, verb, reply, wire))
        return exchange

    def _record(self, step: Step) -> None:
        """Add a step; raise ConnectionLostError for one without an answer, which ends the case."""
        self._steps.append(step)
        if isinstance(step.reply, Dropped):
            raise ConnectionLostError(step.reply.why)

    def _hear(self, name: str, text: str | None) -> None:
        if text:
            self.said[name] = redact_text(text.encode())

    def speaking(self, version: str) -> contextlib.AbstractContextManager[None]:
        """Claim another API version towards the server within the context."""
        return self.client.stub.speaking(version)

    def another_session(self, binding: str = "") -> EndpointClient:
        """Return a second session of the same user, to be entered with `with`; it is not recorded.

        It is over the same binding unless another is named.
        """
        over = binding or self.client.stub.binding
        return EndpointClient(self.client.endpoint, self.client.version, over)

    def inspect(self, role: str, managed: Any, paths: list[str]) -> None:
        """Read properties of an object and record them under its role."""
        self._objects[role] = properties(self.client, managed, paths)

    def note(self, name: str, value: Value) -> None:
        """Record a fact that the steps worked out."""
        self._facts[name] = value

    def watch(self) -> None:
        """Start observing events and the VMs of the primary's cluster."""
        root = self.machine.cluster.ref if self.machine.cluster else self.content.rootFolder
        self._history.begin(self.primary)
        if self._watch is None:
            self._watch = PropertyObserver(self.client, root)

    def follow(self, name: str) -> Any:
        """Follow the task of step `name` to its end; return its result as pyVmomi has it, or None."""
        task = self._tasks.get(name)
        if task is None or self._watch is None:
            return None
        ended = self._watch.follow(task, self.patience)
        value = properties(self.client, task, ["info"]).get("info")
        info = value.fields if isinstance(value, Data) else {}
        if info.get("error"):
            self._hear(name, self.client.stub.conversation.last.text)
        states = self._watch.seen.get(_ref(task), {}).get("info.state", [])
        index = next(index for index, step in enumerate(self._steps) if step.name == name)
        self._steps[index] = step = followed(self._steps[index], info, states, ended=ended)
        return task.info.result if step.task and step.task.state == "success" else None

    def complete(self, name: str, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method that returns a task, and follow it to its end; see `call` and `follow`."""
        self.call(name, target, method, *arguments)
        return self.follow(name)

    def settle(self, *states: str) -> None:
        """Wait until the primary's Fault Tolerance state is one of `states`; note it if time runs out."""
        if self._watch is not None and not self._watch.settle(self.primary, states, self.patience):
            latest = self._watch.latest(_ref(self.primary), "runtime.faultToleranceState")
            self._facts[UNSETTLED] = f"{latest} after {self.patience:.0f} s, not {' or '.join(states)}"

    def capture(self) -> None:
        """Record the primary, the secondary if it exists, and the events of both."""
        machines = {PRIMARY: self.primary}
        if (secondary := self._latest_secondary()) is not None:
            machines[SECONDARY] = secondary
        for role, machine in machines.items():
            self.normalizer.assign("VirtualMachine", machine._moId, role)
            self._objects[role] = properties(self.client, machine, CAPTURED)
            self.normalizer.identify(role, _identity(self._objects[role]))
        self._events = self._history.since(list(machines.values()), self.normalizer)

    def _latest_secondary(self) -> Any:
        for step in reversed(self._steps):
            result = step.task.result if step.task else None
            vm = result.fields.get("vm") if isinstance(result, Data) else None
            if isinstance(vm, Ref):
                return vim.VirtualMachine(vm.role, self.client.stub)
        return self.secondary

    def stopped(self, error: Exception) -> None:
        """Record a failed call of the suite's own as the step `arrange`."""
        self._broken = connection_error(error)
        if not self._broken:
            self._steps.append(stopped_by(error, self.client.stub.conversation.last_failed))

    def close(self) -> None:
        """Stop observing; safe to call twice."""
        self.preparation.close()
        if self._watch is not None:
            self._watch.close()

    def outcome(self) -> Outcome:
        """Return everything that was recorded, objects named by role."""
        seen = self._watch.seen if self._watch else {}
        complaints, broken = self.client.stub.conversation.review()
        return Outcome(
            tuple(self._named(step) for step in self._steps),
            {role: self.normalizer.fields(values) for role, values in self._objects.items()},
            {
                str(self.normalizer.ref(ref)): self._reported(paths)
                for ref, paths in seen.items()
                if ref.type != "Task"
            },
            self._events,
            {
                **self.normalizer.fields(self._facts),
                **({"complaints": Several(complaints)} if complaints else {}),
            },
            broken or self._broken,
        )

    def _reported(self, paths: dict[str, list[Value]]) -> dict[str, Several]:
        return {path: Several(tuple(map(self.normalizer.value, values))) for path, values in paths.items()}

    def _named(self, step: Step) -> Step:
        task = step.task
        if task is not None:
            error = self.normalizer.fault(task.error) if task.error else None
            result, info = self.normalizer.value(task.result), self.normalizer.fields(task.info)
            task = TaskSeen(task.state, task.states, error, result, info)
        return Step(step.name, step.method, self.normalizer.reply(step.reply), step.wire, task)


def _identity(values: dict[str, Value]) -> dict[str, str]:
    paths = {
        "name": "name",
        "uuid": "config.uuid",
        "instanceUuid": "config.instanceUuid",
        "path": "config.files.vmPathName",
    }
    return {what: value for what, path in paths.items() if isinstance(value := values.get(path), str)}
