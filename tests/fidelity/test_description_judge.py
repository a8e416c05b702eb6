"""The description of VI/JSON is valid, and true of what an emulator answers."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.emulator.wire.json_peer import JsonPeer
from tests.fidelity.answers import Exchange
from tests.fidelity.description_judge import description, description_flaws
from vim25_emulator import Emulator
from vim25_emulator.vmodl import registry
from vim25_emulator.wire.http import Reply, Request

JSON = (b"content-type", b"application/json")
REF = {"_typeName": "ManagedObjectReference", "type": "HostSystem", "value": "host-1"}


def flaws(member: str, body: Any, *, verb: str = "GET", status: int = 200) -> list[str]:
    path = f"/sdk/vim25/8.0.2.0/{member}"
    request = Request(verb, path, {}, ("127.0.0.1", 1), True, time.perf_counter())
    content = b"" if body is None else json.dumps(body).encode()
    exchange: Exchange = request, Reply(status, content, [JSON] if content else [], "")
    return list(description_flaws([exchange]))


def option(value: Any) -> Any:
    return [{"_typeName": "OptionValue", "key": "k", "value": value}]


@pytest.mark.parametrize(
    ("member", "body"),
    [
        ("VirtualMachine/vm-1/name", "web01"),
        ("VirtualMachine/vm-1/overallStatus", "green"),
        ("VirtualMachine/vm-1/parent", {**REF, "type": "Folder"}),
        ("OptionManager/o/setting", option({"_typeName": "int", "_value": 3})),
        ("OptionManager/o/setting", option({"_typeName": "ArrayOfString", "_value": ["a"]})),
        ("VirtualMachine/vm-1/snapshot", None),
    ],
)
def test_a_described_answer_has_no_flaw(member: str, body: Any) -> None:
    assert flaws(member, body, status=200 if body else 204) == []


@pytest.mark.parametrize(
    ("member", "body", "flaw"),
    [
        ("VirtualMachine/vm-1/name", 7, "7 is not of type 'string'"),
        ("VirtualMachine/vm-1/name", {"_typeName": "string", "_value": "web01"}, "is not of type 'string'"),
        ("VirtualMachine/vm-1/overallStatus", "pink", "'pink' is not one of"),
        (
            "VirtualMachine/vm-1/parent",
            {"type": "Folder", "value": "v"},
            "'_typeName' is a required property",
        ),
        ("VirtualMachine/vm-1/parent", {**REF, "type": "Host"}, "'Host' is not one of"),
        ("VirtualMachine/vm-1/parent", {"_typeName": "Tag", "key": "k"}, "'Tag' is not one of"),
        ("OptionManager/o/setting", option(3), "3 is not of type 'object'"),
        (
            "OptionManager/o/setting",
            option({"_typeName": "int", "_value": 2**31}),
            "is greater than the maximum",
        ),
        ("OptionManager/o/setting", option({"_typeName": "Nothing"}), "'Nothing' is not described"),
        ("OptionManager/o/setting", [{"_typeName": "OptionValue", "key": "k", "x": 1}], "'x' was unexpected"),
        (
            "OptionManager/o/setting",
            [{"_typeName": "OptionValue", "value": None}],
            "'key' is a required property",
        ),
        (
            "OptionManager/o/setting",
            option({"_typeName": "LocalizedMethodFault", "localizedMessage": "t"}),
            "'LocalizedMethodFault' is not described",
        ),
    ],
)
def test_an_answer_that_is_not_described_is_a_flaw(member: str, body: Any, flaw: str) -> None:
    assert any(flaw in found for found in flaws(member, body)), flaws(member, body)


def test_a_fault_and_a_status_are_declared_ones() -> None:
    call = "VirtualMachine/vm-1/CreateSecondaryVM_Task"
    expected = {"_typeName": "InvalidState", "faultstring": "no"}
    assert flaws(call, expected, verb="POST", status=500) == []
    assert (
        flaws(
            call,
            {"_typeName": "NotAuthenticated", "object": REF, "privilegeId": "x"},
            verb="POST",
            status=500,
        )
        == []
    )
    other = {"_typeName": "DuplicateName", "name": "n", "object": REF}
    assert "does not declare DuplicateName" in flaws(call, other, verb="POST", status=500)[0]
    assert "does not declare InvalidState" in flaws("VirtualMachine/vm-1/name", expected, status=500)[0]
    assert "status 204 is none of 200, 500" in flaws(call, None, verb="POST", status=204)[0]


def test_all_properties_of_all_objects_are_as_described() -> None:
    """That each answer is valid, and read as JSON, is tested by what judges the answers of all tests."""
    with Emulator() as emulator, JsonPeer(emulator) as peer:
        peer.login()
        refs = emulator.call(lambda: [managed.ref for managed in emulator.vcenter.inventory])
        at = emulator.vcenter.release.version.position
        read = [
            peer.read(f"{ref.type}/{quote(ref.value)}/{prop.name}").status
            for ref in refs
            for prop in registry.managed_type(ref.type).properties.values()
            if prop.since <= at
        ]
    assert set(read) == {200, 204}
    assert len(read) > 600


def test_a_description_is_made_once_for_each_release() -> None:
    assert description("8.0.2.0") is description("8.0.2.0")
