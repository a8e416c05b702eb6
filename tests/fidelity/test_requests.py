"""Requests made up and spoiled, over a real socket: each gets an answer, and a bad one is never good enough.

By default a thousand of each kind are tried; `VIM25_FUZZ=20000` tries as many. Where the published schemas
are, they say what a bad request is: none that they refuse may be answered with 200. What is accepted on
purpose is taken out of them first.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.emulator.wire.peer import CURRENT_TIME, ENVELOPE, Answer, Peer, login
from tests.fidelity.requests import BYTES, Author, spoil
from tests.fidelity.schemas import VERSION, requests_judge
from vim25_emulator import Emulator

_MOST = int(os.environ.get("VIM25_FUZZ", "1000"))
_PATIENCE = 2.0  #: seconds until a call is taken for one that waits
_HELD = Answer(500, {}, b"")
_RENEWED = 200  #: calls after which the objects that there are now are looked up

#: What an example does depends on those before it, so it can be had again but not made smaller.
often = settings(
    max_examples=_MOST,
    deadline=None,
    database=None,
    derandomize=_MOST <= 1000,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
randoms = st.integers(0, 2**64).map(Random)


class Complaints(logging.Handler):
    """What the emulator logs as an error, which is only what nobody foresaw."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@dataclass
class Bench:
    """One emulator at 9.0.0.0 and a client that goes on whatever it did to its session."""

    emulator: Emulator
    peer: Peer
    complaints: Complaints
    cookie: str = ""
    calls: int = 0
    _author: Author | None = field(default=None)

    @property
    def author(self) -> Author:
        if self._author is None or self.calls % _RENEWED == 0:
            vcenter = self.emulator.vcenter
            self._author = self.emulator.call(lambda: Author(vcenter.inventory, vcenter.release.version))
        return self._author

    def send(self, document: bytes, action: str = f'"urn:vim25/{VERSION}"') -> Answer:
        """Send a request; whatever it is, there must be an answer and no error that nobody foresaw."""
        self.calls += 1
        if not self.cookie:
            self.cookie = self.peer.post(login(self.emulator)).headers["set-cookie"]
        try:
            answer = self.peer.post(document, f"SOAPAction: {action}", f"Cookie: {self.cookie}")
        except TimeoutError:
            assert b"<WaitForUpdatesEx " in document, document
            self.peer = Peer(self.emulator, timeout=_PATIENCE)
            return _HELD
        assert answer.status in (200, 500), (answer, document)
        assert not self.complaints.texts, self.complaints.texts.pop()
        assert b"SystemErrorFault" not in answer.body
        if b"NotAuthenticatedFault" in answer.body:
            self.cookie = ""
        return answer


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        with Emulator(api_version=VERSION, tls=False, task_duration=0.0) as emulator:
            yield Bench(emulator, Peer(emulator, timeout=_PATIENCE), complaints)
    finally:
        logging.getLogger().removeHandler(complaints)
    assert not complaints.texts


def _document(call: object) -> bytes:
    return ENVELOPE.format(call).encode()


@often
@given(random=randoms)
def test_a_right_request_is_never_refused_as_unreadable(bench: Bench, random: Random) -> None:
    call = str(bench.author.call(random))
    answer = bench.send(_document(call))
    assert b"InvalidRequestFault" not in answer.body, (answer.text, call)


@often
@given(random=randoms)
def test_a_spoiled_request_gets_a_fault_unless_it_is_right_again(bench: Bench, random: Random) -> None:
    call = bench.author.call(random)
    spoil(call, random)
    document = _document(call)
    answer = bench.send(document)
    judge = requests_judge()
    if answer.status == 200 and judge is not None:
        assert not judge.flaws(document), document


@often
@given(random=randoms)
def test_broken_bytes_get_an_answer(bench: Bench, random: Random) -> None:
    document = random.choice(BYTES)(_document(bench.author.call(random)), random)
    answer = bench.send(document)
    judge = requests_judge()
    if answer.status == 200 and judge is not None:
        assert not judge.flaws(document), document


@often
@given(action=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40))
def test_any_soap_action_will_do(bench: Bench, action: str) -> None:
    assert bench.send(CURRENT_TIME.encode(), action).status == 200
