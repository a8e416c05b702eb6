"""Steps and rules that the cases around one create have in common; no case of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vim25_conformance.expectation import Rule, derived, documented
from vim25_conformance.matcher import Absent, Either, Has, Is, Matcher, fault
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

CREATE: Final = "CreateSecondaryVM_Task"
CREATE_EX: Final = "CreateSecondaryVMEx_Task"

PRIMARY: Final = Ref("VirtualMachine", "primary")
SECONDARY: Final = Ref("VirtualMachine", "secondary")
OWN_HOST: Final = Ref("HostSystem", "own")
NAMED_HOST: Final = Ref("HostSystem", "named")
OTHER_HOST: Final = Ref("HostSystem", "other")

AT_REST: Final = ("enabled", "running", "disabled")
"""States of the primary in which nothing more will happen by itself."""


def protect(drive: Driver, host: Any = None, *, rest: tuple[str, ...] = AT_REST, method: str = CREATE) -> Any:
    """Create a secondary, wait until task and pair are at rest, and look at both; the task's result."""
    drive.watch()
    drive.call("create", drive.primary, method, *((host,) if method == CREATE else (host, None)))
    result = drive.follow("create")
    if result is not None:
        drive.settle(*rest)
    drive.look()
    return result


CREATED: Final = (
    documented("create.task.state", Is("success")),
    documented("create.result.vm", Is(SECONDARY)),
)
"""The task succeeded and its result names the secondary."""

NOT_CREATED: Final = (
    documented("objects.primary.config.ftInfo", Absent()),
    documented("objects.primary.runtime.faultToleranceState", Either(Is("notConfigured"), Absent())),
    documented("objects.secondary", Absent()),
)
"""No secondary came into being, and the machine is as it was."""


def act(drive: Driver, method: str, *arguments: Any, rest: tuple[str, ...] = AT_REST) -> Any:
    """Do something to the pair as step `act`, wait until it is at rest, and look at both; the result."""
    drive.watch()
    drive.call("act", drive.primary, method, *arguments)
    result = drive.follow("act")
    drive.settle(*rest)
    drive.look()
    return result


DONE: Final = (documented("act.task.state", Is("success")),)
"""The task succeeded."""


def not_done(*matchers: Matcher, state: str, sure: Any = documented) -> tuple[Rule, ...]:
    """The call or its task failed with one of the faults, and the pair is in its state still."""
    return (
        sure("act.failure", Either(*matchers) if len(matchers) > 1 else matchers[0]),
        documented("objects.primary.runtime.faultToleranceState", Is(state)),
    )


def refused_with(*matchers: Matcher) -> tuple[Rule, ...]:
    """The call or its task failed with one of the faults, and nothing was created.

    Which of the two carried the fault is not documented, so it is a note.
    """
    return (
        documented("create.failure", Either(*matchers) if len(matchers) > 1 else matchers[0]),
        *NOT_CREATED,
        derived("create.channel", Is("task")),
    )


def issue(matcher: Matcher) -> Either:
    """The fault by itself, or among the errors of a VmFaultToleranceOpIssuesList."""
    return Either(matcher, fault("VmFaultToleranceOpIssuesList", errors=Has(matcher)))
