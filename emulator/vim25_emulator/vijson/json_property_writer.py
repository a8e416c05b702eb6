"""How JSON writes what a property collector returns: objects, which are joined by commas.

A written property begins with the comma that separates it from the one before it, so all parts of all
objects are joined at once. A NUL marks where that comma has nothing before it, and goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from vim25_emulator.vijson.json_encoder import any_writer, encode, to_json
from vim25_emulator.vijson.json_writer import named
from vim25_emulator.vmodl.audience import audience_at
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.type_description import Kind, TypeRef
from vim25_emulator.vmodl.type_names import REFERENCE
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef
from vim25_emulator.vmodl.version import NEWEST, Version

_MISSING: Final = TypeRef(Kind.DATA, "MissingProperty", array=False)
_PATH: Final = TypeRef(Kind.PRIMITIVE, "string", array=False)
_PROPERTY: Final = b',{"_typeName":"DynamicProperty","name":'
_CHANGE: Final = b'{"_typeName":"PropertyChange","name":%b,"op":"%b"%b}'
_CONTENT: Final = b',{"_typeName":"ObjectContent","obj":'
#: The beginning of a propSet. A NUL, which no JSON text contains, is where a comma has nothing before it.
_PROPERTIES: Final = b',"propSet":[\0'
_NO_PROPERTIES: Final = b',"propSet":[\0]'
_FIRST: Final = b"[\0,"
_UPDATE: Final = b'{"_typeName":"ObjectUpdate","kind":"%b","obj":%b%b}'
_CHANGES: Final = b',"changeSet":[%b%b]'
_NO_CHANGES: Final = b',"changeSet":[]'
_VALUE: Final = b',"val":'


class JsonPropertyWriter:
    """Writes properties for clients of a version; `vcenter.property_writer` describes the methods."""

    def __init__(self, version: Version, texts: Catalog) -> None:
        self.slot = ~version.position  #: a number that no SOAP writer has
        self._version = version
        self._texts = texts
        self._audience = audience_at(version.position, texts)
        self._obj = named(REFERENCE, self._audience)

    def fetched(self, declared: TypeRef, value: Any) -> Fragment:
        """Write a bare value [documented]: a GET's answer stands in its declared place."""
        return Fragment(encode(declared, value, self._version, self._texts))

    def obj(self, ref: MoRef) -> bytes:
        """Write the reference of an object."""
        return to_json(self._obj(ref))

    def property(self, path: str, declared: TypeRef) -> Callable[[Any], bytes]:
        """Return what writes values of a property as DynamicProperty objects."""
        write, before = any_writer(declared, self._audience), _before(path) + _VALUE

        def written(value: Any) -> bytes:
            return b"%b%b}" % (before, to_json(write(value))) if value is not None else b""

        return written

    def change(self, path: str, op: str, written: bytes) -> bytes:
        """Write a PropertyChange; one without a value has no `val`."""
        before = _before(path)
        return _CHANGE % (before[len(_PROPERTY) :], op.encode(), written[len(before) : -1])

    def missing(self, entries: Iterable[DataObject]) -> bytes:
        """Write a missingSet, separated by commas, as it follows the properties of an object."""
        written = b",".join(encode(_MISSING, entry, self._version, self._texts) for entry in entries)
        return b'],"missingSet":[%b' % written if written else b""

    def content_frame(self, tag: str) -> tuple[bytes, bytes, bytes]:
        """Return the text around the content of an object. Only SOAP has a use for the tag."""
        return _CONTENT, _PROPERTIES, b"]}"

    def contents(self, pieces: list[bytes]) -> Fragment:
        """Join objects; a set without properties is left out, as are commas with nothing before them."""
        text = b"".join(pieces)[1:]
        return Fragment(text.replace(_NO_PROPERTIES, b"").replace(_FIRST, b"["))

    def updates(self, updates: Iterable[tuple[str, bytes, list[bytes], bytes]]) -> Fragment:
        """Write ObjectUpdate objects."""
        pieces = []
        for kind, obj, changes, missing in updates:
            sets = _CHANGES % (b",".join(changes), missing) if changes or missing else b""
            pieces.append(_UPDATE % (kind.encode(), obj, sets if changes else sets[len(_NO_CHANGES) :]))
        return Fragment(b",".join(pieces))


@lru_cache(maxsize=8192)
def _before(path: str) -> bytes:
    """Return what a written property begins with, up to its path."""
    return _PROPERTY + encode(_PATH, path, NEWEST)
