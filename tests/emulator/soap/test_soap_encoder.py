"""The rules of the wire, with bytes of real servers [observed: recordings] or by the rule [derived]."""

from __future__ import annotations

from typing import Any

import pytest

from vim25_emulator.soap.soap_encoder import (
    encode,
    encode_any,
    encode_envelope_fault,
    encode_fault_detail,
    encode_response,
    envelope,
)
from vim25_emulator.vmodl.registry import managed_type, method, type_ref
from vim25_emulator.vmodl.type_description import TypeRef
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST, version

ANY = type_ref("anyType")
V8 = version("8.0.2.0")


def declared(owner: str, name: str) -> TypeRef:
    return managed_type(owner).properties[name].type


def call(name: str) -> Any:
    described = method(name)
    assert described is not None
    return described


# ---- responses and envelopes ---------------------------------------------------------------------------


def test_the_envelope_of_a_failed_login_byte_for_byte() -> None:
    text = "Cannot complete login due to an incorrect user name or password."
    detail = encode_fault_detail(DataObject("InvalidLogin"), V8)
    assert encode_envelope_fault("ServerFaultCode", text, detail) == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"\n'
        b' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"\n'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"\n'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        b"<soapenv:Body>\n"
        b"<soapenv:Fault><faultcode>ServerFaultCode</faultcode>"
        b"<faultstring>Cannot complete login due to an incorrect user name or password.</faultstring>"
        b'<detail><InvalidLoginFault xmlns="urn:vim25" xsi:type="InvalidLogin"></InvalidLoginFault></detail>'
        b"</soapenv:Fault>\n"
        b"</soapenv:Body>\n"
        b"</soapenv:Envelope>"
    )


def test_a_fault_without_detail_has_no_detail_element() -> None:
    assert b"</faultstring></soapenv:Fault>" in encode_envelope_fault("ClientFaultCode", "no element found")


def test_the_text_of_a_fault_is_escaped() -> None:
    sent = encode_envelope_fault("ServerFaultCode", "The object 'vim.Task:task-1'")
    assert b"<faultstring>The object &apos;vim.Task:task-1&apos;</faultstring>" in sent


def test_the_envelope_adds_no_blank_inside_the_response() -> None:
    assert envelope(b"<X></X>").endswith(b"<soapenv:Body>\n<X></X>\n</soapenv:Body>\n</soapenv:Envelope>")


@pytest.mark.parametrize(
    ("name", "result", "sent"),
    [
        ("Logout", None, b'<LogoutResponse xmlns="urn:vim25"></LogoutResponse>'),
        ("Fetch", None, b'<FetchResponse xmlns="urn:vim25"></FetchResponse>'),
        (
            "CreateSecondaryVM_Task",
            MoRef("Task", "task-12"),
            b'<CreateSecondaryVM_TaskResponse xmlns="urn:vim25"><returnval type="Task">task-12</returnval>'
            b"</CreateSecondaryVM_TaskResponse>",
        ),
        (
            "FindAllByUuid",
            (MoRef("VirtualMachine", "vm-1"), MoRef("VirtualMachine", "vm-2")),
            b'<FindAllByUuidResponse xmlns="urn:vim25"><returnval type="VirtualMachine">vm-1</returnval>'
            b'<returnval type="VirtualMachine">vm-2</returnval></FindAllByUuidResponse>',
        ),
        ("FindAllByUuid", (), b'<FindAllByUuidResponse xmlns="urn:vim25"></FindAllByUuidResponse>'),
    ],
)
def test_responses(name: str, result: Any, sent: bytes) -> None:
    assert encode_response(call(name), result, V8) == sent


def test_a_client_of_2_0_is_answered_in_its_namespace() -> None:
    sent = encode_response(call("Logout"), None, version("2.0"))
    assert sent == b'<LogoutResponse xmlns="urn:vim2"></LogoutResponse>'


