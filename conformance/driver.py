"""What a case's steps have in their hands: an endpoint to talk to, and parts instead of names.

Everything that the steps do is kept; `outcome` turns it into the tree when they are done. A fault ends
nothing: the next step simply has no value to work with, and says so by doing nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from pyVmomi import VmomiSupport, vim, vmodl

from conformance.client import LOST, Client
from conformance.conversation import Exchange, declared_faults
from conformance.inventory import Inventory, Machine, retrieve
from conformance.naming import NOWHERE, PRIMARY, SECONDARY, Naming, shape
from conformance.observation import LOOKED, Watch, heard, items, label, properties
from conformance.outcome import (
    Data,
    Fault,
    Outcome,
    Ref,
    Returned,
    Several,
    Step,
    TaskSeen,
    Unreadable,
    Value,
)
from conformance.situation import NoSuchSituationError, Place

ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)

ARRANGE: Final = "arrange"
"""The name of the step that stands for a call of the suite itself that failed before or after the steps."""


def _ref(managed: Any) -> Ref:
    return Ref(VmomiSupport.GetWsdlName(type(managed)), managed._moId)


class Driver:
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
        self.client, self.content = client, client.content
        self._inventory, self._machine, self._place, self._patience = inventory, machine, place, patience
        self.naming = Naming()
        self._steps: list[Step] = []
        self._objects: dict[str, dict[str, Value]] = {}
        self._events: dict[str, int] = {}
        self._facts: dict[str, Value] = {}
        self._tasks: dict[str, Any] = {}
        self._watch: Watch | None = None
        self._last_event = 0
        self._name_the_parts()

    def _name_the_parts(self) -> None:
        self.naming.part("Folder", self.content.rootFolder._moId, "root")
        if self._machine is None:
            return
        own = self._machine.host
        if own is not None:
            self.naming.part("HostSystem", own._moId, "own")
            self.naming.identity("own host", {"name": self._inventory.hosts.get(own, "")})
        self.naming.part("VirtualMachine", self._machine.ref._moId, PRIMARY)
        self.naming.identity(PRIMARY, self._machine.identity)
        if self._machine.cluster:
            self.naming.part("ClusterComputeResource", self._machine.cluster.ref._moId, "own")

    @property
    def machine(self) -> Machine:
        """What the inventory said about the primary before the case."""
        if self._machine is None:
            raise NoSuchSituationError("this case works on a machine, and none was found")
        return self._machine

    @property
    def primary(self) -> Any:
        """The machine to be protected."""
        return self.machine.ref

    @property
    def service_instance(self) -> Any:
        """The root of everything, which needs no session."""
        return vim.ServiceInstance("ServiceInstance", self.client.stub)

    @property
    def cluster(self) -> Any:
        """The primary's cluster."""
        if self.machine.cluster is None:
            raise NoSuchSituationError("needs a machine in a cluster")
        return self.machine.cluster.ref

    @property
    def own_host(self) -> Any:
        """The host that the primary is on."""
        return self.machine.host

    @property
    def other_host(self) -> Any:
        """A host for the secondary: the one that the lab names, or another one of the primary's cluster."""
        named = self._place.host if self._place else None
        hosts = self._inventory.hosts
        candidates = self.machine.cluster.hosts if self.machine.cluster else ()
        fitting = [host for host, name in hosts.items() if name == named] if named else list(candidates)
        for host in fitting:
            if host != self.own_host:
                self.naming.part("HostSystem", host._moId, "named")
                self.naming.identity("named host", {"name": hosts.get(host, "")})
                return host
        raise NoSuchSituationError("needs a second host in the machine's cluster")

    def nowhere(self, kind: Any, moid: str = "no-such-object") -> Any:
        """A reference of the type that resolves to nothing."""
        self.naming.part(VmomiSupport.GetWsdlName(kind), moid, NOWHERE)
        return kind(moid, self.client.stub)

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
            self._keep(Step(name, method, Unreadable(f"pyVmomi did not send it: {type(error).__name__}")))
        else:
            self._keep(_step(name, method, self.client.stub.conversation.last, error))
        if brief and isinstance(reply := self._steps[-1].reply, Returned):
            self._steps[-1] = msgspec.structs.replace(self._steps[-1], reply=Returned(shape(reply.value)))
        if isinstance(value, vim.Task):
            self._tasks[name] = value
            self.naming.part("Task", value._moId, f"of {name}")
        return value

    def read(self, name: str, target: Any, path: str, *, brief: bool = False) -> Any:
        """Read one property as pyVmomi does; its value, or None. Kept as step `name`; see `call`."""
        return self.call(name, _Property(target, path), "value", brief=brief)

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

    def inspect(self, role: str, managed: Any, paths: list[str]) -> None:
        """Read properties of an object, to be found in the outcome under its role."""
        self._objects[role] = properties(self.client, managed, paths)

    def note(self, name: str, value: Value) -> None:
        """Keep something that the steps worked out."""
        self._facts[name] = value

    def watch(self) -> None:
        """Begin to observe the machines of the primary's cluster, and events."""
        root = self.machine.cluster.ref if self.machine.cluster else self.content.rootFolder
        latest = self._property(self.content.eventManager, "latestEvent")
        known = [latest] if latest else self._query_events(self.primary)
        self._last_event = max((event.key for event in known), default=0)
        self._watch = Watch(self.client, root)

    def follow(self, name: str) -> Any:
        """Follow the task of step `name` to its end; its result as pyVmomi has it, None when there is none.
        Follow the task of step `name` to its end; its result as pyVmomi has it, None when there is none."""
        task = self._tasks.get(name)
        if task is None or self._watch is None:
            return None
        ended = self._watch.follow(task, self._patience)
        said = properties(self.client, task, ["info"]).get("info")
        info = said.fields if isinstance(said, Data) else {}
        states = self._watch.seen.get(_ref(task), {}).get("info.state", [])
        index = next(index for index, step in enumerate(self._steps) if step.name == name)
        step = self._steps[index]
        seen = _task_seen(info, states, ended, step.method)
        self._steps[index] = msgspec.structs.replace(step, task=seen)
        return task.info.result if seen.state == "success" else None

    def settle(self, *states: str) -> None:
        """Wait until the primary's Fault Tolerance state is one of `states`."""
        watch, ref = self._watch, _ref(self.primary)
        if watch is not None:
            watch.until(lambda: watch.latest(ref, "runtime.faultToleranceState") in states, self._patience)

    @property
    def secondary(self) -> Any:
        """The secondary, when the last create made one or the primary has one; else None."""
        info = self._property(self.primary, "config.ftInfo")
        return next(iter(getattr(info, "secondaries", ())), None)

    def _property(self, managed: Any, path: str) -> Any:
        """One property as pyVmomi has it, None when unset; not part of the outcome."""
        collector = vmodl.query.PropertyCollector
        spec = collector.FilterSpec(
            objectSet=[collector.ObjectSpec(obj=managed)],
            propSet=[collector.PropertySpec(type=type(managed), pathSet=[path])],
        )
        found = dict(retrieve(self.content.propertyCollector, spec))
        return found.get(managed, {}).get(path)

    def look(self) -> None:
        """Read the primary, the secondary if there is one, and what was recorded of both."""
        machines = {PRIMARY: self.primary}
        if (secondary := self._made()) is not None:
            machines[SECONDARY] = secondary
        for role, machine in machines.items():
            self.naming.part("VirtualMachine", machine._moId, role)
            self._objects[role] = properties(self.client, machine, LOOKED)
            self.naming.identity(role, _identity(self._objects[role]))
        self._events = self._recorded(list(machines.values()))

    def _made(self) -> Any:
        for step in self._steps:
            result = step.task.result if step.task else None
            named = result.fields.get("vm") if isinstance(result, Data) else None
            if isinstance(named, Ref):
                return vim.VirtualMachine(named.role, self.client.stub)
        return self.secondary

    def _query_events(self, machine: Any) -> list[Any]:
        by = vim.event.EventFilterSpec.ByEntity(entity=machine, recursion="self")
        return list(self.content.eventManager.QueryEvents(vim.event.EventFilterSpec(entity=by)) or ())

    def _recorded(self, machines: Sequence[Any]) -> dict[str, int]:
        counted: dict[int, Data] = {}
        for machine in machines:
            events = self._query_events(machine)
            trees = items(heard(self.client))
            for event, tree in zip(events, trees, strict=False):
                if event.key > self._last_event and isinstance(tree, Data):
                    counted[event.key] = tree
        labels = [label(Data(tree.type, self.naming.fields(tree.fields))) for tree in counted.values()]
        return {each: labels.count(each) for each in sorted(set(labels))}

    def stopped(self, error: Exception) -> None:
        """A call of the suite's own did not work; keep it as the step `arrange`."""
        self._keep(stopped_by(error, self.client.stub.conversation.last))

    def undo(self) -> str:
        """Turn Fault Tolerance off again where the case turned it on; what could not be undone, in words."""
        if self.machine.role or self.secondary is None:
            return ""
        try:
            task = self.primary.TurnOffFaultToleranceForVM_Task()
        except (vmodl.MethodFault, *LOST) as error:
            return f"{self.machine.name} is still fault tolerant: {type(error).__name__}"
        ended = self._watch is not None and self._watch.follow(task, self._patience)
        state = str(task.info.state) if ended else "unfinished"
        return (
            "" if state == "success" else f"{self.machine.name} is still fault tolerant: the task is {state}"
        )

    def close(self) -> None:
        """End the observation; safe to call twice."""
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


