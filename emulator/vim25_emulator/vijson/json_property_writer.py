"""How JSON writes what a property collector returns: objects, which are joined by commas.

A written property begins with the comma that separates it from the one before it, so properties are joined
as they are, and the first comma of all is cut off.
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
        """Write MissingProperty objects, separated by commas."""
        return b",".join(encode(_MISSING, entry, self._version, self._texts) for entry in entries)

    def contents(self, tag: str, contents: Iterable[tuple[bytes, list[bytes], bytes]]) -> Fragment:
        """Write ObjectContent objects; unset properties have no entry. Only SOAP has a use for the tag."""
        pieces: list[bytes] = []
        for obj, properties, missing in contents:
            found = b"".join(properties)[1:]
            if found and not missing:
                pieces += (_CONTENT, obj, b',"propSet":[', found, b"]}")
            else:
                pieces += (_CONTENT, obj, _array(b"propSet", found), _array(b"missingSet", missing), b"}")
        return Fragment(b"".join(pieces)[1:])

    def updates(self, updates: Iterable[tuple[str, bytes, list[bytes], bytes]]) -> Fragment:
        """Write ObjectUpdate objects."""
        pieces = []
        for kind, obj, changes, missing in updates:
            change_set = _array(b"changeSet", b",".join(changes))
            pieces.append(
                b'{"_typeName":"ObjectUpdate","kind":"%b","obj":%b%b%b}'
                % (kind.encode(), obj, change_set, _array(b"missingSet", missing))
            )
        return Fragment(b",".join(pieces))


def _array(name: bytes, items: bytes) -> bytes:
    """Return an array as a member of an object; nothing without items."""
    return b',"%b":[%b]' % (name, items) if items else b""


@lru_cache(maxsize=8192)
def _before(path: str) -> bytes:
    """Return what a written property begins with, up to its path."""
    return _PROPERTY + encode(_PATH, path, NEWEST)
