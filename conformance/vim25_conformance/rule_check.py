"""Reject rules about what no outcome of their case can contain.

Such a rule fails on every target, or, if it says that something is absent, holds on every target: either way
it judges nothing. It is rejected when the cases are loaded, as is a fault, data object or property that vim25
does not have.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyVmomi import vim

from vim25_conformance.api_types import extends, properties, subtypes, task_descriptions
from vim25_conformance.binding import BINDINGS
from vim25_conformance.declaration_error import DeclarationError, suggestion
from vim25_conformance.expectation import NOT_STEPS, WIRE_PARTS, Rule
from vim25_conformance.matcher import Either, Has, IsData, IsFault, Matcher
from vim25_conformance.normalization import PRIMARY, SECONDARY
from vim25_conformance.observable import Observable
from vim25_conformance.observation import WATCHED
from vim25_conformance.outcome import TaskSeen, Wire

#: The only data object among the results of the tasks that cases run.
RESULT: Final = "FaultToleranceSecondaryOpResult"
VM: Final = "VirtualMachine"
#: Role of an object that steps inspect → its type.
TYPES: Final = {
    PRIMARY: VM,
    SECONDARY: VM,
    "model": VM,
    "other": VM,
    "host": "HostSystem",
    "own_host": "HostSystem",
    "other_host": "HostSystem",
    "cluster": "ClusterComputeResource",
    "datacenter": "Datacenter",
    "datastore": "Datastore",
    "folder": "Folder",
    "network": "Network",
    "resource_pool": "ResourcePool",
    "task": "Task",
}
#: Roles that virtual machines play in a case.
ROLES: Final = tuple(role for role, kind in TYPES.items() if kind == VM)
#: Why a rule about the pair is impossible although its place is right.
NOT_CAPTURED: Final = "nothing captures the pair; call `drive.capture()`"
#: Properties of TaskInfo that are not in `task.info` of a step.
APART: Final = frozenset({"state", "error", "result"})

#: Types of events that have subtypes, and are posted themselves as well.
POSTED: Final = frozenset(
    {
        "ClusterOvercommittedEvent",
        "ClusterStatusChangedEvent",
        "CustomizationFailed",
        "EnteredStandbyModeEvent",
        "EnteringStandbyModeEvent",
        "ExitStandbyModeFailedEvent",
        "ExitedStandbyModeEvent",
        "ExitingStandbyModeEvent",
        "TaskEvent",
        "VmDasBeingResetEvent",
        "VmMigratedEvent",
        "VmPoweredOffEvent",
        "VmPoweredOnEvent",
        "VmStartingEvent",
    }
)
#: Tasks of vCenter's own, which no method starts.
INTERNAL_TASKS: Final = ("FaultTolerance.PowerOnSecondaryLRO", "Drm.ExecuteVmPowerOnLRO")

_EVENT: Final = re.compile(r"(?P<type>\w+)(?:\((?P<particulars>[^)]*)\))? of <VirtualMachine (?P<role>\w+)>")
_SEEN: Final = re.compile(r"<VirtualMachine (?P<role>\w+)>\.(?P<path>.+)")


class ImpossibleRuleError(DeclarationError):
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


def _require(lacking: str, name: str, possible: Iterable[str]) -> None:
    """Raise _RuleDefectError unless the name is possible; `lacking` begins the message."""
    known = list(possible)
    if name not in known:
        raise _RuleDefectError(f"{lacking} {name!r}{suggestion(name, known)}")


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
            _require("the steps note no fact", rest, [*can.facts, "complaints"])
        case _:
            _require("there is no step", head, [*can.steps, *NOT_STEPS])
            _check_step(head, rest, can)


def _check_object(place: str, can: Observable) -> None:
    role, _, path = place.partition(".")
    if role in (PRIMARY, SECONDARY) and role not in can.objects:
        raise _RuleDefectError(NOT_CAPTURED)
    _require("the steps inspect no object", role, can.objects)
    _require("no type is known for the role", role, TYPES)
    observed = can.objects[role]
    if path and not any(path == each or path.startswith(f"{each}.") for each in observed):
        _require(f"{role} has no observed property", path, observed)
    _check_path(TYPES[role], path)


def _check_path(kind: str, path: str) -> None:
    """Raise _RuleDefectError unless the path leads through properties of the type or its subtypes."""
    for name in path.split(".") if path else ():
        known = properties(kind) if kind else {}
        _require(f"{kind or 'a simple value'} has no property", name, known)
        kind = known[name]


def _check_seen(place: str, can: Observable) -> None:
    parts = _SEEN.fullmatch(place)
    if not can.watches:
        raise _RuleDefectError("the steps watch nothing; call `drive.watch()`")
    if parts is None:
        raise _RuleDefectError("must read seen.<VirtualMachine ROLE>.PATH")
    _require("there is no role", parts["role"], ROLES)
    _require("there is no watched property", parts["path"], WATCHED)


def _check_event(label: str, can: Observable) -> None:
    parts = _EVENT.fullmatch(label)
    if not can.captures:
        raise _RuleDefectError(NOT_CAPTURED)
    if parts is None:
        raise _RuleDefectError("must read events.TYPE of <VirtualMachine ROLE>")
    _require_type(parts["type"], "Event")
    if len(subtypes(parts["type"])) > 1 and parts["type"] not in POSTED:
        raise _RuleDefectError(f"no event is of the type {parts['type']} itself; name a type that extends it")
    _require("there is no role", parts["role"], ROLES)
    if parts["particulars"] is not None:
        _check_particulars(parts["type"], parts["particulars"])


def _check_particulars(event: str, particulars: str) -> None:
    """Raise _RuleDefectError unless an event of the type can have these particulars (`observation.label`)."""
    known = properties(event)
    if "oldState" in known:
        for state in particulars.split(" to "):
            _require("there is no state", state, vim.VirtualMachine.FaultToleranceState.values)
    elif event == "TaskEvent":
        _require("there is no task", particulars, [*task_descriptions(), *INTERNAL_TASKS])
    elif known.get("reason"):
        _require_type(particulars, "MethodFault")
    elif not known.keys() & {"reason", "eventTypeId"}:
        raise _RuleDefectError(f"nothing distinguishes events of the type {event}")


def _check_step(step: str, place: str, can: Observable) -> None:
    part, _, rest = place.partition(".")
    task = ("task", "result") if step in can.followed else ()
    _require(f"step {step} has no part", part, ("reply", "failure", "channel", "wire", *WIRE_PARTS, *task))
    match part:
        case "reply":
            _require("a reply has no part", rest, ("kind", "value"))
        case "wire":
            _check_wire(rest)
        case _ if part in WIRE_PARTS:
            _require(f"{part} has no part", rest, WIRE_PARTS[part])
        case "task" if rest:
            head, _, path = rest.partition(".")
            _require("a task has no part", head, TaskSeen.__struct_fields__)
            if head == "info":
                _require("task.info has no property", path, properties("TaskInfo").keys() - APART)
            elif head == "result":
                _check_path(RESULT, path)
            elif path:
                raise _RuleDefectError(f"task.{head} has no parts; say what is in it by a matcher")
        case "result":
            _check_path(RESULT, rest)
        case _ if rest:
            raise _RuleDefectError(f"a {part} has no parts; say what is in it by a matcher")


def _check_wire(part: str) -> None:
    """Raise _RuleDefectError unless every binding has the part."""
    owner = next((binding for binding, parts in WIRE_PARTS.items() if part in parts), None)
    if owner is not None:
        raise _RuleDefectError(f"only {BINDINGS[owner]} has it; say so: {owner}.{part}")
    _require("wire has no part", part, Wire.__struct_fields__)


def _check_types(matcher: Matcher) -> None:
    for each in _typed(matcher):
        _require_type(each.type, "MethodFault" if isinstance(each, IsFault) else "DynamicData")
        for name, _ in each.fields:
            _require(f"{each.type} has no property", name, properties(each.type))


def _require_type(name: str, base: str) -> None:
    if not extends(name, base):
        _require(f"there is no {base}", name, subtypes(base))


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