# ---- values in anyType places --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a&b", b'<val xsi:type="xsd:string">a&amp;b</val>'),
        (True, b'<val xsi:type="xsd:boolean">true</val>'),
        (3, b'<val xsi:type="xsd:int">3</val>'),
        (2**31, b'<val xsi:type="xsd:long">2147483648</val>'),
        (0.5, b'<val xsi:type="xsd:double">0.5</val>'),
        (b"\x00", b'<val xsi:type="xsd:base64Binary">AA==</val>'),
        (Tagged("long", 3), b'<val xsi:type="xsd:long">3</val>'),
        (Tagged("PropertyPath", "a.b"), b'<val xsi:type="xsd:string">a.b</val>'),
        (
            Tagged("VirtualMachinePowerState", "poweredOn"),
            b'<val xsi:type="VirtualMachinePowerState">poweredOn</val>',
        ),
        (
            MoRef("Folder", "group-d1"),
            b'<val type="Folder" xsi:type="ManagedObjectReference">group-d1</val>',
        ),
        (
            Tagged("ArrayOfString", ("a", "b")),
            b'<val xsi:type="ArrayOfString"><string xsi:type="xsd:string">a</string>'
            b'<string xsi:type="xsd:string">b</string></val>',
        ),
        (Tagged("ArrayOfInt", ()), b'<val xsi:type="ArrayOfInt"></val>'),
        (
            Tagged("ArrayOfAnyType", (1, "a")),
            b'<val xsi:type="ArrayOfAnyType"><anyType xsi:type="xsd:int">1</anyType>'
            b'<anyType xsi:type="xsd:string">a</anyType></val>',
        ),
        (
            DataObject("NotSupported"),
            b'<val xsi:type="LocalizedMethodFault"><fault xsi:type="NotSupported"></fault>'
            b"<localizedMessage>The operation is not supported on the object.</localizedMessage></val>",
        ),
        (
            # In no schema and no recording: the form that pyVmomi reads and sends [derived].
            Tagged("ArrayOfMethodFault", (DataObject("MethodFault"),)),
            b'<val xsi:type="ArrayOfMethodFault"><MethodFault xsi:type="LocalizedMethodFault"><fault></fault>'
            b"<localizedMessage>The operation failed.</localizedMessage></MethodFault></val>",
        ),
    ],
)
def test_any_type_tells_the_type(value: Any, sent: bytes) -> None:
    assert encode("val", ANY, value, V8) == sent
    assert encode_any("val", ANY, value, V8) == sent


@pytest.mark.parametrize(
    ("owner", "name", "value", "sent"),
    [
        (
            "Datastore",
            "host",
            (),
            b'<val xsi:type="ArrayOfDatastoreHostMount"></val>',
        ),
        (
            "Folder",
            "childEntity",
            (MoRef("Datacenter", "datacenter-2"),),
            b'<val xsi:type="ArrayOfManagedObjectReference">'
            b'<ManagedObjectReference type="Datacenter" xsi:type="ManagedObjectReference">datacenter-2'
            b"</ManagedObjectReference></val>",
        ),
        (
            "ManagedEntity",
            "disabledMethod",
            ("Destroy_Task",),
            b'<val xsi:type="ArrayOfString"><string xsi:type="xsd:string">Destroy_Task</string></val>',
        ),
        ("ManagedEntity", "overallStatus", "green", b'<val xsi:type="ManagedEntityStatus">green</val>'),
        ("ManagedEntity", "name", "vm", b'<val xsi:type="xsd:string">vm</val>'),
        ("ManagedEntity", "parent", None, b""),
        (
            "HttpNfcLease",
            "error",
            DataObject("Timedout"),
            b'<val xsi:type="LocalizedMethodFault"><fault xsi:type="Timedout"></fault>'
            b"<localizedMessage>The operation took too long.</localizedMessage></val>",
        ),
    ],
)
def test_a_property_in_an_any_type_place_has_its_declared_type(
    owner: str, name: str, value: Any, sent: bytes
) -> None:
    assert encode_any("val", declared(owner, name), value, V8) == sent


