"""The pages of documentation that are read from the tables, so that they cannot say anything else.

`vim25_emulator.pages` writes them; a test fails when those in `docs/` are out of date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.check import Check, FaultShape, Stage
from vim25_emulator.fault_tolerance.creation import PairKind
from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.pair_disabled_method import OF_PRIMARY
from vim25_emulator.fault_tolerance.pair_state import (
    APPEARANCE,
    TABLE,
    Decision,
    Effect,
    Event,
    Impossible,
    Notice,
    State,
    Transition,
    certainty_of,
)
from vim25_emulator.fault_tolerance.prohibition import Prohibition
from vim25_emulator.vmodl.value import DataObject

WRITTEN: Final = "<!-- Written by `make pages`. Change what it is read from, not this page. -->"

_STATES: Final = """\
# The life of a fault tolerant pair

A pair is in the state that its primary shows as `runtime.faultToleranceState`. What can happen to it, where
that leads, what is told and done on the way, is one table in `vim25_emulator/fault_tolerance/pair_state.py`,
of which this page is a print. What nobody has seen of a real vCenter, nor read in its documents, is marked
*derived*; the order of events within a step is derived throughout.

To bring a failure about: `ShutdownHost_Task` or `RebootHost_Task` with `force` on a host, `TerminateVM` on
either VM of a pair. A test does the same by `MakePrimaryVM_Task` and `TerminateFaultTolerantVM_Task`."""

_CHECKS: Final = """\
# What is checked before a VM becomes fault tolerant

These are the checks of `CreateSecondaryVM_Task` and `CreateSecondaryVMEx_Task` in their order, as
`vim25_emulator/fault_tolerance/admission.py` has them. Before them come, for every call and on the call
itself: session, version, object, arguments, privilege; then, as the task's error, the lock of the VM.

