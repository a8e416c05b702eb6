"""Requests of one binding become the same requests of the other."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulator.wire.peer import ENVELOPE, Peer, call, login
from tests.fidelity.requests import Author
from vim25_emulator import Emulator
from vim25_emulator.request_transcoding import UnreadableRequestError, transcoded_request
from vim25_emulator.vmodl.release import release

RELEASE = "8.0.2.0"
CREATE = (
    "POST /sdk/vim25/8.0.2.0/VirtualMachine/vm-12/CreateSecondaryVM_Task HTTP/1.1\n"
    "Content-Type: application/json\n\n"
    '{"host":{"_typeName":"ManagedObjectReference","type":"HostSystem","value":"host-9"}}\n'
)
SOAP_CREATE = call(
    "CreateSecondaryVM_Task", "VirtualMachine", "vm-12", '<host type="HostSystem">host-9</host>'
)


def convert(text: str | bytes, source: str, wanted: str, name: str = RELEASE) -> str:
    data = text.encode() if isinstance(text, str) else text
    return transcoded_request(data, source, wanted, release(name)).decode()


def test_an_envelope_becomes_path_and_body() -> None:
    assert convert(SOAP_CREATE, "soap", "json") == CREATE


def test_path_and_body_become_a_soap_request() -> None:
    written = convert(CREATE, "json", "soap")
    head, _, document = written.partition("\n\n")
    assert head.splitlines() == [
        "POST /sdk HTTP/1.1",
        "Content-Type: text/xml; charset=utf-8",
        'SOAPAction: "urn:vim25/8.0.2.0"',
    ]
    assert (
        SOAP_CREATE[SOAP_CREATE.index("<CreateSecondaryVM") : SOAP_CREATE.index("</soapenv:Body")] in document
    )
    assert convert(written, "soap", "json") == CREATE


def test_a_method_without_parameters_has_no_body() -> None:
    written = convert(call("CurrentTime", "ServiceInstance", "ServiceInstance"), "soap", "json")
    assert written == "POST /sdk/vim25/8.0.2.0/ServiceInstance/ServiceInstance/CurrentTime HTTP/1.1\n\n"
    assert "<CurrentTime " in convert(written, "json", "soap")


def test_fetch_is_get_of_a_property() -> None:
    fetch = call("Fetch", "VirtualMachine", "vm-12", "<prop>runtime</prop>")
    written = convert(fetch, "soap", "json")
    assert written == "GET /sdk/vim25/8.0.2.0/VirtualMachine/vm-12/runtime HTTP/1.1\n\n"
    assert "<prop>runtime</prop>" in convert(written, "json", "soap")
    with pytest.raises(UnreadableRequestError, match="Invalid URI"):
        convert(fetch.replace("runtime", "runtime.powerState"), "soap", "json")


def test_an_empty_array_that_is_required_is_written() -> None:
    terminate = call("TerminateSession", "SessionManager", "SessionManager")
    assert convert(terminate, "soap", "json").endswith('\n\n{"sessionId":[]}\n')


def test_a_mo_id_is_written_as_a_path_allows() -> None:
    mo_id = "session[52b1]52f1:%20 x"
    written = convert(call("DestroyPropertyFilter", "PropertyFilter", mo_id), "soap", "json")
    assert written.startswith("POST /sdk/vim25/8.0.2.0/PropertyFilter/session[52b1]52f1:%2520%20x/Destroy")
    assert f">{mo_id}<" in convert(written, "json", "soap")


@pytest.mark.parametrize(
    "text",
    [
        CREATE.replace("\n", "\r\n"),
        CREATE.replace(" HTTP/1.1", ""),
        CREATE.replace("/sdk", "https://localhost:8989/sdk", 1),
        CREATE.replace("8.0.2.0", "7.0.0.1"),
        CREATE.replace("Content-Type", "vmware-api-session-id: 5ecre7\nContent-Type"),
        CREATE.replace("vm-12", "vm%2D12"),
        CREATE.replace('{"host"', '{ "_typeName": "CreateSecondaryVM_Task",\n\n "host"'),
    ],
)
def test_a_request_may_be_written_in_other_ways(text: str) -> None:
    assert convert(text, "json", "json") == CREATE


def test_an_old_namespace_header_and_prefixes_do_not_matter() -> None:
    document = SOAP_CREATE.replace("<soapenv:Body>", "<soapenv:Header/><soapenv:Body>")
    for text in (
        document,
        f"\n{document}\n",
        f"POST /sdk HTTP/1.0\r\nHost: x\r\n\r\n{document}",
        "\ufeff" + document,
    ):
        assert convert(text.replace("soapenv", "s"), "soap", "json") == CREATE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no element found"),
        (b"\x00\xff\x1f\x8b", "expat"),
        ("<a/>", "expecting <Envelope>"),
        (SOAP_CREATE[:-20], "expat"),
        (SOAP_CREATE.replace("CreateSecondaryVM_Task", "Nothing"), "Nothing"),
        (SOAP_CREATE.replace("host>", "other>").replace("<host", "<other"), "other"),
        (call("CreateSecondaryVM_Task", "HostSystem", "host-9"), "unexpected or unknown type"),
        (ENVELOPE.format(""), "method"),
        (CREATE, "expat"),
        ("POST /sdk HTTP/1.1\n\n", "no element found"),
    ],
)
def test_what_is_no_soap_request_is_unreadable(text: str | bytes, message: str) -> None:
    for wanted in ("json", "soap"):
        with pytest.raises(UnreadableRequestError, match=message) as error:
            convert(text, "soap", wanted)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "request line"),
        ("\n\n", "request line"),
        (b"\x00\xff\x1f\x8b", "request line"),
        (SOAP_CREATE, "request line"),
        ('{"host": {}}', "request line"),
        (CREATE.replace("POST", "PUT"), "request line"),
        ("POST", "request line"),
        ("POST http://[x/ HTTP/1.1\n\n", "request line"),
        (CREATE.replace("8.0.2.0", "8.0.3.0"), "Invalid URI"),
        (CREATE.replace("VirtualMachine", "Nothing"), "Invalid URI"),
        (CREATE.replace("CreateSecondaryVM_Task", "Nothing"), "Invalid URI"),
        (CREATE.replace("POST", "GET"), "Invalid URI"),
        ("POST /sdk HTTP/1.1\n\n{}", "Invalid URI"),
        (CREATE[:-4], "Invalid JSON syntax"),
        (CREATE.replace('{"host"', '{"other"'), "other"),
        (CREATE.replace("HostSystem", "Nothing"), "Nothing"),
        ("POST /sdk/vim25/8.0.2.0/Folder/group-d1/CreateFolder HTTP/1.1\n\n", "Invalid JSON syntax"),
    ],
)
def test_what_is_no_json_request_is_unreadable(text: str | bytes, message: str) -> None:
    for wanted in ("json", "soap"):
        with pytest.raises(UnreadableRequestError, match=message):
            convert(text, "json", wanted)


@pytest.mark.parametrize("name", ["\\u0000", "a\\u0008b", "\\uffff"])
def test_a_text_that_xml_cannot_have_is_refused(name: str) -> None:
    """The server replaces such a character; a request with another name would be another request."""
    rename = f'POST /sdk/vim25/8.0.2.0/Folder/group-d1/Rename_Task HTTP/1.1\n\n{{"newName":"{name}"}}'
    assert convert(rename, "json", "json")
    with pytest.raises(UnreadableRequestError, match="XML"):
        convert(rename, "json", "soap")
    with pytest.raises(UnreadableRequestError, match="XML"):
        convert("POST /sdk/vim25/8.0.2.0/Folder/%01/Destroy_Task HTTP/1.1\n\n", "json", "soap")


def test_a_release_without_the_binding_is_refused() -> None:
    for name in ("8.0.0.2", "6.7"):
        with pytest.raises(UnreadableRequestError, match=f"release {name} has no JSON binding"):
            convert(SOAP_CREATE, "soap", "json", name)


@pytest.mark.parametrize("mo_id", ["", "a/b"])
def test_an_object_that_no_path_can_name_is_refused(mo_id: str) -> None:
    with pytest.raises(UnreadableRequestError, match="Invalid URI"):
        convert(call("PowerOnVM_Task", "VirtualMachine", mo_id), "soap", "json")


# Generated calls


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(api_version=RELEASE) as started:
        yield started


@pytest.fixture(scope="module")
def author(emulator: Emulator) -> Author:
    return emulator.call(lambda: Author(emulator.vcenter.inventory, emulator.vcenter.release.version))


@settings(max_examples=400)
@given(random=st.integers(0, 2**64).map(Random))
def test_a_round_trip_gives_the_same_call(author: Author, random: Random) -> None:
    document = ENVELOPE.format(author.call(random))
    as_it_was = convert(document, "soap", "soap")
    if "<Fetch " in document:  # most property paths have no form in JSON
        return
    written = convert(document, "soap", "json")
    assert convert(written, "json", "soap") == as_it_was
    assert convert(written, "json", "json") == written


def test_every_converted_request_is_understood(emulator: Emulator, author: Author) -> None:
    """The server reads what was written; half of the calls fail for other reasons."""
    with Peer(emulator) as peer:
        cookie = peer.post(login(emulator)).headers["set-cookie"].partition('"')[2].partition('"')[0]
        for seed in range(100):
            document = ENVELOPE.format(author.call(Random(seed)))  # noqa: S311  # no secret
            if any(text in document for text in ("<Fetch ", "Session", "<Logout ")):
                continue
            head, _, body = convert(document, "soap", "json").partition("\n\n")
            answer = peer.post(body.strip(), f"vmware-api-session-id: {cookie}", path=head.split()[1])
            assert answer.status in (200, 204, 500)
            assert "Invalid URI" not in answer.text
            assert "Invalid JSON syntax" not in answer.text
            assert "SystemError" not in answer.text