def test_a_declared_long_is_sent_as_long_however_small() -> None:
    assert encode_any("val", type_ref("long"), 3, V8) == b'<val xsi:type="xsd:long">3</val>'


# ---- declared places -----------------------------------------------------------------------------------


def test_a_value_of_the_declared_type_has_no_type_attribute_and_another_has() -> None:
    plain = DataObject("VirtualDevice", key=1)
    disk = DataObject("VirtualDisk", key=2, capacityInKB=4)
    device = type_ref("vim.vm.device.VirtualDevice[]")
    assert encode("device", device, (plain, disk), V8) == (
        b"<device><key>1</key></device>"
        b'<device xsi:type="VirtualDisk"><key>2</key><capacityInKB>4</capacityInKB></device>'
    )


def test_a_declared_fault_travels_as_localized_method_fault_with_its_cause_first() -> None:
    fault = DataObject(
        "InvalidArgument",
        invalidProperty="spec",
        faultCause=DataObject("NotSupported"),
        faultMessage=(DataObject("LocalizableMessage", key="k", message="m"),),
    )
    assert encode("error", type_ref("vmodl.MethodFault"), fault, V8) == (
        b'<error><fault xsi:type="InvalidArgument">'
        b'<faultCause><fault xsi:type="NotSupported"></fault>'
        b"<localizedMessage>The operation is not supported on the object.</localizedMessage></faultCause>"
        b"<faultMessage><key>k</key><message>m</message></faultMessage>"
        b"<invalidProperty>spec</invalidProperty></fault>"
        b"<localizedMessage>A specified parameter was not correct: spec</localizedMessage></error>"
    )


def test_a_localized_fault_keeps_the_text_that_it_brings() -> None:
    fault = DataObject(
        "LocalizedMethodFault", fault=DataObject("NotSupported"), localizedMessage="Nicht unterstützt"
    )
    assert (
        encode("error", type_ref("vmodl.MethodFault"), fault, V8)
        == (
            '<error><fault xsi:type="NotSupported"></fault>'
            "<localizedMessage>Nicht unterstützt</localizedMessage></error>"
        ).encode()
    )


def test_fragments_stand_among_values_and_as_values() -> None:
    content = type_ref("vmodl.query.PropertyCollector.ObjectContent[]")
    one = DataObject("ObjectContent", obj=MoRef("Folder", "a"))
    two = Fragment(b'<objects><obj type="Folder">b</obj></objects>')
    both = b'<objects><obj type="Folder">a</obj></objects>' + two
    assert encode("objects", content, (one, two), V8) == both
    assert encode("objects", content, Fragment(both), V8) == both
    assert encode("val", ANY, Fragment(b"<val>x</val>"), V8) == b"<val>x</val>"
    assert encode("name", type_ref("string"), Fragment(b"<name>x</name>"), V8) == b"<name>x</name>"


# ---- older clients -------------------------------------------------------------------------------------


def test_what_is_newer_than_the_client_is_left_out_or_sent_as_its_ancestor() -> None:
    runtime = DataObject(
        "VirtualMachineRuntimeInfo", connectionState="connected", powerState="poweredOn", paused=False
    )
    kind = type_ref("vim.vm.RuntimeInfo")
    assert b"<paused>" in encode("runtime", kind, runtime, version("6.0"))
    assert b"<paused>" not in encode("runtime", kind, runtime, version("5.5"))


def test_array_items_newer_than_the_client_are_sent_as_their_ancestor_too() -> None:
    nvme = DataObject("VirtualNVMEController", key=1, busNumber=0)
    devices = type_ref("vim.vm.device.VirtualDevice[]")
    assert encode("device", devices, (nvme,), version("6.5")).startswith(
        b'<device xsi:type="VirtualNVMEController">'
    )
    assert encode("device", devices, (nvme,), version("6.0")) == (
        b'<device xsi:type="VirtualController"><key>1</key><busNumber>0</busNumber></device>'
    )


