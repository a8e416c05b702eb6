"""What bodies of requests are read as, and how wrong ones are refused: InvalidArgument with the path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vim25_emulator.vijson.json_decoder import decode, decode_arguments, parse
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.registry import type_ref
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST, version

ANY = type_ref("anyType")
FAULT = type_ref("vmodl.MethodFault")
V8 = version("8.0.1.0")
HOST = {"_typeName": "ManagedObjectReference", "type": "HostSystem", "value": "host-1"}


def method(name: str) -> Method:
    described = registry.method(name)
    assert described is not None
    return described


def arguments(name: str, body: Any) -> dict[str, Any]:
    document = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decode_arguments(method(name), document, V8)


def refused(name: str, body: Any) -> tuple[str | None, str]:
    """Return `invalidProperty` and the text of the fault."""
    with pytest.raises(MethodFault) as failure:
        arguments(name, body)
    assert failure.value.data.type_.name == "InvalidArgument"
    return failure.value.data.invalidProperty, failure.value.text or ""


# ---- syntax --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "Unexpected end of file"),
        (b'{"spec', "Unexpected end of file"),
        (b"]", "Invalid character (byte 0)"),
        (b'{"spec":NaN}', "Invalid character (byte 8)"),
        (b'{"spec":Infinity}', "Invalid character"),
        (b"/* c */ {}", "Invalid character"),
        (b"{} // c", "Trailing characters"),
        (b"{} {}", "Trailing characters"),
        (b"\xef\xbb\xbf{}", "Invalid character"),
        ("{}".encode("utf-16"), "Invalid character"),
        (b'{"a":"\xff"}', "Not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "Not UTF-8"),
        (b'{"a":"\\ud800 and more"}', "Unexpected end of escaped utf-16"),
        (b'{"a":"\\ude00"}', "Invalid"),
        (b'{"a":1e400}', "Number out of range"),
        (b'{"a":%b}' % (b"1" * 5000), "Integer value out of range"),
        (b'{"a":"\n"}', "Invalid character"),
        (b'{"a":1,}', "Trailing comma"),
        (b"[" * 100_000, "Nesting exceeds"),
        (b'{"a":' * 100_000, "Nesting exceeds"),
        (b'{"a":%b%b}' % (b"[" * 128, b"]" * 128), "Nesting exceeds"),
    ],
)
def test_what_is_no_json_is_refused(body: bytes, reason: str) -> None:
    path, text = refused("ReconfigVM_Task", body)
    assert path is None
    assert text.startswith(f"Invalid JSON syntax: {reason}")


def test_the_deepest_text_and_a_wide_one_are_read() -> None:
    deepest = b"[" * 128 + b"]" * 128
    assert parse(deepest)
    assert len(parse(b"[" + b",".join([b"{}"] * 1000) + b"]")) == 1000


@pytest.mark.parametrize("item", [b"[]", b"1", b'"a"', b'{"a":""}', b"[[0]]", b'"'])
def test_a_text_with_too_many_values_is_refused_before_it_is_parsed(item: bytes) -> None:
    """[derived] The limit is that of the elements of an XML document."""
    with pytest.raises(MethodFault, match="Invalid JSON syntax: Values exceed the maximum of 500000"):
        parse(b"[" + b",".join([item] * 2_000_000) + b"]")


@pytest.mark.parametrize("text", ["[,{" * 200_000, '\\"[,' * 200_000, "\\," * 500_001])
def test_what_is_in_a_string_is_no_value(text: str) -> None:
    assert parse(json.dumps([text, 1]).encode()) == [text, 1]


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_an_object_unless_something_is_required(body: bytes) -> None:
    assert arguments("CreateSecondaryVM_Task", body) == arguments("Logout", body) == {}
    assert refused("ReconfigVM_Task", body) == (None, "Invalid JSON syntax: Unexpected end of file")


@pytest.mark.parametrize("body", [[], "x", 1, True, None])
def test_the_root_is_an_object(body: Any) -> None:
    path, text = refused("Logout", body)
    assert path is None
    assert "an object is required" in text


# ---- arguments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "root", [{}, {"_typeName": "CreateSecondaryVM_Task"}, {"_typeName": "x"}, {"_typeName": 1}]
)
def test_the_type_of_the_root_is_ignored(root: dict[str, Any]) -> None:
    assert arguments("CreateSecondaryVM_Task", root) == {}
    assert arguments("CreateSecondaryVM_Task", {**root, "host": HOST}) == {
        "host": MoRef("HostSystem", "host-1")
    }


def test_null_and_an_empty_array_are_unset_and_the_last_of_equal_members_counts() -> None:
    assert arguments("CreateSecondaryVM_Task", {"host": None}) == {}
    body = b'{"spec":{"name":"a","_typeName":"VirtualMachineConfigSpec","name":"b","extraConfig":[]}}'
    assert arguments("ReconfigVM_Task", body) == {"spec": DataObject("VirtualMachineConfigSpec", name="b")}
    assert refused("ReconfigVM_Task", {"spec": None})[0] == "spec"


@pytest.mark.parametrize("sent", [[], None])
def test_a_required_array_may_be_empty_but_not_missing(sent: Any) -> None:
    """[derived] Clients send null for it, too: Go's JSON has that for an empty slice."""
    assert arguments("TerminateSession", {"sessionId": sent}) == {}
    assert refused("TerminateSession", {})[0] == "sessionId"
    assert refused("TerminateSession", b"") == (None, "Invalid JSON syntax: Unexpected end of file")
    spec = {"_typeName": "PropertyFilterSpec", "objectSet": [], "propSet": sent}
    assert arguments("CreateFilter", {"spec": spec, "partialUpdates": True})
    del spec["propSet"]
    assert refused("CreateFilter", {"spec": spec, "partialUpdates": True})[0] == "spec.propSet"


