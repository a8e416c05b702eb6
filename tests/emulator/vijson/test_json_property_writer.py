"""What the property collector's answers are made of, byte for byte."""

from __future__ import annotations

import json

import pytest

from vim25_emulator.soap.soap_property_writer import SoapPropertyWriter
from vim25_emulator.vijson.json_property_writer import JsonPropertyWriter
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.text import catalog
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import NEWEST, VERSIONS, version

NAME = managed_type("Folder").properties["name"].type
TAG = managed_type("Folder").properties["tag"].type
TEXTS = catalog(NEWEST)
WRITER = JsonPropertyWriter(version("8.0.2.0"), TEXTS)
FOLDER = MoRef("Folder", "group-d1")
OBJ = '{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-d1"}'
PROPERTY = '{"_typeName":"DynamicProperty","name":"name","val":{"_typeName":"string","_value":"a\\"b"}}'
CHANGE = '{"_typeName":"PropertyChange","name":"name","op":"%s"%s}'
MISSING = DataObject("MissingProperty", path="name", fault=DataObject("NotAuthenticated", privilegeId="x"))


def test_a_property_is_boxed_and_one_that_is_unset_is_nothing() -> None:
    write = WRITER.property("name", NAME)
    assert write('a"b').decode() == f",{PROPERTY}"
    assert write(None) == b""
    assert WRITER.fetched(NAME, 'a"b') == b'"a\\"b"'
    assert WRITER.fetched(NAME, None) == b""
    assert WRITER.fetched(TAG, ()) == b"[]"
    assert WRITER.obj(FOLDER).decode() == OBJ


@pytest.mark.parametrize("path", ["name", 'custom["a,b\\"\u00e9"]', "config.hardware.device[4000]"])
def test_a_change_is_made_of_the_written_property(path: str) -> None:
    written = WRITER.property(path, NAME)("x")
    assert json.loads(WRITER.change(path, "assign", written)) == {
        "_typeName": "PropertyChange",
        "name": path,
        "op": "assign",
        "val": {"_typeName": "string", "_value": "x"},
    }
    unset = json.loads(WRITER.change(path, "remove", b""))
    assert unset == {"_typeName": "PropertyChange", "name": path, "op": "remove"}


def content(missing: bytes, *properties: str) -> list[bytes]:
    """Return the pieces of the content of an object."""
    before, between, after = WRITER.content_frame("returnval")
    return [before, OBJ.encode(), between, *map(str.encode, properties), missing, after]


def test_contents_leave_out_what_is_empty() -> None:
    missing = WRITER.missing([MISSING])
    set_of_missing = missing.decode().removeprefix("],") + "]"
    (fault,) = [each["fault"] for each in json.loads(f"{{{set_of_missing}}}")["missingSet"]]
    assert fault == {
        "_typeName": "NotAuthenticated",
        "faultstring": "The session is not authenticated.",
        "privilegeId": "x",
    }
    pieces = [
        *content(missing, f",{PROPERTY}", "", f",{PROPERTY}"),
        *content(b"", ""),
        *content(missing),
        *content(b"", "", f",{PROPERTY}"),
    ]
    head = f'{{"_typeName":"ObjectContent","obj":{OBJ}'
    assert WRITER.contents(pieces).decode() == ",".join(
        [
            f'{head},"propSet":[{PROPERTY},{PROPERTY}],{set_of_missing}}}',
            f"{head}}}",
            f"{head},{set_of_missing}}}",
            f'{head},"propSet":[{PROPERTY}]}}',
        ]
    )
    assert WRITER.contents([]) == b""
    assert WRITER.missing([]) == b""


def test_updates_leave_out_what_is_empty() -> None:
    change = CHANGE % ("assign", "")
    missing, obj = WRITER.missing([MISSING]), OBJ.encode()
    updates = [
        ("enter", obj, [change.encode()], b""),
        ("modify", obj, [change.encode()], missing),
        ("modify", obj, [], missing),
        ("leave", obj, [], b""),
    ]
    (entered, both, only_missing, left) = json.loads(f"[{WRITER.updates(updates).decode()}]")
    assert entered["changeSet"] == [json.loads(change)]
    assert entered.keys() == {"_typeName", "kind", "obj", "changeSet"}
    assert [entry["path"] for entry in both["missingSet"]] == ["name"]
    assert only_missing.keys() == {"_typeName", "kind", "obj", "missingSet"}
    assert left.keys() == {"_typeName", "kind", "obj"}


def test_no_two_writers_have_the_same_slot() -> None:
    """Fragments of all writers are cached together."""
    writers = [kind(each, TEXTS) for each in VERSIONS for kind in (JsonPropertyWriter, SoapPropertyWriter)]
    assert len({writer.slot for writer in writers}) == len(writers)
