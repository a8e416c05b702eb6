"""The measured vim25 calls as prepared bytes, and the values read from the responses."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from lxml import etree

from benchmarks.result import CannotMeasureError

_VIM = "{urn:vim25}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<{method} xmlns="urn:vim25">{this}{arguments}</{method}>'
    "</soapenv:Body></soapenv:Envelope>"
)
_MARKS = itertools.count(1)


class WrongAnswerError(CannotMeasureError):
    """The response is a fault, or is not what was requested."""


@dataclass(frozen=True)
class Reference:
    """A moRef."""

    type: str
    value: str

    def element(self, tag: str) -> str:
        """Return the reference as a parameter."""
        return f'<{tag} type="{self.type}">{self.value}</{tag}>'


@dataclass(frozen=True)
class Request:
    """A prepared request, and text that a correct response contains so many times (0: at least once)."""

    body: bytes
    expected: bytes
    times: int = 0

    def marked(self) -> Request:
        """Return the request with an operation id of its own, as some clients send: no two are identical."""
        operation = f'<operationID xmlns="urn:vim25">{next(_MARKS):08x}</operationID>'
        marked = f"<soapenv:Header>{operation}</soapenv:Header><soapenv:Body>"
        return replace(self, body=self.body.replace(b"<soapenv:Body>", marked.encode()))

    def is_answered_by(self, answer: bytes) -> bool:
        """Whether the response contains what was expected."""
        return answer.count(self.expected) == self.times if self.times else self.expected in answer


def call(this: Reference, method: str, arguments: str = "", expected: str = "", times: int = 0) -> Request:
    """Prepare a call; a correct response contains `expected`, or at least the response element."""
    body = _ENVELOPE.format(method=method, this=this.element("_this"), arguments=arguments)
    return Request(body.encode(), (expected or f"<{method}Response").encode(), times)


_SERVICE = Reference("ServiceInstance", "ServiceInstance")
SERVICE_CONTENT = call(_SERVICE, "RetrieveServiceContent", expected="</rootFolder>")
CURRENT_TIME = call(_SERVICE, "CurrentTime", expected="</returnval>")


@dataclass(frozen=True)
class Service:
    """The objects that ServiceContent names, by property."""

    references: dict[str, Reference]

    def __getitem__(self, name: str) -> Reference:
        return self.references[name]

    @classmethod
    def read(cls, answer: bytes) -> Service:
        """Parse the response to RetrieveServiceContent."""
        elements = (e for e in etree.fromstring(answer).iter(f"{_VIM}*") if e.get("type"))
        return cls({e.tag.removeprefix(_VIM): Reference(e.get("type"), e.text or "") for e in elements})

    def login(self) -> Request:
        """Log in with the credentials that both servers accept by default."""
        credentials = "<userName>administrator@vsphere.local</userName><password>vmware</password>"
        return call(self["sessionManager"], "Login", credentials)

    def new_collector(self) -> Request:
        """Create a property collector."""
        return call(self["propertyCollector"], "CreatePropertyCollector")

    def with_collector(self, collector: Reference) -> Service:
        """Return the same with another property collector."""
        return Service({**self.references, "propertyCollector": collector})

    def machine_view(self) -> Request:
        """Create a container view of every VM."""
        arguments = (
            f"{self['rootFolder'].element('container')}<type>VirtualMachine</type><recursive>true</recursive>"
        )
        return call(self["viewManager"], "CreateContainerView", arguments)

    def states_in(self, view: Reference, machines: int) -> Request:
        """Read name and power state of every VM of a view in one page; of a first page if `machines` is 0."""
        return self._retrieval(
            all_in(view), machines, f"<maxObjects>{machines}</maxObjects>" if machines else ""
        )

    def state_of(self, vm: Reference) -> Request:
        """Read name and power state of one VM."""
        return self._retrieval(vm.element("obj"), 1)

    def _retrieval(self, objects: str, machines: int, options: str = "") -> Request:
        paths = "<pathSet>name</pathSet><pathSet>runtime.powerState</pathSet>"
        spec = f"<propSet><type>VirtualMachine</type>{paths}</propSet><objectSet>{objects}</objectSet>"
        arguments = f"<specSet>{spec}</specSet><options>{options}</options>"
        return call(self["propertyCollector"], "RetrievePropertiesEx", arguments, ">poweredO", machines)

    def filter_on_power(self, objects: str) -> Request:
        """Watch the power states of the VMs that `only` or `all_in` names."""
        paths = "<propSet><type>VirtualMachine</type><pathSet>runtime.powerState</pathSet></propSet>"
        spec = f"<spec>{paths}<objectSet>{objects}</objectSet></spec>"
        return call(
            self["propertyCollector"], "CreateFilter", f"{spec}<partialUpdates>false</partialUpdates>"
        )

    def next_update(self, version: str, expected: str, seconds: int = 10) -> Request:
        """Wait at most `seconds` for an update after this version."""
        options = f"<options><maxWaitSeconds>{seconds}</maxWaitSeconds></options>"
        arguments = f"<version>{version}</version>{options}"
        return call(self["propertyCollector"], "WaitForUpdatesEx", arguments, expected)


def only(vm: Reference) -> str:
    """Return the content of an ObjectSpec for one object."""
    return vm.element("obj")


def all_in(view: Reference) -> str:
    """Return the content of an ObjectSpec that leads from a view to its content."""
    path = "<name>view</name><type>ContainerView</type><path>view</path><skip>false</skip>"
    return f'{view.element("obj")}<skip>true</skip><selectSet xsi:type="TraversalSpec">{path}</selectSet>'


def reference_in(answer: bytes, tag: str) -> Reference:
    """Return the first moRef under this tag of a response; raise WrongAnswerError if there is none."""
    for element in etree.fromstring(answer).iter(_VIM + tag):
        return Reference(element.get("type"), element.text or "")
    raise WrongAnswerError(f"no <{tag}> in {answer[:2000].decode()}")


def machine_that_is_on(answer: bytes) -> Reference:
    """Return the first powered-on VM in an answer to `states_in`; raise WrongAnswerError if all are off."""
    for found in etree.fromstring(answer).iter(_VIM + "objects"):
        if any(value.text == "poweredOn" for value in found.iter(_VIM + "val")):
            return reference_in(etree.tostring(found), "obj")
    raise WrongAnswerError("no virtual machine is powered on")


def version_in(answer: bytes) -> str:
    """Return the version token of a response to WaitForUpdatesEx."""
    return str(etree.fromstring(answer).findtext(f".//{_VIM}version"))


def is_truncated(answer: bytes) -> bool:
    """Whether a response to WaitForUpdatesEx is incomplete."""
    return b"<truncated>true</truncated>" in answer
