"""Cases and their registry.

A case has an id that is never reused, the clauses that it tests, what it needs, what it may touch, at most
a dozen lines of steps, and beside the steps, as data, what the documents say about the outcome. It asserts
nothing.
"""

from __future__ import annotations

import fnmatch
import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyVmomi import VmomiSupport

from vim25_conformance.arrangement import ARRANGEMENTS, Arrangement
from vim25_conformance.clauses import CLAUSES, Clause
from vim25_conformance.expectation import Certainty, Rule
from vim25_conformance.observable import observable
from vim25_conformance.place import check
from vim25_conformance.situation import SITUATIONS, Situation

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

DEFAULT_VERSION: Final = "8.0.2.0"
"""The API version of the reference page that the cases follow."""

SHARED: Final = ("host", "cluster")
"""What a case may change only in a target that is thrown away."""

Steps = Callable[["Driver"], None]


@dataclass(frozen=True)
class Case:
    """One situation, one conversation.

    `touches` names what may be different afterwards, by role; empty means that the case only reads. With
    `arranges` the primary is made for the case, beside the machine that it needs, and removed afterwards.
    `since` and `until` bound the API versions that it can be run at.
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

    @property
    def shared(self) -> tuple[str, ...]:
        """What it touches that others use, too."""
        return tuple(each for each in self.touches if each in SHARED)

    @property
    def certainty(self) -> Certainty:
        """The best founded of the rules: whether a target can be wrong here at all."""
        return min(
            (rule.certainty for rule in self.rules), key=list(Certainty).index, default=Certainty.DERIVED
        )

    def runs_at(self, version: str) -> bool:
        """Whether the case makes sense at the API version."""
        last = age(self.until) if self.until else age(version)
        return age(self.since) <= age(version) <= last


class UnknownVersionError(ValueError):
    """Not an API version id; the message lists those that are."""


class UnknownCaseError(ValueError):
    """No case has that id; the message says how to list them."""


class NothingToRunError(ValueError):
    """No chosen case can be run at a chosen API version."""


class DuplicateCaseError(ValueError):
    """Two cases with one id."""


@functools.cache
def versions() -> tuple[str, ...]:
    """API version ids of vim25, oldest first."""
    uris = [uri for uri in VmomiSupport.versionMap if uri.startswith("vim25/")]
    ordered = sorted(uris, key=lambda uri: len(VmomiSupport.GetVersionParents(VmomiSupport.versionMap[uri])))
    return tuple(uri.partition("/")[2] for uri in ordered)


def age(version: str) -> int:
    """The place of an API version in their order; raises UnknownVersionError."""
    try:
        return versions().index(version)
    except ValueError:
        known = ", ".join(versions())
        raise UnknownVersionError(f"{version!r} is no API version; there are {known}") from None


_REGISTRY: Final[dict[str, Case]] = {}


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
) -> Callable[[Steps], Steps]:
    """Register the decorated function as the steps of a case.

    What it arranges is made beside a powered-off machine that can be protected, unless `needs` says more.
    """

    def register(steps: Steps) -> Steps:
        if id in _REGISTRY:
            raise DuplicateCaseError(f"two cases are called {id}")
        quoted = tuple(CLAUSES[name] for name in clauses)
        situation = SITUATIONS[needs or ("powered-off" if arranges else "anywhere")]
        arranged = ARRANGEMENTS[arranges] if arranges else None
        _REGISTRY[id] = Case(
            id, title, quoted, situation, tuple(touches), rules, steps, since, until, arranged
        )
        return steps

    return register


@functools.cache
def registry() -> dict[str, Case]:
    """Return all cases by id, in the order of their ids; raise ImpossibleRuleError."""
    from vim25_conformance import cases as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    for each in _REGISTRY.values():
        check(each.id, each.rules, observable(each.steps))
    return dict(sorted(_REGISTRY.items()))


def select(patterns: Iterable[str]) -> list[Case]:
    """Cases whose id matches any of the patterns (`FT.CREATE.*`), all for none; raises UnknownCaseError."""
    wanted = list(patterns)
    for pattern in wanted:
        if not fnmatch.filter(registry(), pattern):
            raise UnknownCaseError(f"no case matches {pattern!r}; `vim25-conformance list` shows them all")
    return [each for each in registry().values() if not wanted or _matches(each, wanted)]


def _matches(each: Case, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(each.id, pattern) for pattern in patterns)


def plan(cases: Iterable[Case], at: Iterable[str]) -> list[tuple[Case, str]]:
    """Every case at every one of the versions that it can be run at, cases first.

    Raises NothingToRunError when there is none.
    """
    chosen = sorted(set(at), key=age)
    planned = [(each, version) for each in cases for version in chosen if each.runs_at(version)]
    if not planned:
        raise NothingToRunError(
            f"no chosen case can be run at {', '.join(chosen)}; `vim25-conformance explain CASE` tells where"
        )
    return planned
