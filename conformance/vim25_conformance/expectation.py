"""What the documents say about an outcome, as data.

A `Rule` is a place in the outcome tree, a matcher for what is there, and the certainty of the source. Rules
are values: they can be listed, explained and tested without a target.

Places: `STEP.reply`, `STEP.failure` (the fault, on the call or in the task), `STEP.channel`, `STEP.wire.…`,
`STEP.soap.…` and `STEP.json.…` (what only that binding has on the wire), `STEP.task.…` (with
`STEP.result.…` for the task's result), `objects.ROLE.…`, `seen.ROLE.…`, `events.…`, `facts.…`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.matcher import ABSENT, Matcher
from vim25_conformance.outcome import Data, Fault, Outcome

#: Heads of places that are not names of steps.
NOT_STEPS: Final = ("objects", "seen", "events", "facts")

#: Binding → what only it has on the wire.
WIRE_PARTS: Final = {SOAP: ("faultcode", "detail"), JSON: ("media_type",)}


class Certainty(str, Enum):
    """How well a statement about a real vCenter is founded, best first.

    Contested: two documents of the vendor disagree. The emulator chooses one; the suite judges by neither.
    """

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    DERIVED = "derived"
    CONTESTED = "contested"

    @property
    def binding(self) -> bool:
        """Whether a target that differs is wrong; derived and contested statements are only recorded."""
        return self in (Certainty.DOCUMENTED, Certainty.OBSERVED)


@dataclass(frozen=True)
class Rule:
    """A source of this certainty says that `matcher` holds at `place`."""

    place: str
    matcher: Matcher
    certainty: Certainty

    def __str__(self) -> str:
        return f"{self.place} {self.matcher}"

    @property
    def binding(self) -> str | None:
        """Return the binding to whose wire the place belongs, None for any."""
        head, _, rest = self.place.partition(".")
        part = rest.partition(".")[0]
        return part if part in WIRE_PARTS and head not in NOT_STEPS else None


def documented(place: str, matcher: Matcher) -> Rule:
    """Return a rule that the API reference or a guide states."""
    return Rule(place, matcher, Certainty.DOCUMENTED)


def observed(place: str, matcher: Matcher) -> Rule:
    """Return a rule that was observed on a real server."""
    return Rule(place, matcher, Certainty.OBSERVED)


def derived(place: str, matcher: Matcher) -> Rule:
    """Return a rule inferred from others; at most a note."""
    return Rule(place, matcher, Certainty.DERIVED)


def contested(place: str, matcher: Matcher) -> Rule:
    """Return a rule that one document of the vendor states and another denies; at most a note."""
    return Rule(place, matcher, Certainty.CONTESTED)


def lookup(outcome: Outcome, place: str) -> Any:
    """Return what the outcome has at a place, `ABSENT` if nothing."""
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
    part, _, inside = rest.partition(".")
    if part in WIRE_PARTS:
        return _within(step.wire, inside)
    if rest.startswith("result"):
        return _within(step.task.result if step.task else ABSENT, rest[len("result") :].lstrip("."))
    return _within(step, rest)


def _is_event(label: str, wanted: str) -> bool:
    """Whether a label is the wanted one, with or without the details in parentheses."""
    name, _, behind = label.partition("(")
    return label == wanted or name + behind.partition(")")[2] == wanted


def _within(value: Any, path: str) -> Any:
    while path and value is not ABSENT:
        value, path = _descend(value, path)
    return ABSENT if value is None else value


def _descend(value: Any, path: str) -> tuple[Any, str]:
    """Descend by one property; a property path such as `runtime.powerState` is one key of an object."""
    if isinstance(value, dict):
        key = max((key for key in value if _leads(key, path)), key=len, default=None)
        return (ABSENT, "") if key is None else (value[key], path[len(key) + 1 :])
    head, _, rest = path.partition(".")
    if isinstance(value, Data | Fault) and head in value.fields:
        return value.fields[head], rest
    if isinstance(value, msgspec.Struct):
        return (value.__struct_config__.tag if head == "kind" else getattr(value, head, ABSENT)), rest
    return ABSENT, ""


def _leads(key: str, path: str) -> bool:
    return path == key or path.startswith(f"{key}.")


def best_certainty(rules: Iterable[Rule]) -> Certainty:
    """Return the best certainty of the rules, derived if there are none."""
    return min((rule.certainty for rule in rules), key=list(Certainty).index, default=Certainty.DERIVED)


def broken(rules: Iterable[Rule], outcome: Outcome) -> tuple[Rule, ...]:
    """Return the rules that do not hold for the outcome."""
    return tuple(rule for rule in rules if not rule.matcher.holds(lookup(outcome, rule.place)))
