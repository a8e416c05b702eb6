"""The judge of JSON answers finds what is wrong with them: each rule rejects an answer that breaks it."""

from __future__ import annotations

import time

import pytest

from tests.fidelity.answers import Exchange
from tests.fidelity.declared_faults import undeclared_faults
from tests.fidelity.json_answers import json_flaws
from vim25_emulator.wire.http import Headers, Reply, Request

JSON = (b"content-type", b"application/json")
REF = b'{"_typeName":"ManagedObjectReference","type":"Task","value":"task-1"}'


def exchange(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> Exchange:
    path = "/sdk/vim25/8.0.2.0/Folder/group-d1/x"
    request = Request("POST", path, {}, ("127.0.0.1", 1), True, time.perf_counter())
    sent: Headers = [*headers, (b"content-length", b"%d" % len(body))]
    return request, Reply(status, body, sent, "PowerOnVM_Task")


@pytest.mark.parametrize(
    "body",
    [
        b'"a"',
        b"[]",
        REF,
        b'[{"_typeName":"Tag","key":"k"}]',
        b'{"_typeName":"VirtualDiskSeSparseBackingOption","deltaDiskFormatsSupported":[]}',
        b'{"_typeName":"DynamicProperty","name":"n","val":{"_typeName":"int","_value":1}}',
        b'{"_typeName":"DynamicProperty","name":"n","val":{"_typeName":"ArrayOfTag","_value":[]}}',
        b'{"_typeName":"DynamicProperty","name":"n","val":{"_typeName":"ManagedEntityStatus","_value":"red"}}',
    ],
)
def test_right_answers_have_no_flaws(body: bytes) -> None:
    assert list(json_flaws([exchange(200, body, JSON)])) == []


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"null", "null"),
        (b'{"_typeName":"Tag","key":null}', "null"),
        (b'{"key":"k","_typeName":"Tag"}', "_typeName is not first"),
        (b"{}", "_typeName is not first"),
        (b'{"_typeName":"Tag","key":"k","x":1}', "Tag has no x"),
        (b'{"_typeName":"Tag","key":["k"]}', "Tag.key is"),
        (b'{"_typeName":"LocalizedMethodFault"}', "is not of a type"),
        (b'{"_typeName":"ArrayOfLocalizedMethodFault","_value":[]}', "does not exist"),
        (b'{"_typeName":"int","_value":{"_typeName":"int","_value":1}}', "boxed wrongly"),
        (b'{"_typeName":"int","_value":[1]}', "boxed wrongly"),
        (b'{"_typeName":"xsd:int","_value":1}', "is no type"),
        (b'{"_typeName":"ManagedObjectReference","_value":"task-1"}', "is no reference"),
        (b'{"_typeName":"SharesInfo","faultstring":"x"}', "has no faultstring"),
        (b'{"_typeName":"CustomFieldStringValue","key":1,"value":[]}', "CustomFieldStringValue.value"),
        (b'{"_typeName":"ClusterConfigInfoEx","dasVmConfig":[]}', "dasVmConfig is empty"),
    ],
)
def test_a_wrong_value_is_found(body: bytes, flaw: str) -> None:
    assert flaw in " ".join(json_flaws([exchange(200, body, JSON)]))


@pytest.mark.parametrize(
    ("status", "body", "headers", "flaw"),
    [
        (200, b"", (), "204"),
        (204, b"1", (JSON,), "204"),
        (200, b"1", (), "Content-Type"),
        (500, b'{"_typeName":"Tag","key":"k"}', (JSON,), "Tag is no fault"),
        (200, b"1", (JSON, (b"content-encoding", b"gzip")), "as a whole"),
    ],
)
def test_wrong_headers_are_found(
    status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...], flaw: str
) -> None:
    assert flaw in " ".join(json_flaws([exchange(status, body, *headers)]))


def test_an_undeclared_fault_is_found() -> None:
    undeclared = exchange(500, b'{"_typeName":"AlreadyExists"}', JSON)
    assert list(undeclared_faults([undeclared])) == ["PowerOnVM_Task: AlreadyExists"]
    declared = exchange(500, b'{"_typeName":"FileFault","file":"f"}', JSON)
    runtime = exchange(500, b'{"_typeName":"InvalidRequest"}', JSON)
    assert list(undeclared_faults([declared, runtime])) == []
