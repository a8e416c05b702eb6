"""Whatever a test makes an emulator answer to a client of 9.0.0.0 must be valid by the published schemas.

A call must answer no fault that its method does not declare, unless it is a runtime fault. An answer of the
JSON binding must have the shape that all have.

That goes for every test there is. `VIM25_TEST_RELEASE=9.0.0.0` makes most emulators of the tests that
release, so that most of what they ask for is judged; some that are about another release fail then.

Examples that hypothesis makes up are the same in every run, so that a change is judged by what it changes;
`--hypothesis-profile=explore` looks for new ones.

Tests import this checkout's packages by pytest's `pythonpath`, and so do the processes that they start: the
environment that runs them may have another checkout installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fidelity.answers import Exchange, answers, asked_as
from tests.fidelity.declared_faults import undeclared_faults
from tests.fidelity.description_judge import description_flaws
from tests.fidelity.json_answers import json_flaws
from tests.fidelity.schemas import VERSION, available_schemas

settings.register_profile("explore", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Give `pythonpath` to every process that a test starts, and to nothing else that was on theirs."""
    roots: list[Path] = config.getini("pythonpath")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, roots))


@pytest.fixture(scope="session")
def all_answers() -> Iterator[list[Exchange]]:
    """Everything that emulators of this process answer."""
    with answers() as seen:
        yield seen


@pytest.fixture(autouse=True)
def answers_are_valid(
    all_answers: list[Exchange],
    record_property: Callable[[str, object], None],
) -> Iterator[None]:
    """Judge what was answered while a test ran."""
    all_answers.clear()
    yield
    assert list(undeclared_faults(all_answers)) == []
    assert list(json_flaws(all_answers)) == []
    assert list(description_flaws(all_answers)) == []
    bodies = {reply.body for asked, reply in all_answers if reply.call and asked_as(asked, VERSION)}
    judge = available_schemas() if bodies else None
    if judge is not None:
        record_property("judged", len(bodies))
        assert not [flaw for body in bodies for flaw in judge.flaws(body)]
