"""vim25's types read from pyVmomi's definitions, without building their classes.

Building all classes takes a second; the definitions are there as soon as pyVmomi is imported. A definition
of a data object is (VMODL name, WSDL name, parent, version, properties), one of a managed object adds its
methods; a property is (name, type, version, flags, …).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from pyVmomi import VmomiSupport

#: VMODL name → definition.
_DATA: Final[dict[str, Any]] = VmomiSupport._dataDefMap
_DEFINITIONS: Final[dict[str, Any]] = {**VmomiSupport._managedDefMap, **_DATA}


@cache
def _by_wsdl_name() -> dict[str, str]:
    return {definition[1]: name for name, definition in _DEFINITIONS.items()}


@cache
def _subtypes() -> dict[str, list[str]]:
    """Return the VMODL names of each type's direct subtypes."""
    subtypes_of: dict[str, list[str]] = {}
    for name, definition in _DEFINITIONS.items():
        subtypes_of.setdefault(definition[2], []).append(name)
    return subtypes_of


def _family(name: str) -> Iterator[str]:
    """Yield a type, its bases and its subtypes: a value is of its declared type or of a subtype."""
    ancestor = name
    while ancestor in _DEFINITIONS:
        yield ancestor
        ancestor = _DEFINITIONS[ancestor][2]
    yield from _descendants(name)


def _descendants(name: str) -> Iterator[str]:
    for subtype in _subtypes().get(name, ()):
        yield subtype
        yield from _descendants(subtype)


def extends(name: str, base: str) -> bool:
    """Whether the type with this WSDL name exists and is `base` (a WSDL name) or extends it."""
    vmodl, wanted = _by_wsdl_name().get(name), _by_wsdl_name()[base]
    while vmodl is not None and vmodl != wanted:
        vmodl = _DEFINITIONS[vmodl][2] if vmodl in _DEFINITIONS else None
    return vmodl is not None


def subtypes(base: str) -> list[str]:
    """Return the WSDL names of a type (a WSDL name) and of everything that extends it."""
    name = _by_wsdl_name()[base]
    return [_DEFINITIONS[each][1] for each in (name, *_descendants(name))]


@cache
def properties(name: str) -> dict[str, str]:
    """Return the properties of a type (a WSDL name), its bases and its subtypes, each with its type.

    The type of a property that is no data object is "".
    """
    return {
        declared[0]: _DATA[declared[1]][1] if declared[1] in _DATA else ""
        for each in _family(_by_wsdl_name()[name])
        for declared in _DEFINITIONS[each][4] or ()
    }


@cache
def task_descriptions() -> frozenset[str]:
    """Return the description IDs of the tasks that methods start, such as `VirtualMachine.powerOn`."""
    return frozenset(
        f"{name.rpartition('.')[2]}.{method[0]}"
        for name, definition in VmomiSupport._managedDefMap.items()
        for method in definition[5] or ()
        if method[1].endswith("_Task")
    )
