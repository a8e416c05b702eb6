"""The measured vim25 calls, said once for both bindings; a binding writes them and reads the responses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Final, Protocol

from benchmarks.result import CannotMeasureError

MARKS: Final = itertools.count(1)


class WrongAnswerError(CannotMeasureError):
    """The response is a fault, or is not what was requested."""


@dataclass(frozen=True)
class Reference:
    """A moRef."""

    type: str
    value: str


@dataclass(frozen=True)
class Data:
    """A data object; `is_subtype`: it is not of the declared type, so SOAP names its type, too."""

    type: str
    members: Mapping[str, Value] = field(default_factory=dict)
    is_subtype: bool = False


Value = str | bool | int | Reference | Data | Sequence["Value"]


@dataclass(frozen=True)
class Request:
    """A prepared request, and text that a correct response contains so many times (0: at least once)."""

    path: str
    body: bytes
    expected: bytes
    times: int = 0
    verb: str = "POST"

    def is_answered_by(self, answer: bytes) -> bool:
        """Whether the response contains what was expected."""
        return answer.count(self.expected) == self.times if self.times else self.expected in answer


class Binding(Protocol):
    """How calls are written, and answers are read."""

    name: str
    headers: Mapping[str, str]

    def call(
        self,
        this: Reference,
        method: str,
        arguments: Mapping[str, Value] | None = None,
        expected: str = "",
        times: int = 0,
    ) -> Request:
        """Prepare a call; a correct response contains `expected`."""

    def marked(self, request: Request) -> Request:
        """Return a request that no other is identical to, with the same effect."""

    def session(self, headers: Message) -> dict[str, str]:
        """Return the headers of requests in a session that a response with these headers has opened."""

    def references(self, answer: bytes) -> dict[str, Reference]:
        """Return the references that the properties of a result are, by name."""

    def reference(self, answer: bytes) -> Reference:
        """Return the reference that a call returned; raise WrongAnswerError."""

    def machines(self, answer: bytes) -> dict[Reference, tuple[str, ...]]:
        """Return the values by VM of an answer to `states_in`."""

    def version(self, answer: bytes) -> str:
        """Return the version token of a response to WaitForUpdatesEx."""

    def is_truncated(self, answer: bytes) -> bool:
        """Whether a response to WaitForUpdatesEx is incomplete."""


_SERVICE: Final = Reference("ServiceInstance", "ServiceInstance")
_POWER: Final = "runtime.powerState"


def service_content(binding: Binding) -> Request:
    """Read the references of all singletons."""
    return binding.call(_SERVICE, "RetrieveServiceContent", expected="rootFolder")


def current_time(binding: Binding) -> Request:
    """Read the server's clock."""
    return binding.call(_SERVICE, "CurrentTime", expected="Z")


def machine_that_is_on(machines: Mapping[Reference, tuple[str, ...]]) -> Reference:
    """Return the first powered-on VM; raise WrongAnswerError if all are off."""
    for vm, values in machines.items():
        if "poweredOn" in values:
            return vm
    raise WrongAnswerError("no virtual machine is powered on")


def only(vm: Reference) -> Data:
    """Return the ObjectSpec for one object."""
    return Data("ObjectSpec", {"obj": vm})


def all_in(view: Reference) -> Data:
    """Return the ObjectSpec that leads from a view to its content."""
    path: dict[str, Value] = {"name": "view", "type": "ContainerView", "path": "view", "skip": False}
    steps = [Data("TraversalSpec", path, is_subtype=True)]
    return Data("ObjectSpec", {"obj": view, "skip": True, "selectSet": steps})


@dataclass(frozen=True)
class Service:
    """The objects that ServiceContent names, by property, and calls on them."""

    binding: Binding
    references: dict[str, Reference]

    def __getitem__(self, name: str) -> Reference:
        return self.references[name]

    @classmethod
    def read(cls, binding: Binding, answer: bytes) -> Service:
        """Read the response to RetrieveServiceContent."""
        return cls(binding, binding.references(answer))

    def login(self) -> Request:
        """Log in with the credentials that both servers accept by default."""
        credentials: dict[str, Value] = {"userName": "administrator@vsphere.local", "password": "vmware"}
        return self.binding.call(self["sessionManager"], "Login", credentials)

    def new_collector(self) -> Request:
        """Create a property collector."""
        return self.binding.call(self["propertyCollector"], "CreatePropertyCollector")

    def with_collector(self, collector: Reference) -> Service:
        """Return the same with another property collector."""
        return Service(self.binding, {**self.references, "propertyCollector": collector})

    def machine_view(self) -> Request:
        """Create a container view of every VM."""
        arguments: dict[str, Value] = {
            "container": self["rootFolder"],
            "type": ["VirtualMachine"],
            "recursive": True,
        }
        return self.binding.call(self["viewManager"], "CreateContainerView", arguments)

    def states_in(self, view: Reference, machines: int) -> Request:
        """Read name and power state of every VM of a view in one page; of a first page if `machines` is 0."""
        return self._retrieval(all_in(view), machines, {"maxObjects": machines} if machines else {})

    def state_of(self, vm: Reference) -> Request:
        """Read name and power state of one VM."""
        return self._retrieval(only(vm), 1, {})

    def _retrieval(self, objects: Data, machines: int, options: Mapping[str, Value]) -> Request:
        arguments: dict[str, Value] = {
            "specSet": [_filter_spec(objects, ["name", _POWER])],
            "options": Data("RetrieveOptions", options),
        }
        return self.binding.call(
            self["propertyCollector"], "RetrievePropertiesEx", arguments, "poweredO", machines
        )

    def filter_on_power(self, objects: Data) -> Request:
        """Watch the power states of the VMs that `only` or `all_in` names."""
        arguments: dict[str, Value] = {"spec": _filter_spec(objects, [_POWER]), "partialUpdates": False}
        return self.binding.call(self["propertyCollector"], "CreateFilter", arguments)

    def next_update(self, version: str, expected: str, seconds: int = 10) -> Request:
        """Wait at most `seconds` for an update after this version."""
        arguments: dict[str, Value] = {
            "version": version,
            "options": Data("WaitOptions", {"maxWaitSeconds": seconds}),
        }
        return self.binding.call(self["propertyCollector"], "WaitForUpdatesEx", arguments, expected)


def _filter_spec(objects: Data, paths: Sequence[str], kind: str = "VirtualMachine") -> Data:
    properties = Data("PropertySpec", {"type": kind, "pathSet": paths})
    return Data("PropertyFilterSpec", {"propSet": [properties], "objectSet": [objects]})


def watch_of(service: Service, managed: Reference, path: str) -> Request:
    """Watch a property of one object."""
    spec = _filter_spec(only(managed), [path], managed.type)
    arguments: dict[str, Value] = {"spec": spec, "partialUpdates": True}
    return service.binding.call(service["propertyCollector"], "CreateFilter", arguments)
