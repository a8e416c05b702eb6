"""The same vCenter over both bindings: every property of every object, and what a client works with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.everything import read_of, refs_of
from tests.emulator.wire.json_peer import JsonPeer, ref
from tests.emulator.wire.peer import call
from tests.emulator.wire.xml_and_json import differences, parsed
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.vmodl.registry import managed_type

COLLECTOR = "PropertyCollector/propertyCollector"
EVERY_EVENT = {"_typeName": "EventFilterSpec"}
SEARCH = "<ip>10.9.9.9</ip><vmSearch>true</vmSearch>"


@pytest.fixture(scope="module", params=["default", "already-fault-tolerant", "unusual-hardware"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Serve a scenario whose time stands still."""
    with Emulator(request.param, clock=ManualClock()) as started:
        yield started


def soap_contents(peer: JsonPeer) -> dict[str, dict[str, Any]]:
    """Return all properties of all objects: object → property → element, as SOAP reads them."""
    answer = peer.post(read_of(refs_of(peer.emulator)), f"Cookie: vmware_soap_session={peer.session}")
    assert answer.status == 200
    return {
        f"{content.find('obj').get('type')}/{content.findtext('obj')}": {  # type: ignore[union-attr]
            entry.findtext("name", ""): entry.find("val") for entry in content.findall("propSet")
        }
        for content in parsed(answer.body).iter("returnval")
    }


def spec_of_everything(emulator: Emulator) -> dict[str, Any]:
    """Return the arguments that ask for all properties of all objects."""
    refs = refs_of(emulator)
    kinds = sorted({managed.type for managed in refs})
    spec = {
        "_typeName": "PropertyFilterSpec",
        "propSet": [{"_typeName": "PropertySpec", "type": kind, "all": True} for kind in kinds],
        "objectSet": [
            {"_typeName": "ObjectSpec", "obj": ref(f"{managed.type}/{managed.value}")} for managed in refs
        ],
    }
    return {"specSet": [spec]}


def test_every_property_has_the_value_that_soap_reads(json_peer: JsonPeer) -> None:
    """By GET, in its declared place."""
    read = soap_contents(json_peer)
    assert len(read) > 50
    version = json_peer.emulator.vcenter.release.version
    wrong = []
    for target, elements in read.items():
        for prop in managed_type(target.partition("/")[0]).properties.values():
            if prop.since <= version.position:
                value = json_peer.value_of(f"{target}/{prop.name}")
                element = elements.get(prop.name)
                found = [] if element is None else list(element) if prop.type.array else [element]
                is_empty = value in (None, []) and not found
                wrong += [] if is_empty else differences(found, value, f"{target}/{prop.name}")
    assert wrong == []


def test_the_property_collector_reads_what_soap_reads(json_peer: JsonPeer) -> None:
    """In anyType places, boxed."""
    read = soap_contents(json_peer)
    contents = json_peer.result_of(f"{COLLECTOR}/RetrieveProperties", spec_of_everything(json_peer.emulator))
    assert [f"{content['obj']['type']}/{content['obj']['value']}" for content in contents] == list(read)
    for content, elements in zip(contents, read.values(), strict=True):
        values = {entry["name"]: entry["val"] for entry in content.get("propSet", [])}
        assert list(values) == list(elements)
        wrong = [
            flaw for name, value in values.items() for flaw in differences([elements[name]], value, name)
        ]
        assert wrong == []


@pytest.mark.parametrize(
    ("type_name", "mo_id", "method", "arguments", "body"),
    [
        ("ServiceInstance", "ServiceInstance", "RetrieveServiceContent", "", None),
        ("ServiceInstance", "ServiceInstance", "CurrentTime", "", {}),
        ("EventManager", "EventManager", "QueryEvents", "<filter></filter>", {"filter": EVERY_EVENT}),
        ("AuthorizationManager", "AuthorizationManager", "RetrieveAllPermissions", "", None),
        ("PerformanceManager", "PerfMgr", "QueryPerfCounterByLevel", "<level>1</level>", {"level": 1}),
        ("SearchIndex", "SearchIndex", "FindAllByIp", SEARCH, {"ip": "10.9.9.9", "vmSearch": True}),
        ("VirtualMachine", "vm-0", "CreateSecondaryVM_Task", "", {}),
    ],
)
def test_a_method_answers_what_it_answers_over_soap(
    json_peer: JsonPeer, type_name: str, mo_id: str, method: str, arguments: str, body: Any
) -> None:
    document = call(method, type_name, mo_id, arguments)
    answer = json_peer.call(f"{type_name}/{mo_id}/{method}", body)
    soap = json_peer.post(document, f"Cookie: vmware_soap_session={json_peer.session}")
    assert (answer.status == 500) is (soap.status == 500)
    if soap.status == 500:
        assert soap.between(' xsi:type="', '"') == answer.value["_typeName"]
    else:
        results = list(parsed(soap.body).iter("returnval"))
        assert list(differences(results, answer.value or None)) == []


def test_updates_are_those_of_soap(json_peer: JsonPeer) -> None:
    """The first update of a filter has everything."""
    (spec,) = spec_of_everything(json_peer.emulator)["specSet"]
    collector = json_peer.ref_of(f"{COLLECTOR}/CreatePropertyCollector")
    json_peer.result_of(f"{collector}/CreateFilter", {"spec": spec, "partialUpdates": False})
    updates = json_peer.result_of(f"{collector}/WaitForUpdatesEx", {"version": ""})
    document = call("WaitForUpdatesEx", *collector.split("/"), "<version></version>")
    soap = json_peer.post(document, f"Cookie: vmware_soap_session={json_peer.session}")
    (result,) = parsed(soap.body).iter("returnval")
    assert len(updates["filterSet"][0]["objectSet"]) > 50
    assert list(differences([result], updates)) == []
