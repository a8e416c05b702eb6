from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from vim25_conformance.api_version import UnknownApiVersionError, age, versions
from vim25_conformance.case import (
    DEFAULT_VERSION,
    DuplicateCaseError,
    UnknownCaseError,
    _check,
    case,
    gathered,
    plan,
    registry,
    select,
)
from vim25_conformance.cases import create, drs, pair_power
from vim25_conformance.clauses import CLAUSES
from vim25_conformance.declaration_error import DeclarationError, UnknownNameError
from vim25_conformance.observable import observable


def test_there_are_forty_cases_and_more() -> None:
    assert len(registry()) >= 40


def test_ids_have_a_family_and_a_number() -> None:
    assert all(re.fullmatch(r"[A-Z]+(\.[A-Z]+)?\.\d{3}", name) for name in registry())


def test_an_id_is_given_once() -> None:
    again = ModuleType(__name__)  # where the function below says that it is from
    vars(again)["steps"] = case("FT.CREATE.001", "again", [])(lambda drive: None)
    assert list(gathered([again])) == ["FT.CREATE.001"]
    with pytest.raises(DuplicateCaseError, match=r"FT\.CREATE\.001: in .*\.create and in .*test_case"):
        gathered([create, again])


@pytest.mark.parametrize(
    ("clause", "needs", "arranges", "why"),
    [
        ("pair.stat", "", "", "FT.X.001: no clause 'pair.stat'; did you mean 'pair.state'"),
        ("pair.state", "power-off", "", "FT.X.001: no situation 'power-off'; did you mean 'powered-off'"),
        ("pair.state", "", "runing", "FT.X.001: no arrangement 'runing'; did you mean 'running'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    clause: str, needs: str, arranges: str, why: str
) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(why)):
        case("FT.X.001", "mistyped", [clause], needs=needs, arranges=arranges)(lambda drive: None)


def test_the_order_of_modules_does_not_matter() -> None:
    assert list(gathered([create, drs])) == list(gathered([drs, create]))


def test_every_case_in_the_sources_is_in_the_registry() -> None:
    sources = [path.read_text("utf-8") for path in Path(str(create.__file__)).parent.glob("*.py")]
    assert sum(source.count("@case(") for source in sources) == len(registry())


def test_the_example_for_contributors_is_a_case() -> None:
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "@case" in block)
    assert example in Path(str(pair_power.__file__)).read_text("utf-8")


def test_every_clause_is_tested() -> None:
    tested = {clause.id for each in registry().values() for clause in each.clauses}
    assert tested == set(CLAUSES)


def test_every_case_has_rules_and_clauses() -> None:
    assert [each.id for each in registry().values() if not each.rules or not each.clauses] == []


def test_steps_are_short_and_assert_nothing() -> None:
    for each in registry().values():
        lines = inspect.getsource(each.steps).splitlines()
        begin = next(index for index, line in enumerate(lines) if line.startswith("def "))
        assert len(lines) - begin - 1 <= 16, each.id
        assert not any(line.strip().startswith("assert") for line in lines), each.id


def test_a_case_that_creates_says_what_it_touches() -> None:
    for each in registry().values():
        source = inspect.getsource(each.steps)
        if "protect(" in source:
            assert each.touches, each.id


def test_versions_are_one_chain() -> None:
    assert versions()[0] == "2.5"
    assert [
        version for version in ("4.0", "5.5", "6.0", "8.0.2.0", "9.0.0.0") if age(version) < age("4.0")
    ] == []
    assert age("6.7") < age("7.0.0.0") < age(DEFAULT_VERSION) < age("9.0.0.0")


def test_an_unknown_version_names_those_there_are() -> None:
    with pytest.raises(UnknownApiVersionError, match=r"8\.0\.2\.0"):
        age("8.0.2")


def test_patterns_select() -> None:
    assert {each.id.rpartition(".")[0] for each in select(["FT.DRS.*"])} == {"FT.DRS"}
    assert len(select([])) == len(registry())
    with pytest.raises(UnknownCaseError, match="list"):
        select(["FT.NONE.*"])


def test_a_plan_leaves_out_versions_that_a_case_is_not_for() -> None:
    planned = [
        (each.id, version)
        for each, version, _ in plan(select(["FT.CREATEEX.001"]), ["8.0.2.0", "5.5", "6.0"])
    ]
    assert planned == [("FT.CREATEEX.001", "6.0"), ("FT.CREATEEX.001", "8.0.2.0")]


def test_a_plan_has_each_binding_but_no_case_of_the_json_wire_over_soap() -> None:
    both = plan(select(["SESSION.001", "WIRE.001", "WIRE.JSON.001"]), ["8.0.2.0"], ["soap", "json"])
    assert [(each.id, binding) for each, _, binding in both] == [
        ("SESSION.001", "soap"),
        ("SESSION.001", "json"),
        ("WIRE.001", "soap"),
        ("WIRE.001", "json"),
        ("WIRE.JSON.001", "json"),
    ]


@pytest.mark.parametrize("binding", ["soap", "json"])
def test_every_case_of_a_wire_says_so(binding: str) -> None:
    own = {each.id for each in registry().values() if binding in observable(each.steps).bindings}
    assert own
    assert own <= {each.id for each in registry().values() if each.binding == binding}


def test_steps_that_use_a_wire_belong_to_it() -> None:
    posting = replace(registry()["WIRE.001"], binding=None)
    with pytest.raises(DeclarationError, match=re.escape("WIRE.001: its steps use the wire of soap")):
        _check(posting)
