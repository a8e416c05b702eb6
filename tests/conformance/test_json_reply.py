"""The reader of VI/JSON bytes: values, and what a real server never sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyVmomi import VmomiSupport, vim, vmodl

from tests.conformance.trees import patient
from vim25_conformance.json_reply import read_json_reply
from vim25_conformance.outcome import (
    PRESENT,
    Data,
    Fault,
    Faulted,
    Ref,
    Refused,
    Returned,
    Several,
    Unreadable,
    Wire,
)

HEADERS = {"content-type": "application/json", "content-length": "9"}
VOID = {"content-length": "0"}
SESSION = {
    "_typeName": "UserSession",
    "key": "k",
    "userName": "u",
    "fullName": "f",
    "loginTime": "2026-01-01T00:00:00Z",
    "lastActiveTime": "2026-01-01T00:00:00Z",
    "locale": "en",
    "messageLocale": "en",
}
TASK = {"_typeName": "ManagedObjectReference", "type": "Task", "value": "task-7"}
REFERENCES = "ArrayOfManagedObjectReference"
FOUND = {"_typeName": "NotFound", "faultstring": "words"}


def _read(data: Any, declared: Any = None, status: int = 200) -> tuple[Any, Wire]:
    return read_json_reply(status, HEADERS, json.dumps(data).encode(), declared)


def test_a_data_object_with_volatile_properties() -> None:
    reply, wire = read_json_reply(
        200, HEADERS, json.dumps(SESSION).encode(), vim.UserSession, version="vim.version.version5"
    )
    assert isinstance(reply.value, Data)  # type: ignore[union-attr]
    assert reply.value.fields["key"] == PRESENT  # type: ignore[union-attr]
    assert reply.value.fields["fullName"] == "f"  # type: ignore[union-attr]
    assert wire == Wire(200, media_type="application/json")


@pytest.mark.parametrize(
    ("data", "declared", "value"),
    [
        (TASK, vim.Task, Ref("Task", "task-7")),
        ([TASK], vim.Task.Array, Several((Ref("Task", "task-7"),))),
        (True, bool, True),
        (3, int, 3),
        (3, float, 3.0),
        ("2026-01-01T00:00:00Z", VmomiSupport.GetVmodlType("vmodl.DateTime"), "<time>"),
        ("poweredOn", vim.VirtualMachine.PowerState, "poweredOn"),
        ({"_typeName": "int", "_value": 3}, object, 3),
        ({"_typeName": "ArrayOfString", "_value": ["a"]}, object, Several(("a",))),
        (
            {"_typeName": "ArrayOfAnyType", "_value": [{"_typeName": "int", "_value": 3}]},
            object,
            Several((3,)),
        ),
        (
            {"_typeName": "ArrayOfManagedObjectReference", "_value": [TASK]},
            object,
            Several((Ref("Task", "task-7"),)),
        ),
        (TASK, object, Ref("Task", "task-7")),
        (FOUND, vmodl.MethodFault, Fault(("NotFound", "VimFault", "MethodFault"), {})),
    ],
)
def test_values_by_their_place(data: Any, declared: Any, value: Any) -> None:
    reply, wire = _read(data, declared)
    assert reply == Returned(value)
    assert type(reply.value) is type(value)
    assert wire.complaints == ()


@pytest.mark.parametrize(
    ("data", "declared", "complaint"),
    [
        (dict(reversed(TASK.items())), None, "_typeName is not the first member"),
        ({"type": "Task", "value": "t"}, vim.Task, "an object without _typeName"),
        (None, str, "null"),
        ({**SESSION, "locale": None}, vim.UserSession, ".locale: null"),
        (3, object, "not boxed in an anyType place"),
        ({"_typeName": "int", "_value": 3}, int, "boxed in a place of the type int"),
        ({"_typeName": "Task", "_value": TASK}, object, "Task is boxed"),
        ({"_typeName": "UserSession", "_value": SESSION}, object, "UserSession is boxed"),
        (["a"], object, "an array in a place of the type anyType"),
        ("3", int, "'3' is not a valid int"),
        (True, int, "True is not a valid int"),
        (1.5, int, "1.5 is not a valid int"),
        ("yesterday", VmomiSupport.GetVmodlType("vmodl.DateTime"), "'yesterday' is not a valid dateTime"),
        ({"_typeName": "NoSuchType"}, None, "type NoSuchType is no data object of vim25"),
        ({"_typeName": "NoSuchType", "_value": 1}, object, "type NoSuchType is not in vim25"),
        ({"_typeName": "AboutInfo"}, None, "required property fullName is missing"),
        ({**SESSION, "surprise": 1}, None, "property surprise of UserSession is not in vim25"),
        (
            {"_typeName": "LocalizedMethodFault", "fault": FOUND},
            vmodl.MethodFault,
            "in a LocalizedMethodFault",
        ),
        ({**SESSION, "faultstring": "words"}, None, "property faultstring of UserSession is not in vim25"),
    ],
)
def test_what_a_real_server_never_sends_is_complained_of(data: Any, declared: Any, complaint: str) -> None:
    _, wire = _read(data, declared)
    assert any(complaint in each for each in wire.complaints), wire.complaints


def test_a_member_that_occurs_twice() -> None:
    _, wire = read_json_reply(200, HEADERS, b'{"_typeName":"NotFound","faultstring":"","faultstring":""}')
    assert wire.complaints == ("returnval: a member occurs twice",)


@pytest.mark.parametrize(
    ("status", "headers", "body", "result", "complaint"),
    [
        (200, {}, b'"a"', str, "Content-Type missing of a JSON body"),
        (500, {"content-type": "text/plain"}, json.dumps(FOUND).encode(), None, "Content-Type text/plain"),
        (200, {}, b"", str, "an empty body without Content-Length: 0"),
        (200, VOID, b"", type(None), "status 200 of a method without result"),
    ],
)
def test_the_form_of_an_answer(
    status: int, headers: dict[str, str], body: bytes, result: Any, complaint: str
) -> None:
    _, wire = read_json_reply(status, headers, body, result)
    assert complaint in wire.complaints[0]


@pytest.mark.parametrize(("status", "headers"), [(204, {}), (200, VOID)])
def test_an_empty_body_is_nothing_and_no_complaint(status: int, headers: dict[str, str]) -> None:
    assert read_json_reply(status, headers, b"", str) == (Returned(None), Wire(status))
    assert read_json_reply(status, headers, b"", vim.Task.Array)[0] == Returned(Several(()))


def test_a_fault_with_its_lineage_and_whether_it_is_declared() -> None:
    body = json.dumps({"_typeName": "TaskInProgress", "faultstring": "words", "task": TASK}).encode()
    reply, wire = read_json_reply(500, HEADERS, body, declared_faults=("VimFault",))
    lineage = ("TaskInProgress", "VimFault", "MethodFault")
    assert reply == Faulted(Fault(lineage, {"task": Ref("Task", "task-7")}, declared=True))
    assert (wire.status, wire.complaints) == (500, ())
    assert "words" not in repr(reply)


def test_a_fault_that_nobody_knows_and_one_that_is_none() -> None:
    reply, wire = _read({"_typeName": "Odd"}, status=500)
    assert reply == Faulted(Fault(("Odd", "MethodFault"), {}))
    assert "fault: Odd is not a fault of vim25" in wire.complaints
    assert isinstance(_read("text", status=500)[0], Unreadable)
    assert isinstance(_read({"_typeName": "UserSession"}, status=500)[0], Faulted)


def test_another_status_is_a_refusal() -> None:
    assert read_json_reply(405, {}, b"no")[0] == Refused("HTTP 405")


def _inner(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["_typeName", "_value", "a"])
    return st.lists(values, max_size=3) | st.dictionaries(names, values)


ANY_JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=3), _inner, max_leaves=6)
BODIES = st.binary(max_size=60) | ANY_JSON.map(lambda data: json.dumps(data).encode())


@patient
@given(st.sampled_from((200, 500)), BODIES)
def test_no_bytes_can_break_it(status: int, body: bytes) -> None:
    reply, wire = read_json_reply(status, HEADERS, body)
    assert isinstance(reply, Unreadable | Returned | Faulted)
    assert wire.status == status


def test_a_deep_body_is_unreadable() -> None:
    assert isinstance(read_json_reply(200, HEADERS, b"[" * 100_000)[0], Unreadable)
