"""Values of the API in memory.

Strings, booleans, numbers, datetimes (aware, UTC) and bytes are Python's own types; enumeration values and
type names are strings; arrays are tuples. This module defines the others. Data objects are immutable: a
change creates a new one that shares the unchanged parts, so a snapshot is a reference, and an encoded
fragment stays valid.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.type_description import DataType


class MoRef(NamedTuple):
    """A reference to a managed object: WSDL type name and moId."""

    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


class Tagged(NamedTuple):
    """A value in an anyType place whose type Python's does not determine (`long`, an enum, an array)."""

    type: str
    value: Any


class Fragment(bytes):
    """One or more values of an array, or one value, as the binding of the call writes them.

    Codecs write it unchanged in place of a value.
    """

    __slots__ = ()


class DataObject:
    """A value of a data object type. Properties are attributes; an unset one is None, an unset array ().

    Raises TypeError for a property that the type does not have.
    """

    __slots__ = ("__dict__", "_type")
    _type: DataType

    def __init__(self, type_name: str | DataType, /, **properties: Any) -> None:
        kind = data_type(type_name) if isinstance(type_name, str) else type_name
        object.__setattr__(self, "_type", kind)
        known = kind.properties
        for name, value in properties.items():
            if name not in known:
                raise TypeError(f"{kind.name} has no property {name!r}; it has {', '.join(known) or 'none'}")
            if value is not None:
                self.__dict__[name] = tuple(value) if isinstance(value, list) else value

    @classmethod
    def trusted(cls, kind: DataType, properties: dict[str, Any]) -> DataObject:
        """Create a value without checks: the properties must be the type's, none None, arrays as tuples."""
        value = cls.__new__(cls)
        object.__setattr__(value, "_type", kind)
        object.__setattr__(value, "__dict__", properties)
        return value

    @property
    def type_(self) -> DataType:
        """The type of this value."""
        return self._type

    def is_a(self, name: str) -> bool:
        """Whether this value is of the named type or of one that extends it."""
        return name in self._type.ancestor_names

    def replace(self, /, **properties: Any) -> DataObject:
        """Return a copy with these properties replaced; None unsets one."""
        merged = {**self.__dict__, **properties}
        return DataObject(self._type, **merged)

    def __getattr__(self, name: str) -> Any:
        try:
            return () if self._type.properties[name].type.array else None
        except KeyError:
            raise AttributeError(f"{self._type.name} has no property {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError(f"a {self._type.name} is immutable; use replace({name}=…)")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataObject):
            return NotImplemented
        return self._type is other._type and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self._type.name, tuple(self.__dict__)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{self._type.name}({shown})"


class MethodFault(Exception):  # noqa: N818  # VMODL's name for it
    """A fault to send to the caller. `data` is the fault object; `text` overrides its message.

    Raise it with its type and properties: `raise MethodFault("InvalidArgument", invalidProperty="spec")`.
    """

    def __init__(self, fault: str | DataObject, /, text: str | None = None, **properties: Any) -> None:
        self.data = DataObject(fault, **properties) if isinstance(fault, str) else fault
        self.text = text
        super().__init__(text or repr(self.data))
