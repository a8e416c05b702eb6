"""Reject rules about what no outcome of their case can contain.

Such a rule fails on every target, or, if it says that something is absent, holds on every target: either way
it judges nothing. It is rejected when the cases are loaded, as is a fault, data object or property that vim25
does not have.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyVmomi import vim

from vim25_conformance.api_types import extends, properties, subtypes
from vim25_conformance.expectation import Rule
from vim25_conformance.matcher import Either, Has, IsData, IsFault, Matcher
from vim25_conformance.normalization import PRIMARY, SECONDARY
from vim25_conformance.observable import Observable
from vim25_conformance.observation import WATCHED
from vim25_conformance.outcome import TaskSeen, Wire

#: The only data object among the results of the tasks that cases run.
RESULT: Final = "FaultToleranceSecondaryOpResult"
#: Roles that virtual machines play in a case.
ROLES: Final = (PRIMARY, SECONDARY, "model", "other")
#: Properties of TaskInfo that are not in `task.info` of a step.
APART: Final = frozenset({"state", "error", "result"})

_EVENT: Final = re.compile(r"(?P<type>\w+)(?:\((?P<particulars>[^)]*)\))? of <VirtualMachine (?P<role>\w+)>")
_SEEN: Final = re.compile(r"<VirtualMachine (?P<role>\w+)>\.(?P<path>.+)")


class ImpossibleRuleError(ValueError):
    """No outcome of the case has the rule's place; the message names case, place, and what is possible."""


def check(case: str, rules: Iterable[Rule], can: Observable) -> None:
    """Raise ImpossibleRuleError for the first rule about what the case does not observe (`can`)."""
    for rule in rules:
        with _naming(case, rule):
            _check_place(rule.place, can)
            _check_types(rule.matcher)


class _RuleDefectError(Exception):
    """What is impossible about a rule, without case and place."""


@contextlib.contextmanager
def _naming(case: str, rule: Rule) -> Iterator[None]:
    """Add case and place to the message."""
    try:
        yield
    except _RuleDefectError as why:
        raise ImpossibleRuleError(f"{case}: {rule.place!r}: {why}") from None


def _require(what: str, name: str, possible: Iterable[str]) -> None:
    """Raise _RuleDefectError unless the name is possible; the message suggests what is."""
    known = list(dict.fromkeys(possible))
    if name in known:
        return
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "") if known else "none"
    raise _RuleDefectError(f"no {what} {name!r}; {hint}possible: {listed}")


def _check_place(place: str, can: Observable) -> None:
    head, _, rest = place.partition(".")
    match head:
        case "objects":
            _check_object(rest, can)
        case "seen":
            _check_seen(rest, can)
        case "events":
            _check_event(rest, can)
        case "facts":
            _require("fact", rest, [*can.facts, "complaints"])
        case _:
            _require("step", head, [*can.steps, "objects", "seen", "events", "facts"])
            _check_step(head, rest, can)


def _check_object(place: str, can: Observable) -> None:
    role, _, path = place.partition(".")
    _require("observed object", role, can.objects)
    observed = can.objects[role]
    if path and not any(path == each or path.startswith(f"{each}.") for each in observed):
        _require(f"observed property of {role}", path, observed)
    _check_path("VirtualMachine", path)


def _check_path(kind: str, path: str) -> None:
    """Raise _RuleDefectError unless the path leads through properties of the type or its subtypes."""
    for name in path.split(".") if path else ():
        known = properties(kind) if kind else {}
        _require(f"property of {kind or 'a value without properties'}", name, known)
        kind = known[name]


def _check_seen(place: str, can: Observable) -> None:
    parts = _SEEN.fullmatch(place)
    if not can.watches:
        raise _RuleDefectError("the steps never call watch()")
    if parts is None:
        raise _RuleDefectError("must read seen.<VirtualMachine ROLE>.PATH")
    _require("role", parts["role"], ROLES)
    _require("watched property", parts["path"], WATCHED)


def _check_event(label: str, can: Observable) -> None:
    parts = _EVENT.fullmatch(label)
    if not can.captures:
        raise _RuleDefectError("the steps never call capture()")
    if parts is None:
        raise _RuleDefectError("must read events.TYPE of <VirtualMachine ROLE>")
    _require_type(parts["type"], "Event")
    _require("role", parts["role"], ROLES)
    if "oldState" in properties(parts["type"]):
        for state in (parts["particulars"] or "running to running").split(" to "):
            _require("state", state, vim.VirtualMachine.FaultToleranceState.values)


def _check_step(step: str, place: str, can: Observable) -> None:
    part, _, rest = place.partition(".")
    task = ("task", "result") if step in can.followed else ()
    _require(f"part of step {step}", part, ("reply", "failure", "channel", "wire", *task))
    match part:
        case "reply":
            _require("part of a reply", rest, ("kind", "value"))
        case "wire":
            _require("part of wire", rest, Wire.__struct_fields__)
        case "task" if rest:
            head, _, path = rest.partition(".")
            _require("part of a task", head, TaskSeen.__struct_fields__)
            if head == "info":
                _require("property of task.info", path, properties("TaskInfo").keys() - APART)
        case "result":
            _check_path(RESULT, rest)
        case _ if rest:
            raise _RuleDefectError(f"a {part} has no parts; say what is in it by a matcher")


def _check_types(matcher: Matcher) -> None:
    for each in _typed(matcher):
        _require_type(each.type, "MethodFault" if isinstance(each, IsFault) else "DynamicData")
        for name, _ in each.fields:
            _require(f"property of {each.type}", name, properties(each.type))


def _require_type(name: str, base: str) -> None:
    if not extends(name, base):
        _require(base, name, subtypes(base))


def _typed(matcher: Matcher) -> Iterator[IsFault | IsData]:
    """Yield the matchers that name a type, nested ones included."""
    match matcher:
        case IsFault() | IsData():
            yield matcher
            inner: Iterable[Matcher] = (each for _, each in matcher.fields)
        case Either(choices):
            inner = choices
        case Has(item):
            inner = (item,)
        case _:
            inner = ()
    for each in inner:
        yield from _typed(each)