def test_members_are_in_wire_order_whatever_the_order_sent() -> None:
    spec = {"guestId": "g", "name": "n", "_typeName": "VirtualMachineConfigSpec", "version": "v"}
    (read,) = arguments("ReconfigVM_Task", {"spec": spec}).values()
    assert list(read.__dict__) == ["name", "version", "guestId"]


# ---- objects and references ----------------------------------------------------------------------------


def test_an_object_without_a_type_is_taken_for_a_reference() -> None:
    pathless = {"pathSet": ["name"], "type": "VirtualMachine"}
    path, text = refused("RetrievePropertiesEx", {"specSet": [pathless]})
    assert (path, text) == ("specSet[0]", "Invalid MoRef field: pathSet")
    assert refused("ReconfigVM_Task", {"spec": {"type": "Task", "value": "x", "q": 1}})[1].endswith(": q")
    assert refused("ReconfigVM_Task", {"spec": {}})[0] == "spec"
    keyed = ("spec.deviceChange[0].device", "Invalid MoRef field: key")
    assert refused("ReconfigVM_Task", device(device={"key": 1})) == keyed
    assert refused("CreateSecondaryVM_Task", {"host": {"x": 1}}) == ("host", "Invalid MoRef field: x")
    untyped = {"type": "HostSystem", "value": "host-1"}
    assert arguments("CreateSecondaryVM_Task", {"host": untyped}) == {"host": MoRef("HostSystem", "host-1")}
    assert arguments("SetTaskState", {"state": "success", "result": untyped})["result"] == MoRef(
        "HostSystem", "host-1"
    )


@pytest.mark.parametrize("base", ["ManagedEntity", "ManagedObject"])
def test_a_base_of_the_declared_type_is_taken_for_it(base: str) -> None:
    assert arguments("CreateSecondaryVM_Task", {"host": {**HOST, "type": base}}) == {
        "host": MoRef("HostSystem", "host-1")
    }


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ({**HOST, "type": "Folder"}, "host.type"),
        ({**HOST, "type": "Nobody"}, "host.type"),
        ({**HOST, "type": 1}, "host.type"),
        ({"type": "HostSystem"}, "host.value"),
        ({"value": "host-1"}, "host.type"),
        ({**HOST, "_typeName": "AboutInfo"}, "host"),
        ({**HOST, "_typeName": 7}, "host"),
        ("host-1", "host"),
        ([HOST], "host"),
    ],
)
def test_a_wrong_reference_is_refused(host: Any, path: str) -> None:
    assert refused("CreateSecondaryVM_Task", {"host": host})[0] == path


def spec(**members: Any) -> dict[str, Any]:
    return {"spec": {"_typeName": "VirtualMachineConfigSpec", **members}}