def test_a_fault_newer_than_the_client_is_sent_as_its_ancestor_under_that_name() -> None:
    fault = DataObject("FtVmHostRuleViolation", vmName="a", hostName="b", hostGroup="c")
    assert encode_fault_detail(fault, version("7.0.0.0")) == (
        b'<VmConfigFaultFault xmlns="urn:vim25" xsi:type="VmConfigFault"></VmConfigFaultFault>'
    )


def test_a_reference_to_a_type_newer_than_the_client_names_its_ancestor() -> None:
    network = MoRef("OpaqueNetwork", "network-o1")
    kind = declared("VirtualMachine", "network")
    assert (
        encode("network", kind, (network,), version("5.1")) == b'<network type="Network">network-o1</network>'
    )
    assert b'type="OpaqueNetwork"' in encode("network", kind, (network,), version("5.5"))


def test_an_enumeration_newer_than_the_client_is_a_string_to_it() -> None:
    value = Tagged("VirtualMachineFaultToleranceState", "running")
    assert encode("val", ANY, value, version("2.5")) == b'<val xsi:type="xsd:string">running</val>'
    array = Tagged("ArrayOfVirtualMachineFaultToleranceState", ("running",))
    assert encode("val", ANY, array, version("2.5")) == (
        b'<val xsi:type="ArrayOfString"><string xsi:type="xsd:string">running</string></val>'
    )


# ---- wrong values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (DataObject("AboutInfo", name=3), "AboutInfo.name takes a str, not 3"),
        (DataObject("VirtualDevice", key="1"), "VirtualDevice.key takes an int, not '1'"),
        (DataObject("VirtualDevice", key=2**31), "VirtualDevice.key takes an int from -2147483648"),
        (DataObject("VirtualDevice", key=True), "VirtualDevice.key takes an int, not True"),
        (DataObject("PropertySpec", type="T", all="yes"), "PropertySpec.all takes a bool, not 'yes'"),
        (DataObject("PropertySpec", pathSet="name"), "PropertySpec.pathSet takes a tuple, not 'name'"),
        (DataObject("ObjectSpec", obj="vm-1"), "ObjectSpec.obj takes a MoRef, not 'vm-1'"),
        (DataObject("ObjectSpec", obj=MoRef("Vm", "1")), "ObjectSpec.obj: vim25 has no managed object type"),
        (
            DataObject("VirtualMachineRuntimeInfo", host=MoRef("Folder", "f")),
            "VirtualMachineRuntimeInfo.host takes a reference to a HostSystem, not to a Folder",
        ),
        (
            DataObject("ObjectSpec", selectSet=(DataObject("AboutInfo"),)),
            "ObjectSpec.selectSet takes a SelectionSpec, not a AboutInfo",
        ),
        (
            DataObject("VirtualMachineRuntimeInfo", powerState=""),
            "VirtualMachineRuntimeInfo.powerState takes an enumeration's value",
        ),
        (DataObject("OptionValue", key="k", value=("a",)), "OptionValue.value takes a value whose type"),
        (
            DataObject("OptionValue", key="k", value=Tagged("No", 1)),
            "OptionValue.value: vim25 has no type 'No'",
        ),
        (
            DataObject("TaskInfo", error=DataObject("AboutInfo")),
            "TaskInfo.error takes a LocalizedMethodFault",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_type_and_property(value: DataObject, message: str) -> None:
    with pytest.raises(TypeError) as raised:
        encode("val", ANY, value, NEWEST)
    assert message in str(raised.value)


def test_a_void_method_takes_no_result() -> None:
    with pytest.raises(TypeError, match="void"):
        encode_response(call("Logout"), "bye", NEWEST)
