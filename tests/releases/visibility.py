"""Find what is newer than a client in a response, by the registry, independent of the encoder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import Kind, Method, TypeRef
from vim25_emulator.vmodl.type_names import (
    DATA_TYPES,
    ENUM_TYPES,
    LOCALIZED_FAULT,
    MANAGED_TYPES,
    REFERENCE,
    item_name,
)
from vim25_emulator.vmodl.version import Version

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NOTHING = TypeRef(Kind.ANY, "anyType", array=False)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def newer_in_result(element: Any, method: Method, at: Version) -> list[str]:
    """Return what is newer than a version in the response element of a call."""
    return [name for child in element for name in _newer(child, method.result, at.position)]


def newer_in_detail(element: Any, at: Version) -> list[str]:
    """Return what is newer than a version in the child of a fault's `detail`."""
    return list(_newer(element, _NOTHING, at.position))


def _newer(element: Any, declared: TypeRef, position: int) -> Iterator[str]:
    xsi_type = element.get(_TYPE)
    name = xsi_type or (LOCALIZED_FAULT if declared.kind is Kind.FAULT else declared.name)
    if name in DATA_TYPES:
        yield from _in_data(element, name, position)
    elif name in ENUM_TYPES:
        if registry.enum_type(name).since > position and xsi_type:
            yield f"{_local(element)}: the enumeration {name}"
    elif element.get("type") and (name == REFERENCE or declared.kind is Kind.REFERENCE):
        kind = element.get("type")
        if kind not in MANAGED_TYPES or registry.managed_type(kind).since > position:
            yield f"{_local(element)}: a reference to a {kind}"
    elif item_name(name):
        item = item_name(name)
        if item in DATA_TYPES and registry.data_type(item).since > position:
            yield f"{_local(element)}: an {name}"
        for child in element:
            yield from _newer(child, _NOTHING, position)


def _in_data(element: Any, name: str, position: int) -> Iterator[str]:
    kind = registry.data_type(name)
    if kind.since > position:
        yield f"{_local(element)}: a {name}"
    for child in element:
        prop = kind.properties.get(_local(child))
        if prop is None:
            yield f"{name} has no {_local(child)}"
        elif prop.since > position:
            yield f"{name}.{prop.name}"
        elif name == LOCALIZED_FAULT and prop.type.kind is Kind.FAULT:
            yield from _in_data(child, child.get(_TYPE) or prop.type.name, position)
        else:
            yield from _newer(child, prop.type, position)
    if name == "ObjectContent":
        yield from _unknown_paths(element, position)


def _unknown_paths(content: Any, position: int) -> Iterator[str]:
    """Yield the properties of managed objects that are newer."""
    names = {_local(child): child for child in content}
    properties = registry.managed_type(names["obj"].get("type")).properties
    for entry in content:
        if _local(entry) == "propSet":
            path = entry[0].text.partition(".")[0]
            if path not in properties or properties[path].since > position:
                yield f"{names['obj'].get('type')}.{path}"
