"""What the documents say about an outcome, as data.

A `Rule` is a place in the outcome tree, a `Matcher` for what is found there, and how sure the source is.
Rules are values: they can be listed, explained and tested without a target.

Places: `STEP.reply`, `STEP.failure` (the fault, on the call or in the task), `STEP.channel`, `STEP.wire.…`,
`STEP.task.…` (with `STEP.result.…` for the task's result), `objects.ROLE.…`, `seen.ROLE.…`, `events.…`,
`facts.…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

import msgspec

from conformance.outcome import Data, Fault, Outcome, Ref, Several, Value


class Certainty(str, Enum):
    """How well a statement about a real vCenter is founded."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    DERIVED = "derived"

    @property
    def binding(self) -> bool:
        """Whether a target that differs is wrong; a derived statement is only recorded."""
        return self is not Certainty.DERIVED


class _Absent:
    """Nothing is there: an unset property, or a step that the case did not reach."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


class Matcher(Protocol):
    """A statement about one place of a tree."""

    def holds(self, found: Any) -> bool:
        """Whether it is true of what was found."""

    def __str__(self) -> str:
        """The statement, to be read after the name of the place."""


@dataclass(frozen=True)
class Is(Matcher):
    """Equal to one of the values."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    def holds(self, found: Any) -> bool:
        """Whether it is one of them, type included."""
        return any(found == value and type(found) is type(value) for value in self.values)

    def __str__(self) -> str:
        return "is " + " or ".join(shown(value) for value in self.values)


@dataclass(frozen=True)
class Absent(Matcher):
    """Not there, or unset."""

    def holds(self, found: Any) -> bool:
        """Whether nothing is there."""
        return found is ABSENT or found is None or found == Several(())

    def __str__(self) -> str:
        return "is not set"


@dataclass(frozen=True)
class Present(Matcher):
    """There and set."""

    def holds(self, found: Any) -> bool:
        """Whether something is there."""
        return not Absent().holds(found)

    def __str__(self) -> str:
        return "is set"


@dataclass(frozen=True)
class Has(Matcher):
    """An array with at least one item of which the statement is true."""

    item: Matcher

    def holds(self, found: Any) -> bool:
        """Whether an item fits."""
        return isinstance(found, Several) and any(self.item.holds(item) for item in found.items)

    def __str__(self) -> str:
        return f"has an item that {self.item}"


@dataclass(frozen=True)
class Size(Matcher):
    """An array of so many items; none when it is unset."""

    count: int

    def holds(self, found: Any) -> bool:
        """Whether there are as many."""
        return len(found.items if isinstance(found, Several) else ()) == self.count

    def __str__(self) -> str:
        return f"has {self.count} item{'' if self.count == 1 else 's'}"


@dataclass(frozen=True)
class IsFault(Matcher):
    """A fault of the type or of one that extends it, with statements about its properties."""

    type: str
    fields: tuple[tuple[str, Matcher], ...] = ()
    exactly: bool = False

    def holds(self, found: Any) -> bool:
        """Whether type and properties fit."""
        if not isinstance(found, Fault) or self.type not in (
            found.lineage[:1] if self.exactly else found.lineage
        ):
            return False
        return all(matcher.holds(found.fields.get(name, ABSENT)) for name, matcher in self.fields)

    def __str__(self) -> str:
        rest = "".join(f", whose {name} {matcher}" for name, matcher in self.fields)
        return f"is {'exactly ' if self.exactly else ''}the fault {self.type}{rest}"


@dataclass(frozen=True)
class IsData(Matcher):
    """A data object of the type, with statements about its properties."""

    type: str
    fields: tuple[tuple[str, Matcher], ...] = ()

    def holds(self, found: Any) -> bool:
        """Whether type and properties fit."""
        return (
            isinstance(found, Data)
            and found.type == self.type
            and all(matcher.holds(found.fields.get(name, ABSENT)) for name, matcher in self.fields)
        )

    def __str__(self) -> str:
        return f"is a {self.type}" + "".join(f", whose {name} {matcher}" for name, matcher in self.fields)


@dataclass(frozen=True)
class Either(Matcher):
    """True when one of the statements is: what the sources leave open."""

    choices: tuple[Matcher, ...]

    def __init__(self, *choices: Matcher) -> None:
        object.__setattr__(self, "choices", choices)

    def holds(self, found: Any) -> bool:
        """Whether a choice fits."""
        return any(choice.holds(found) for choice in self.choices)

    def __str__(self) -> str:
        return ", or ".join(str(choice) for choice in self.choices)


