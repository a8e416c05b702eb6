"""How JSON travels: status, headers, no body for what is absent, and any request headers."""

from __future__ import annotations

import re

import pytest

from tests.emulator.wire.json_peer import SESSION, JsonPeer
from tests.emulator.wire.peer import CONTENT, Answer, Peer
from vim25_emulator import Emulator

TIME = "ServiceInstance/ServiceInstance/CurrentTime"
NAME = "Folder/group-d1/name"
PARENT = "Folder/group-d1/parent"
NOWHERE = ("SearchIndex/SearchIndex/FindByIp", {"ip": "10.9.9.9", "vmSearch": True})


def is_whole(answer: Answer) -> bool:
    """Whether an answer has its length, is neither chunked nor compressed, and is JSON if it has a body."""
    headers = answer.headers
    return (
        headers["content-length"] == str(len(answer.body))
        and not headers.keys() & {"transfer-encoding", "content-encoding"}
        and headers.get("content-type") == ("application/json" if answer.body else None)
    )


@pytest.mark.parametrize("release", ["8.0.1.0", "8.0.2.0", "8.0.3.0", "9.0.0.0", "9.1.1.0"])
def test_each_kind_of_answer_has_its_status_and_its_length(release: str) -> None:
    """Some of these releases chunk and compress SOAP. 204 for what is absent is derived."""
    gzip = "Accept-Encoding: gzip"
    with Emulator(api_version=release) as emulator, JsonPeer(emulator) as peer:
        assert peer.post(CONTENT, gzip).headers.get("transfer-encoding") == "chunked"
        peer.login()
        nothing = [
            peer.read(PARENT, gzip),  # unset
            peer.call(*NOWHERE, gzip),  # null
            peer.call("SessionManager/SessionManager/SetLocale", {"locale": "en"}, gzip),  # void
        ]
        for answer in nothing:
            assert (answer.status, answer.body, is_whole(answer)) == (204, b"", True)
        empty = peer.read("Folder/group-d1/tag", gzip)
        assert empty.body == b"[]"  # by itself; within an object it is left out
        for answer in (empty, peer.read(NAME, gzip), peer.call(TIME, None, gzip)):
            assert (answer.status, is_whole(answer)) == (200, True)
        for answer in (peer.read("Folder/group-d0/name", gzip), peer.call("Folder/group-d1/No", None, gzip)):
            assert (answer.status, is_whole(answer)) == (500, True)


def test_headers_are_those_of_the_release(json_peer: JsonPeer) -> None:
    headers = json_peer.call(TIME).headers
    assert headers["vary"] == "Accept-Encoding"
    assert headers["x-envoy-upstream-service-time"].isdigit()
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
    assert not headers.keys() & {"set-cookie", "cache-control", "server", SESSION}


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: text/xml; charset=utf-16",
        "Content-Type: application/json;charset=UTF-8",
        "Content-Type: multipart/form-data",
        "Content-Type:",
        "Accept: text/xml",
        "Accept: application/xml;q=0.1",
        "Accept: nothing",
        "SOAPAction: urn:vim25/5.5",
        "Cookie: vmware_soap_session=unknown",
        "Authorization: Basic eDp5",
    ],
)
def test_neither_type_nor_other_headers_of_a_request_are_looked_at(json_peer: JsonPeer, header: str) -> None:
    answer = json_peer.call("Folder/group-v3/FindChild", {"x": 1}, header)
    assert answer.value["_typeName"] == "InvalidRequest"
    entity = {"_typeName": "ManagedObjectReference", "type": "Folder", "value": "group-d1"}
    answer = json_peer.call("SearchIndex/SearchIndex/FindChild", {"entity": entity, "name": "Lab"}, header)
    assert (answer.status, answer.value["type"]) == (200, "Datacenter")
    assert json_peer.read(NAME, header).value == "Datacenters"


@pytest.mark.parametrize(
    "body", [None, "", " \n", "{}", '{"_typeName":"CurrentTime"}', '{"_typeName":"CurrentTimeRequestType"}']
)
def test_a_method_that_requires_nothing_takes_any_empty_body(json_peer: JsonPeer, body: str | None) -> None:
    answer = json_peer.call(TIME, body)
    assert answer.status == 200
    assert re.fullmatch(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"', answer.text)


@pytest.mark.parametrize("name", ["CreateSecondaryVM_Task", "CreateSecondaryVMRequestType", "Event", ""])
def test_the_type_name_of_a_root_is_ignored_wherever_it_stands(json_peer: JsonPeer, name: str) -> None:
    """[observed: clients]"""
    for body in ({"_typeName": name, "host": None}, {"host": None, "_typeName": name}):
        answer = json_peer.call("VirtualMachine/vm-0/CreateSecondaryVM_Task", body)
        assert answer.value["_typeName"] == "ManagedObjectNotFound"


def test_chunked_bodies_and_pieces_are_read(json_peer: JsonPeer) -> None:
    path, credentials = f"{json_peer.root}/{TIME}", f"{SESSION}: {json_peer.session}"
    json_peer.send(json_peer.head("POST", path, "Transfer-Encoding: chunked", credentials))
    for piece in ("{", "}"):
        json_peer.send(f"1\r\n{piece}\r\n")
    json_peer.send("0\r\n\r\n")
    assert json_peer.answer().status == 200
    document = json_peer.head("POST", path, "Content-Length: 2", credentials) + b"{}"
    for start in range(0, len(document), 20):
        json_peer.send(document[start : start + 20])
    assert json_peer.answer().status == 200


def test_pipelined_calls_are_answered_in_order(json_peer: JsonPeer) -> None:
    for target in (NOWHERE[0], TIME, "Folder/group-d1/Nothing"):
        json_peer.send_call(target, NOWHERE[1] if target is NOWHERE[0] else {})
    assert [json_peer.answer().status for _ in range(3)] == [204, 200, 500]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
def test_other_verbs_are_not_allowed(json_peer: JsonPeer, method: str) -> None:
    answer = json_peer.read(TIME, "Content-Length: 0", method=method)
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]
    assert answer.headers["content-type"].startswith("text/plain")
    assert json_peer.call(TIME).status == 200  # on the same connection
    json_peer.send(json_peer.head(method, f"{json_peer.root}/{TIME}", "Content-Length: 2") + b"{}")
    assert json_peer.answer(with_body=method != "HEAD").status == 405
    assert json_peer.call(TIME).status == 200  # after a refused body


def test_head_of_a_property_has_the_headers_of_get(json_peer: JsonPeer) -> None:
    got, answer = json_peer.read(NAME), json_peer.read(NAME, method="HEAD")
    assert (answer.status, answer.headers["content-length"]) == (200, got.headers["content-length"])
    assert json_peer.read(PARENT, method="HEAD").status == 204
    assert json_peer.read(NAME).value == "Datacenters"  # on the same connection


def test_json_is_served_without_tls_and_to_http_1_0() -> None:
    with Emulator(tls=False) as emulator, JsonPeer(emulator) as peer:
        assert peer.login().status == 200
        head = peer.head("GET", f"{peer.root}/{PARENT}", f"{SESSION}: {peer.session}")
        peer.send(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
        answer = peer.answer()
        assert (answer.status, answer.headers["content-length"]) == (204, "0")
        assert peer.is_hung_up_on()


def test_soap_is_served_on_the_same_connection(emulator: Emulator, peer: Peer, json_peer: JsonPeer) -> None:
    assert json_peer.post(CONTENT).headers["content-type"].startswith("text/xml")
    assert json_peer.call(TIME).headers["content-type"] == "application/json"
