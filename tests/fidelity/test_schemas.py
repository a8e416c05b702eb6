"""Responses at 9.0.0.0, including the details of faults, are valid by the published schemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.emulator.wire.peer import Answer, Peer, call, login
from tests.fidelity.answers import Exchange, answers, asked_as
from tests.fidelity.schemas import VERSION, Schemas, schemas
from vim25_conformance.case import plan, select
from vim25_conformance.running import run
from vim25_conformance.target import EMULATOR
from vim25_conformance.target_spec import TargetSpec
from vim25_emulator import Emulator
from vim25_emulator.scenario import library
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import version

_SCENARIOS = sorted({*library.names()} - {"ten-thousand-vms"})  # it only has more of the same
_ENOUGH = 500  #: number of objects per scenario; later ones are copies of virtual machines
_ASKED_AS = f'SOAPAction: "urn:vim25/{VERSION}"'


def _judged(judge: Schemas, seen: Iterable[Exchange]) -> tuple[int, Counter[str]]:
    """Return the number of responses, and the count of every flaw in them."""
    bodies = [reply.body for request, reply in seen if reply.call and asked_as(request, VERSION)]
    flaws = Counter(flaw for body in dict.fromkeys(bodies) for flaw in judge.flaws(body))
    return len(bodies), flaws


def test_every_response_to_the_suite_is_valid() -> None:
    judge = schemas()
    with answers() as seen:
        run(TargetSpec(EMULATOR, may_change=True), list(plan(select(["*"]), [VERSION])))
    count, flaws = _judged(judge, seen)
    assert not flaws
    assert count > 1000


# ---- whole inventories ---------------------------------------------------------------------------------


class Reader:
    """A client that reads the whole inventory."""

    def __init__(self, emulator: Emulator, peer: Peer) -> None:
        self.peer = peer
        self.cookie = peer.post(login(emulator), _ASKED_AS).headers["set-cookie"]
        everything = emulator.call(lambda: [managed.ref for managed in emulator.vcenter.inventory])
        self.refs: list[MoRef] = everything[:_ENOUGH]

    def ask(self, method: str, this: MoRef, arguments: str = "") -> Answer:
        answer = self.peer.post(call(method, *this, arguments), _ASKED_AS, f"Cookie: {self.cookie}")
        assert answer.status == 200, (method, this, arguments, answer.text)
        return answer

    def everything(self) -> str:
        """Return a filter spec with all properties of every object."""
        kinds = "".join(
            f"<propSet><type>{kind}</type><all>true</all></propSet>"
            for kind in sorted({ref.type for ref in self.refs})
        )
        objects = "".join(f'<objectSet><obj type="{t}">{v}</obj></objectSet>' for t, v in self.refs)
        return f"{kinds}{objects}"


_COLLECTOR = MoRef("PropertyCollector", "propertyCollector")


@pytest.mark.parametrize("scenario", _SCENARIOS)
def test_every_object_of_a_scenario_is_valid(scenario: str) -> None:
    judge = schemas()
    with Emulator(scenario, api_version=VERSION, tls=False) as emulator, Peer(emulator) as peer:
        reader = Reader(emulator, peer)
        answer = reader.ask("RetrieveProperties", _COLLECTOR, f"<specSet>{reader.everything()}</specSet>")
        assert not list(judge.flaws(answer.body))


def test_every_update_is_valid() -> None:
    judge = schemas()
    with (
        Emulator("already-fault-tolerant", api_version=VERSION, tls=False) as emulator,
        Peer(emulator) as peer,
    ):
        reader = Reader(emulator, peer)
        spec = f"<spec>{reader.everything()}</spec>"
        reader.ask("CreateFilter", _COLLECTOR, f"{spec}<partialUpdates>false</partialUpdates>")
        for answer in (
            reader.ask("WaitForUpdatesEx", _COLLECTOR),
            reader.ask("QueryEvents", MoRef("EventManager", "EventManager"), "<filter/>"),
        ):
            assert not list(judge.flaws(answer.body))


def test_every_fetched_property_is_valid() -> None:
    judge, newest = schemas(), version(VERSION)
    with Emulator("default", api_version=VERSION, tls=False) as emulator, Peer(emulator) as peer:
        reader = Reader(emulator, peer)
        kinds = emulator.call(lambda: {managed.ref: managed.type for managed in emulator.vcenter.inventory})
        for ref in reader.refs:
            for prop in kinds[ref].properties.values():
                if prop.since <= newest.position:
                    answer = reader.ask("Fetch", ref, f"<prop>{prop.name}</prop>")
                    assert not list(judge.flaws(answer.body)), (ref, prop.name)


# ---- the validation itself -----------------------------------------------------------------------------

_ANSWER = (
    b'<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    b"<soapenv:Body>%b</soapenv:Body></soapenv:Envelope>"
)
_PROPERTIES = (
    b'<RetrievePropertiesResponse xmlns="urn:vim25"><returnval><obj type="HostSystem">host-1</obj>'
    b'<propSet><name>vm</name><val xsi:type="ArrayOfManagedObjectReference">'
    b'<ManagedObjectReference type="VirtualMachine" xsi:type="ManagedObjectReference">vm-1'
    b"</ManagedObjectReference></val></propSet>"
    b'<propSet><name>option</name><val xsi:type="OptionValue"><key>k</key>'
    b'<value xsi:type="xsd:int">1</value></val></propSet></returnval></RetrievePropertiesResponse>'
)
_FETCHED = b'<FetchResponse xmlns="urn:vim25"><returnval xsi:type="xsd:string">x</returnval></FetchResponse>'
_FAULT = (
    b"<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>x</faultstring><detail>"
    b'<ManagedObjectNotFoundFault xmlns="urn:vim25" xsi:type="ManagedObjectNotFound">'
    b'<obj type="VirtualMachine">vm-1</obj></ManagedObjectNotFoundFault></detail></soapenv:Fault>'
)


@pytest.mark.parametrize("answer", [_PROPERTIES, _FETCHED, _FAULT])
def test_valid_responses_have_no_flaws(answer: bytes) -> None:
    assert not list(schemas().flaws(_ANSWER % answer))


@pytest.mark.parametrize(
    ("answer", "right", "wrong", "flaw"),
    [
        (_PROPERTIES, b' xsi:type="ArrayOfManagedObjectReference"', b"", "val: no xsi:type"),
        (_PROPERTIES, b' xsi:type="xsd:int"', b"", "value: no xsi:type"),
        (_PROPERTIES, b' type="VirtualMachine"', b"", "a reference without type"),
        (_PROPERTIES, b' type="HostSystem"', b"", "obj: a reference without type"),
        (_PROPERTIES, b'"xsd:int">1', b'"xsd:int">one', "not a valid value of the atomic type"),
        (_PROPERTIES, b"<key>k</key>", b"", "This element is not expected"),
        (_PROPERTIES, b"<name>vm</name>", b"<name>vm</name><extra/>", "This element is not expected"),
        (_PROPERTIES, b"ArrayOfManaged", b"ArrayOfUnknown", "does not resolve to a type definition"),
        (_FETCHED, b' xsi:type="xsd:string"', b"", "val: no xsi:type"),
        (_FAULT, b"NotFoundFault", b"LostFault", "No matching global declaration"),
        (_FAULT, b' type="VirtualMachine"', b"", "obj: a reference without type"),
        (_FAULT, b'<obj type="VirtualMachine">vm-1</obj>', b"", "Missing child element"),
    ],
)
def test_invalid_responses_have_flaws(answer: bytes, right: bytes, wrong: bytes, flaw: str) -> None:
    assert right in answer
    flaws = list(schemas().flaws(_ANSWER % answer.replace(right, wrong)))
    assert any(flaw in message for message in flaws), flaws
