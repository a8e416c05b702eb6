"""Sample values of every type, built from the registry, with the required properties only or with all."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final

from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.type_description import DataType, Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged

PRIMITIVES: Final[dict[str, tuple[Any, ...]]] = {
    "string": ("a <b> & \"c\" 'd'", "", " é 漢\t\U0001f600\r\n"),
    "anyURI": ("https://vcenter/sdk?a=1&b=2",),
    "TypeName": ("VirtualMachine",),
    "MethodName": ("CreateSecondaryVM_Task",),
    "PropertyPath": ("config.hardware.device[4000]",),
    "boolean": (True, False),
    "byte": (-128, 127),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "float": (0.5, -1e-7),
    "double": (1e300, float("inf")),
    "dateTime": (
        datetime(2024, 2, 29, 23, 59, 59, 120000, tzinfo=timezone.utc),
        datetime(1970, 1, 1, tzinfo=timezone.utc),
    ),
    "base64Binary": (b"\x00\xff", b""),
}
ANY: Final[tuple[Any, ...]] = (
    "text",
    True,
    7,
    2.5,
    b"bytes",
    datetime(2030, 12, 31, 1, 2, 3, 4, tzinfo=timezone.utc),
    MoRef("Folder", "group-d1"),
    Tagged("long", 2**40),
    Tagged("short", 3),
    Tagged("VirtualMachinePowerState", "poweredOn"),
    Tagged("ArrayOfString", ("a", "")),
    Tagged("ArrayOfInt", ()),
    Tagged("ArrayOfManagedObjectReference", (MoRef("Task", "task-1"),)),
    Tagged("ArrayOfAnyType", ("a", 1, Tagged("byte", 1))),
    DataObject("AboutInfo", name="n", fullName="f", vendor="v", version="1", build="2", osType="o",
               productLineId="vpx", apiType="VirtualCenter", apiVersion="8"),
    DataObject("InvalidArgument", invalidProperty="spec"),
)  # fmt: skip


def minimal(kind: DataType, position: int) -> DataObject:
    """Return a value with the required properties only."""
    return DataObject(kind, **{p.name: _value(p, position, 0) for p in _required(kind, position)})


def full(kind: DataType, position: int, seed: int = 0) -> DataObject:
    """Return a value with all properties that exist at this position, varied by `seed`."""
    visible = (p for p in kind.properties.values() if p.since <= position)
    return DataObject(kind, **{p.name: _value(p, position, seed + n) for n, p in enumerate(visible)})


def _required(kind: DataType, position: int) -> list[Property]:
    properties = kind.properties.values()
    return [p for p in properties if p.since <= position and not p.optional]


def _value(prop: Property, position: int, seed: int) -> Any:
    if prop.type.array:
        return tuple(_item(prop.type, position, seed + n) for n in range(2))
    return _item(prop.type, position, seed)


def _item(declared: TypeRef, position: int, seed: int) -> Any:
    if declared.kind is Kind.PRIMITIVE:
        values = PRIMITIVES[declared.name]
        return values[seed % len(values)]
    if declared.kind is Kind.ENUM:
        values = enum_type(declared.name).values
        return values[seed % len(values)]
    if declared.kind is Kind.REFERENCE:
        return MoRef(declared.name, f"object-{seed}")
    if declared.kind is Kind.ANY:
        return ANY[seed % len(ANY)]
    return minimal(data_type(declared.name), position)


def arguments(method: Method, position: int, seed: int = 0) -> dict[str, Any]:
    """Return values for all parameters that exist at this position, varied by `seed`."""
    visible = (p for p in method.parameters if p.since <= position)
    return {p.name: _value(p, position, seed + n) for n, p in enumerate(visible)}
