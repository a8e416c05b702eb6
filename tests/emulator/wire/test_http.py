"""HTTP as clients speak it: paths, methods, sizes, segments, connections."""

import gzip
import http.client
import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.emulator.wire.peer import CONTENT, Peer, login
from vim25_emulator import Emulator
from vim25_emulator.wire.connection import Limits


@pytest.mark.parametrize(
    "path", ["/sdk", "/sdk/", "//sdk", "/sdk/vimService", "/sdk/vimService.wsdl", "/sdk?x=1"]
)
def test_calls_are_accepted_at_every_path_that_clients_post_to(peer: Peer, path: str) -> None:
    answer = peer.post(CONTENT, path=path)
    assert answer.status == 200
    assert "<RetrieveServiceContentResponse" in answer.text


def test_headers_are_those_of_a_real_vcenter(peer: Peer) -> None:
    headers = peer.post(CONTENT).headers
    assert headers["content-type"] == "text/xml; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["x-envoy-upstream-service-time"].isdigit()
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_service_versions_are_served(peer: Peer) -> None:
    answer = peer.get("/sdk/vimServiceVersions.xml")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0">')
    assert answer.text.endswith("</namespaces>\n")


def test_head_has_the_headers_and_no_body(peer: Peer) -> None:
    answer = peer.get("/sdk/vimServiceVersions.xml", method="HEAD")
    assert answer.status == 200
    assert int(answer.headers["content-length"]) > 100
    assert peer.post(CONTENT).status == 200  # on the same connection


