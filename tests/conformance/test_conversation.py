from __future__ import annotations

from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.conversation import indented


def test_what_is_not_xml_is_shown_as_it_is() -> None:
    assert indented(b"<not xml") == "<not xml"


def test_xml_is_laid_out() -> None:
    assert indented(b"<a><b>1</b></a>") == "<a>\n  <b>1</b>\n</a>"


def test_json_is_laid_out() -> None:
    assert indented(b'{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'


def test_every_exchange_is_kept_as_it_went_over_the_wire(server: Endpoint) -> None:
    with EndpointClient(server, DEFAULT_VERSION) as client:
        client.content.rootFolder.name  # noqa: B018 - reading is calling
    methods = [each.method for each in client.stub.conversation.exchanges]
    assert methods == ["RetrieveServiceContent", "Login", "Fetch", "Logout"]
    assert all(
        each.status == 200 and each.request and each.body for each in client.stub.conversation.exchanges
    )


def test_a_raw_post_to_nobody_is_an_exchange_without_answer(server: Endpoint) -> None:
    client = EndpointClient(server, DEFAULT_VERSION)
    client.stub.port = 1
    exchange = client.stub.post("post", b"<a/>")
    assert (exchange.status, exchange.error) == (0, "ConnectionRefusedError")


def test_another_version_is_claimed_for_a_while(server: Endpoint) -> None:
    stub = EndpointClient(server, DEFAULT_VERSION).stub
    with stub.speaking("5.5"):
        assert (stub.versionId, stub.expected) == ('"urn:vim25/5.5"', "vim.version.version9")
    assert (stub.versionId, stub.expected) == ('"urn:vim25/8.0.2.0"', "vim.version.v8_0_2_0")
