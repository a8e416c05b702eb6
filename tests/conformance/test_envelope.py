from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyVmomi import vim, vmodl

from tests.conformance.trees import patient
from vim25_conformance.envelope import read_reply
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
)
from vim25_conformance.reply_reader import lineage

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    "<soapenv:Body>{}</soapenv:Body>\n</soapenv:Envelope>"
)


def _answer(content: str) -> bytes:
    return ENVELOPE.format(f'<XResponse xmlns="urn:vim25">{content}</XResponse>').encode()


def _fault(detail: str, code: str = "ServerFaultCode") -> bytes:
    inside = f"<faultcode>{code}</faultcode><faultstring>words</faultstring>{detail}"
    return ENVELOPE.format(f"<soapenv:Fault>{inside}</soapenv:Fault>").encode()


def test_a_reference() -> None:
    reply, wire = read_reply(200, _answer('<returnval type="Task">task-7</returnval>'), vim.Task)
    assert reply == Returned(Ref("Task", "task-7"))
    assert wire.complaints == ()


def test_a_data_object_with_an_array_and_a_volatile_property() -> None:
    content = (
        "<returnval><key>k</key><userName>u</userName><fullName>f</fullName><loginTime>2026-01-01T00:00:00Z</loginTime>"
        "<lastActiveTime>2026-01-01T00:00:00Z</lastActiveTime><locale>en</locale><messageLocale>en</messageLocale>"
        "</returnval>"
    )
    reply, wire = read_reply(200, _answer(content), vim.UserSession, version="vim.version.version5")
    assert isinstance(reply, Returned)
    assert isinstance(reply.value, Data)
    assert (reply.value.type, reply.value.fields["key"], reply.value.fields["fullName"]) == (
        "UserSession",
        PRESENT,
        "f",
    )
    assert wire.complaints == ()


def test_what_the_registry_requires_and_does_not_know() -> None:
    _, wire = read_reply(
        200, _answer("<returnval><surprise>1</surprise><version>1</version></returnval>"), vim.AboutInfo
    )
    assert "returnval: property surprise of AboutInfo is not in vim25" in wire.complaints
    assert "returnval: required property fullName is missing" in wire.complaints


def test_a_type_that_nobody_knows_is_kept_and_complained_of() -> None:
    content = '<returnval xsi:type="NoSuchType"><a>1</a></returnval>'
    reply, wire = read_reply(200, _answer(content), vmodl.DynamicData)
    assert reply == Returned(Data("NoSuchType", {"a": "1"}))
    assert wire.complaints == ("returnval: type NoSuchType is not in vim25",)


def test_an_array_in_an_anytype_place() -> None:
    items = '<string xsi:type="xsd:string">a</string><string>b</string>'
    content = f'<returnval xsi:type="ArrayOfString">{items}</returnval>'
    reply, wire = read_reply(200, _answer(content), object)
    assert reply == Returned(Several(("a", "b")))
    assert wire.complaints == ("returnval[]: no xsi:type in an anyType place",)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("-3", "int", -3),
        ("1.5", "double", 1.5),
        ("x", "string", "x"),
    ],
)
def test_scalars_by_their_dynamic_type(text: str, kind: str, value: object) -> None:
    reply, _ = read_reply(200, _answer(f'<returnval xsi:type="xsd:{kind}">{text}</returnval>'), object)
    assert reply == Returned(value)  # type: ignore[arg-type]
    assert isinstance(reply, Returned)
    assert type(reply.value) is type(value)


def test_a_value_that_is_not_of_its_type() -> None:
    reply, wire = read_reply(200, _answer('<returnval xsi:type="xsd:int">many</returnval>'), object)
    assert reply == Returned("many")
    assert wire.complaints == ("returnval: 'many' is not a valid int",)


def test_a_fault_with_its_lineage_and_whether_it_is_declared() -> None:
    detail = (
        '<detail><IncompatibleHostForFtSecondaryFault xmlns="urn:vim25"'
        ' xsi:type="IncompatibleHostForFtSecondary">'
        '<host type="HostSystem">host-1</host><error><fault xsi:type="FaultToleranceAntiAffinityViolated">'
        '<hostName>h</hostName><host type="HostSystem">host-1</host></fault>'
        "<localizedMessage>w</localizedMessage></error>"
        "</IncompatibleHostForFtSecondaryFault></detail>"
    )
    reply, wire = read_reply(500, _fault(detail), declared_faults=("VmFaultToleranceIssue",))
    assert isinstance(reply, Faulted)
    assert reply.fault.lineage == (
        "IncompatibleHostForFtSecondary",
        "VmFaultToleranceIssue",
        "VimFault",
        "MethodFault",
    )
    assert reply.fault.declared
    nested = reply.fault.fields["error"]
    assert isinstance(nested, Several)
    assert isinstance(nested.items[0], Fault)
    assert nested.items[0].type == "FaultToleranceAntiAffinityViolated"
    assert (wire.status, wire.faultcode, wire.detail) == (
        500,
        "ServerFaultCode",
        "IncompatibleHostForFtSecondaryFault",
    )
    assert wire.complaints == ()


def test_no_words_of_a_fault_reach_the_tree() -> None:
    reply, _ = read_reply(
        500, _fault('<detail><InvalidLoginFault xmlns="urn:vim25" xsi:type="InvalidLogin"/></detail>')
    )
    assert "words" not in repr(reply)


def test_a_fault_without_detail() -> None:
    reply, wire = read_reply(500, _fault("", "ClientFaultCode"))
    assert (reply, wire.faultcode) == (Refused("ClientFaultCode"), "ClientFaultCode")


def test_a_fault_that_nobody_knows() -> None:
    reply, wire = read_reply(500, _fault('<detail><OddFault xmlns="urn:vim25" xsi:type="Odd"/></detail>'))
    assert isinstance(reply, Faulted)
    assert reply.fault.lineage == ("Odd", "MethodFault")
    assert wire.complaints == ("detail: Odd is not a fault of vim25",)


def test_void_and_unset_are_nothing() -> None:
    assert read_reply(200, _answer(""), None)[0] == Returned(None)


@patient
@given(st.binary(max_size=200))
def test_no_bytes_can_break_it(body: bytes) -> None:
    reply, wire = read_reply(200, body)
    assert isinstance(reply, Unreadable | Returned)
    assert wire.status == 200


def test_a_lineage_ends_at_method_fault() -> None:
    assert lineage(vim.fault.PowerOnFtSecondaryTimedout) == (
        "PowerOnFtSecondaryTimedout",
        "Timedout",
        "VimFault",
        "MethodFault",
    )