@pytest.mark.parametrize("path", ["/", "/nowhere", "/sdk/nowhere", "/SDK", "/sdk/../etc/passwd"])
def test_other_paths_are_not_found(peer: Peer, path: str) -> None:
    answer = peer.get(path)
    assert answer.status == 404
    assert "/sdk" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/sdk", "POST"),
        ("PUT", "/sdk", "POST"),
        ("DELETE", "/sdk/vimService", "GET, POST"),
        ("POST", "/sdk/vimServiceVersions.xml", "GET"),
    ],
)
def test_other_methods_are_not_allowed(peer: Peer, method: str, path: str, allowed: str) -> None:
    answer = peer.get(path, "Content-Length: 0", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_a_connection_serves_one_call_after_another(peer: Peer) -> None:
    for _ in range(3):
        answer = peer.post(CONTENT)
        assert (answer.status, answer.headers.get("connection")) == (200, None)


@pytest.mark.parametrize("header", ["close", "Close", "TE, close"])
def test_close_is_echoed_and_kept(peer: Peer, header: str) -> None:
    assert peer.post(CONTENT, f"Connection: {header}").headers["connection"] == "close"
    assert peer.is_hung_up_on()


def test_the_connection_of_an_http_1_0_client_is_closed_after_the_response(peer: Peer) -> None:
    head = f"POST /sdk HTTP/1.0\r\nContent-Length: {len(CONTENT)}\r\n\r\n"
    peer.send(head + CONTENT)
    assert peer.answer().status == 200
    assert peer.is_hung_up_on()


def test_head_and_body_may_come_in_pieces(peer: Peer) -> None:
    document = CONTENT.encode()
    sent = peer.head("POST", "/sdk", f"Content-Length: {len(document)}") + document
    for start in range(0, len(sent), 50):
        peer.send(sent[start : start + 50])
    assert peer.answer().status == 200


def test_chunked_bodies_are_read(peer: Peer) -> None:
    peer.send(peer.head("POST", "/sdk", "Transfer-Encoding: chunked"))
    for start in range(0, len(CONTENT), 100):
        piece = CONTENT[start : start + 100]
        peer.send(f"{len(piece):x}\r\n{piece}\r\n")
    peer.send("0\r\n\r\n")
    assert peer.answer().status == 200


def test_a_client_that_waits_for_100_continue_gets_it(peer: Peer) -> None:
    peer.send(peer.head("POST", "/sdk", f"Content-Length: {len(CONTENT)}", "Expect: 100-continue"))
    assert peer.answer().status == 100
    peer.send(CONTENT)
    assert peer.answer().status == 200


def test_pipelined_requests_are_answered_in_order(peer: Peer) -> None:
    document = CONTENT.encode()
    one = peer.head("POST", "/sdk", f"Content-Length: {len(document)}") + document
    peer.send(one + peer.head("GET", "/sdk/vimServiceVersions.xml") + one)
    assert [b"RetrieveServiceContentResponse" in peer.answer().body for _ in range(3)] == [True, False, True]


def test_a_declared_body_that_is_too_large_is_rejected_before_it_is_sent(emulator: Emulator) -> None:
    with Peer(emulator) as peer:
        peer.send(peer.head("POST", "/sdk", f"Content-Length: {emulator.limits.body_bytes + 1}"))
        answer = peer.answer()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert peer.is_hung_up_on()


def test_a_chunked_body_that_grows_too_large_is_rejected(emulator: Emulator) -> None:
    with Peer(emulator) as peer:
        peer.send(peer.head("POST", "/sdk", "Transfer-Encoding: chunked"))
        piece = b" " * 1024 * 1024
        try:
            for _ in range(emulator.limits.body_bytes // len(piece) + 1):
                peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            assert peer.answer().status == 413
        except OSError:
            pass  # the server closes the connection while the client is sending
        assert peer.is_hung_up_on()


@pytest.mark.parametrize("line", ["hello\r\n\r\n", "POST /sdk HTTP/9.9\r\n\r\n", "\x00\x01\x02\r\n\r\n"])
def test_what_is_not_http_is_a_bad_request(peer: Peer, line: str) -> None:
    peer.send(line)
    assert peer.answer().status == 400
    assert peer.is_hung_up_on()


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_client_without_tls_is_answered_that_it_needs_it(emulator: Emulator, method: str) -> None:
    plain = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=60)
    plain.request(method, "/sdk", CONTENT)
    answer = plain.getresponse()
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert b"https://" in answer.read()
    plain.close()


@pytest.mark.parametrize("sent", [b"", b"POST /sdk HTTP/1.1\r\n\r\n", b"\x16\x03\x01"])
def test_a_connection_without_tls_is_closed(sent: bytes) -> None:
    with Emulator(limits=Limits(seconds=0.2)) as emulator:
        place = urlsplit(emulator.url)
        with socket.create_connection((place.hostname, place.port), 60) as plain:
            plain.sendall(sent)
            while plain.recv(4096):
                pass


UPGRADE = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQBAAAAAAIAAAAA")


def test_an_offer_to_upgrade_is_declined_and_the_body_is_read() -> None:
    """Java's HttpClient offers HTTP/2 in its first request without TLS [documented]."""
    with Emulator(tls=False) as emulator, Peer(emulator) as peer:
        for _ in range(2):
            answer = peer.post(CONTENT, *UPGRADE)
            assert (answer.status, "RetrieveServiceContentResponse" in answer.text) == (200, True)
        assert peer.get("/sdk/vimServiceVersions.xml", *UPGRADE).status == 200
        assert peer.post(CONTENT).status == 200


def test_the_body_after_an_offer_to_upgrade_may_come_in_pieces(peer: Peer) -> None:
    sent = peer.head("POST", "/sdk", f"Content-Length: {len(CONTENT)}", *UPGRADE) + CONTENT.encode()
    for start in range(0, len(sent), 50):
        peer.send(sent[start : start + 50])
    assert "RetrieveServiceContentResponse" in peer.answer().text
    peer.send(peer.head("POST", "/sdk", "Transfer-Encoding: chunked", "Upgrade: websocket", UPGRADE[0]))
    peer.send(f"{len(CONTENT):x}\r\n{CONTENT}\r\n0\r\n\r\n")
    assert "RetrieveServiceContentResponse" in peer.answer().text


def test_pipelined_offers_to_upgrade_are_answered_in_order(peer: Peer) -> None:
    one = peer.head("POST", "/sdk", f"Content-Length: {len(CONTENT)}", *UPGRADE) + CONTENT.encode()
    peer.send(one * 3 + peer.head("GET", "/sdk/vimServiceVersions.xml", *UPGRADE))
    found = [b"RetrieveServiceContentResponse" in peer.answer().body for _ in range(4)]
    assert found == [True, True, True, False]


def test_a_request_for_a_tunnel_is_a_bad_request(peer: Peer) -> None:
    peer.send("CONNECT esx1:443 HTTP/1.1\r\nHost: esx1:443\r\n\r\n")
    assert peer.answer().status == 400
    assert peer.is_hung_up_on()


# ---- what differs by release ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "sent"),
    [
        ("6.7", {"connection": "Keep-Alive"}),
        ("7.0.0.0", {}),
        ("8.0.2.0", {"transfer-encoding": "chunked", "x-envoy-upstream-service-time": "0"}),
        ("9.0.0.0", {"transfer-encoding": "chunked"}),
    ],
)
def test_headers_by_release(release: str, sent: dict[str, str]) -> None:
    """[observed: recordings of 5.5 to 6.7, 8.0.3 and 9.0.1]"""
    with Emulator(api_version=release) as emulator, Peer(emulator) as peer:
        headers = peer.post(CONTENT).headers
        names = {"connection", "transfer-encoding", "x-envoy-upstream-service-time"} & headers.keys()
        assert names == sent.keys()
        assert headers.get("connection") == sent.get("connection")
        assert ("content-length" in headers) is ("transfer-encoding" not in sent)
        assert peer.post(CONTENT, "Connection: close").headers["connection"] == "close"


