"""Everything that a server cannot parse, over a real socket: the fault, and the stack of frames.

The stacks are those of real servers [observed: published by users]. The tables have what was being parsed and
its start tag, which determines the position.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.wire.peer import Answer, Peer, call, login
from vim25_emulator import Emulator

_BEFORE = "while parsing HTTP request before method was determined\nat line 1, column 0"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(api_version="8.0.2.0", tls=False, task_duration=0.0) as started:
        yield started


@pytest.fixture(scope="module")
def old() -> Iterator[Emulator]:
    with Emulator(api_version="5.5", tls=False, task_duration=0.0) as started:
        yield started


def ask(emulator: Emulator, document: str | bytes, action: str = "urn:vim25/8.0.2.0") -> Answer:
    """Log in, send a request and return the response."""
    with Peer(emulator) as peer:
        cookie = peer.post(login(emulator)).headers["set-cookie"]
        return peer.post(document, f"Cookie: {cookie}", f"SOAPAction: {action}")


def stack(document: str, first_line: str, *frames: str | tuple[str, str], last: str) -> str:
    """Return a fault's text; a frame may have the start tag of its element."""
    blocks = [first_line]
    for frame in frames:
        if isinstance(frame, str):
            blocks.append(frame)
        else:
            before, _, _ = document.partition(frame[1])
            line = before.count("\n") + 1
            blocks.append(f"{frame[0]}\nat line {line}, column {len(before.rpartition(chr(10))[2])}")
    return "\n\n".join((*blocks, last))


def enclosing(method: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"while parsing call information for method {method}", f"<{method} "),
        ("while parsing SOAP body", "<soapenv:Body>"),
        ("while parsing SOAP envelope", "<soapenv:Envelope"),
    )


def on(method: str, vmodl_type: str) -> str:
    return (
        f"while parsing HTTP request for method {method}\non object of type {vmodl_type}\nat line 1, column 0"
    )


