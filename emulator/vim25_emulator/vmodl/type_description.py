"""Descriptions of the API's types, properties and methods, as plain values.

The registry builds them; the SOAP codec, the WSDL and all checks read them. `since` is always a position in
the chain of versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeVar

Row = TypeVar("Row")

LINK: Final = 1  #: VMODL flag: sent as the key of the declared data object
OPTIONAL: Final = 4  #: VMODL flag: may be unset
SECRET: Final = 8  #: VMODL flag: never show the value


class Kind(Enum):
    """The kind of a type, which decides its encoding."""

    PRIMITIVE = "primitive"
    ENUM = "enum"
    DATA = "data"
    FAULT = "fault"
    REFERENCE = "reference"
    ANY = "any"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A declared type: its kind, the WSDL name (of the item, for an array), and whether it is an array."""

    kind: Kind
    name: str
    array: bool

    def __hash__(self) -> int:
        return hash(self.name) ^ self.array  # that of a dataclass would call the one of Kind, which is slow

    def __str__(self) -> str:
        return f"{self.name}[]" if self.array else self.name

    @property
    def array_name(self) -> str:
        """The WSDL name of the type of an array of such items in an anyType place."""
        if self.kind is Kind.REFERENCE:
            return "ArrayOfManagedObjectReference"
        return "ArrayOf" + self.name[0].upper() + self.name[1:]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a data or managed object, or a parameter of a method."""

    name: str
    type: TypeRef
    since: int
    flags: int
    privilege: str | None = None

    @property
    def optional(self) -> bool:
        """Whether it may be unset."""
        return bool(self.flags & OPTIONAL)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a managed object: its wire name, parameters, results, privilege and declared faults.

    `result` is the type of the call's result (a Task for a `_Task` method), `task_result` that of the task's.
    """

    owner: str
    name: str
    vmodl_name: str
    since: int
    parameters: tuple[Property, ...]
    result: TypeRef
    task_result: TypeRef
    optional_result: bool
    privilege: str | None
    faults: tuple[str, ...]

    @property
    def is_task(self) -> bool:
        """Whether the call returns a Task that delivers the real result."""
        return self.result.name == "Task"

    @property
    def request_type(self) -> str:
        """The WSDL name of the type that holds the parameters, such as `CreateSecondaryVMRequestType`."""
        return f"{self.name.removesuffix('_Task')}RequestType"

    @property
    def description_id(self) -> str:
        """The value of TaskInfo.descriptionId, such as `VirtualMachine.createSecondary`."""
        return f"{self.owner}.{self.vmodl_name}"


@dataclass(frozen=True)
class Type:
    """The common part of data and managed object types: names, base, own and inherited properties."""

    name: str
    vmodl_name: str
    since: int
    base: Any  # the same class, or None; `Self` is not in Python 3.10
    own: tuple[Property, ...]

    @cached_property
    def properties(self) -> dict[str, Property]:
        """All properties by name in wire order: the base's first."""
        inherited = dict(self.base.properties) if self.base else {}
        inherited.update((prop.name, prop) for prop in self.own)
        return inherited

    @cached_property
    def ancestors(self) -> tuple[Any, ...]:
        """This type and its bases, up to the root."""
        return (self, *(self.base.ancestors if self.base else ()))

    @cached_property
    def ancestor_names(self) -> frozenset[str]:
        """The WSDL names of `ancestors`, for is-a tests."""
        return frozenset(ancestor.name for ancestor in self.ancestors)

    def is_a(self, name: str) -> bool:
        """Whether this type is the named one or extends it."""
        return name in self.ancestor_names

    def nearest(self, table: Mapping[str, Row], default: Row) -> Row:
        """Return the row of a table by type names that is about this type, or its nearest ancestor there."""
        names = (ancestor.name for ancestor in self.ancestors)
        return next((table[name] for name in names if name in table), default)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


@dataclass(frozen=True, repr=False, eq=False)
class DataType(Type):
    """A data object type or a fault."""

    base: DataType | None

    @property
    def is_fault(self) -> bool:
        """Whether this is a fault type."""
        return self.is_a("MethodFault")

    def known_at(self, position: int) -> DataType:
        """Return this type, or its nearest ancestor that exists at this position in the chain of versions."""
        ancestors: tuple[DataType, ...] = self.ancestors
        return next(ancestor for ancestor in ancestors if ancestor.since <= position)


@dataclass(frozen=True, repr=False, eq=False)
class ManagedType(Type):
    """A managed object type. Its methods are described when they are first read; those of most never are."""

    base: ManagedType | None
    describe_methods: Callable[[], tuple[Method, ...]]

    @cached_property
    def own_methods(self) -> tuple[Method, ...]:
        """The methods that this type adds to those of its base."""
        return self.describe_methods()

    @cached_property
    def methods(self) -> dict[str, Method]:
        """All methods, own and inherited, by WSDL name."""
        inherited = dict(self.base.methods) if self.base else {}
        inherited.update((method.name, method) for method in self.own_methods)
        return inherited


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration. Its values have no versions, and real servers send values that are not listed."""

    name: str
    vmodl_name: str
    since: int
    values: tuple[str, ...]
