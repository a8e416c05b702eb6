"""Steps and rules that cases about a pair share; no case of its own."""

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

#: States of the primary that are stable.
AT_REST: Final = ("enabled", "running", "disabled")


def protect(drive: Driver, host: Any = None, *, rest: tuple[str, ...] = AT_REST, method: str = CREATE) -> Any:
    """Create a secondary, wait until the pair is stable, capture both VMs; return the result."""
    drive.watch()
    drive.call("create", drive.primary, method, *((host,) if method == CREATE else (host, None)))
    result = drive.follow("create")
    if result is not None:
        drive.settle(*rest)
    drive.capture()
    return result


#: The task succeeds and its result names the secondary.
CREATED: Final = (
    documented("create.task.state", Is("success")),
    documented("create.result.vm", Is(SECONDARY)),
)

#: No secondary exists, and the VM is unchanged.
NOT_CREATED: Final = (
    documented("objects.primary.config.ftInfo", Absent()),
    documented("objects.primary.runtime.faultToleranceState", Either(Is("notConfigured"), Absent())),
    documented("objects.secondary", Absent()),
)


def act(drive: Driver, method: str, *arguments: Any, rest: tuple[str, ...] = AT_REST) -> Any:
    """Run a task of the primary as step `act`, wait until the pair is stable, capture it; return a result."""
    drive.watch()
    drive.call("act", drive.primary, method, *arguments)
    result = drive.follow("act")
    drive.settle(*rest)
    drive.capture()
    return result


#: The task succeeds.
DONE: Final = (documented("act.task.state", Is("success")),)


def not_done(*matchers: Matcher, state: str, sure: Any = documented) -> tuple[Rule, ...]:
    """Return the rules that the operation failed with one of the faults and the pair kept its state."""
    return (
        sure("act.failure", Either(*matchers) if len(matchers) > 1 else matchers[0]),
        documented("objects.primary.runtime.faultToleranceState", Is(state)),
    )


def refused_with(*matchers: Matcher) -> tuple[Rule, ...]:
    """Return the rules that the create failed with one of the faults and no secondary exists.

    Whether the call or its task reports the fault is not documented, so the channel is [derived].
    """
    return (
        documented("create.failure", Either(*matchers) if len(matchers) > 1 else matchers[0]),
        *NOT_CREATED,
        derived("create.channel", Is("task")),
    )


def issue(matcher: Matcher) -> Either:
    """Return a matcher for the fault itself or as an error of a VmFaultToleranceOpIssuesList."""
    return Either(matcher, fault("VmFaultToleranceOpIssuesList", errors=Has(matcher)))