def device(**members: Any) -> dict[str, Any]:
    return spec(deviceChange=[{"_typeName": "VirtualDeviceConfigSpec", **members}])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"spec": {"_typeName": "NoSuchType"}}, "spec"),
        ({"spec": {"_typeName": ["x"]}}, "spec._typeName"),
        ({"spec": {"_typeName": "AboutInfo"}}, "spec"),
        ({"spec": {"_typeName": "ManagedObjectReference"}}, "spec"),
        ({"spec": {"_typeName": "LocalizedMethodFault"}}, "spec"),
        ({"spec": "x"}, "spec"),
        ({"spec": []}, "spec"),
        ({}, "spec"),
        ({"spek": {}, **spec()}, "spek"),
        (spec(nothing=1), "spec.nothing"),
        (spec(metroFtEnabled=True), "spec.metroFtEnabled"),  # newer
        (spec(name=1), "spec.name"),
        (spec(numCPUs="1"), "spec.numCPUs"),
        (spec(numCPUs=True), "spec.numCPUs"),
        (spec(numCPUs=1.5), "spec.numCPUs"),
        (spec(numCPUs=1.0), "spec.numCPUs"),
        (spec(numCPUs=2**31), "spec.numCPUs"),
        (spec(memoryMB=2**63), "spec.memoryMB"),
        (spec(memoryMB=2**64), "spec.memoryMB"),
        (spec(memoryMB=10**30), "spec.memoryMB"),
        (spec(memoryMB={}), "spec.memoryMB"),
        (spec(npivNodeWorldWideName=1), "spec.npivNodeWorldWideName"),
        (spec(npivNodeWorldWideName=[1, 2, "x"]), "spec.npivNodeWorldWideName[2]"),
        (spec(npivNodeWorldWideName=[None]), "spec.npivNodeWorldWideName[0]"),
        (spec(npivTemporaryDisabled=1), "spec.npivTemporaryDisabled"),
        (spec(npivTemporaryDisabled="true"), "spec.npivTemporaryDisabled"),
        (spec(createDate="yesterday"), "spec.createDate"),
        (spec(createDate="2024-02-30T00:00:00Z"), "spec.createDate"),
        (spec(createDate=0), "spec.createDate"),
        (device(), "spec.deviceChange[0].device"),
        (device(operation="swap"), "spec.deviceChange[0].operation"),
        (device(device={"_typeName": "VirtualDisk", "key": 1}), "spec.deviceChange[0].device.capacityInKB"),
        (device(device={"_typeName": "Tag", "key": "k"}), "spec.deviceChange[0].device"),
        (
            spec(extraConfig=[{"_typeName": "OptionValue", "key": "k", "value": "v"}]),
            "spec.extraConfig[0].value",
        ),
        (spec(deviceChange=[spec()["spec"]]), "spec.deviceChange[0]"),
    ],
)
def test_a_wrong_member_is_named_by_its_path(body: Any, path: str) -> None:
    property_path, text = refused("ReconfigVM_Task", body)
    assert property_path == path
    assert text.startswith(f"A specified parameter was not correct: {path}")


def test_a_long_name_is_cut() -> None:
    path, text = refused("Logout", {"x" * 100_000: 1})
    assert path == "x" * 200
    assert len(text) < 400


def test_numbers_are_exact_up_to_the_limits_of_their_types() -> None:
    low, high = -(2**63), 2**63 - 1
    body = spec(npivNodeWorldWideName=[low, high], numCPUs=-(2**31))
    (read,) = arguments("ReconfigVM_Task", body).values()
    assert read.npivNodeWorldWideName == (low, high)
    assert read.numCPUs == -(2**31)


# ---- anyType places ------------------------------------------------------------------------------------


