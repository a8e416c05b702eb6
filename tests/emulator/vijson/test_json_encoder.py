"""The rules of the JSON binding, byte for byte."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from vim25_emulator.vijson.json_encoder import encode, encode_any, encode_fault
from vim25_emulator.vmodl.registry import data_type, type_ref
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST, version

ANY = type_ref("anyType")
FAULT = type_ref("vmodl.MethodFault")
V8 = version("8.0.1.0")
NOON = datetime(2024, 2, 29, 12, 0, 0, 120000, tzinfo=timezone.utc)
HOST = MoRef("HostSystem", "host-1")
REFERENCE = b'{"_typeName":"ManagedObjectReference","type":"HostSystem","value":"host-1"}'


def declared(vmodl_name: str) -> Any:
    return type_ref(vmodl_name)


# ---- values in a declared place ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vmodl_name", "value", "body"),
    [
        ("string", 'a "b" \\ é \x00\n', b'"a \\"b\\" \\\\ \xc3\xa9 \\u0000\\n"'),
        ("boolean", False, b"false"),
        ("int", -3, b"-3"),
        ("long", 2**63 - 1, b"9223372036854775807"),
        ("double", 2.5, b"2.5"),
        ("float", 3, b"3"),
        ("vmodl.DateTime", NOON, b'"2024-02-29T12:00:00.12Z"'),
        ("vmodl.Binary", b"\x00\xff", b'"AP8="'),
        ("vmodl.TypeName", "VirtualMachine", b'"VirtualMachine"'),
        ("vim.VirtualMachine.PowerState", "poweredOn", b'"poweredOn"'),
        ("vim.HostSystem", HOST, REFERENCE),
        ("vim.HostSystem[]", (HOST,), b"[" + REFERENCE + b"]"),
        ("string[]", ("a",), b'["a"]'),
        ("string[]", (), b"[]"),
        ("vim.Tag[]", (), b"[]"),
        ("vim.Tag[]", (DataObject("Tag", key="k"),), b'[{"_typeName":"Tag","key":"k"}]'),
        ("string", None, b""),
        ("void", None, b""),
    ],
)
def test_a_declared_value_is_bare(vmodl_name: str, value: Any, body: bytes) -> None:
    assert encode(declared(vmodl_name), value, V8) == body


@pytest.mark.parametrize(
    ("value", "body"),
    [(float("inf"), b'"INF"'), (float("-inf"), b'"-INF"'), (float("nan"), b'"NaN"')],
)
def test_a_number_that_json_does_not_have_is_a_string(value: float, body: bytes) -> None:
    """[derived] It has the name that it has in XML Schema."""
    assert encode(declared("double"), value, V8) == body


@pytest.mark.parametrize(("text", "body"), [("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "\U0001f600")])
def test_a_lone_surrogate_is_replaced(text: str, body: str) -> None:
    option = DataObject("OptionValue", key=text, value=Tagged("ArrayOfString", (text,)))
    box = f'{{"_typeName":"ArrayOfString","_value":["{body}"]}}'
    expected = f'{{"_typeName":"OptionValue","key":"{body}","value":{box}}}'
    assert encode(declared("vim.option.OptionValue"), option, V8) == expected.encode()


def test_a_subclass_of_a_string_is_a_string() -> None:
    assert encode(declared("string[]"), (type("Text", (str,), {})("a"),), V8) == b'["a"]'


# ---- data objects --------------------------------------------------------------------------------------


def test_members_stand_in_wire_order_after_the_type_and_empty_arrays_are_left_out() -> None:
    spec = DataObject("PropertySpec", pathSet=(), all=False, type="VirtualMachine")
    body = b'{"_typeName":"PropertySpec","type":"VirtualMachine","all":false}'
    assert encode(declared("vmodl.query.PropertyCollector.PropertySpec"), spec, V8) == body


@pytest.mark.parametrize("set_", [{}, {"deltaDiskFormatsSupported": ()}])
def test_an_array_that_is_required_is_written_when_it_is_empty(set_: dict[str, Any]) -> None:
    """The published document requires it, and clients read it without a default [derived]."""
    value = DataObject.trusted(data_type("VirtualDiskSeSparseBackingOption"), set_)
    written = encode_any(declared("vmodl.DynamicData"), value, NEWEST)
    assert written.endswith(b'"deltaDiskFormatsSupported":[]}')


def test_a_newer_member_is_left_out() -> None:
    spec = DataObject("VirtualMachineConfigSpec", name="a", metroFtEnabled=True)
    assert encode(declared("vim.vm.ConfigSpec"), spec, V8) == (
        b'{"_typeName":"VirtualMachineConfigSpec","name":"a"}'
    )
    assert b'"metroFtEnabled":true' in encode(declared("vim.vm.ConfigSpec"), spec, NEWEST)


def test_a_newer_type_is_its_nearest_known_ancestor() -> None:
    newer = DataObject("VirtualMachineVMotionStunTimeInfo", name="n", configurationTag=("a",))
    assert encode_any(ANY, newer, V8) == (
        b'{"_typeName":"VirtualMachineTargetInfo","name":"n","configurationTag":["a"]}'
    )


# ---- anyType places ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("a", b'{"_typeName":"string","_value":"a"}'),
        (True, b'{"_typeName":"boolean","_value":true}'),
        (3, b'{"_typeName":"int","_value":3}'),
        (2**31, b'{"_typeName":"long","_value":2147483648}'),
        (2.5, b'{"_typeName":"double","_value":2.5}'),
        (NOON, b'{"_typeName":"dateTime","_value":"2024-02-29T12:00:00.12Z"}'),
        (b"\x00\xff", b'{"_typeName":"base64Binary","_value":"AP8="}'),
        (Tagged("long", 3), b'{"_typeName":"long","_value":3}'),
        (Tagged("TypeName", "Task"), b'{"_typeName":"TypeName","_value":"Task"}'),
        (Tagged("ArrayOfTypeName", ("Task",)), b'{"_typeName":"ArrayOfString","_value":["Task"]}'),
        (Tagged("ManagedEntityStatus", "green"), b'{"_typeName":"ManagedEntityStatus","_value":"green"}'),
        (Tagged("HostConfigChangeOwner", "x"), b'{"_typeName":"string","_value":"x"}'),
        (Tagged("ArrayOfHostConfigChangeOwner", ("x",)), b'{"_typeName":"ArrayOfString","_value":["x"]}'),
        (Tagged("ArrayOfString", ("a",)), b'{"_typeName":"ArrayOfString","_value":["a"]}'),
        (Tagged("ArrayOfTag", ()), b'{"_typeName":"ArrayOfTag","_value":[]}'),
        (
            Tagged("ArrayOfAnyType", (1, HOST)),
            b'{"_typeName":"ArrayOfAnyType","_value":[{"_typeName":"int","_value":1},%b]}' % REFERENCE,
        ),
        (
            Tagged("ArrayOfManagedObjectReference", (HOST,)),
            b'{"_typeName":"ArrayOfManagedObjectReference","_value":[%b]}' % REFERENCE,
        ),
        (
            Tagged("ArrayOfLocalizedMethodFault", (DataObject("InvalidProperty", name="x"),)),
            b'{"_typeName":"ArrayOfMethodFault","_value":[{"_typeName":"InvalidProperty","name":"x"}]}',
        ),
        (HOST, REFERENCE),
        (DataObject("Tag", key="k"), b'{"_typeName":"Tag","key":"k"}'),
        (DataObject("InvalidProperty", name="x"), b'{"_typeName":"InvalidProperty","name":"x"}'),
    ],
)
def test_a_value_in_an_any_place_is_boxed_unless_it_is_an_object(value: Any, body: bytes) -> None:
    assert encode_any(ANY, value, V8) == body


@pytest.mark.parametrize(
    ("vmodl_name", "value", "body"),
    [
        ("long", 3, b'{"_typeName":"long","_value":3}'),
        ("vim.Tag[]", (), b'{"_typeName":"ArrayOfTag","_value":[]}'),
        ("vim.HostSystem[]", (), b'{"_typeName":"ArrayOfManagedObjectReference","_value":[]}'),
        ("vim.ManagedEntity.Status", "red", b'{"_typeName":"ManagedEntityStatus","_value":"red"}'),
        ("vim.HostSystem", HOST, REFERENCE),
        ("vmodl.MethodFault", DataObject("InvalidProperty"), b'{"_typeName":"InvalidProperty"}'),
        ("string", None, b""),
    ],
)
def test_the_type_of_a_property_names_its_value(vmodl_name: str, value: Any, body: bytes) -> None:
    assert encode_any(declared(vmodl_name), value, V8) == body


# ---- faults --------------------------------------------------------------------------------------------

DETAIL = b'{"_typeName":"InvalidArgument","faultstring":"%b","invalidProperty":"spec"}'


def test_a_fault_is_flat_with_its_text_first() -> None:
    fault = DataObject("InvalidArgument", invalidProperty="spec")
    assert encode_fault(fault, "wrong", V8) == DETAIL % b"wrong"
    assert encode(FAULT, fault, V8) == DETAIL % b"A specified parameter was not correct: spec"


def test_a_text_of_its_own_and_that_of_the_catalog_are_written() -> None:
    fault = DataObject("InvalidArgument", invalidProperty="spec")
    localized = DataObject("LocalizedMethodFault", fault=fault, localizedMessage="own")
    catalog = Catalog(V8, {"InvalidArgument": "catalog"})
    assert encode(FAULT, localized, V8) == encode_any(ANY, localized, V8) == DETAIL % b"own"
    assert encode(FAULT, fault, V8, catalog) == DETAIL % b"catalog"


def test_an_empty_text_is_left_out() -> None:
    localized = DataObject("LocalizedMethodFault", fault=DataObject("InvalidLogin"), localizedMessage="")
    assert encode(FAULT, localized, V8) == b'{"_typeName":"InvalidLogin"}'
    assert encode_fault(DataObject("InvalidLogin"), "", V8) == b'{"_typeName":"InvalidLogin"}'


def test_the_cause_of_a_fault_is_flat() -> None:
    fault = DataObject("InvalidProperty", name="a", faultCause=DataObject("InvalidProperty", name="b"))
    assert encode_fault(fault, "", V8) == (
        b'{"_typeName":"InvalidProperty","faultCause":{"_typeName":"InvalidProperty","name":"b"},"name":"a"}'
    )


# ---- fragments -----------------------------------------------------------------------------------------


def test_a_fragment_is_written_unchanged_and_may_be_several_items() -> None:
    content = DataObject(
        "ObjectContent",
        obj=HOST,
        propSet=(
            Fragment(
                b'{"_typeName":"DynamicProperty","name":"a"},{"_typeName":"DynamicProperty","name":"b"}'
            ),
            Fragment(b""),
            DataObject("DynamicProperty", name="c", val=Fragment(b'{"_typeName":"int","_value":1}')),
        ),
    )
    start = b'{"_typeName":"ObjectContent","obj":%b,"propSet":[' % REFERENCE
    items = (
        b'{"_typeName":"DynamicProperty","name":"a"},{"_typeName":"DynamicProperty","name":"b"},'
        b'{"_typeName":"DynamicProperty","name":"c","val":{"_typeName":"int","_value":1}}'
    )
    kind = declared("vmodl.query.PropertyCollector.ObjectContent[]")
    assert encode(kind, (content,), V8) == b"[" + start + items + b"]}]"


@pytest.mark.parametrize(
    "vmodl_name", ["string", "vmodl.Binary", "vmodl.DateTime", "vim.HostSystem", "anyType"]
)
def test_a_fragment_may_stand_anywhere(vmodl_name: str) -> None:
    assert encode(declared(vmodl_name), Fragment(b'"x"'), V8) == b'"x"'
    assert encode(declared(f"{vmodl_name}[]"), (Fragment(b'"x","y"'),), V8) == b'["x","y"]'
    assert encode(declared(f"{vmodl_name}[]"), Fragment(b"[1]"), V8) == b"[1]"


# ---- wrong values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vmodl_name", "value", "where"),
    [
        ("vim.Tag", DataObject("AboutInfo"), "takes a Tag, not a AboutInfo"),
        ("vim.Tag", "text", "takes a Tag, not 'text'"),
        ("vim.Tag[]", "text", "takes a tuple"),
        ("vim.HostSystem", MoRef("Folder", "f"), "takes a reference to a HostSystem"),
        ("vim.HostSystem", "host-1", "takes a MoRef"),
        ("vmodl.MethodFault", DataObject("Tag"), "takes a fault"),
        ("vmodl.DateTime", datetime(2024, 1, 1), "takes an aware datetime"),
        ("anyType", Tagged("NoSuchType", 1), "no 'NoSuchType'"),
        ("anyType", object(), "takes a value whose type Python determines"),
        ("string", object(), "takes a value that JSON has a form of"),
        ("vim.AboutInfo", DataObject("Tag"), "takes a AboutInfo"),
        (
            "vim.vm.ConfigSpec",
            DataObject("VirtualMachineConfigSpec", files=DataObject("Tag")),
            "VirtualMachineConfigSpec.files takes a VirtualMachineFileInfo, not a Tag",
        ),
    ],
)
def test_a_value_of_another_structure_is_a_mistake(vmodl_name: str, value: Any, where: str) -> None:
    with pytest.raises(TypeError, match=where):
        encode(declared(vmodl_name), value, V8)
