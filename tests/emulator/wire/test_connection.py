"""Incomplete requests: they time out, with a response if the client can read one, and the server survives."""

from collections.abc import Iterator
from contextlib import ExitStack

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


CHUNKED = Peer.head("POST", "/sdk", "Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"1;", b"x" * 1000),
        (b"0\r\n", b"X-Filler: 0123456789\r\n" * 50),
        (b"0\r\nX-Filler: ", b"y" * 1000),
    ],
    ids=["an extension of a chunk", "trailers", "a trailer"],
)
def test_endless_framing_of_a_body_is_rejected(served: Emulator, begin: bytes, piece: bytes) -> None:
    with Peer(served) as endless:
        endless.send(Peer.head("POST", "/sdk", "Transfer-Encoding: chunked", "Expect: 100-continue"))
        assert endless.answer(with_body=False).status == 100
        endless.send(begin + piece * 100)
        assert endless.answer().status == 431


def test_a_body_in_the_smallest_chunks_is_read(peer: Peer) -> None:
    body = CONTENT.encode() + b" " * 10_000
    peer.send(CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\nX-Trailer: 1\r\n\r\n")
    assert peer.answer().status == 200
    assert peer.post(CONTENT).status == 200


def test_requests_wait_in_the_network_while_responses_are_not_read() -> None:
    request = Peer.head("POST", "/sdk", f"Content-Length: {len(CONTENT)}") + CONTENT.encode()
    with Emulator() as emulator, Peer(emulator, timeout=1) as deaf:
        with pytest.raises(TimeoutError):
            deaf.send(request * (64 << 20 >> 9))
        with Peer(emulator) as other:
            assert other.post(CONTENT).status == 200


def test_connections_wait_while_the_server_is_busy() -> None:
    with Emulator(tls=False) as emulator, ExitStack() as open_:
        peers = emulator.call(lambda: [open_.enter_context(Peer(emulator, timeout=5)) for _ in range(300)])
        assert {peer.post(CONTENT).status for peer in peers} == {200}


def test_clients_that_disconnect_during_a_request_leave_nothing_behind(emulator: Emulator) -> None:
    for sent in (b"", b"POST /sdk", Peer.head("POST", "/sdk", "Content-Length: 1000") + b"<?xml"):
        with Peer(emulator) as peer:
            peer.send(sent)


@pytest.fixture(params=["tls", "plain"])
def served(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(tls=request.param == "tls", limits=Limits(seconds=0.2, unread_seconds=0.6)) as started:
        yield started


def wait_for_deadlines(emulator: Emulator) -> None:
    """Return when the server has closed five connections in turn that sent nothing."""
    for _ in range(5):
        with Peer(emulator) as idle:
            assert idle.answer().status == 408


LARGE = Peer.head("GET", "/sdk/vim-types.xsd")


def test_a_client_that_does_not_read_is_disconnected(served: Emulator) -> None:
    with Peer(served, timeout=5) as deaf:
        deaf.send(LARGE * 16)
        wait_for_deadlines(served)
        assert deaf.is_hung_up_on()
    with Peer(served) as next_client:
        assert next_client.post(CONTENT).status == 200


def test_a_client_that_reads_slowly_is_served(served: Emulator) -> None:
    with Peer(served, timeout=5) as slow:
        slow.send(LARGE * 8)
        for _ in range(4):
            assert slow.answer().status == 200
            assert slow.answer().status == 200
            with Peer(served) as idle:
                assert idle.answer().status == 408