def _step(name: str, method: str, exchange: Exchange, error: Exception | None) -> Step:
    """What came of an exchange; `error` is what pyVmomi made of it, if it was not content."""
    reply, wire = exchange.read()
    if error is not None and isinstance(reply, Returned):
        reply = Unreadable(f"pyVmomi stopped: {type(error).__name__}")
    return Step(name, method, reply, wire)


def stopped_by(error: Exception, exchange: Exchange) -> Step:
    """The step that stands for a call of the suite's own that did not work; `exchange` is the last one."""
    if isinstance(error, vmodl.fault.MethodNotFound) and not exchange.failed:
        return Step(
            ARRANGE, str(error.method), Unreadable("pyVmomi knows no such method at this API version")
        )
    return _step(ARRANGE, exchange.method, exchange, error)


class _Property:
    """A property read, shaped like a method call."""

    def __init__(self, target: Any, path: str) -> None:
        self._target, self._path = target, path

    def value(self) -> Any:
        return getattr(self._target, self._path)


def _identity(said: dict[str, Value]) -> dict[str, str]:
    paths = {
        "name": "name",
        "uuid": "config.uuid",
        "instanceUuid": "config.instanceUuid",
        "path": "config.files.vmPathName",
    }
    return {what: value for what, path in paths.items() if isinstance(value := said.get(path), str)}


def _task_seen(info: dict[str, Value], states: list[Value], ended: bool, method: str) -> TaskSeen:
    state = str(info.get("state", "")) if ended else "unfinished"
    error = info.get("error")
    rest = {name: value for name, value in info.items() if name not in ("state", "error", "result")}
    declared = set(declared_faults(VmomiSupport.GetWsdlMethod("urn:vim25", method).info))
    if isinstance(error, Fault):
        error = msgspec.structs.replace(error, declared=bool(declared & set(error.lineage)))
    found = error if isinstance(error, Fault) else None
    return TaskSeen(state, tuple(str(each) for each in states), found, info.get("result"), rest)