def fault(name: str, /, *, exactly: bool = False, **fields: Matcher) -> IsFault:
    """`fault("NoPermission", privilegeId=Is("…"))`."""
    return IsFault(name, tuple(fields.items()), exactly)


def data(name: str, /, **fields: Matcher) -> IsData:
    """`data("ClusterAttemptedVmInfo", task=Present())`."""
    return IsData(name, tuple(fields.items()))


@dataclass(frozen=True)
class Rule:
    """At `place`, `matcher` is true, says a source of this certainty."""

    place: str
    matcher: Matcher
    certainty: Certainty

    def __str__(self) -> str:
        return f"{self.place} {self.matcher}"


def documented(place: str, matcher: Matcher) -> Rule:
    """A rule that the API reference or a guide states."""
    return Rule(place, matcher, Certainty.DOCUMENTED)


def observed(place: str, matcher: Matcher) -> Rule:
    """A rule that was seen on a real server."""
    return Rule(place, matcher, Certainty.OBSERVED)


def derived(place: str, matcher: Matcher) -> Rule:
    """A rule that follows from the others by inference; never more than a note."""
    return Rule(place, matcher, Certainty.DERIVED)


def lookup(outcome: Outcome, place: str) -> Any:
    """What the outcome has at a place, `ABSENT` when nothing."""
    head, _, rest = place.partition(".")
    if head == "events":
        return sum(count for label, count in outcome.events.items() if _is_event(label, rest)) or ABSENT
    if head == "facts":
        return outcome.facts.get(rest, ABSENT)
    if head in ("objects", "seen"):
        return _within(getattr(outcome, head), rest)
    step = outcome.step(head)
    if step is None:
        return ABSENT
    if rest.startswith("result"):
        return _within(step.task.result if step.task else ABSENT, rest[len("result") :].lstrip("."))
    return _within(step, rest)


def _is_event(label: str, wanted: str) -> bool:
    """Whether a label is the wanted one, or is it but for the particulars in parentheses."""
    return label == wanted or re.sub(r"\(.*?\)", "", label, count=1) == wanted


def _within(found: Any, path: str) -> Any:
    while path and found is not ABSENT:
        found, path = _descend(found, path)
    return ABSENT if found is None else found


def _descend(found: Any, path: str) -> tuple[Any, str]:
    """One property further; a property path such as `runtime.powerState` is one key of an object."""
    if isinstance(found, dict):
        key = max((key for key in found if _leads(key, path)), key=len, default=None)
        return (ABSENT, "") if key is None else (found[key], path[len(key) + 1 :])
    head, _, rest = path.partition(".")
    if isinstance(found, Data | Fault) and head in found.fields:
        return found.fields[head], rest
    if isinstance(found, msgspec.Struct):
        return (found.__struct_config__.tag if head == "kind" else getattr(found, head, ABSENT)), rest
    return ABSENT, ""


def _leads(key: str, path: str) -> bool:
    return path == key or path.startswith(f"{key}.")


def broken(rules: Iterable[Rule], outcome: Outcome) -> tuple[Rule, ...]:
    """The rules that are not true of the outcome."""
    return tuple(rule for rule in rules if not rule.matcher.holds(lookup(outcome, rule.place)))


def shown(value: Any, *, width: int = 200) -> str:
    """A found value in one line, for a person."""
    text = _shown(value) or "empty"
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _shown(value: Value | Any) -> str:
    match value:
        case Fault():
            return f"{value.type}{_braced(value.fields)}"
        case Data():
            return f"{value.type}{_braced(value.fields)}"
        case Several(items):
            return f"[{', '.join(_shown(item) for item in items)}]"
        case Ref() | str():
            return str(value)
        case msgspec.Struct():
            inner = {name: getattr(value, name) for name in value.__struct_fields__}
            return f"{type(value).__name__}{_braced(inner)}"
        case tuple():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case bool():
            return str(value).lower()
        case dict():
            return _braced(value)
    return "nothing" if value is None else str(value)


def _braced(fields: dict[str, Any]) -> str:
    return (
        "{" + ", ".join(f"{name}: {_shown(value)}" for name, value in fields.items()) + "}" if fields else ""
    )
