"""Everything that real clients send [observed: clients], and a server must accept, over a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.emulator.wire.peer import CONTENT, ENVELOPE, Answer, Peer, call, login
from vim25_emulator import Emulator
from vim25_emulator.vmodl.version import VERSIONS


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(api_version="9.1.0.0", task_duration=0.0) as started:
        yield started


@pytest.fixture
def peer(emulator: Emulator) -> Iterator[Peer]:
    with Peer(emulator) as connected:
        yield connected


@pytest.fixture
def cookie(emulator: Emulator, peer: Peer) -> str:
    return peer.post(login(emulator)).headers["set-cookie"]


# ---- the document --------------------------------------------------------------------------------------

_CALL = (
    '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this>'
    "</RetrieveServiceContent>"
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SOAP = 'xmlns:{}="http://schemas.xmlsoap.org/soap/envelope/"'


def _content(this: str) -> str:
    return ENVELOPE.format(f'<RetrieveServiceContent xmlns="urn:vim25">{this}</RetrieveServiceContent>')


DOCUMENTS = {
    "other prefixes": (
        f"{_XML}<S:Envelope {_SOAP.format('S')}><S:Body><v:RetrieveServiceContent xmlns:v='urn:vim25'>"
        "<v:_this type='ServiceInstance'>ServiceInstance</v:_this></v:RetrieveServiceContent></S:Body>"
        "</S:Envelope>"
    ),
    "no prefixes": (
        f'{_XML}<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>{_CALL}</Body></Envelope>'
    ),
    "a header with an operationID": ENVELOPE.replace(
        "<soapenv:Body>",
        "<soapenv:Header><operationID>esx-1-2</operationID></soapenv:Header><soapenv:Body>",
    ).format(_CALL),
    "no XML declaration": ENVELOPE.format(_CALL).removeprefix(_XML),
    "line ends and indents": ENVELOPE.format(_CALL).replace("><", ">\r\n  <"),
    "xsi:type on the method's element": ENVELOPE.format(
        _CALL.replace(" xmlns=", ' xsi:type="RetrieveServiceContentRequestType" xmlns=')
    ),
    "xsi:type on _this": _content(
        '<_this type="ServiceInstance" xsi:type="ManagedObjectReference">ServiceInstance</_this>'
    ),
    "the object's type as xsi:type of _this": _content(
        '<_this xsi:type="ServiceInstance">ServiceInstance</_this>'
    ),
    "_this without its type": _content("<_this>ServiceInstance</_this>"),
    "pyvmomi's versionId": _content(
        '<_this versionId="8.0.2.0" type="ServiceInstance">ServiceInstance</_this>'
    ),
    "unknown attributes": _content('<_this type="ServiceInstance" x="1" id="a">ServiceInstance</_this>'),
    "comments": _content('<!-- a --><_this type="ServiceInstance"><!-- b -->ServiceInstance</_this>'),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_may_be_written_so(peer: Peer, document: str) -> None:
    answer = peer.post(document)
    assert (answer.status, "<returnval>" in answer.text) == (200, True), answer.text


# ---- arguments -----------------------------------------------------------------------------------------

_FIND = ("FindByInventoryPath", "SearchIndex", "SearchIndex")
_UUID = ("FindAllByUuid", "SearchIndex", "SearchIndex")
_COLLECT = ("RetrieveProperties", "PropertyCollector", "propertyCollector")
_EVENTS = ("QueryEvents", "EventManager", "EventManager")
_ROOT_NAME = (
    "<specSet><propSet><type>Folder</type><all>{}</all><pathSet>name</pathSet></propSet>"
    "<objectSet><obj{}>group-d1</obj></objectSet></specSet>"
)
_RECURSIVE = (
    "<specSet><propSet><type>ManagedEntity</type><pathSet>name</pathSet></propSet><objectSet>"
    '<obj type="Folder">group-d1</obj>'
    '<selectSet xsi:type="TraversalSpec"><name>down</name><type>Folder</type><path>childEntity</path>'
    "<selectSet><name>down</name></selectSet><selectSet><name>vms</name></selectSet></selectSet>"
    '<selectSet xsi:type="TraversalSpec"><name>vms</name><type>Datacenter</type><path>vmFolder</path>'
    "<selectSet><name>down</name></selectSet></selectSet></objectSet></specSet>"
)
ARGUMENTS = {
    "booleans as digits": (
        *_UUID,
        "<uuid>x</uuid><vmSearch>1</vmSearch><instanceUuid>0</instanceUuid>",
        "UuidResponse",
    ),
    "xsi:type that says nothing new": (
        *_FIND,
        '<inventoryPath xsi:type="xsd:string">Lab</inventoryPath>',
        'type="Datacenter"',
    ),
    "versionId on a parameter": (
        *_FIND,
        '<inventoryPath versionId="8.0.2.0">Lab</inventoryPath>',
        'type="Datacenter"',
    ),
    "a boolean and a reference of a place": (
        *_COLLECT,
        _ROOT_NAME.format("0", ' type="Folder"'),
        "Datacenters",
    ),
    "a reference without a type where any object may stand": (
        *_COLLECT,
        _ROOT_NAME.format("false", ""),
        "Datacenters",
    ),
    "an empty dynamicType before the properties": (
        *_COLLECT,
        _ROOT_NAME.format("false", ' type="Folder"').replace("<specSet>", "<specSet><dynamicType/>"),
        "Datacenters",
    ),
    "a reference as its xsi:type says": (
        *_COLLECT,
        _ROOT_NAME.format("false", ' xsi:type="ManagedObjectReference" type="Folder"'),
        "Datacenters",
    ),
    "a dateTime without zone": (
        *_EVENTS,
        "<filter><time><beginTime>2001-02-03T04:05:06</beginTime></time></filter>",
        "QueryEventsResponse",
    ),
    "a selection that names itself": (*_COLLECT, _RECURSIVE, ">web01<"),
}


@pytest.mark.parametrize("asked", ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_argument_may_be_written_so(peer: Peer, cookie: str, asked: tuple[str, ...]) -> None:
    *question, expected = asked
    answer = peer.post(call(*question), f"Cookie: {cookie}")
    assert (answer.status, expected in answer.text) == (200, True), answer.text


def test_a_reference_needs_no_type_where_its_place_has_one(peer: Peer, cookie: str) -> None:
    asked = call(
        "CreateContainerView",
        "ViewManager",
        "ViewManager",
        "<container>group-d1</container><recursive>0</recursive>",
    )
    answer = peer.post(asked, f"Cookie: {cookie}")
    assert (answer.status, 'type="ContainerView"' in answer.text) == (200, True), answer.text


@pytest.mark.parametrize(
    ("kind", "mo_id", "path"),
    [
        ("SessionManager", "SessionManager", "defaultLocale"),
        ("PropertyCollector", "propertyCollector", "filter"),
        ("ViewManager", "ViewManager", "viewList"),
        ("Folder", "group-d1", "name"),
        ("OptionManager", "VpxSettings", "setting"),
    ],
)
def test_service_objects_are_where_clients_know_them(
    peer: Peer, cookie: str, kind: str, mo_id: str, path: str
) -> None:
    answer = peer.post(call("Fetch", kind, mo_id, f"<prop>{path}</prop>"), f"Cookie: {cookie}")
    assert answer.status == 200, answer.text


# ---- headers and transport -----------------------------------------------------------------------------

ACTIONS = [
    "SOAPAction:",
    'SOAPAction: ""',
    "SOAPAction: vim25",
    'SOAPAction: "vim25"',
    "SOAPAction: RetrieveServiceContent",
    "SOAPAction: urn:vim25#RetrieveServiceContent",
    'SOAPAction: "urn:vim25"',
    "soapaction: urn:vim25/7.0",
    "SOAPAction: urn:internalvim25/5.5",
    *(f"SOAPAction: urn:vim25/{version}" for version in VERSIONS if version.id != "2.0"),
    *(f'SOAPAction: "urn:vim25/{version}"' for version in VERSIONS if version.id != "2.0"),
]


@pytest.mark.parametrize("header", ACTIONS)
def test_any_soap_action_is_served(peer: Peer, header: str) -> None:
    assert peer.post(CONTENT, header).status == 200


@pytest.mark.parametrize("path", ["/sdk", "/sdk/", "/sdk/vimService", "/sdk/vimService.wsdl"])
def test_clients_post_to_where_they_read_the_description(peer: Peer, path: str) -> None:
    assert peer.post(CONTENT, path=path).status == 200


def test_a_login_comes_before_anything_else_and_with_a_locale_that_is_not_ours(
    emulator: Emulator, peer: Peer
) -> None:
    asked = login(emulator).replace("</Login>", "<locale>tlh_QO</locale></Login>")
    assert "LoginResponse" in peer.post(asked).text


@pytest.mark.parametrize(
    "sent_back",
    [
        lambda cookie: cookie,
        lambda cookie: cookie.partition(";")[0],
        lambda cookie: cookie.partition(";")[0].replace('"', ""),
        lambda cookie: f"other=1; {cookie.partition(';')[0]}",
    ],
    ids=["whole", "pair", "unquoted", "among others"],
)
def test_a_session_is_known_however_its_cookie_comes_back(
    peer: Peer, cookie: str, sent_back: Callable[[str], str]
) -> None:
    asked = call("Fetch", "Folder", "group-d1", "<prop>name</prop>")
    assert "Datacenters" in peer.post(asked, f"Cookie: {sent_back(cookie)}").text


def test_an_empty_cookie_is_none(peer: Peer) -> None:
    assert peer.post(CONTENT, "Cookie:").status == 200


def _in_two_segments(peer: Peer, document: bytes) -> None:
    peer.send(peer.head("POST", "/sdk", f"Content-Length: {len(document)}"))
    peer.send(document)


def _expecting(peer: Peer, document: bytes) -> None:
    peer.send(peer.head("POST", "/sdk", f"Content-Length: {len(document)}", "Expect: 100-continue"))
    assert peer.answer(with_body=False).status == 100
    peer.send(document)


def _chunked(peer: Peer, document: bytes) -> None:
    peer.send(peer.head("POST", "/sdk", "Transfer-Encoding: chunked"))
    for start in range(0, len(document), 100):
        chunk = document[start : start + 100]
        peer.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    peer.send(b"0\r\n\r\n")


def _byte_by_byte(peer: Peer, document: bytes) -> None:
    for byte in peer.head("POST", "/sdk", f"Content-Length: {len(document)}") + document:
        peer.send(bytes((byte,)))


@pytest.mark.parametrize("send", [_in_two_segments, _expecting, _chunked, _byte_by_byte])
def test_a_request_may_come_in_pieces(peer: Peer, send: Callable[[Peer, bytes], None]) -> None:
    send(peer, CONTENT.encode())
    assert "RetrieveServiceContentResponse" in peer.answer().text


def test_a_client_that_closes_the_connection_gets_connection_close(peer: Peer) -> None:
    answer: Answer = peer.post(CONTENT, "Connection: close")
    assert answer.headers["connection"] == "close"
    assert peer.is_hung_up_on()
