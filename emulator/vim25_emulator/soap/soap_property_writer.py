"""How SOAP writes what a property collector returns: elements, which are joined without a separator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any, Final

from vim25_emulator.soap.soap_encoder import any_writer, encode, encode_any, encoded
from vim25_emulator.soap.soap_text import escape
from vim25_emulator.soap.soap_writer import element
from vim25_emulator.vmodl.audience import audience_at
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.type_description import Kind, TypeRef
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef
from vim25_emulator.vmodl.version import Version

_REFERENCE: Final = TypeRef(Kind.REFERENCE, "ManagedObject", array=False)
_MISSING: Final = TypeRef(Kind.DATA, "MissingProperty", array=False)
_AFTER: Final = b"</propSet>"


class SoapPropertyWriter:
    """Writes properties for clients of a version; `vcenter.property_writer` describes the methods."""

    def __init__(self, version: Version, texts: Catalog) -> None:
        self.slot = version.position
        self._version = version
        self._texts = texts
        self._audience = audience_at(version.position, texts)
        self._obj = element("obj", _REFERENCE, self._audience, "obj")

    def fetched(self, declared: TypeRef, value: Any) -> Fragment:
        """Write a property in an anyType place [observed: recordings]."""
        return Fragment(encode_any("returnval", declared, value, self._version, self._texts))

    def obj(self, ref: MoRef) -> bytes:
        """Write the `obj` element of an object."""
        return encoded(self._obj, ref)

    def property(self, path: str, declared: TypeRef) -> Callable[[Any], bytes]:
        """Return what writes values of a property as propSet elements."""
        write, before = any_writer("val", declared, self._audience), _before(path)

        def written(value: Any) -> bytes:
            return b"%b%b%b" % (before, encoded(write, value), _AFTER) if value is not None else b""

        return written

    def change(self, path: str, op: str, written: bytes) -> bytes:
        """Write a changeSet element."""
        before = _before(path)
        value = written[len(before) : -len(_AFTER)]
        return b"<changeSet>%b<op>%b</op>%b</changeSet>" % (before[len("<propSet>") :], op.encode(), value)

    def missing(self, entries: Iterable[DataObject]) -> bytes:
        """Write missingSet elements."""
        written = (encode("missingSet", _MISSING, entry, self._version, self._texts) for entry in entries)
        return b"".join(written)

    def content_frame(self, tag: str) -> tuple[bytes, bytes, bytes]:
        """Return the tags around the content of an object; unset properties have no element."""
        return f"<{tag}>".encode(), b"", f"</{tag}>".encode()

    def contents(self, pieces: list[bytes]) -> Fragment:
        """Join elements."""
        return Fragment(b"".join(pieces))

    def updates(self, updates: Iterable[tuple[str, bytes, list[bytes], bytes]]) -> Fragment:
        """Write an objectSet element for each update."""
        pieces: list[bytes] = []
        for kind, obj, changes, missing in updates:
            pieces += (_opening(kind), obj, *changes, missing, b"</objectSet>")
        return Fragment(b"".join(pieces))


@lru_cache(maxsize=8192)
def _before(path: str) -> bytes:
    return f"<propSet><name>{escape(path)}</name>".encode()


@cache
def _opening(kind: str) -> bytes:
    return f"<objectSet><kind>{kind}</kind>".encode()
