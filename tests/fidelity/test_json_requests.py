"""Random requests over JSON: each gets an answer, and the fault that SOAP answers to the same request.

By default two hundred of each kind are sent; `VIM25_FUZZ=20000` sends that many. A request that fails
changes nothing, so it must fail in the same way over the other binding. Which of them is asked first is
random.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator.wire.json_peer import SESSION, JsonPeer
from tests.emulator.wire.peer import ENVELOPE, Answer
from tests.fidelity.generated_examples import Errors, logged_errors, randoms, settings_of
from tests.fidelity.json_requests import body_of, is_fetch, is_sayable, path_of, spoil
from tests.fidelity.requests import BYTES, Author, Node, at_once, exaggerate
from vim25_emulator import Emulator
from vim25_emulator.soap.soap_decoder import DecodedCall, ParseFault, decode_call, parse_envelope
from vim25_emulator.vmodl.version import version

_REFRESH = 200  #: number of calls after which the list of objects is refreshed
VERSION = version("9.0.0.0")

#: Methods whose second call differs from the first, since the first ends or needs no session.
_OF_THE_SESSION = frozenset({"Login", "Logout", "TerminateSession"})

#: Method that waits if its options are spoiled.
_WAITING = "WaitForUpdatesEx"

often = settings_of(200)


@dataclass
class Bench:
    """An emulator, and a client of both bindings with one session."""

    emulator: Emulator
    peer: JsonPeer
    errors: Errors
    author: Author
    calls: int = 0

    def call(self, random: Random) -> Node:
        """Return a generated call, after a login if the session has ended."""
        self.calls += 1
        if self.calls % _REFRESH == 0:
            self.author = new_author(self.emulator)
        if self.peer.call("ServiceInstance/ServiceInstance/CurrentTime").status != 200:
            self.peer.session = ""
            self.peer.login()
        return self.author.call(random)

    def soap(self, document: bytes) -> str:
        """Send a request over SOAP; return the type of its fault, empty without one."""
        cookie = f"Cookie: vmware_soap_session={self.peer.session}"
        answer = self.peer.post(document, f'SOAPAction: "urn:vim25/{VERSION}"', cookie)
        return answer.between(' xsi:type="', '"') if answer.status == 500 else ""

    def json(self, call: DecodedCall, body: bytes) -> str:
        """Send a call with this body over JSON; return the type of its fault, empty without one."""
        path, credentials = path_of(call, VERSION), f"{SESSION}: {self.peer.session}"
        if is_fetch(call):
            answer = self.peer.get(path, credentials)
        else:
            answer = self.peer.post(body, credentials, path=path)
        self.judge(answer, path, body)
        return str(answer.value["_typeName"]) if answer.status == 500 else ""

    def judge(self, answer: Answer, *request: object) -> None:
        """Require an answer without an unexpected error; its shape is judged for every answer."""
        assert answer.status in (200, 204, 500), (answer, request)
        assert not self.errors.texts, (self.errors.texts.pop(), request)
        assert b'"SystemError"' not in answer.body, (answer, request)


def new_author(emulator: Emulator) -> Author:
    return emulator.call(lambda: Author(emulator.vcenter.inventory, VERSION))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with (
        logged_errors() as errors,
        Emulator(api_version=VERSION.id, tls=False, task_duration=0.0) as emulator,
    ):
        yield Bench(emulator, JsonPeer(emulator), errors, new_author(emulator))


def document_of(call: object) -> bytes:
    return ENVELOPE.format(call).encode()


def decoded(bench: Bench, document: bytes) -> DecodedCall | None:
    """Return what a SOAP request says; None if it says nothing, or nothing that JSON can say."""
    try:
        said = decode_call(parse_envelope(document), VERSION, bench.emulator.vcenter.release)
    except ParseFault:
        return None
    return said if is_sayable(said, VERSION) else None


def encoded(call: DecodedCall) -> bytes:
    return json.dumps(body_of(call, VERSION)).encode()


@often
@given(random=randoms)
def test_the_same_request_fails_alike_over_both_bindings(bench: Bench, random: Random) -> None:
    call = bench.call(random)
    exaggerate(call, random)
    document = document_of(at_once(call))
    said = decoded(bench, document)
    if said is None or said.method.name in _OF_THE_SESSION:
        return
    asks = {"soap": lambda: bench.soap(document), "json": lambda: bench.json(said, encoded(said))}
    first, second = random.sample(sorted(asks), 2)
    fault = asks[first]()
    if fault:
        assert {first: fault} == {first: asks[second]()}, (second, document)


@often
@given(random=randoms)
def test_a_spoiled_request_gets_an_answer(bench: Bench, random: Random) -> None:
    said = decoded(bench, document_of(bench.call(random)))
    if said is not None and said.method.name != _WAITING:
        bench.json(said, json.dumps(spoil(body_of(said, VERSION), random)).encode())


@often
@given(random=randoms)
def test_broken_bytes_get_an_answer(bench: Bench, random: Random) -> None:
    said = decoded(bench, document_of(bench.call(random)))
    if said is not None and said.method.name != _WAITING:
        bench.json(said, random.choice(BYTES)(encoded(said), random))


@often
@given(path=st.text("/[]:%.?#ab\u00e9Task_vm-1 ", max_size=40))
def test_any_path_gets_an_answer(bench: Bench, path: str) -> None:
    sent = path.encode().replace(b" ", b"%20").decode("ascii", "replace").replace("\ufffd", "%C3")
    for verb in ("GET", "POST"):
        answer = bench.peer.get(f"{bench.peer.root}/{sent}", method=verb)
        if answer.status != 400:
            bench.judge(answer, sent)
        else:  # not even HTTP
            bench.peer = JsonPeer(bench.emulator)