@pytest.mark.parametrize(
    ("release", "accepted", "coding"),
    [
        ("8.0.3.0", "gzip, deflate", "gzip"),
        ("8.0.3.0", "deflate;q=0.5, GZIP; q=0.1", "gzip"),
        ("8.0.3.0", "gzip;q=0, deflate", None),
        ("8.0.3.0", "deflate", None),
        ("8.0.2.0", "gzip", None),
        ("9.0.0.0", "gzip", "gzip"),
    ],
)
def test_responses_are_compressed_from_8_0_3_on(release: str, accepted: str, coding: str | None) -> None:
    """[observed: reports of users]"""
    with Emulator(api_version=release) as emulator, Peer(emulator) as peer:
        plain, answer = peer.post(CONTENT), peer.post(CONTENT, f"Accept-Encoding: {accepted}")
        assert answer.headers.get("content-encoding") == coding
        assert (gzip.decompress(answer.body) if coding else answer.body) == plain.body
        assert len(answer.body) < len(plain.body) if coding else True
        versions = peer.get("/sdk/vimServiceVersions.xml", f"Accept-Encoding: {accepted}")
        assert versions.headers.get("content-encoding") == coding


@pytest.mark.parametrize(("release", "is_set"), [("5.5", True), ("6.0", False), ("8.0.2.0", False)])
def test_5_5_sets_a_cookie_with_its_first_response(release: str, is_set: bool) -> None:
    """[observed: recordings]"""
    with Emulator(api_version=release) as emulator, Peer(emulator) as peer:
        first = peer.post(CONTENT).headers.get("set-cookie")
        assert (first is not None) is is_set
        answer = peer.post(login(emulator), f"Cookie: {first or ''}")
        assert answer.headers["set-cookie"] != first
        assert "set-cookie" not in peer.post(CONTENT, f"Cookie: {answer.headers['set-cookie']}").headers


def test_serves_plain_http_without_tls() -> None:
    with Emulator(tls=False) as emulator:
        assert emulator.url.startswith("http://")
        assert emulator.ca_file is None
        with Peer(emulator) as peer:
            assert peer.post(CONTENT).status == 200
