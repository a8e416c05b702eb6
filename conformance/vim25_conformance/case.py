"""Cases and their registry.

A case has an id that is never reused, the clauses that it tests, the situation that it needs, what it may
modify, at most a dozen lines of steps, and the expected outcome as data. A case only performs steps; it
asserts nothing.
"""

from __future__ import annotations

import fnmatch
import functools
import importlib
import pkgutil
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final

from vim25_conformance.api_version import age
from vim25_conformance.arrangement import ARRANGEMENTS, Arrangement
from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.clause import Clause
from vim25_conformance.clauses import CLAUSES
from vim25_conformance.declaration_error import DeclarationError, named
from vim25_conformance.effect import Effect, worst
from vim25_conformance.expectation import Certainty, Rule, best_certainty
from vim25_conformance.observable import UnreadableStepsError, observable
from vim25_conformance.rule_check import check
from vim25_conformance.situation import SITUATIONS, Situation

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

#: API version of the reference page that the cases follow.
DEFAULT_VERSION: Final = "8.0.2.0"

#: What a case may modify only in a disposable target.
SHARED: Final = ("host", "cluster")

Steps = Callable[["Driver"], None]


@dataclass(frozen=True)
class Case:
    """One situation and the steps to perform in it.

    `touches` names what the case may modify, by role; empty means that the case only reads. With `arranges`
    the primary is created for the case, beside the VM of the situation, and removed afterwards. `since` and
    `until` are the first and the last API version at which the case runs. `binding` is the one whose wire the
    case is about, None for any.
    """

    id: str
    title: str
    clauses: tuple[Clause, ...]
    needs: Situation
    touches: tuple[str, ...]
    rules: tuple[Rule, ...]
    steps: Steps
    since: str = "4.0"
    until: str | None = None
    arranges: Arrangement | None = None
    binding: str | None = None

    @property
    def shared(self) -> tuple[str, ...]:
        """Return what the case modifies that other VMs use, too."""
        return tuple(each for each in self.touches if each in SHARED)

    @property
    def effect(self) -> Effect:
        """Return the worst that the case does to a target."""
        return worst(self.touches)

    @property
    def certainty(self) -> Certainty:
        """Return the best certainty of the rules: only a binding one can make a target wrong."""
        return best_certainty(self.rules)

    def rules_over(self, binding: str) -> tuple[Rule, ...]:
        """Return the rules that apply to the binding."""
        return tuple(rule for rule in self.rules if rule.binding in (None, binding))

    def runs_at(self, version: str) -> bool:
        """Whether the case applies to the API version."""
        last = age(self.until) if self.until else age(version)
        return age(self.since) <= age(version) <= last


class UnknownCaseError(ValueError):
    """No case matches; the message says how to list them."""


class NothingToRunError(ValueError):
    """None of the selected cases runs at a selected API version."""


class DuplicateCaseError(DeclarationError):
    """Two cases have the same id."""


_CASES: Final = "__vim25_cases__"  # attribute of a function: the cases that it is the steps of


def case(
    id: str,
    title: str,
    clauses: Iterable[str],
    *rules: Rule,
    needs: str = "",
    touches: Sequence[str] = (),
    since: str = "4.0",
    until: str | None = None,
    arranges: str = "",
    binding: str | None = None,
) -> Callable[[Steps], Steps]:
    """Declare the decorated function as the steps of a case, which `registry` finds in its module.

    An arrangement needs a powered-off VM that can be protected, unless `needs` says otherwise. A case with
    `binding` is about the wire of that binding, and is not run over another.
    """

    def declare(steps: Steps) -> Steps:
        quoted = tuple(named(id, "clause", name, CLAUSES) for name in clauses)
        situation = named(id, "situation", needs or ("powered-off" if arranges else "anywhere"), SITUATIONS)
        arranged = named(id, "arrangement", arranges, ARRANGEMENTS) if arranges else None
        declared = Case(
            id, title, quoted, situation, tuple(touches), rules, steps, since, until, arranged, binding
        )
        vars(steps).setdefault(_CASES, []).append(declared)
        return steps

    return declare


@functools.cache
def registry() -> dict[str, Case]:
    """Return all cases by id, in the order of their ids; raise DeclarationError."""
    from vim25_conformance import cases as package

    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    cases = gathered(_imported(f"{package.__name__}.{name}") for name in names)
    for declared in cases.values():
        _check(declared)
    return cases


def _imported(module: str) -> ModuleType:
    """Return the module; raise DeclarationError with file and line if it cannot be imported."""
    try:
        return importlib.import_module(module)
    except DeclarationError:
        raise
    except Exception as error:  # whatever the module's top level raises: misspelled names, wrong arguments
        lines = [each for each in traceback.extract_tb(error.__traceback__) if each.name == "<module>"]
        place = f"{lines[-1].filename}:{lines[-1].lineno}" if lines else module
        raise DeclarationError(f"{place}: {type(error).__name__}: {error}") from error


def _check(declared: Case) -> None:
    try:
        can = observable(declared.steps)
    except UnreadableStepsError as error:
        raise DeclarationError(f"{declared.id}: {error}") from None
    for binding in can.bindings - {declared.binding}:
        raise DeclarationError(f"{declared.id}: its steps use the wire of {binding}; say binding={binding!r}")
    check(declared.id, declared.rules, can)


def gathered(modules: Iterable[ModuleType]) -> dict[str, Case]:
    """Return the cases that functions of the modules declare, in the order of their ids.

    Raises DuplicateCaseError for an id that is used twice.
    """
    cases: dict[str, Case] = {}
    for module in modules:
        for declared in _declared(module):
            if declared.id in cases:
                places = (cases[declared.id].steps.__module__, module.__name__)
                raise DuplicateCaseError(f"two cases have the id {declared.id}: in {' and in '.join(places)}")
            cases[declared.id] = declared
    return dict(sorted(cases.items()))


def _declared(module: ModuleType) -> Iterator[Case]:
    for value in vars(module).values():
        if getattr(value, "__module__", None) == module.__name__:
            yield from getattr(value, _CASES, ())


def select(patterns: Iterable[str]) -> list[Case]:
    """Return the cases whose id matches any of the patterns (`FT.CREATE.*`), all if there is no pattern.

    Raise UnknownCaseError for a pattern that nothing matches.
    """
    wanted = list(patterns)
    for pattern in wanted:
        if not fnmatch.filter(registry(), pattern):
            raise UnknownCaseError(f"no case matches {pattern!r}; list all with `vim25-conformance list`")
    return [each for each in registry().values() if not wanted or _matches(each, wanted)]


def _matches(each: Case, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(each.id, pattern) for pattern in patterns)


def plan(
    cases: Iterable[Case], at: Iterable[str], over: Iterable[str] = (SOAP,)
) -> list[tuple[Case, str, str]]:
    """Return each case with each of the versions at which it runs and each binding, ordered by case.

    A case of the VI/JSON wire does not exist over SOAP; one of the SOAP wire is planned over VI/JSON, to be
    skipped with that reason. Raise NothingToRunError if there is none.
    """
    chosen, bindings = sorted(set(at), key=age), list(dict.fromkeys(over))
    planned = [
        (each, version, binding)
        for each in cases
        for version in chosen
        for binding in bindings
        if each.runs_at(version) and (each.binding != JSON or binding == JSON)
    ]
    if not planned:
        raise NothingToRunError(
            f"no selected case runs at {', '.join(chosen)}; see `vim25-conformance explain CASE`"
        )
    return planned
