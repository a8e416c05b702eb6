"""Every data object type of vim25, encoded and decoded, at versions of all generations, and validated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests import published_schemas
from tests.emulator.vmodl.samples import full, minimal
from vim25_emulator.soap.soap_encoder import encode_any, encode_fault_detail
from vim25_emulator.soap.soap_reader import reader
from vim25_emulator.soap.xml_tree import parse
from vim25_emulator.vmodl.registry import data_type, data_type_names, enum_type
from vim25_emulator.vmodl.text import text_of
from vim25_emulator.vmodl.type_description import DataType, Kind, TypeRef
from vim25_emulator.vmodl.type_names import ENUM_TYPES
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.version import NEWEST, Version, version

CHECKED = ["2.0", "4.1", "6.0", "7.0.3.2", NEWEST.id]
ANY_TYPE = TypeRef(Kind.ANY, "anyType", False)


@cache
def known_types(at: Version) -> list[DataType]:
    # DataObject is never sent; LocalizedMethodFault carries faults, and without a text it is decoded to one.
    unused = {"DataObject", "LocalizedMethodFault"}
    kinds = [data_type(name) for name in data_type_names() if name not in unused]
    return [kind for kind in kinds if kind.since <= at.position]


def encoded(value: DataObject, at: Version, namespaces: str = "") -> bytes:
    """Return an element in an anyType place, with the namespaces of an envelope."""
    return b'<r xmlns="urn:vim25" xmlns:xsd="%b" xmlns:xsi="%b">%b</r>' % (
        b"http://www.w3.org/2001/XMLSchema",
        b"http://www.w3.org/2001/XMLSchema-instance",
        encode_any("value", ANY_TYPE, value, at),
    )


def decoded(document: bytes, at: Version) -> Any:
    return reader(ANY_TYPE, at.position)(parse(document)[0])


@pytest.mark.parametrize("version_id", CHECKED)
@pytest.mark.parametrize("sample", [minimal, full])
def test_what_is_encoded_is_decoded_to_the_same(
    version_id: str, sample: Callable[[DataType, int], DataObject]
) -> None:
    at = version(version_id)
    for number, kind in enumerate(known_types(at)):
        arguments = (number,) if sample is full else ()
        value = sample(kind, at.position, *arguments)
        assert decoded(encoded(value, at), at) == value


def restricted(value: Any, position: int) -> Any:
    """Return a value reduced to what a client at this position has, in its simplest form."""
    if isinstance(value, tuple) and not isinstance(value, (MoRef, Tagged)):
        return tuple(restricted(item, position) for item in value)
    if isinstance(value, Tagged):
        unknown = value.type in ENUM_TYPES and enum_type(value.type).since > position
        return value.value if unknown else Tagged(value.type, restricted(value.value, position))
    if not isinstance(value, DataObject):
        return value
    kind = value.type_.known_at(position)
    properties = {n: p for n, p in kind.properties.items() if p.since <= position}
    known = {n: restricted(v, position) for n, v in value.__dict__.items() if n in properties}
    return with_text(value, DataObject(kind, **known))


def with_text(original: DataObject, sent: DataObject) -> DataObject:
    """Return a fault with its original text, if it is sent as an ancestor with another text."""
    if not sent.type_.is_fault or text_of(original, NEWEST) == text_of(sent, NEWEST):
        return sent
    return DataObject("LocalizedMethodFault", fault=sent, localizedMessage=text_of(original, NEWEST))


@pytest.mark.parametrize("version_id", CHECKED[:-1])
def test_an_older_client_gets_what_it_can_know(version_id: str) -> None:
    at = version(version_id)
    for number, kind in enumerate(known_types(NEWEST)):
        value = full(kind, NEWEST.position, number)
        assert decoded(encoded(value, at), at) == restricted(value, at.position)


# ---- against the published schemas ---------------------------------------------------------------------

PUBLISHED = "9.0.0.0"
#: Types that the registry has at that version, but the published schemas do not.
UNPUBLISHED = {
    "AuthenticationRequiredChallenge",
    "InvalidToken",
    "TransitGatewayConfigInfo",
    "TransitGatewayConfigSpec",
    "TransitGatewayCreateSpec",
}
VALUE_OF_ANY_TYPE = """
<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:vim25" elementFormDefault="qualified">
  <include schemaLocation="vim-types.xsd"/>
  <element name="r">
    <complexType><sequence><element name="value" type="anyType"/></sequence></complexType>
  </element>
</schema>
"""


@cache
def schema(folder: Path) -> etree.XMLSchema:
    source = etree.fromstring(VALUE_OF_ANY_TYPE, base_url=str(folder / "value.xsd"))
    return etree.XMLSchema(source)


def published(at: Version) -> list[DataType]:
    return [kind for kind in known_types(at) if kind.name not in UNPUBLISHED]


@pytest.mark.parametrize("sample", [minimal, full])
def test_every_encoded_value_is_valid(
    sample: Callable[[DataType, int], DataObject],
) -> None:
    at, checked = version(PUBLISHED), schema(published_schemas.required(PUBLISHED))
    for kind in published(at):
        document = etree.fromstring(encoded(sample(kind, at.position), at))
        assert checked.validate(document), f"{kind.name}: {checked.error_log}"


@pytest.mark.parametrize(
    "wrong",
    [
        b'<value xsi:type="AboutInfo"><fullName>f</fullName><name>n</name></value>',
        b'<value xsi:type="NoSuchType"></value>',
        b'<value xsi:type="HostPortGroupPort"><type>t</type><mac>m</mac><new>1</new></value>',
        b'<value xsi:type="ArrayOfInt"><int xsi:type="xsd:int">2147483648</int></value>',
    ],
)
def test_the_schemas_detect_wrong_values(wrong: bytes) -> None:
    checked = schema(published_schemas.required(PUBLISHED))
    right = encoded(minimal(data_type("AboutInfo"), version(PUBLISHED).position), version(PUBLISHED))
    assert checked.validate(etree.fromstring(right))
    before, _, after = right.partition(right[right.index(b"<value") : right.index(b"</r>")])
    assert not checked.validate(etree.fromstring(before + wrong + after))


def test_every_fault_names_its_detail_after_itself() -> None:
    for kind in known_types(NEWEST):
        if kind.is_fault:
            detail = encode_fault_detail(minimal(kind, NEWEST.position), NEWEST)
            opening = f'<{kind.name}Fault xmlns="urn:vim25" xsi:type="{kind.name}">'
            assert detail.startswith(opening.encode())
