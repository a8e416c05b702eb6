"""A case in words: what it tests, by which source, what it needs, modifies and expects, and its steps."""

from __future__ import annotations

import ast
import inspect
import pprint
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from vim25_conformance.binding import BINDINGS
from vim25_conformance.case import Case


def described(case: Case) -> dict[str, Any]:
    """Return the case for programs."""
    return {
        "id": case.id,
        "title": case.title,
        "clauses": [
            {"id": each.id, "says": each.says, "source": each.source, "certainty": each.certainty.value}
            for each in case.clauses
        ],
        "certainty": case.certainty.value,
        "needs": {"id": case.needs.id, "title": case.needs.title, "scenario": case.needs.scenario},
        "arranges": {"id": case.arranges.id, "title": case.arranges.title} if case.arranges else None,
        "touches": list(case.touches),
        "effect": case.effect.value,
        "since": case.since,
        "until": case.until,
        "binding": case.binding,
        "expects": [{"rule": str(rule), "certainty": rule.certainty.value} for rule in case.rules],
    }


def explained(case: Case) -> str:
    """Return the case as text."""
    versions = f"{case.since} to {case.until}" if case.until else f"from {case.since}"
    changes = " and ".join(case.touches) or "nothing"
    lines = [
        f"{case.id}  {case.title}",
        "",
        *(f"  {clause.says}\n    {clause.source} [{clause.certainty.value}]" for clause in case.clauses),
        "",
        f"  needs     {case.needs.title}",
        f"            situation {case.needs.id!r}; emulator scenario {case.needs.scenario!r}",
        *([f"  sets up   {case.arranges.title}, removed afterwards"] if case.arranges else []),
        f"  modifies  {changes}",
        f"  effect    {case.effect.value}",
        f"  versions  {versions}",
        *([f"  binding   {BINDINGS[case.binding]} only"] if case.binding else []),
        "",
        "  expects",
        *(f"    {rule} [{rule.certainty.value}]" for rule in case.rules),
        "",
        "  steps",
        *(f"    {line}" for line in _source(case)),
        *_constants(case),
        "",
    ]
    return "\n".join(lines)


def _source(case: Case) -> list[str]:
    lines = inspect.getsource(case.steps).splitlines()
    begin = next(index for index, line in enumerate(lines) if line.startswith("def "))
    return [line[4:] for line in lines[begin + 1 :]]


def _constants(case: Case) -> Iterator[str]:
    """Yield the lines that show the values of the module constants that the steps use."""
    known = vars(sys.modules[case.steps.__module__])
    names = [name for name in _names(case) if name.isupper() and name in known]
    if names:
        yield from ("", "  where")
    for name in names:
        head = f"    {name} = "
        value = pprint.pformat(known[name], width=90, sort_dicts=False)
        yield head + textwrap.indent(value, " " * len(head)).lstrip()


def _names(case: Case) -> list[str]:
    """Return the names in the steps, in the order of their first use."""
    (function,) = ast.parse(inspect.getsource(case.steps)).body
    body = function.body if isinstance(function, ast.FunctionDef) else []
    nodes = [node for statement in body for node in ast.walk(statement)]
    return list(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))