def escaped(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        text = text.replace(character, entity)
    return text


# ---- parameters and properties -------------------------------------------------------------------------

_REGISTER = ("RegisterVM_Task", "Folder", "group-v3")
_COLLECT = ("RetrieveProperties", "PropertyCollector", "propertyCollector")
_PATH = "<path>[shared-1] a/a.vmx</path>"
_SPEC = "while parsing serialized DataObject of type vmodl.query.PropertyCollector."
_PROP_SET = "<propSet><type>Folder</type></propSet>"
_OBJ = '<objectSet><obj type="Folder">group-d1</obj></objectSet>'

#: Method, type and object of the call; arguments; first line; frames inside the call.
PARAMETERS = {
    "missing": (_REGISTER, "", "Required parameter path is missing", ()),
    "missing before others": (_REGISTER, "<name>a</name>", "Required parameter path is missing", ()),
    "unknown": (
        _REGISTER,
        f"{_PATH}<asTemplate>0</asTemplate><color/>",
        'Unexpected element tag "color" seen',
        (),
    ),
    "twice": (
        _REGISTER,
        f"{_PATH}<asTemplate>0</asTemplate><asTemplate>0</asTemplate>",
        'Unexpected element tag "asTemplate" seen',
        (),
    ),
    "late": (
        _REGISTER,
        f"{_PATH}<asTemplate>0</asTemplate><name>a</name>",
        'Unexpected element tag "name" seen',
        (),
    ),
    "other than expected": (
        _REGISTER,
        "<color/>",
        "Got <color> tag when expecting <path> tag",
        (),
    ),
    "no value of its type": (
        _REGISTER,
        f"{_PATH}<asTemplate>perhaps</asTemplate>",
        'Unable to parse "perhaps" as boolean',
        (),
    ),
    "a child in a scalar": (_REGISTER, "<path><b/></path>", 'Unexpected element tag "b" seen', ()),
    "an undefined prefix": (
        _REGISTER,
        '<path xsi:type="soap:string">a</path>',
        "Attribute value soap:string uses an undefined namespace prefix soap",
        (),
    ),
    "a type of another namespace": (
        _REGISTER,
        '<path xmlns:a="urn:other" xsi:type="a:string">a</path>',
        "Unable to resolve WSDL type name string in namespace urn:other",
        (),
    ),
    "text for a data object": (
        _COLLECT,
        "<specSet>none</specSet>",
        'Unexpected text in element "specSet"',
        ((f"{_SPEC}FilterSpec", "<specSet>"),),
    ),
    "a property missing": (
        _COLLECT,
        f"<specSet>{_PROP_SET}<objectSet></objectSet></specSet>",
        "Required property obj is missing from data object of type ObjectSpec",
        (
            (f"{_SPEC}ObjectSpec", "<objectSet>"),
            'while parsing property "objectSet" of static type ArrayOfObjectSpec',
            (f"{_SPEC}FilterSpec", "<specSet>"),
        ),
    ),
    "a property of no such type": (
        _COLLECT,
        f"<specSet>{_PROP_SET}{_OBJ.replace('Folder', 'Drawer')}</specSet>",
        "Unable to resolve WSDL type name Drawer",
        (
            ("while parsing MoRef for ManagedObject of type vmodl.ManagedObject", "<obj "),
            'while parsing property "obj" of static type ManagedObject',
            (f"{_SPEC}ObjectSpec", "<objectSet>"),
            'while parsing property "objectSet" of static type ArrayOfObjectSpec',
            (f"{_SPEC}FilterSpec", "<specSet>"),
        ),
    ),
    "a reference to another type": (
        _REGISTER,
        f'{_PATH}<asTemplate>0</asTemplate><pool type="HostSystem">host-11</pool>',
        "Type HostSystem is not derived from ResourcePool",
        (("while parsing MoRef for ManagedObject of type vim.ResourcePool", "<pool "),),
    ),
    "a parameter of another namespace": (
        _REGISTER,
        '<path xmlns="urn:other">a</path>',
        'Unexpected element tag "path" of namespace "urn:other" seen',
        (),
    ),
    "text beside parameters": (_REGISTER, None, 'Unexpected text in element "RegisterVM_Task"', ()),
}
_VMODL = {
    "RegisterVM_Task": ("registerVm", "vim.Folder"),
    "RetrieveProperties": ("retrieveContents", "vmodl.query.PropertyCollector"),
}


@pytest.mark.parametrize("case", PARAMETERS.values(), ids=PARAMETERS)
@pytest.mark.parametrize("line_end", ["", "\n"], ids=["one line", "lines"])
def test_a_call_that_cannot_be_read(emulator: Emulator, case: Any, line_end: str) -> None:
    asked, arguments, first_line, frames = case
    document = call(*asked, arguments or "")
    if arguments is None:
        document = document.replace("</_this>", "</_this>junk")
    document = document.replace("<soapenv:Body>", f"<soapenv:Body>{line_end}")
    method, kind = _VMODL[asked[0]]
    before_this = arguments is None or first_line.endswith('"urn:other" seen')
    last = _BEFORE if before_this else on(method, kind)
    expected = stack(document, first_line, *frames, *enclosing(asked[0]), last=last)
    answer = ask(emulator, document)
    assert answer.status == 500
    assert answer.fault == ("ServerFaultCode", escaped(expected))
    assert answer.text.endswith(
        f"{_detail('InvalidRequest')}</soapenv:Fault>\n</soapenv:Body>\n</soapenv:Envelope>"
    )


# ---- documents -----------------------------------------------------------------------------------------

_SOAP = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
_PLAIN = f"<soapenv:Envelope {_SOAP}><soapenv:Body>{{}}</soapenv:Body></soapenv:Envelope>"
_EXPAT = "Error returned by expat parser: "
DOCUMENTS = {
    "no XML": ("POST me", "ClientFaultCode", f"{_EXPAT}syntax error"),
    "empty": ("", "ClientFaultCode", f"{_EXPAT}no element found"),
    "a bad character": (_PLAIN.format("\x01"), "ClientFaultCode", f"{_EXPAT}not well-formed (invalid token)"),
    "bad UTF-8": (b"<a>\xff</a>", "ClientFaultCode", f"{_EXPAT}not well-formed (invalid token)"),
    "cut short": (_PLAIN.format("")[:-9], "ClientFaultCode", f"{_EXPAT}unclosed token"),
    "mismatched": ("<a></b>", "ClientFaultCode", f"{_EXPAT}mismatched tag"),
    "more than one": ("<a/><b/>", "ClientFaultCode", f"{_EXPAT}junk after document element"),
    "an undefined prefix": (
        _PLAIN.format('<CurrentTime xmlns="urn:vim25" xsi:type="a"/>'),
        "ServerFaultCode",
        "Attribute name xsi:type uses an undefined namespace prefix xsi",
    ),
    "something after the body": (
        _PLAIN.format("<a/>").replace("</soapenv:Envelope>", "<soapenv:Body/></soapenv:Envelope>"),
        "ServerFaultCode",
        "Unexpected element tag &quot;Body&quot; seen\n\nwhile parsing SOAP envelope\nat line 1, column 0",
    ),
    "too many elements": (
        _PLAIN.format("<a/>" * 500_000),
        "ServerFaultCode",
        "XML document element count exceeds configured maximum 500000",
    ),
    "too deep": (
        _PLAIN.format("<a>" * 200 + "</a>" * 200),
        "ServerFaultCode",
        "XML document depth exceeds configured maximum 128",
    ),
    "a document type": (
        "<!DOCTYPE a><a/>",
        "ServerFaultCode",
        "XML document type declarations are not accepted",
    ),
}


@pytest.mark.parametrize("case", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_that_cannot_be_read(emulator: Emulator, case: Any) -> None:
    document, code, first_line = case
    answer = ask(emulator, document)
    assert answer.status == 500
    assert answer.fault == (code, f"{first_line}\n\n{_BEFORE}")
    assert ("<detail>" in answer.text) == (code == "ServerFaultCode")


_CALL = '<CurrentTime xmlns="urn:vim25"><_this>ServiceInstance</_this></CurrentTime>'
ENVELOPES = {
    "text in the envelope": (_PLAIN.format(_CALL).replace("<soapenv:Body>", "x<soapenv:Body>"), "Envelope"),
    "text in the body": (_PLAIN.format(f"{_CALL}x"), "Body"),
}


@pytest.mark.parametrize("case", ENVELOPES.values(), ids=ENVELOPES)
def test_there_is_no_text_around_a_call(emulator: Emulator, case: Any) -> None:
    document, place = case
    frames = enclosing("")[1 if place == "Body" else 2 :]
    expected = stack(document, f'Unexpected text in element "{place}"', *frames, last=_BEFORE)
    assert ask(emulator, document).fault == ("ServerFaultCode", escaped(expected))


@pytest.mark.parametrize(
    ("namespace", "shown"),
    [("urn:vim2", "urn:vim2"), ("urn:pbm", "urn:pbm"), ("", "")],
    ids=["old", "other", "none"],
)
def test_another_namespace_is_not_served(emulator: Emulator, namespace: str, shown: str) -> None:
    document = call("CurrentTime", "ServiceInstance", "ServiceInstance").replace("urn:vim25", namespace)
    expected = stack(
        document,
        f'Unsupported namespace "{shown}" in content of SOAP body',
        *enclosing("CurrentTime")[1:],
        last=_BEFORE,
    )
    assert ask(emulator, document).fault == ("ServerFaultCode", escaped(expected))


def test_the_fault_for_an_unknown_method_names_the_clients_version(emulator: Emulator) -> None:
    answer = ask(emulator, call("Dance", "Folder", "group-d1"))
    assert answer.fault[1] == "Unable to resolve WSDL method name Dance in vim.version.v8_0_2_0"
    assert "InvalidRequestFault" in answer.text


def test_the_old_fault_for_an_unknown_method_has_a_position(old: Emulator) -> None:
    document = call("Dance", "Folder", "group-d1")
    expected = stack(
        document,
        "Unable to resolve WSDL method name Dance for namespace name urn:vim25",
        *enclosing("Dance")[1:],
        last=_BEFORE,
    )
    assert ask(old, document, "urn:vim25/5.5").fault[1] == expected


def test_a_method_newer_than_the_client_is_unknown(emulator: Emulator) -> None:
    asked = call("CreateSecondaryVMEx_Task", "VirtualMachine", "vm-1")
    answer = ask(emulator, asked, "urn:vim25/5.5")
    assert (
        answer.fault[1]
        == "Unable to resolve WSDL method name CreateSecondaryVMEx_Task in vim.version.version9"
    )


# ---- faults of parsed requests -------------------------------------------------------------------------


def _detail(name: str, inside: str = "") -> str:
    return f'<detail><{name}Fault xmlns="urn:vim25" xsi:type="{name}">{inside}</{name}Fault></detail>'


_GONE = ("Fetch", "Task", "task-190543", "<prop>info</prop>")
_FETCH = ("Fetch", "Folder", "group-d1")
_LIMIT = (
    "RetrievePropertiesEx",
    "PropertyCollector",
    "propertyCollector",
    "<specSet><propSet><type>Folder</type></propSet></specSet><options><maxObjects>0</maxObjects></options>",
)
FAULTS = {
    "an object that is gone": (
        _GONE,
        "The object &apos;vim.Task:task-190543&apos; has already been deleted or has not been completely"
        " created",
        _detail("ManagedObjectNotFound", '<obj type="Task">task-190543</obj>'),
    ),
    "a property that is none": (
        (*_FETCH, "<prop>color</prop>"),
        "",
        _detail("InvalidProperty", "<name>color</name>"),
    ),
    "a method of another type": (
        ("PowerOnVM_Task", "HostSystem", "host-11"),
        "The request refers to an unexpected or unknown type.",
        _detail("InvalidType"),
    ),
    "an argument": (
        _LIMIT,
        "A specified parameter was not correct: options.maxObjects",
        _detail("InvalidArgument", "<invalidProperty>options.maxObjects</invalidProperty>"),
    ),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_a_fault_has_the_known_text_and_detail(emulator: Emulator, case: Any) -> None:
    asked, text, detail = case
    answer = ask(emulator, call(*asked))
    assert (answer.status, answer.fault) == (500, ("ServerFaultCode", text))
    assert detail in answer.text


def test_the_old_fault_names_an_argument_on_the_next_line(old: Emulator) -> None:
    answer = ask(old, call(*_LIMIT), "urn:vim25/5.5")
    assert answer.fault[1] == "A specified parameter was not correct.\noptions.maxObjects"


def test_a_client_without_a_session_learns_the_required_privilege(emulator: Emulator) -> None:
    with Peer(emulator) as peer:
        answer = peer.post(call("QueryEvents", "EventManager", "EventManager", "<filter/>"))
    assert answer.fault == ("ServerFaultCode", "The session is not authenticated.")
    lacking = '<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId>'
    assert _detail("NotAuthenticated", lacking) in answer.text
