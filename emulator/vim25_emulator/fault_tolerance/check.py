"""The rows of the admission table: what a check looks at, when it applies, and the fault it answers with.

The rows themselves are in `admission`. A row is data, so that the table can be read, tested and printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.fault_shape import FaultShape, Subject
from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.vmodl.version import version

#: Whether a subject fails a check; a condition may return the offending object instead of True.
Condition = Callable[[SecondaryRequest, Subject], Any]


class Delivery(Enum):
    """Where the caller finds a fault."""

    CALL = "raised by the call"
    TASK = "the error of the task"
    RESULT = "inside the result of a task that succeeds"


class Stage(Enum):
    """The stages of the checks, in their order, and what each does with the faults of its rows."""

    ELIGIBILITY = "The first fault ends the task, and nothing else is checked."
    ISSUES = "All faults are collected into one VmFaultToleranceOpIssuesList."
    COMPATIBILITY = "A fault excludes the host; a named host fails with IncompatibleHostForFtSecondary."
    RESOURCES = "The first fault ends the task, unless another host passes."
    POWER_ON = "A fault excludes the host from running the secondary, as an error of FtIssuesOnHost."

    @property
    def delivery(self) -> Delivery:
        """Where the caller finds the fault [derived].

        ISSUES end the task [observed: BDE client code reads the list from the task's error].
        """
        return Delivery.RESULT if self is Stage.POWER_ON else Delivery.TASK


class Scope(Enum):
    """What a check looks at."""

    VM = "the primary"
    DEVICE = "devices of the primary"
    SOURCE = "the primary's host"
    TARGET = "candidate hosts"
    HOST = "the primary's host and candidate hosts"


@dataclass(frozen=True)
class Check:
    """One row. `wrong` is true of a subject that fails the check.

    `since` and `until` are releases of the vCenter, both inclusive. `kind` limits the check to one kind of
    Fault Tolerance, `running` to primaries that are powered on. A `warning` is listed beside the errors and
    does not fail the request.
    """

    name: str
    wrong: Condition
    fault: FaultShape
    certainty: Certainty
    stage: Stage
    scope: Scope
    since: str = "4.0"
    until: str | None = None
    kind: PairKind | None = None
    running: bool = False
    warning: bool = False

    def applies(self, request: SecondaryRequest) -> bool:
        """Whether the check applies to a request, given its release and the current state of its VM."""
        return (
            version(self.since) <= request.release
            and (self.until is None or request.release <= version(self.until))
            and self.kind in (None, request.kind)
            and (request.powered_on or not self.running)
        )
