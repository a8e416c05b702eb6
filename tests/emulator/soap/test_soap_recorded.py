"""Recorded exchanges with real vCenters, 4.1 to 8.0.3: every response survives decoding and encoding."""

from __future__ import annotations

import pytest

from tests.fidelity.recordings import RELEASES, exchanges
from vim25_emulator.soap.soap_decoder import decode_call, parse_envelope
from vim25_emulator.soap.soap_encoder import (
    encode_envelope_fault,
    encode_fault_detail,
    encode_response,
    envelope,
)
from vim25_emulator.soap.soap_reader import data, reader
from vim25_emulator.soap.xml_tree import Element, parse
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl import release as releases
from vim25_emulator.vmodl.type_description import Kind
from vim25_emulator.vmodl.version import NEWEST, Version


def written_again(answer: Element, client: Version) -> bytes:
    """Return the document of a response's element after decoding and encoding it."""
    if answer.name == "Fault":
        code, text, detail = answer
        fault = data(detail[0].attributes["xsi:type"], client.position)(detail[0])
        return encode_envelope_fault(code.text, text.text, encode_fault_detail(fault, client))
    method = registry.method(answer.name.removesuffix("Response"))
    assert method is not None
    if method.result.kind is Kind.VOID:
        return envelope(encode_response(method, None, client))
    values = tuple(map(reader(method.result, client.position), answer))
    result = values if method.result.array else next(iter(values), None)
    return envelope(encode_response(method, result, client))


@pytest.mark.parametrize("release", RELEASES)
def test_every_answer_is_written_again_byte_for_byte(release: str) -> None:
    for exchange in exchanges(release):
        answer = parse(exchange.answer)[0][0]
        assert written_again(answer, exchange.client) == exchange.answer.rstrip(b"\n"), exchange.source


@pytest.mark.parametrize("release", RELEASES)
def test_every_request_is_read(release: str) -> None:
    for exchange in exchanges(release):
        call = decode_call(parse_envelope(exchange.request), exchange.client, releases.release(NEWEST.id))
        assert call.method.name.encode() in exchange.request


@pytest.mark.parametrize("release", RELEASES)
def test_the_recordings_are_of_many_versions_and_kinds(release: str) -> None:
    assert len(exchanges(release)) > 100
    assert {exchange.client.id for exchange in exchanges(release)} == RELEASES[release]
    kinds = {parse(exchange.answer)[0][0].name for exchange in exchanges(release)}
    assert kinds >= {"Fault", "RetrieveServiceContentResponse", "LoginResponse", "FindByUuidResponse"}
