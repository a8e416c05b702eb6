"""Documents with the same markup share a tree, and decode as if they had been parsed separately."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vim25_emulator.soap.request_template import RequestTemplate, split_texts
from vim25_emulator.soap.soap_decoder import SOAP, ParseFault, decode_call, parse_envelope
from vim25_emulator.soap.xml_tree import Element
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.version import NEWEST

_SERVER = release(NEWEST.id)


def _login(user: str, rest: str = "p", header: str = "") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}">{header}<s:Body><Login xmlns="urn:vim25">'
        f'<_this type="SessionManager">SessionManager</_this><userName>{user}</userName>'
        f"<password>{rest}</password></Login></s:Body></s:Envelope>"
    ).encode()


def _shown(element: Element) -> object:
    return element.name, element.namespace, element.attributes, element.text, [_shown(e) for e in element]


def _read_as(first: bytes, second: bytes) -> object:
    """Return the tree of the second document from the first one's template; None if the markup differs."""
    (markup, texts), (other_markup, other_texts) = split_texts(first), split_texts(second)
    if markup != other_markup:
        return None
    return _shown(RequestTemplate.of(first, texts).with_texts(second, other_texts).root)


def test_documents_that_differ_in_texts_share_one_tree() -> None:
    first, second = _login("ann"), _login("a much longer name")
    markup, texts = split_texts(first)
    template = RequestTemplate.of(first, texts)
    assert split_texts(second)[0] == markup
    envelope = template.with_texts(second, split_texts(second)[1])
    assert envelope.root is template.envelope.root
    assert _shown(envelope.root) == _shown(parse_envelope(second).root)
    assert decode_call(envelope, NEWEST, _SERVER).arguments["userName"] == "a much longer name"


def test_positions_are_those_of_the_current_document() -> None:
    header = '<s:Header><operationID xmlns="urn:vim25">{}</operationID></s:Header>'
    first, second = (_login("ann", "</password><password>", header=header.format(x)) for x in ("1", "12345"))
    template = RequestTemplate.of(first, split_texts(first)[1])
    with pytest.raises(ParseFault) as shared:
        decode_call(template.with_texts(second, split_texts(second)[1]), NEWEST, _SERVER)
    with pytest.raises(ParseFault) as alone:
        decode_call(parse_envelope(second), NEWEST, _SERVER)
    assert shared.value.text == alone.value.text


@pytest.mark.parametrize(
    "document",
    [
        _login("<!-- >no< -->ann"),
        _login("<![CDATA[>no<]]>"),
        _login("ann<?pi >no< ?>"),
        _login("&#97;nn"),
        _login("änn"),
        _login(" ann"),
        _login("a>b"),
        _login("ann", "one<b/>two"),
        _login("a\r\nb"),
    ],
)
def test_a_document_with_other_texts_is_never_shared(document: bytes) -> None:
    assert RequestTemplate.of(document, split_texts(document)[1]).slots is None
    assert _read_as(document, document) == _shown(parse_envelope(document).root)


_PIECES = st.lists(
    st.sampled_from(
        [
            *"aé \n\r\t'\"]&;",
            "]]>",
            ">",
            "<b>",
            "</b>",
            "<b x='>y'>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?p ",
            "?>",
        ]
    ),
    max_size=6,
).map("".join)


@given(_PIECES, _PIECES)
def test_no_document_is_read_as_another(one: str, other: str) -> None:
    first, second = _login(one), _login(other)
    try:
        tree = _read_as(first, second)
    except ParseFault:
        return  # the fault of the first document, or the second one's own
    if tree is not None:
        assert tree == _shown(parse_envelope(second).root)
