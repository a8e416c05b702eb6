"""What a case's steps have in their hands: an endpoint to talk to, and parts instead of names.

Everything that the steps do is kept; `outcome` turns it into the tree when they are done. A fault ends
nothing: the next step simply has no value to work with, and says so by doing nothing.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from pyVmomi import VmomiSupport, vim

from vim25_conformance.client import Client
from vim25_conformance.history import History
from vim25_conformance.inventory import Inventory, Machine
from vim25_conformance.naming import PRIMARY, SECONDARY, shape
from vim25_conformance.observation import LOOKED, Watch, properties
from vim25_conformance.outcome import Data, Outcome, Ref, Returned, Several, Step, TaskSeen, Value
from vim25_conformance.parts import Parts
from vim25_conformance.situation import Place
from vim25_conformance.step import ENVELOPE, PropertyRead, followed, step_of, stopped_by, unsent
from vim25_conformance.workshop import Workshop


def _ref(managed: Any) -> Ref:
    return Ref(VmomiSupport.GetWsdlName(type(managed)), managed._moId)


class Driver(Parts):
    """One run of one case.

    `patience` is how long, in seconds, a task or a state may take.
    """

    def __init__(
        self,
        client: Client,
        inventory: Inventory,
        machine: Machine | None,
        place: Place | None,
        patience: float,
    ) -> None:
        super().__init__(client, inventory, machine, place)
        self.patience = patience
        self.workshop = Workshop(self, patience)
        self._steps: list[Step] = []
        self._objects: dict[str, dict[str, Value]] = {}
        self._events: dict[str, int] = {}
        self._facts: dict[str, Value] = {}
        self._tasks: dict[str, Any] = {}
        self._watch: Watch | None = None
        self._history = History(client)

    def call(self, name: str, target: Any, method: str, *arguments: Any, brief: bool = False) -> Any:
        """Call a method by its WSDL name; its value, or None when it failed. Kept as step `name`.

        `brief` keeps only which properties the value has: the rest is the inventory's or the client's. On
        nothing (an earlier step had no value) nothing is called.
        """
        if target is None:
            return None
        before = len(self.client.stub.conversation.exchanges)
        value: Any = None
        error: Exception | None = None
        try:
            value = getattr(target, method)(*arguments)
        except Exception as raised:  # a fault, or whatever the client library dies of: the target's doing
            error = raised
        if len(self.client.stub.conversation.exchanges) == before:
            self._keep(unsent(name, method, error))
        else:
            self._keep(step_of(name, method, self.client.stub.conversation.last, error))
        if brief and isinstance(reply := self._steps[-1].reply, Returned):
            self._steps[-1] = msgspec.structs.replace(self._steps[-1], reply=Returned(shape(reply.value)))
        if isinstance(value, vim.Task):
            self._tasks[name] = value
            self.naming.part("Task", value._moId, f"of {name}")
        return value

    def read(self, name: str, target: Any, path: str, *, brief: bool = False) -> Any:
        """Read one property as pyVmomi does; its value, or None. Kept as step `name`; see `call`."""
        return self.call(name, PropertyRead(target, path), "value", brief=brief)

    def post(self, name: str, body: str, *, enveloped: bool = True) -> None:
        """Send a body as it is (in an envelope unless told otherwise). Kept as step `name`."""
        document = ENVELOPE.format(body) if enveloped else body
        exchange = self.client.stub.post(name, document.encode())
        reply, wire = exchange.read()
        self._keep(Step(name, "POST", reply, wire))

    def _keep(self, step: Step) -> None:
        self._steps.append(step)

    def speaking(self, version: str) -> contextlib.AbstractContextManager[None]:
        """Claim another API version towards the server for a while."""
        return self.client.stub.speaking(version)

    def another_session(self) -> Client:
        """A second session of the same user, to be entered with `with`; nothing of it is kept."""
        return Client(self.client.endpoint, self.client.version)

    def inspect(self, role: str, managed: Any, paths: list[str]) -> None:
        """Read properties of an object, to be found in the outcome under its role."""
        self._objects[role] = properties(self.client, managed, paths)

    def note(self, name: str, value: Value) -> None:
        """Keep something that the steps worked out."""
        self._facts[name] = value

    def watch(self) -> None:
        """Begin to observe the machines of the primary's cluster, and events."""
        root = self.machine.cluster.ref if self.machine.cluster else self.content.rootFolder
        self._history.begin(self.primary)
        if self._watch is None:
            self._watch = Watch(self.client, root)

    def follow(self, name: str) -> Any:
        """Follow the task of step `name` to its end; its result as pyVmomi has it, or None."""
        task = self._tasks.get(name)
        if task is None or self._watch is None:
            return None
        ended = self._watch.follow(task, self.patience)
        said = properties(self.client, task, ["info"]).get("info")
        info = said.fields if isinstance(said, Data) else {}
        states = self._watch.seen.get(_ref(task), {}).get("info.state", [])
        index = next(index for index, step in enumerate(self._steps) if step.name == name)
        self._steps[index] = step = followed(self._steps[index], info, states, ended=ended)
        return task.info.result if step.task and step.task.state == "success" else None

    def complete(self, name: str, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method that returns a task, and follow that to its end; see `call` and `follow`."""
        self.call(name, target, method, *arguments)
        return self.follow(name)

    def settle(self, *states: str) -> None:
        """Wait until the primary's Fault Tolerance state is one of `states`."""
        if self._watch is not None:
            self._watch.settle(self.primary, states, self.patience)

    def look(self) -> None:
        """Read the primary, the secondary if there is one, and what was recorded of both."""
        machines = {PRIMARY: self.primary}
        if (secondary := self._made()) is not None:
            machines[SECONDARY] = secondary
        for role, machine in machines.items():
            self.naming.part("VirtualMachine", machine._moId, role)
            self._objects[role] = properties(self.client, machine, LOOKED)
            self.naming.identity(role, _identity(self._objects[role]))
        self._events = self._history.since(list(machines.values()), self.naming)

    def _made(self) -> Any:
        for step in reversed(self._steps):
            result = step.task.result if step.task else None
            named = result.fields.get("vm") if isinstance(result, Data) else None
            if isinstance(named, Ref):
                return vim.VirtualMachine(named.role, self.client.stub)
        return self.secondary

    def stopped(self, error: Exception) -> None:
        """A call of the suite's own did not work; keep it as the step `arrange`."""
        self._keep(stopped_by(error, self.client.stub.conversation.last))

    def close(self) -> None:
        """End the observation; safe to call twice."""
        self.workshop.close()
        if self._watch is not None:
            self._watch.close()

    def outcome(self) -> Outcome:
        """Everything that was seen, under the names that the parts have."""
        seen = self._watch.seen if self._watch else {}
        complaints = self.client.stub.conversation.complaints()
        return Outcome(
            tuple(self._named(step) for step in self._steps),
            {role: self.naming.fields(said) for role, said in self._objects.items()},
            {
                str(self.naming.ref(ref)): self._passed(paths)
                for ref, paths in seen.items()
                if ref.type != "Task"
            },
            self._events,
            {
                **self.naming.fields(self._facts),
                **({"complaints": Several(complaints)} if complaints else {}),
            },
        )

    def _passed(self, paths: dict[str, list[Value]]) -> dict[str, Several]:
        return {path: Several(tuple(map(self.naming.value, values))) for path, values in paths.items()}

    def _named(self, step: Step) -> Step:
        task = step.task
        if task is not None:
            error = self.naming.fault(task.error) if task.error else None
            result, info = self.naming.value(task.result), self.naming.fields(task.info)
            task = TaskSeen(task.state, task.states, error, result, info)
        return Step(step.name, step.method, self.naming.reply(step.reply), step.wire, task)


def _identity(said: dict[str, Value]) -> dict[str, str]:
    paths = {
        "name": "name",
        "uuid": "config.uuid",
        "instanceUuid": "config.instanceUuid",
        "path": "config.files.vmPathName",
    }
    return {what: value for what, path in paths.items() if isinstance(value := said.get(path), str)}
