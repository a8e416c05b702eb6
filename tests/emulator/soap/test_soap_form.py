"""Documents of one form share a tree, and read as if each had been parsed by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vim25_emulator.soap.soap_decoder import SOAP, ParseFault, decode_call, parse_envelope
from vim25_emulator.soap.soap_form import Form, cut
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
    """Return the tree of the second document, read by the first one's form; None if it has another."""
    (outline, texts), (other, others) = cut(first), cut(second)
    if outline != other:
        return None
    return _shown(Form.of(first, texts).with_texts(second, others).root)


def test_documents_that_differ_in_texts_share_one_tree() -> None:
    first, second = _login("ann"), _login("a much longer name")
    outline, texts = cut(first)
    form = Form.of(first, texts)
    assert cut(second)[0] == outline
    envelope = form.with_texts(second, cut(second)[1])
    assert envelope.root is form.envelope.root
    assert _shown(envelope.root) == _shown(parse_envelope(second).root)
    assert decode_call(envelope, NEWEST, _SERVER).arguments["userName"] == "a much longer name"


def test_positions_are_those_of_the_document_at_hand() -> None:
    header = '<s:Header><operationID xmlns="urn:vim25">{}</operationID></s:Header>'
    first, second = (_login("ann", "</password><password>", header=header.format(x)) for x in ("1", "12345"))
    form = Form.of(first, cut(first)[1])
    with pytest.raises(ParseFault) as shared:
        decode_call(form.with_texts(second, cut(second)[1]), NEWEST, _SERVER)
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
def test_what_is_not_plain_is_parsed_each_time(document: bytes) -> None:
    assert Form.of(document, cut(document)[1]).places is None
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
        found = _read_as(first, second)
    except ParseFault:
        return  # of the first one, or of the second one by itself
    if found is not None:
        assert found == _shown(parse_envelope(second).root)
