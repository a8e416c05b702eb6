"""Random and mutated requests over a real socket: all get a response, and invalid ones never succeed.

By default a thousand of each kind are sent; `VIM25_FUZZ=20000` sends that many. If the published schemas are
available, they decide which requests are invalid, and none of these may return 200. The schemas are relaxed
first by what the server accepts deliberately.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator.wire.peer import CONTENT, ENVELOPE, Answer, Peer, login
from tests.fidelity.generated_examples import Errors, logged_errors, randoms, settings_of
from tests.fidelity.requests import BYTES, Author, mutate
from tests.fidelity.schemas import VERSION, request_schemas
from vim25_emulator import Emulator

_TIMEOUT = 2.0  #: seconds after which a call counts as waiting
_WAITING = Answer(500, {}, b"")
_REFRESH = 200  #: number of calls after which the list of objects is refreshed

often = settings_of(1000)


@dataclass
class Bench:
    """An emulator at 9.0.0.0, and a client that logs in again whenever it lost its session."""

    emulator: Emulator
    peer: Peer
    errors: Errors
    cookie: str = ""
    calls: int = 0
    _author: Author | None = field(default=None)

    @property
    def author(self) -> Author:
        if self._author is None or self.calls % _REFRESH == 0:
            vcenter = self.emulator.vcenter
            self._author = self.emulator.call(lambda: Author(vcenter.inventory, vcenter.release.version))
        return self._author

    def send(self, document: bytes, action: str = f'"urn:vim25/{VERSION}"') -> Answer:
        """Send a request; every request must get a response without an unexpected error."""
        self.calls += 1
        if not self.cookie:
            self.cookie = self.peer.post(login(self.emulator)).headers["set-cookie"]
        try:
            answer = self.peer.post(document, f"SOAPAction: {action}", f"Cookie: {self.cookie}")
        except TimeoutError:
            assert b"<WaitForUpdatesEx " in document, document
            self.peer = Peer(self.emulator, timeout=_TIMEOUT)
            return _WAITING
        assert answer.status in (200, 500), (answer, document)
        assert not self.errors.texts, self.errors.texts.pop()
        assert b"SystemErrorFault" not in answer.body
        if b"NotAuthenticatedFault" in answer.body:
            self.cookie = ""
        return answer


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with logged_errors() as errors, Emulator(api_version=VERSION, tls=False, task_duration=0.0) as emulator:
        yield Bench(emulator, Peer(emulator, timeout=_TIMEOUT), errors)
    assert not errors.texts


def _document(call: object) -> bytes:
    return ENVELOPE.format(call).encode()


@often
@given(random=randoms)
def test_a_valid_request_can_always_be_parsed(bench: Bench, random: Random) -> None:
    call = str(bench.author.call(random))
    answer = bench.send(_document(call))
    assert b"InvalidRequestFault" not in answer.body, (answer.text, call)


@often
@given(random=randoms)
def test_a_mutated_request_gets_a_fault_unless_it_is_still_valid(bench: Bench, random: Random) -> None:
    call = bench.author.call(random)
    mutate(call, random)
    document = _document(call)
    answer = bench.send(document)
    judge = request_schemas()
    if answer.status == 200 and judge is not None:
        assert not judge.flaws(document), document


@often
@given(random=randoms)
def test_broken_bytes_get_a_response(bench: Bench, random: Random) -> None:
    document = random.choice(BYTES)(_document(bench.author.call(random)), random)
    answer = bench.send(document)
    judge = request_schemas()
    if answer.status == 200 and judge is not None:
        assert not judge.flaws(document), document


@often
@given(action=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40))
def test_any_soap_action_will_do(bench: Bench, action: str) -> None:
    assert bench.send(CONTENT.encode(), action).status == 200
