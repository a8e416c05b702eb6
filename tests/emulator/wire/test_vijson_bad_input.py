"""Wrong requests over JSON: the fault, the member that it names, and a server that goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.wire.json_peer import SESSION, JsonPeer, ref
from tests.emulator.wire.peer import Answer
from vim25_emulator import Emulator
from vim25_emulator.wire.connection import Limits

TIME = "ServiceInstance/ServiceInstance/CurrentTime"
RENAME = "Folder/group-d1/Rename_Task"
SHARES = {"_typeName": "SharesInfo", "shares": 1, "level": "normal"}


def fault(answer: Answer) -> tuple[int, str]:
    """Return status and type of a fault."""
    return answer.status, answer.value["_typeName"]


def goes_on(peer: JsonPeer) -> bool:
    """Whether the next request on the connection is answered."""
    return peer.call(TIME).status == 200


# ---- bodies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        " ",
        '{"newName":"x"',
        '{"newName":"x',
        "]",
        "{]",
        '{"newName":NaN}',
        '{"newName":Infinity}',
        '/* a name */{"newName":"x"}',
        '{"newName":"x"}// a name',
        '{"newName":"x",}',
        "{'newName':'x'}",
        "{newName:1}",
        '\ufeff{"newName":"x"}',
        b'{"newName":"\xff"}',
        b'{"newName":"\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        '{"newName":"\\ud800"}',
        '{"newName":"\\udc00\\ud800"}',
        '{"newName":"\\x41"}',
        '{"newName":"a\nb"}',
        "[" * 100_000,
        '{"newName":' * 100_000,
        '{"a":' + "[" * 1000 + "]" * 1000 + "}",
        '{"newName":1e400}',
        '{"newName":01}',
        '{"newName":"x"}{"newName":"y"}',
        "newName=x",
        "<newName>x</newName>",
        "\x00",
    ],
    ids=lambda body: str(body)[:30].encode("unicode_escape").decode(),
)
def test_what_is_no_json_is_invalid_syntax(json_peer: JsonPeer, body: str | bytes | None) -> None:
    answer = json_peer.call(RENAME, body)
    assert fault(answer) == (500, "InvalidArgument")
    assert answer.value["faultstring"].startswith("Invalid JSON syntax: ")
    assert "invalidProperty" not in answer.value
    assert len(answer.body) < 300
    assert goes_on(json_peer)


def test_an_empty_body_ends_unexpectedly(json_peer: JsonPeer) -> None:
    """[observed: 8.0.3]"""
    assert json_peer.call(RENAME, "").value["faultstring"] == "Invalid JSON syntax: Unexpected end of file"


@pytest.mark.parametrize("body", ["[]", '[{"newName":"x"}]', '"x"', "1", "true", "null"])
def test_a_root_that_is_no_object_is_an_invalid_argument(json_peer: JsonPeer, body: str) -> None:
    for target in (RENAME, TIME):
        assert fault(json_peer.call(target, body)) == (500, "InvalidArgument")


def spec(**members: Any) -> dict[str, Any]:
    return {"spec": {"_typeName": "VirtualMachineConfigSpec", **members}}


def change(**members: Any) -> dict[str, Any]:
    """Return a reconfiguration whose only change of a device has these members."""
    return spec(deviceChange=[{"_typeName": "VirtualDeviceConfigSpec", **members}])


def disk(**members: Any) -> dict[str, Any]:
    return change(device={"_typeName": "VirtualDisk", "key": 1, "capacityInKB": 1, **members})


def backing(**members: Any) -> dict[str, Any]:
    return {
        "_typeName": "VirtualDiskFlatVer2BackingInfo",
        "fileName": "",
        "diskMode": "persistent",
        **members,
    }


def option(value: Any) -> dict[str, Any]:
    return spec(extraConfig=[{"_typeName": "OptionValue", "key": "k", "value": value}])


WRONG: dict[str, tuple[Any, str]] = {
    "unknown parameter": ({"x": 1, **spec()}, "x"),
    "unknown member": (spec(x=1), "spec.x"),
    "unknown member that is null": (spec(x=None), "spec.x"),
    "missing parameter": ({}, "spec"),
    "null parameter": ({"spec": None}, "spec"),
    "missing member": (change(), "spec.deviceChange[0].device"),
    "missing member inside": (
        change(device={"_typeName": "VirtualDisk", "key": 1}),
        "spec.deviceChange[0].device.capacityInKB",
    ),
    "abstract place without a type": (change(device={"key": 1}), "spec.deviceChange[0].device"),
    "unknown type": (change(device={"_typeName": "Nothing"}), "spec.deviceChange[0].device"),
    "no subtype": (change(device={"_typeName": "Tag", "key": "k"}), "spec.deviceChange[0].device"),
    "base type of the declared": ({"spec": {"_typeName": "DynamicData"}}, "spec"),
    "type that is no string": (change(device={"_typeName": 1}), "spec.deviceChange[0].device._typeName"),
    "managed type": (change(device={"_typeName": "VirtualMachine"}), "spec.deviceChange[0].device"),
    "wrapped fault": (
        {"spec": {"_typeName": "LocalizedMethodFault", "localizedMessage": "x"}},
        "spec",
    ),
    "reference in place of data": (change(device=ref("VirtualMachine/vm-1")), "spec.deviceChange[0].device"),
    "string in place of data": (change(device="x"), "spec.deviceChange[0].device"),
    "string in place of an array": (spec(deviceChange="x"), "spec.deviceChange"),
    "object in place of an array": (spec(deviceChange=SHARES), "spec.deviceChange"),
    "null in an array": (spec(deviceChange=[None]), "spec.deviceChange[0]"),
    "array in place of a string": (spec(name=["x"]), "spec.name"),
    "number in place of a string": (spec(name=1), "spec.name"),
    "string in place of a boolean": (spec(memoryHotAddEnabled="true"), "spec.memoryHotAddEnabled"),
    "number in place of a boolean": (spec(memoryHotAddEnabled=1), "spec.memoryHotAddEnabled"),
    "boolean in place of a number": (spec(numCPUs=True), "spec.numCPUs"),
    "string in place of a number": (spec(numCPUs="1"), "spec.numCPUs"),
    "fraction": (spec(numCPUs=1.5), "spec.numCPUs"),
    "more than an int": (spec(numCPUs=2**31), "spec.numCPUs"),
    "less than an int": (spec(numCPUs=-(2**31) - 1), "spec.numCPUs"),
    "more than a long": (spec(memoryMB=2**63), "spec.memoryMB"),
    "much more than a long": (spec(memoryMB=10**400), "spec.memoryMB"),
    "no value of an enumeration": (change(operation="replace"), "spec.deviceChange[0].operation"),
    "bad dateTime": (spec(changeTrackingEnabled=True, createDate="yesterday"), "spec.createDate"),
    "impossible dateTime": (spec(createDate="2024-02-30T00:00:00Z"), "spec.createDate"),
    "reference to a type that does not exist": (
        disk(backing=backing(datastore=ref("Nothing/x"))),
        "spec.deviceChange[0].device.backing.datastore.type",
    ),
    "reference whose _typeName is an object": (
        disk(backing=backing(datastore={**ref("Datastore/x"), "_typeName": {}})),
        "spec.deviceChange[0].device.backing.datastore",
    ),
    "reference of another type": (
        disk(backing=backing(datastore=ref("HostSystem/host-1"))),
        "spec.deviceChange[0].device.backing.datastore.type",
    ),
    "reference without a value": (
        disk(backing=backing(datastore={"type": "Datastore"})),
        "spec.deviceChange[0].device.backing.datastore.value",
    ),
    "plain value in an anyType place": (
        option("v"),
        "spec.extraConfig[0].value",
    ),
    "box without a value": (
        option({"_typeName": "int"}),
        "spec.extraConfig[0].value._value",
    ),
    "box of nothing": (
        option({"_typeName": "No", "_value": 1}),
        "spec.extraConfig[0].value",
    ),
    "bad base64": (option({"_typeName": "base64Binary", "_value": "?"}), "spec.extraConfig[0].value"),
    "wrong value in a box": (
        option({"_typeName": "int", "_value": "1"}),
        "spec.extraConfig[0].value",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named_by_its_path(json_peer: JsonPeer, name: str) -> None:
    body, path = WRONG[name]
    vm = json_peer.ref_of("SearchIndex/SearchIndex/FindByInventoryPath", {"inventoryPath": "Lab/vm/db01"})
    answer = json_peer.call(f"{vm}/ReconfigVM_Task", body)
    assert fault(answer) == (500, "InvalidArgument")
    assert answer.value.get("invalidProperty") == path
    assert goes_on(json_peer)


def test_an_object_without_a_type_is_taken_for_a_reference(json_peer: JsonPeer) -> None:
    """[observed: 8.0.3]"""
    untyped = {"pathSet": ["name"], "type": "VirtualMachine"}
    body = {"specSet": [{"_typeName": "PropertyFilterSpec", "propSet": [untyped]}]}
    answer = json_peer.call("PropertyCollector/propertyCollector/RetrieveProperties", body)
    assert fault(answer) == (500, "InvalidArgument")
    assert answer.value["faultstring"] == "Invalid MoRef field: pathSet"


def test_null_is_unset_and_the_last_of_equal_members_counts(json_peer: JsonPeer) -> None:
    search = "SearchIndex/SearchIndex/FindByInventoryPath"
    twice = '{"inventoryPath":"Nowhere","inventoryPath":"Lab"}'
    assert json_peer.result_of(search, twice)["type"] == "Datacenter"
    find = {"datacenter": None, "uuid": "x", "vmSearch": True, "instanceUuid": None}
    assert json_peer.call("SearchIndex/SearchIndex/FindByUuid", find).status == 204


# ---- limits --------------------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_as_over_soap(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        path = f"{peer.root}/{RENAME}"
        peer.send(peer.head("POST", path, f"Content-Length: {emulator.limits.body_bytes + 1}"))
        answer = peer.answer()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert peer.is_hung_up_on()


def test_a_slow_body_is_refused_as_over_soap() -> None:
    with Emulator(limits=Limits(seconds=0.2)) as emulator, JsonPeer(emulator) as peer:
        peer.send(peer.head("POST", f"{peer.root}/{RENAME}", "Content-Length: 20") + b'{"newName":')
        assert peer.answer().status == 408
        assert peer.is_hung_up_on()
    with Emulator(limits=Limits(seconds=0.2)) as emulator, JsonPeer(emulator) as peer:
        peer.send(peer.head("POST", f"{peer.root}/{RENAME}", "Content-Length: 100000") + b"{")
        assert peer.is_hung_up_on()


def test_a_large_body_is_read(json_peer: JsonPeer) -> None:
    path = {"inventoryPath": "n" * 2_000_000}
    assert json_peer.call("SearchIndex/SearchIndex/FindByInventoryPath", path).status == 204
    members = ",".join(f'"m{number}":[]' for number in range(100_000))
    assert fault(json_peer.call(RENAME, f"{{{members}}}")) == (500, "InvalidArgument")
    assert goes_on(json_peer)


def test_headers_that_are_no_session_are_refused(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        for value in ("", "unknown", "a" * 4000, '""'):
            answer = peer.call(TIME, None, f"{SESSION}: {value}")
            assert fault(answer) == (500, "NotAuthenticated")
