"""Half-sent requests: each ends, with an answer where the client can read one, and the server goes on."""

from collections.abc import Iterator

import pytest

from tests.emulator.wire.peer import CURRENT_TIME, Peer
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
def test_a_request_that_does_not_come_to_its_end_is_timed_out(peer: Peer, sent: bytes) -> None:
    peer.send(sent)
    assert peer.answer().status == 408
    assert peer.is_hung_up_on()


def test_so_is_the_second_one_of_a_connection(peer: Peer) -> None:
    assert peer.post(CURRENT_TIME).status == 200
    peer.send(b"POST /sdk HT")
    assert peer.answer().status == 408


def test_a_connection_may_rest_between_requests(peer: Peer, emulator: Emulator) -> None:
    assert peer.post(CURRENT_TIME).status == 200
    with Peer(emulator) as idle:  # takes longer to be timed out than the pause that is meant
        assert idle.answer().status == 408
    assert peer.post(CURRENT_TIME).status == 200


def test_a_head_without_end_is_refused(peer: Peer) -> None:
    peer.send(b"POST /sdk HTTP/1.1\r\n" + b"X-Filler: 0123456789\r\n" * 1000)
    assert peer.answer().status == 431
    assert peer.is_hung_up_on()


def test_clients_that_hang_up_in_the_middle_leave_nothing_behind(emulator: Emulator) -> None:
    for sent in (b"", b"POST /sdk", Peer.head("POST", "/sdk", "Content-Length: 1000") + b"<?xml"):
        with Peer(emulator) as peer:
            peer.send(sent)
