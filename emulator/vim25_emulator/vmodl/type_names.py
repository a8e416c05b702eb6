"""Names of types on the wire, for readers and writers."""

from __future__ import annotations

from typing import Final

from vim25_emulator.vmodl.registry import data_type_names, enum_type_names, managed_type_names
from vim25_emulator.vmodl.type_description import Kind, TypeRef

PRIMITIVES: Final = (
    "string",
    "anyURI",
    "TypeName",
    "MethodName",
    "PropertyPath",
    "boolean",
    "byte",
    "short",
    "int",
    "long",
    "float",
    "double",
    "dateTime",
    "base64Binary",
)
ANY: Final = "anyType"
#: The place that takes a value of any type.
ANY_TYPE: Final = TypeRef(Kind.ANY, ANY, array=False)
REFERENCE: Final = "ManagedObjectReference"
#: pyVmomi's name for a reference in an anyType place; real servers accept it.
REFERENCE_ALIAS: Final = "ManagedObject"
FAULT: Final = "MethodFault"
#: The type that carries a fault as a value.
LOCALIZED_FAULT: Final = "LocalizedMethodFault"

MANAGED_TYPES: Final = frozenset(managed_type_names())
ENUM_TYPES: Final = frozenset(enum_type_names())
DATA_TYPES: Final = frozenset(data_type_names())
#: Primitives that are plain strings on the wire.
BARE_STRINGS: Final = frozenset({"TypeName", "MethodName", "PropertyPath"})

_ITEMS: Final = DATA_TYPES | ENUM_TYPES | {*PRIMITIVES, REFERENCE, REFERENCE_ALIAS, ANY}
_CAPITALIZED: Final = {name[0].upper() + name[1:]: name for name in (*PRIMITIVES, ANY)}


def item_name(array_name: str) -> str | None:
    """Return the item name of an array type (`ArrayOfInt` → `int`), None if it does not exist."""
    capitalized = array_name.removeprefix("ArrayOf")
    item = _CAPITALIZED.get(capitalized, capitalized)
    return item if item in _ITEMS and capitalized != array_name else None