"How sure" tells what a check rests on: *documented* (the API reference or a guide), *seen* (a capture, a
client that depends on it, a user's report), *derived* (inference, to be settled on a real vCenter). Faults
are written as in scenarios: the fields that the emulator fills in, what is nested in braces."""

_STAGE_NAMES: Final = {
    Stage.ELIGIBILITY: "May this VM be fault tolerant at all?",
    Stage.ISSUES: "What stands in the way, on the VM and on the hosts?",
    Stage.COMPATIBILITY: "Which host can hold the secondary?",
    Stage.RESOURCES: "Is there room for it?",
    Stage.POWER_ON: "May a host run the secondary?",
}

_KIND_NAMES: Final = {None: "", PairKind.LEGACY: "legacy only", PairKind.CHECKPOINTING: "not legacy"}

#: Words that begin a sentence with a capital only because they begin it.
_BEGINNINGS: Final = frozenset({"A", "An", "It", "Its", "None", "The", "With", "Hardware"})


def states_page() -> str:
    """Return the page of the state machine, in Markdown with a Mermaid diagram."""
    sections = (_STATES, _diagram(), _appearance_section(), _events_section(), _notices_section())
    return "\n\n".join((WRITTEN, *sections)) + "\n"


def checks_page() -> str:
    """Return the page of the checks and of what is forbidden to a pair, in Markdown."""
    stages = (_stage_section(stage) for stage in Stage)
    return "\n\n".join((WRITTEN, _CHECKS, *stages, _forbidden_section())) + "\n"


#: File name → what returns its text.
PAGES: Final[dict[str, Callable[[], str]]] = {
    "fault-tolerance-states.md": states_page,
    "fault-tolerance-checks.md": checks_page,
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown; a cell may contain `|`."""
    names = tuple(head)
    lines = (names, tuple("---" for _ in names), *(tuple(row) for row in rows))
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`"


# ---- states ----------------------------------------------------------------------------------------------


def _diagram() -> str:
    labels = defaultdict(list)
    for event, row in TABLE.items():
        for state, decision in row.items():
            if isinstance(decision, Transition) and decision.to is not state:
                labels[state, decision.to].append(event.value)
    moves = (f"    {one.value} --> {to.value}: {'<br/>'.join(told)}" for (one, to), told in labels.items())
    return "\n".join(
        ("```mermaid", "stateDiagram-v2", f"    [*] --> {State.NOT_CONFIGURED.value}", *moves, "```")
    )


def _appearance_section() -> str:
    head = ("Pair and primary", "Secondary", "Secondary runs", "Latency", "The primary refuses")
    rows = (
        (
            _code(state.value),
            _code(shown.secondary.value) if state is not State.NOT_CONFIGURED else "none",
            "yes" if shown.secondary_runs else "no",
            shown.latency,
            ", ".join(map(_code, OF_PRIMARY[state])),
        )
        for state, shown in APPEARANCE.items()
    )
    return f"## What each state shows\n\n{table(head, rows)}"


def _events_section() -> str:
    head = ("What happens", "In state", "Leads to", "Told and done, in this order", "How sure")
    rows = (row for event in Event for row in _event_rows(event))
    impossible = (
        "A state that is not listed with an event has no place for it: who wants it is answered with "
        "`InvalidState`."
    )
    return f"## What can happen\n\n{impossible}\n\n{table(head, rows)}"


def _event_rows(event: Event) -> Iterator[tuple[str, ...]]:
    """Yield a row for each different thing that an event does, with the states in which it does it."""
    sharing: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for state, decision in TABLE[event].items():
        if not isinstance(decision, Impossible):
            cells = (*_decision_cells(state, decision), certainty_of(event, state).value)
            sharing[cells].append(_code(state.value))
    name = event.value
    for cells, states in sharing.items():
        yield name, ", ".join(states), *cells
        name = ""


def _decision_cells(state: State, decision: Decision) -> tuple[str, str]:
    """Return where a decision leads, and all that happens on the way."""
    if not isinstance(decision, Transition):
        return "the same", "nothing"
    steps = "; ".join(_step(step) for step in decision.steps)
    then = f"then {decision.then.value}" if decision.then is not None else ""
    reason = f"`needSecondaryReason` becomes `{decision.reason}`" if decision.reason else ""
    to = "the same" if decision.to is state else _code(decision.to.value)
    return to, "; ".join(part for part in (steps, reason, then) if part) or "nothing"


def _step(step: Notice | Effect) -> str:
    if isinstance(step, Effect):
        return f"*{step.value}*"
    return _code(step.value) + (" (of the secondary)" if step.of_secondary else "")


def _notices_section() -> str:
    return (
        "## What is told besides\n\n"
        "Each VM whose `runtime.faultToleranceState` changes is told of in a "
        "`VmFaultToleranceStateChangedEvent`, the primary first. A start of the secondary is a task of its "
        "own on the primary: `FaultTolerance.PowerOnSecondaryLRO`, or `Drm.ExecuteVmPowerOnLRO` where DRS "
        "does it. HA tries again when a start did not work, at intervals and when a host comes back."
    )


# ---- checks ----------------------------------------------------------------------------------------------


def _stage_section(stage: Stage) -> str:
    head = ("Check", "Looks at", "Wrong if", "Fault", "Releases", "How sure")
    rows = (_check_row(check) for check in CHECKS if check.stage is stage)
    handled = f"Of its faults, {stage.value}. Found {stage.delivery.value}."
    return f"## {_STAGE_NAMES[stage]}\n\n{handled}\n\n{table(head, rows)}"


def _check_row(check: Check) -> tuple[str, ...]:
    limits = (
        _KIND_NAMES[check.kind],
        "powered on" if check.running else "",
        "warning" if check.warning else "",
    )
    noted = ", ".join(limit for limit in limits if limit)
    name = f"{check.name} ({noted})" if noted else check.name
    releases = _releases(check.since, check.until)
    cells = (_condition(check.wrong), _code(_shape(check.fault)), releases, check.certainty.value)
    return name, check.scope.value, *cells


def _forbidden_section() -> str:
    head = ("Rule", "Operations", "On", "Refused if", "Fault", "Releases", "How sure")
    told = "As `vim25_emulator/fault_tolerance/forbidden.py` has it; the first rule that fits answers."
    return f"## What may not be done to a pair\n\n{told}\n\n{table(head, map(_forbidden_row, FORBIDDEN))}"


def _forbidden_row(row: Prohibition) -> tuple[str, ...]:
    methods = ", ".join(map(_code, row.methods))
    releases = _releases(row.since, row.until)
    cells = (_condition(row.wrong), _code(_shape(row.fault)), releases, row.certainty.value)
    return row.name, methods, row.member.value, *cells


def _releases(since: str, until: str | None) -> str:
    if until is None:
        return "all" if since == "4.0" else f"from {since}"
    return f"only {since}" if since == until else f"{since} to {until}"


def _condition(condition: Callable[..., object]) -> str:
    """Return the first line of what a condition says of itself, as part of a sentence."""
    line = (condition.__doc__ or "").strip().splitlines()[0].rstrip(".")
    first = line.partition(" ")[0]
    return line.replace(first, first.lower(), 1) if first in _BEGINNINGS else line


def _shape(shape: FaultShape) -> str:
    """Return a fault as it is written in scenarios, the names of filled-in fields alone."""
    fields = ", ".join(_field(name, value) for name, value in shape.fields.items())
    return f"{shape.type} {{{fields}}}" if fields else shape.type


def _field(name: str, value: object) -> str:
    held = _value(value)
    return f"{name}: {held}" if held else name


def _value(value: object) -> str:
    """Return what a field of a fault holds; nothing if that follows from what is checked."""
    if isinstance(value, FaultShape):
        return _shape(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, DataObject):
        fields = ", ".join(_field(name, held) for name, held in value.__dict__.items())
        return f"{value.type_.name} {{{fields}}}"
    return "" if callable(value) else str(value)
