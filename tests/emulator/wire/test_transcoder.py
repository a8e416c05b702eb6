"""The transcoder over a real TLS socket: formats, releases, sessions and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.wire.peer import Answer, Peer, login
from vim25_emulator import Emulator

BEFORE = "/sdk/vim25"
JSON, XML = "application/json", "application/xml"
NAMESPACES = (
    'xmlns="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
SPEC = {
    "_typeName": "VirtualMachineConfigSpec",
    "name": "web01 <&>",
    "numCPUs": 2,
    "rebootPowerOff": True,  # since 8.0.0.1
    "extraConfig": [
        {"_typeName": "OptionValue", "key": "a", "value": {"_typeName": "string", "_value": "x"}},
        {"_typeName": "OptionValue", "key": "b", "value": {"_typeName": "int", "_value": 3}},
    ],
    "motherboardLayout": "acpiHostBridges",  # since 8.0.0.1
}
SPEC_XML = (
    f'<obj {NAMESPACES} xsi:type="VirtualMachineConfigSpec"><name>web01 &lt;&amp;&gt;</name>'
    "<rebootPowerOff>true</rebootPowerOff><numCPUs>2</numCPUs>"
    '<extraConfig><key>a</key><value xsi:type="xsd:string">x</value></extraConfig>'
    '<extraConfig><key>b</key><value xsi:type="xsd:int">3</value></extraConfig>'
    "<motherboardLayout>acpiHostBridges</motherboardLayout></obj>"
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: Since 8.0.2.0; a VirtualMachineTargetInfo before.
STUN_TIME = {"_typeName": "VirtualMachineVMotionStunTimeInfo", "name": "x", "migrationBW": 1, "stunTime": 2}


class Client:
    """A client with a session."""

    def __init__(self, peer: Peer, emulator: Emulator) -> None:
        answer = peer.post(login(emulator))
        self._peer = peer
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.session = "vmware-api-session-id: " + re.findall(r'"(\w+)"', self.cookie)[0]

    def transcode(
        self,
        body: str | bytes,
        source: str | None = JSON,
        wanted: str | None = XML,
        *,
        release: str = "8.0.2.0",
        query: str = "",
        session: str | None = None,
    ) -> Answer:
        headers = [self.session if session is None else session]
        headers += [f"Content-Type: {source}"] if source is not None else []
        headers += [f"Accept: {wanted}"] if wanted is not None else []
        return self._peer.post(body, *headers, path=f"{BEFORE}/{release}/transcoder{query}")

    def ok(self, body: str | bytes, source: str = JSON, wanted: str = XML, **named: Any) -> str:
        answer = self.transcode(body, source, wanted, **named)
        assert (answer.status, answer.headers["content-type"]) == (200, wanted)
        assert answer.headers["content-length"] == str(len(answer.body))
        return answer.text

    def refused(self, body: str | bytes, *arguments: str | None, **named: Any) -> tuple[int, str, str]:
        answer = self.transcode(body, *arguments, **named)
        assert answer.headers["content-type"] == JSON
        error = json.loads(answer.body)
        assert error.keys() == {"error_type", "error_message"}
        return answer.status, error["error_type"], error["error_message"]


@pytest.fixture
def client(peer: Peer, emulator: Emulator) -> Iterator[Client]:
    return Client(peer, emulator)


# Formats and releases


def test_each_format_becomes_the_other(client: Client) -> None:
    assert client.ok(json.dumps(SPEC), JSON, XML) == DECLARATION + SPEC_XML
    assert json.loads(client.ok(SPEC_XML, XML, JSON)) == SPEC
    assert client.ok(SPEC_XML, XML, JSON).startswith('{"_typeName":')


def test_alike_formats_are_a_validation(client: Client) -> None:
    assert json.loads(client.ok(json.dumps(SPEC), JSON, JSON)) == SPEC
    assert client.ok(SPEC_XML, XML, XML) == DECLARATION + SPEC_XML


def test_the_root_of_a_document_may_have_any_name_and_prefix(client: Client) -> None:
    instance = "http://www.w3.org/2001/XMLSchema-instance"
    document = (
        f'<v:spec xmlns:v="urn:vim25" xmlns:i="{instance}" i:type="v:OptionValue"><v:key>a</v:key></v:spec>'
    )
    assert json.loads(client.ok(document, XML, JSON)) == {"_typeName": "OptionValue", "key": "a"}


def test_a_fault_stays_a_fault(client: Client) -> None:
    document = f'<obj {NAMESPACES} xsi:type="InvalidProperty"><name>x</name></obj>'
    assert client.ok(document, XML, XML) == DECLARATION + document
    assert json.loads(client.ok(document, XML, JSON))["_typeName"] == "InvalidProperty"


@pytest.mark.parametrize("wanted", [JSON, XML])
def test_an_older_target_release_drops_what_is_newer(client: Client, wanted: str) -> None:
    for name in ("7.0.0.0", "7.0.0.1"):
        text = client.ok(json.dumps(SPEC), JSON, wanted, query=f"?target_release={name}")
        assert "numCPUs" in text
        assert "rebootPowerOff" not in text
        assert "motherboardLayout" not in text
    text = client.ok(json.dumps(SPEC), JSON, wanted, query="?target_release=8.0.2.0")
    assert "rebootPowerOff" in text


def test_a_newer_type_becomes_its_nearest_known_ancestor(client: Client) -> None:
    older = client.ok(json.dumps(STUN_TIME), JSON, JSON, query="?target_release=8.0.1.0")
    assert json.loads(older) == {"_typeName": "VirtualMachineTargetInfo", "name": "x"}
    document = client.ok(json.dumps(STUN_TIME), JSON, XML, query="?target_release=8.0.1.0")
    assert document.endswith('xsi:type="VirtualMachineTargetInfo"><name>x</name></obj>')


def test_the_object_is_checked_against_the_release_of_the_path() -> None:
    with Emulator(api_version="9.1.1.0") as emulator, Peer(emulator) as peer:
        client = Client(peer, emulator)
        newer = json.dumps({"_typeName": "ClusterConfigSpecEx", "vcProviderSpec": None})
        assert json.loads(client.ok(json.dumps(STUN_TIME), JSON, JSON, release="9.1.1.0")) == STUN_TIME
        assert json.loads(client.ok(json.dumps(STUN_TIME), JSON, JSON, release="8.0.2.0")) == STUN_TIME
        status, kind, _ = client.refused(newer, JSON, JSON, release="8.0.2.0")
        assert (status, kind) == (400, "InvalidRequest")


@pytest.mark.parametrize(
    ("source", "wanted", "got"),
    [
        ("application/json; charset=utf-8", "application/xml;q=0.9", XML),
        ("Application/JSON", "text/html, application/xml, */*", XML),
        (JSON, "*/*", JSON),
        (JSON, "application/*", JSON),
        (JSON, None, JSON),
        (JSON, "", JSON),
    ],
)
def test_headers_may_have_parameters_and_wildcards(
    client: Client, source: str, wanted: str | None, got: str
) -> None:
    """[derived]"""
    answer = client.transcode(json.dumps(SPEC), source, wanted)
    assert (answer.status, answer.headers["content-type"]) == (200, got)


# Sessions


def test_a_session_is_accepted_by_header_and_only_here_by_cookie(client: Client, peer: Peer) -> None:
    cookie = f"Cookie: {client.cookie}"
    assert client.transcode(json.dumps(SPEC), session=cookie).status == 200
    elsewhere = peer.get(f"{BEFORE}/8.0.2.0/SessionManager/SessionManager/sessionList", cookie)
    assert (elsewhere.status, json.loads(elsewhere.body)["_typeName"]) == (500, "NotAuthenticated")


@pytest.mark.parametrize(
    "session", ["X-None: 1", "vmware-api-session-id: unknown", "Cookie: vmware_soap_session=unknown"]
)
def test_without_a_session_it_is_a_security_error(client: Client, session: str) -> None:
    status, kind, text = client.refused(json.dumps(SPEC), session=session)
    assert (status, kind) == (401, "SecurityError")
    assert text


# Errors


@pytest.mark.parametrize(
    ("source", "wanted", "query"),
    [
        (None, XML, ""),
        ("", XML, ""),
        ("text/plain", XML, ""),
        ("application/x-www-form-urlencoded", XML, ""),
        (JSON, "text/html", ""),
        (JSON, "nonsense", ""),
        (JSON, XML, "?target_release="),
        (JSON, XML, "?target_release=8.0.3.0"),
        (JSON, XML, "?target_release=6.7"),
        (JSON, XML, "?target_release=8.0.1.0&target_release=x"),
        (JSON, XML, "?target_release=%ff"),
    ],
)
def test_a_wrong_header_or_query_is_an_invalid_argument(
    client: Client, source: str | None, wanted: str | None, query: str
) -> None:
    status, kind, text = client.refused(json.dumps(SPEC), source, wanted, query=query)
    assert (status, kind) == (400, "InvalidArgument")
    assert text


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("", JSON),
        ("{", JSON),
        ("[]", JSON),
        ("{}", JSON),
        ("null", JSON),
        ('"x"', JSON),
        (b"\xff\xfe\x00", JSON),
        ("[" * 100_000, JSON),
        ('{"_typeName": "Unknown"}', JSON),
        ('{"_typeName": "OptionValue"}', JSON),
        ('{"_typeName": "OptionValue", "key": "a", "other": 1}', JSON),
        ('{"_typeName": "string", "_value": "x"}', JSON),
        ('{"_typeName": "ManagedObjectReference", "type": "Folder", "value": "group-d1"}', JSON),
        ('{"_typeName": "ArrayOfString", "_value": ["x"]}', JSON),
        (SPEC_XML, JSON),
        ("", XML),
        ("<obj", XML),
        ("<obj/>", XML),
        (f"<obj {NAMESPACES}/>", XML),
        (f'<obj {NAMESPACES} xsi:type="Unknown"/>', XML),
        (f'<obj {NAMESPACES} xsi:type="OptionValue"/>', XML),
        (f'<obj {NAMESPACES} xsi:type="OptionValue"><key>a</key><other/></obj>', XML),
        (f'<obj {NAMESPACES} xsi:type="OptionValue"><key xmlns="urn:other">a</key></obj>', XML),
        (f'<obj {NAMESPACES} xsi:type="xsd:string">x</obj>', XML),
        (SPEC_XML.replace("urn:vim25", "urn:vim2"), XML),
        (f'<!DOCTYPE obj [<!ENTITY x "y">]>{SPEC_XML}', XML),
        (b"\x00\xff", XML),
        (json.dumps(SPEC), XML),
    ],
    ids=lambda value: str(value[:40]),
)
def test_a_wrong_object_is_an_invalid_request(client: Client, body: str | bytes, source: str) -> None:
    for wanted in (JSON, XML):
        status, kind, text = client.refused(body, source, wanted)
        assert (status, kind) == (400, "InvalidRequest")
        assert text


@pytest.mark.parametrize("release", ["8.0.1.0", "7.0.0.0", "8.0.3.0", "8.0.2", "v8_0_2_0", "", "8.0.2.0/x"])
def test_a_release_without_it_does_not_know_the_path(client: Client, release: str) -> None:
    answer = client.transcode(json.dumps(SPEC), release=release)
    assert (answer.status, json.loads(answer.body)["_typeName"]) == (500, "InvalidRequest")


def test_it_is_there_from_8_0_2_0_on() -> None:
    with Emulator(api_version="8.0.1.0") as emulator, Peer(emulator) as peer:
        answer = Client(peer, emulator).transcode(json.dumps(SPEC), release="8.0.1.0")
        assert (answer.status, json.loads(answer.body)["_typeName"]) == (500, "InvalidRequest")
        assert "Invalid URI" in answer.text
