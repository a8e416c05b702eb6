"""The notation of faults in scenarios: a type name, or a type name with properties.

    fault: NotSupported
    fault: {FileLocked: {file: "[shared-1] web01/web01.vmx"}}
    fault: {VmFaultToleranceOpIssuesList: {errors: [{FaultToleranceNotLicensed: {hostName: esx2}}]}}

Objects are referred to by name. Types and properties are checked against the vim25 registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from typing import Any, Final

from vim25_emulator.scenario.source import Path
from vim25_emulator.scenario.structure import suggestion
from vim25_emulator.vmodl.registry import data_type, data_type_names, enum_type
from vim25_emulator.vmodl.type_description import DataType, Kind, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef

ANY_OBJECT: Final = "ManagedObject"  #: the declared type of a reference to an object of any type

#: Returns the object of a type, or a subtype, by name; None if it does not exist.
Finder = Callable[[str, str], MoRef | None]

#: Integer type → bits.
_INTEGERS: Final = {"byte": 8, "short": 16, "int": 32, "long": 64}
_NUMBERS: Final = frozenset({"float", "double"})


class BadFaultError(ValueError):
    """A fault is invalid; `path` leads from the fault to the error."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


def fault_of(spec: Any, find: Finder, path: Path = ()) -> DataObject:
    """Return the fault of a scenario; BadFaultError if it is invalid."""
    name, properties = _name_and_properties(spec, path)
    fault_type = _fault_type(name, path)
    properties_path = (*path, name) if isinstance(spec, dict) else path
    return DataObject(fault_type, **dict(_properties(fault_type, properties, find, properties_path)))


def _name_and_properties(spec: Any, path: Path) -> tuple[str, dict[str, Any]]:
    if isinstance(spec, str):
        return spec, {}
    if not isinstance(spec, dict) or len(spec) != 1:
        raise BadFaultError(
            path, "expected a fault: a type name, or a mapping of one type name to properties"
        )
    ((name, properties),) = spec.items()
    if not isinstance(properties, dict | None):
        raise BadFaultError((*path, name), "expected a mapping of the fault's properties")
    return name, properties or {}


def _fault_type(name: str, path: Path) -> DataType:
    try:
        fault_type = data_type(name)
    except KeyError:
        fault_type = None
    if fault_type is None or not fault_type.is_fault:
        raise BadFaultError(path, f"unknown fault {name!r}{suggestion(name, list(data_type_names()))}")
    return fault_type


def _properties(
    owner: DataType, properties: dict[str, Any], find: Finder, path: Path
) -> Iterator[tuple[str, Any]]:
    for name, value in properties.items():
        declared = owner.properties.get(name)
        if declared is None:
            hint = suggestion(name, list(owner.properties))
            raise BadFaultError((*path, name), f"unknown property of {owner.name}{hint}")
        yield name, _value(declared, value, find, (*path, name))


def _value(declared: Property, value: Any, find: Finder, path: Path) -> Any:
    if not declared.type.array:
        return _item(declared.type, value, find, path)
    if not isinstance(value, list):
        raise BadFaultError(path, f"expected a list of {declared.type.name}")
    return tuple(_item(declared.type, item, find, (*path, index)) for index, item in enumerate(value))


def _item(declared: TypeRef, value: Any, find: Finder, path: Path) -> Any:
    if declared.kind is Kind.FAULT:
        return fault_of(value, find, path)
    if declared.kind is Kind.REFERENCE:
        return _reference(declared.name, value, find, path)
    if declared.kind is Kind.DATA:
        if not isinstance(value, dict):
            raise BadFaultError(path, f"expected a mapping of the properties of {declared.name}")
        item_type = data_type(declared.name)
        return DataObject(item_type, **dict(_properties(item_type, value, find, path)))
    if declared.kind is Kind.ENUM:
        return _enum(declared.name, value, path)
    return _primitive(declared.name, value, path)


def _reference(type_name: str, value: Any, find: Finder, path: Path) -> MoRef:
    ref = find(type_name, value) if isinstance(value, str) else None
    if ref is None:
        raise BadFaultError(path, f"expected the name of a {type_name} in this scenario, got {value!r}")
    return ref


def _enum(type_name: str, value: Any, path: Path) -> str:
    values = list(enum_type(type_name).values)
    if value not in values:
        raise BadFaultError(path, f"{value!r} is not a {type_name}{suggestion(str(value), values)}")
    return str(value)


def _primitive(type_name: str, value: Any, path: Path) -> Any:
    if type_name == "dateTime" and isinstance(value, date):
        return _instant(value)
    if type_name in _INTEGERS and type(value) is int and value.bit_length() < _INTEGERS[type_name]:
        return value
    if type_name in _NUMBERS and type(value) in (int, float):
        return float(value)
    if type_name == "boolean" and type(value) is bool:
        return value
    if type_name == "anyType" and isinstance(value, str | int | float):
        return value
    if isinstance(value, str) and type_name not in {*_INTEGERS, *_NUMBERS, "boolean", "dateTime"}:
        return value
    raise BadFaultError(path, f"expected a value of type {type_name}, got {value!r}")


def _instant(value: date) -> datetime:
    """Return a YAML date or timestamp as a datetime with a time zone; the default is UTC."""
    instant = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)
