from __future__ import annotations

import tracemalloc

import pytest

from vim25_emulator.soap import xml_tree
from vim25_emulator.soap.xml_tree import (
    MAX_DEPTH,
    SCHEMA_INSTANCE,
    NotWellFormedError,
    RefusedDocumentError,
    parse,
    positions_of,
)


def test_a_document_becomes_elements_with_text_attributes_and_namespaces() -> None:
    root = parse(
        b'<a xmlns="urn:one" x="1">t<b xmlns="urn:two">u&amp;<![CDATA[<v>]]><!-- no -->w</b><c/></a>'
    )
    b, c = root
    assert (root.name, root.namespace, root.attributes, root.text) == ("a", "urn:one", {"x": "1"}, "t")
    assert (b.name, b.namespace, b.text) == ("b", "urn:two", "u&<v>w")
    assert (c.name, c.namespace, c.text, list(c)) == ("c", "urn:one", "", [])
    assert root.child("c") is c
    assert root.child("d") is None


def test_prefixes_are_resolved_where_they_are_declared() -> None:
    document = (
        f'<p:a xmlns:p="urn:one" xmlns:i="{SCHEMA_INSTANCE}" i:type="T" p:other="x">'
        '<q:b xmlns:q="u" xmlns:p="urn:two" i:type="q:T"/><p:c i:type="q:T"/></p:a>'
    )
    root = parse(document.encode())
    assert (root.name, root.namespace, root.attributes) == ("a", "urn:one", {"xsi:type": "T"})
    assert (root[0].name, root[0].namespace) == ("b", "u")
    assert (root[1].name, root[1].namespace) == ("c", "urn:one")
    assert [element.type_namespace for element in root] == ["u", None]


def test_other_encodings_are_read() -> None:
    assert parse("<a>é</a>".encode("utf-16")).text == "é"
    assert parse('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")).text == "é"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "no element found"),
        (b"   ", "no element found"),
        (b"hello", "syntax error"),
        (b"<a>", "no element found"),
        (b"<a", "unclosed token"),
        (b"<a></b>", "mismatched tag"),
        (b"<a>&</a>", "not well-formed (invalid token)"),
        (b"<a>\xff</a>", "not well-formed (invalid token)"),
        (b"<a>\x00</a>", "not well-formed (invalid token)"),
        (b"<a/><b/>", "junk after document element"),
        (b"<a>&lol;</a>", "undefined entity"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "unknown encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "unknown encoding"),
    ],
)
def test_what_is_not_xml_is_reported_in_expats_words(document: bytes, message: str) -> None:
    with pytest.raises(NotWellFormedError) as raised:
        parse(document)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b'<a xsi:type="T"/>', "Attribute name xsi:type uses an undefined namespace prefix xsi"),
        (b"<p:a/>", "Element name p:a uses an undefined namespace prefix p"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "XML document type declarations are not accepted"),
        (
            b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
            "XML document type declarations are not accepted",
        ),
        (b"<a>" * (MAX_DEPTH + 1), f"XML document depth exceeds configured maximum {MAX_DEPTH}"),
    ],
)
def test_what_is_not_accepted_is_refused(document: bytes, message: str) -> None:
    with pytest.raises(RefusedDocumentError) as raised:
        parse(document)
    assert str(raised.value) == message


def test_the_number_of_elements_is_limited_as_on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert xml_tree.MAX_ELEMENTS == 500_000
    monkeypatch.setattr(xml_tree, "MAX_ELEMENTS", 1000)  # as many would take seconds
    within = b"<a>" + b"<b/>" * 999 + b"</a>"
    assert len(parse(within)) == 999
    with pytest.raises(
        RefusedDocumentError, match="XML document element count exceeds configured maximum 1000"
    ):
        parse(within.replace(b"</a>", b"<b/></a>"))


def test_the_greatest_depth_is_accepted() -> None:
    root = parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)
    assert sum(1 for _ in root.walk()) == MAX_DEPTH


def test_positions_count_lines_from_one_and_characters_from_zero() -> None:
    document = "<a>é<b/>\n\n  <c>\n<b/></c></a>".encode()
    root = parse(document)
    first, c = root
    assert positions_of([c[0], root, c, first], root, document) == [(4, 0), (1, 0), (3, 2), (1, 4)]


def test_text_between_elements_is_whole() -> None:
    root = parse(b"<a>\n<b/>x<c>1<!-- -->2</c>y</a>")
    assert root.text == "\nxy"
    assert root[1].text == "12"


def peak_bytes(document: bytes) -> int:
    tracemalloc.start()
    try:
        parse(document)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "document",
    [
        b"<a>" + b"".join(b'<b xmlns:n%d="u"/>' % number for number in range(12_000)) + b"</a>",
        b"<a " + b"".join(b'xmlns:n%d="u" ' % number for number in range(12_000)) + b"/>",
        b"<a %s>%s</a>"
        % (
            b" ".join(b'xmlns:n%d="u"' % number for number in range(6_000)),
            b"".join(b'<b xmlns:m%d="u"/>' % number for number in range(6_000)),
        ),
        b"".join(b"<a %s>" % b" ".join(b'xmlns:n%d="%d"' % (i, j) for i in range(100)) for j in range(120))
        + b"</a>" * 120,
    ],
)
def test_many_namespaces_take_no_more_memory_than_other_markup(document: bytes) -> None:
    assert peak_bytes(document) < 40 * len(document)
