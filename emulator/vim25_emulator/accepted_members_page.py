"""The page of what is accepted without effect, by type."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from vim25_emulator.accepted_members import ACCEPTED, PARAMETERS, Accepted
from vim25_emulator.fault_tolerance.documentation_page import GENERATED, table

_INTRODUCTION: Final = """\
# Members that are accepted without effect

Every member of a request is applied, or refused with a fault, or listed here: {members} members of {types}
types. A data object that is stored as it is counts as applied, as clients can read it back. A type that is
the parameter of a method is listed for that method."""


def accepted_members_page() -> str:
    """Return the page, in Markdown."""
    rows = sorted(ACCEPTED, key=lambda row: (row.type_name, row.methods, row.members))
    groups = {name: list(group) for name, group in groupby(rows, key=lambda row: row.type_name)}
    members = len({(row.type_name, name) for row in rows for name in row.members.split()})
    introduction = _INTRODUCTION.format(members=members, types=len(groups))
    sections = (_section(name, group) for name, group in groups.items())
    return "\n\n".join((GENERATED, introduction, *sections, _parameters())) + "\n"


def _section(type_name: str, rows: list[Accepted]) -> str:
    cells = ((_code(row.members), _code(row.methods) or "wherever it is used", row.reason) for row in rows)
    return f"## {type_name}\n\n{table(('Members', 'Parameter of', 'Reason'), cells)}"


def _parameters() -> str:
    cells = ((f"`{method}`", _code(names), reason) for method, (names, reason) in PARAMETERS.items())
    return f"## Parameters of methods\n\n{table(('Method', 'Parameters', 'Reason'), cells)}"


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split())
