"""The deprecated operation and its successor, one after the other on the same VM: do they agree?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATE, CREATE_EX
from vim25_conformance.difference import differences
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Is
from vim25_conformance.outcome import Outcome, Returned, Several, Step, TaskSeen

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
#: The first names the method; the second depends on the status that an alarm had before.
APART: Final = ("TaskEvent", "AlarmStatusChangedEvent")


def _essence(outcome: Outcome, name: str) -> Outcome:
    """Return the outcome of the create `name`, without labels that are `APART`."""
    step, events = outcome.step(name), outcome.events
    rest = {label: count for label, count in events.items() if not label.startswith(APART)}
    if step is None:
        return Outcome((), outcome.objects, {}, rest)
    task = TaskSeen(step.task.state, (), step.task.error, step.task.result) if step.task else None
    reply = Returned() if task else step.reply
    return Outcome((Step("create", "", reply, task=task),), outcome.objects, {}, rest)


def _once(drive: Driver, name: str, method: str, *arguments: Any) -> Outcome:
    """Create as step `name` and turn off again; return the outcome of the create."""
    drive.watch()
    result = drive.complete(name, drive.primary, method, *arguments)
    if result is not None:
        drive.settle("enabled", "running")
    drive.capture()
    essence = _essence(drive.outcome(), name)
    if result is not None:
        drive.complete(f"{name} off", drive.primary, "TurnOffFaultToleranceForVM_Task")
    return essence


def _compare(drive: Driver, host: Any = None) -> None:
    plain = _once(drive, "plain", CREATE, host)
    ex = _once(drive, "ex", CREATE_EX, host, None)
    drive.note("differences", Several(tuple(each.path for each in differences(plain, ex))))


AGREED: Final = (derived("facts.differences", Is(Several(()))),)
BOTH_DONE: Final = (
    documented("plain.task.state", Is("success")),
    documented("ex.task.state", Is("success")),
    *AGREED,
)
BOTH_REFUSED: Final = (
    documented("plain.task.state", Is("error")),
    documented("ex.task.state", Is("error")),
    *AGREED,
)


@case(
    "FT.AGREE.001",
    "both create the same secondary of a powered-off VM",
    ["createex.agrees", "create.deprecated", "createex.creates"],
    *BOTH_DONE,
    arranges="machine",
    touches=PAIR,
    since="6.0",
)
def _off(drive: Driver) -> None:
    _compare(drive)


@case(
    "FT.AGREE.002",
    "both create the same secondary of a powered-on VM",
    ["createex.agrees", "create.deprecated", "createex.creates"],
    *BOTH_DONE,
    arranges="running",
    touches=PAIR,
    since="6.0",
)
def _on(drive: Driver) -> None:
    _compare(drive)


@case(
    "FT.AGREE.003",
    "both create the same secondary on the given host",
    ["createex.agrees", "create.host-given"],
    *BOTH_DONE,
    arranges="machine",
    touches=PAIR,
    since="6.0",
)
def _on_a_host(drive: Driver) -> None:
    _compare(drive, drive.other_host)


@case(
    "FT.AGREE.004",
    "both reject a VM with a snapshot in the same way",
    ["createex.agrees", "create.ft-issue"],
    *BOTH_REFUSED,
    arranges="snapshot",
    touches=PAIR,
    since="6.0",
)
def _refused(drive: Driver) -> None:
    _compare(drive)


@case(
    "FT.AGREE.005",
    "both reject the primary's own host in the same way",
    ["createex.agrees", "create.host-unsuitable"],
    *BOTH_REFUSED,
    arranges="machine",
    touches=PAIR,
    since="6.0",
)
def _own_host(drive: Driver) -> None:
    _compare(drive, drive.own_host)
