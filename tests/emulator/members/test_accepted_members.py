"""Each member of each specification is applied, or refused, or a row of the table of accepted members."""

from __future__ import annotations

import ast
import asyncio
import inspect
import textwrap
from collections import Counter
from functools import partial

import pytest

from tests.emulator.members.probe import Bench
from tests.emulator.members.request import REQUESTS, Request
from tests.emulator.members.walk import Report, walk
from vim25_emulator.accepted_members import ACCEPTED, PARAMETERS
from vim25_emulator.accepted_members_page import accepted_members_page
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.registry import data_type, managed_type
from vim25_emulator.vmodl.type_description import Kind

LISTED = [place for row in ACCEPTED for place in row.places]


@pytest.fixture(scope="module")
def report() -> Report:
    return walk(REQUESTS)


def test_every_method_with_a_specification_is_probed() -> None:
    probed = {(request.method_name, name) for request in REQUESTS for name in request.specs}
    taken = {
        (method, parameter.name)
        for type_name, method in IMPLEMENTATION.implemented()
        for parameter in managed_type(type_name).methods[method].parameters
        if parameter.type.kind is Kind.DATA
    }
    assert taken - probed == OPTIONS


#: Specifications of waiting and paging, which their own tests cover.
OPTIONS = {("WaitForUpdatesEx", "options")}


def test_a_request_has_the_same_outcome_twice() -> None:
    async def differing() -> list[str]:
        return [request.method_name for request in REQUESTS if not await _is_repeatable(request)]

    assert asyncio.run(differing()) == []


async def _is_repeatable(request: Request) -> bool:
    bench, arguments = Bench(), {**request.arguments}
    method = managed_type(request.type_name).methods[request.method_name]
    arrays = {parameter.name for parameter in method.parameters if parameter.type.array}
    for name, spec in request.specs.items():
        arguments[name] = (spec,) if name in arrays else spec
    ask = partial(bench.outcome, request.type_name, request.method_name, request.this, arguments)
    return await ask() == await ask()


def test_no_member_is_silently_ignored(report: Report) -> None:
    assert report.probes > 2000
    assert sorted(set(report.ignored) - set(LISTED)) == []


def test_no_row_is_about_a_member_with_an_effect(report: Report) -> None:
    assert sorted(set(LISTED) - set(report.ignored)) == []


def test_a_member_has_one_row() -> None:
    assert [place for place, count in Counter(LISTED).items() if count > 1] == []


def test_rows_are_about_members_that_exist() -> None:
    for type_name, member, _ in LISTED:
        assert member in data_type(type_name).properties


def test_the_page_has_every_row() -> None:
    page = accepted_members_page()
    assert all(f"`{name}`" in page and row.reason in page for row in ACCEPTED for name in row.members.split())


def _read(function: object) -> set[str]:
    """Return the names that a function reads."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]  # a function
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_a_parameter_is_read_or_a_row() -> None:
    unread = set()
    for type_name, method_name in IMPLEMENTATION.implemented():
        operation = IMPLEMENTATION.operation(type_name, method_name)
        assert operation is not None
        functions = filter(None, (operation.function, operation.requires, operation.admit))
        names = {name for function in functions for name in _read(function)}
        for parameter in managed_type(type_name).methods[method_name].parameters:
            if parameter.name not in names:
                unread.add((method_name, parameter.name))
    assert unread == {(method, name) for method, (names, _) in PARAMETERS.items() for name in names.split()}