def any_value(data: Any) -> Any:
    return decode(ANY, data, V8, "val")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"_typeName": "string", "_value": "a"}, "a"),
        ({"_typeName": "boolean", "_value": False}, False),
        ({"_value": 0, "_typeName": "int"}, 0),
        ({"_typeName": "double", "_value": 1}, 1.0),
        ({"_typeName": "double", "_value": "-INF"}, float("-inf")),
        ({"_typeName": "base64Binary", "_value": "AP8="}, b"\x00\xff"),
        ({"_typeName": "binary", "_value": "AP8="}, b"\x00\xff"),
        ({"_typeName": "long", "_value": 3}, Tagged("long", 3)),
        ({"_typeName": "TypeName", "_value": "Task"}, Tagged("TypeName", "Task")),
        ({"_typeName": "ManagedEntityStatus", "_value": "green"}, Tagged("ManagedEntityStatus", "green")),
        ({"_typeName": "ArrayOfString", "_value": []}, Tagged("ArrayOfString", ())),
        (
            {"_typeName": "ArrayOfAnyType", "_value": [{"_typeName": "int", "_value": 1}, HOST]},
            Tagged("ArrayOfAnyType", (1, MoRef("HostSystem", "host-1"))),
        ),
        (
            {
                "_typeName": "ArrayOfMethodFault",
                "_value": [{"_typeName": "InvalidLogin", "faultstring": "x"}],
            },
            Tagged(
                "ArrayOfMethodFault",
                (DataObject("LocalizedMethodFault", fault=DataObject("InvalidLogin"), localizedMessage="x"),),
            ),
        ),
        (HOST, MoRef("HostSystem", "host-1")),
        ({"_typeName": "ManagedObjectReference", "_value": HOST}, MoRef("HostSystem", "host-1")),
        ({"_typeName": "Tag", "key": "k"}, DataObject("Tag", key="k")),
        ({"_typeName": "InvalidLogin"}, DataObject("InvalidLogin")),
    ],
)
def test_a_value_in_an_any_place_is_read(data: Any, value: Any) -> None:
    read = any_value(data)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("a", "val"),
        (3, "val"),
        ([], "val"),
        (None, "val"),
        ({"_value": 3}, "val"),
        ({"_typeName": "int"}, "val._value"),
        ({"_typeName": "int", "_value": None}, "val._value"),
        ({"_typeName": "int", "_value": "3"}, "val"),
        ({"_typeName": "int", "_value": 3, "x": 1}, "val.x"),
        ({"_typeName": "NoSuchType", "_value": 3}, "val"),
        ({"_typeName": "ArrayOfNoSuchType", "_value": []}, "val"),
        ({"_typeName": "ArrayOfInt", "_value": [1, {}]}, "val[1]"),
        ({"_typeName": "ArrayOfAnyType", "_value": [1]}, "val[0]"),
        ({"_typeName": "ManagedEntityStatus", "_value": "mauve"}, "val"),
        ({"_typeName": "HostConfigChangeOwner", "_value": "x"}, "val"),  # newer
        ({"_typeName": "VirtualMachineVMotionStunTimeInfo"}, "val"),  # newer
        ({"_typeName": "ArrayOfVirtualMachineVMotionStunTimeInfo", "_value": []}, "val"),  # newer
        ({"_typeName": "LocalizedMethodFault", "fault": {"_typeName": "InvalidLogin"}}, "val"),
        ({"_typeName": "Tag", "_value": {"key": "k"}}, "val.key"),
    ],
)
def test_a_wrong_value_in_an_any_place_is_refused(data: Any, path: str) -> None:
    """[derived] That goes for scalars without a box, too."""
    with pytest.raises(MethodFault) as failure:
        any_value(data)
    assert failure.value.data.invalidProperty == path


@pytest.mark.parametrize("data", [{"_value": 3}, {"_value": HOST}])
def test_a_box_without_a_type_is_taken_for_a_reference(data: Any) -> None:
    with pytest.raises(MethodFault, match="Invalid MoRef field: _value"):
        any_value(data)


# ---- faults --------------------------------------------------------------------------------------------


def test_a_fault_keeps_a_text_of_its_own_only() -> None:
    flat = {"_typeName": "InvalidArgument", "invalidProperty": "a"}
    fault = DataObject("InvalidArgument", invalidProperty="a")
    default = "A specified parameter was not correct: a"
    localized = DataObject("LocalizedMethodFault", fault=fault, localizedMessage="own")
    assert decode(FAULT, flat, V8) == decode(FAULT, {**flat, "faultstring": None}, V8) == fault
    assert decode(FAULT, {**flat, "faultstring": default}, V8) == fault
    assert decode(FAULT, {**flat, "faultstring": "own"}, V8) == localized


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"_typeName": "InvalidLogin", "faultstring": 1}, "fault.faultstring"),
        ({"_typeName": "InvalidLogin", "x": 1, "faultstring": "t"}, "fault.x"),
        ({"_typeName": "Tag", "key": "k"}, "fault"),
        ({"faultstring": "t"}, "fault"),
        ("t", "fault"),
        ({"_typeName": "InvalidLogin", "faultCause": {"_typeName": "Tag"}}, "fault.faultCause"),
    ],
)
def test_a_wrong_fault_is_refused(data: Any, path: str) -> None:
    with pytest.raises(MethodFault) as failure:
        decode(FAULT, data, NEWEST, "fault")
    assert failure.value.data.invalidProperty == path
