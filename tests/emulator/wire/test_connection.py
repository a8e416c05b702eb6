"""Incomplete requests: they time out, with a response if the client can read one, and the server survives."""

from collections.abc import Iterator

import pytest

from tests.emulator.wire.peer import CONTENT, Peer
from vim25_emulator import Emulator
from vim25_emulator.wire.connection import Limits


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(limits=Limits(head_bytes=4096, seconds=0.2)) as started:
        yield started


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /sdk HTTP/1.1\r\n",
        b"POST /sdk HTTP/1.1\r\nHost: localhost\r\nContent-Le",
        Peer.head("POST", "/sdk", "Content-Length: 1000"),
        Peer.head("POST", "/sdk", "Content-Length: 1000") + b"<?xml",
        Peer.head("POST", "/sdk", "Transfer-Encoding: chunked") + b"5\r\n<?xml\r\n",
    ],
)
def test_an_incomplete_request_times_out(peer: Peer, sent: bytes) -> None:
    peer.send(sent)
    assert peer.answer().status == 408
    assert peer.is_hung_up_on()


def test_an_incomplete_second_request_times_out(peer: Peer) -> None:
    assert peer.post(CONTENT).status == 200
    peer.send(b"POST /sdk HT")
    assert peer.answer().status == 408


def test_a_connection_may_be_idle_between_requests(peer: Peer, emulator: Emulator) -> None:
    assert peer.post(CONTENT).status == 200
    with Peer(emulator) as idle:  # its timeout is the length of the pause
        assert idle.answer().status == 408
    assert peer.post(CONTENT).status == 200


def test_an_endless_head_is_rejected(peer: Peer) -> None:
    peer.send(b"POST /sdk HTTP/1.1\r\n" + b"X-Filler: 0123456789\r\n" * 1000)
    assert peer.answer().status == 431
    assert peer.is_hung_up_on()


def test_clients_that_disconnect_during_a_request_leave_nothing_behind(emulator: Emulator) -> None:
    for sent in (b"", b"POST /sdk", Peer.head("POST", "/sdk", "Content-Length: 1000") + b"<?xml"):
        with Peer(emulator) as peer:
            peer.send(sent)
