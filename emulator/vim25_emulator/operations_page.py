"""The page that lists what is implemented, with what the registry says of each method."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from vim25_emulator.fault_tolerance.documentation_page import GENERATED, table
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.version import VERSIONS

_INTRODUCTION: Final = """\
# Implemented methods

{methods} methods of {types} managed object types. Types that extend one of these inherit its methods. A
method is available from its first API version on. A call of any other method, or of one that the client's
version does not have yet, is answered with a fault.

A privilege is required on the object of the call, or on the argument that is named with it. A dash means that
the registry names none: the method requires none, or the privilege depends on the object's type or on the
content of the arguments (`vim25_emulator/vcenter/privilege_by_content.py`)."""


def operations_page() -> str:
    """Return the page of what is implemented, grouped by managed object type, in Markdown."""
    implemented = sorted(IMPLEMENTATION.implemented())
    groups = {
        type_name: [managed_type(type_name).methods[name] for _, name in pairs]
        for type_name, pairs in groupby(implemented, key=lambda pair: pair[0])
    }
    introduction = _INTRODUCTION.format(methods=len(implemented), types=len(groups))
    sections = (_section(type_name, methods) for type_name, methods in groups.items())
    return "\n\n".join((GENERATED, introduction, *sections)) + "\n"


def _section(type_name: str, methods: list[Method]) -> str:
    rows = (
        (f"`{method.name}`", VERSIONS[method.since].id, ", ".join(_privileges(method)) or "–")
        for method in methods
    )
    return f"## {type_name} ({len(methods)})\n\n{table(('Method', 'First version', 'Privilege'), rows)}"


def _privileges(method: Method) -> Iterator[str]:
    """Yield the privilege on the object, then those on arguments."""
    if method.privilege:
        yield f"`{method.privilege}`"
    for parameter in method.parameters:
        if parameter.privilege:
            yield f"`{parameter.privilege}` on `{parameter.name}`"
