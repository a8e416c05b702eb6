"""What writes properties for a client: one writer per binding and API version.

The property reader decides which properties a caller sees; a writer knows how the caller's binding writes
them, and nothing of objects or privileges. What it returns is cached with the object under the writer's slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from vim25_emulator.vmodl.type_description import TypeRef
from vim25_emulator.vmodl.value import DataObject, Fragment, MoRef

#: An object's update: its kind, and as written its reference, changes of properties, and missingSet.
Changes = tuple[str, bytes, list[bytes], bytes]


class PropertyWriter(Protocol):
    """Writes properties as a binding does for clients of a version."""

    @property
    def slot(self) -> int:
        """The number of binding and version: the second part of the key of a cached fragment."""

    def fetched(self, declared: TypeRef, value: object) -> Fragment:
        """Write one property as the answer to Fetch; empty if unset."""

    def obj(self, ref: MoRef) -> bytes:
        """Write the reference of the object that a content or an update is about."""

    def property(self, path: str, declared: TypeRef) -> Callable[[Any], bytes]:
        """Return what writes values of a property as DynamicProperty; empty for None."""

    def change(self, path: str, op: str, written: bytes) -> bytes:
        """Write a PropertyChange from the written property, which is empty if it is unset."""

    def missing(self, entries: Iterable[DataObject]) -> bytes:
        """Write MissingProperty objects as they follow properties; empty if there are none."""

    def content_frame(self, tag: str) -> tuple[bytes, bytes, bytes]:
        """Return what stands before, between and after the reference and the properties of an ObjectContent.

        The missingSet stands behind the properties. The binding may name the object `tag`.
        """

    def contents(self, pieces: list[bytes]) -> Fragment:
        """Join the pieces of ObjectContent objects: frames, references, properties and missingSets."""

    def updates(self, updates: Iterable[Changes]) -> Fragment:
        """Write ObjectUpdate objects."""
