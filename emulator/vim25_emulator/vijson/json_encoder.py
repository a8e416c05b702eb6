"""Encode values as JSON for a client of an API version: results, properties and faults.

`texts` is the server's catalog, for the messages of faults among values; by default that of the newest
release. A `Fragment` is written as it is; among the items of an array it may be several, joined by commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from vim25_emulator.vijson.json_writer import Writer, flat_fault, named, other, writer
from vim25_emulator.vmodl.audience import Audience, audience_at
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.type_description import Kind, Method, TypeRef
from vim25_emulator.vmodl.type_names import REFERENCE
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import Version


def encode(declared: TypeRef, value: Any, version: Version, texts: Catalog | None = None) -> bytes:
    """Return a value in a place of a declared type; nothing for None.

    Raises TypeError, which names the member, for a value whose structure is not that of the declared type.
    """
    if value is None:
        return b""
    write = writer(declared, audience_at(version.position, texts))
    return to_json(write(value) if write else value)


def encode_arguments(method: Method, arguments: Mapping[str, Any], version: Version) -> bytes:
    """Return the body of a call: one object of the parameters that have a value, and of required arrays."""
    unset = {prop.name: () for prop in method.parameters if prop.type.array and not prop.optional}
    given = {**unset, **arguments}
    values = ((prop.name, encode(prop.type, given.get(prop.name), version)) for prop in method.parameters)
    return b"{%b}" % b",".join(b"%b:%b" % (to_json(name), value) for name, value in values if value)


def encode_any(declared: TypeRef, value: Any, version: Version, texts: Catalog | None = None) -> bytes:
    """Return a value in an anyType place, boxed if it is neither data object nor reference; nothing for None.

    `declared` is the type of the property that the value came from: it distinguishes a long from an int, an
    enumeration from a string, and empty arrays by their items. Raises TypeError as `encode` does.
    """
    if value is None:
        return b""
    return to_json(any_writer(declared, audience_at(version.position, texts))(value))


@cache
def any_writer(declared: TypeRef, audience: Audience) -> Writer:
    """Return the writer of values of a declared type in an anyType place."""
    if declared.array:
        return named(declared.array_name, audience)
    return named(REFERENCE if declared.kind is Kind.REFERENCE else declared.name, audience)


def encode_fault(fault: DataObject, text: str, version: Version, texts: Catalog | None = None) -> bytes:
    """Return the body of a fault: the fault itself, with its text unless that is empty."""
    return to_json(flat_fault(fault, text, audience_at(version.position, texts)))


# ---- bytes ---------------------------------------------------------------------------------------------


def _unusual(value: Any) -> Any:
    """Return what is written for a value of a class that JSON has no form of."""
    return str.__str__(value) if isinstance(value, str) else other(value, "a value that JSON has a form of")


_encode = msgspec.json.Encoder(enc_hook=_unusual).encode


def to_json(value: Any) -> bytes:
    """Return the text of dicts, lists and scalars. A lone surrogate becomes U+FFFD, as over SOAP."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(_without_surrogates(value))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: _without_surrogates(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value
