"""MakePrimaryVM_Task and TerminateFaultTolerantVM_Task: test failover and test restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import DONE, OTHER_HOST, OWN_HOST, SECONDARY, act, not_done
from vim25_conformance.expectation import Certainty, derived, documented, observed
from vim25_conformance.matcher import Absent, Has, Is, Present, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
TEST_FAILOVER: Final = "MakePrimaryVM_Task"
TEST_RESTART: Final = "TerminateFaultTolerantVM_Task"

RUNS_AGAIN: Final = (
    *DONE,
    documented("act.task.result", Absent()),
    observed("objects.primary.runtime.faultToleranceState", Is("running")),
    documented("objects.primary.config.ftInfo.secondaries", Has(Is(SECONDARY))),
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    observed("objects.secondary.runtime.powerState", Is("poweredOn")),
)
#: After a failover that was observed, after a restart nobody has published it.
RESTARTED: Final = tuple(
    derived(rule.place, rule.matcher) if rule.certainty is Certainty.OBSERVED else rule for rule in RUNS_AGAIN
)
REFUSED: Final = (fault("VmFaultToleranceIssue"), fault("InvalidState"), fault("NotSupported"))


def _until_it_runs(drive: Driver, method: str, *arguments: Any) -> None:
    act(drive, method, *arguments, rest=("running",))


@case(
    "FT.FAILOVER.001",
    "the secondary takes over, and the pair runs again",
    ["failover.roles"],
    *RUNS_AGAIN,
    documented("act.task.info.descriptionId", Is("VirtualMachine.makePrimary")),
    arranges="running-pair",
    touches=PAIR,
)
def _failover(drive: Driver) -> None:
    _until_it_runs(drive, TEST_FAILOVER, drive.secondary)


@case(
    "FT.FAILOVER.002",
    "references keep their roles, the VMs change hosts",
    ["failover.roles"],
    *DONE,
    observed("objects.primary.config.ftInfo.role", Is(1)),
    observed("objects.secondary.config.ftInfo.role", Is(2)),
    derived("objects.primary.runtime.host", Is(OTHER_HOST)),
    derived("objects.secondary.runtime.host", Is(OWN_HOST)),
    arranges="running-pair",
    touches=PAIR,
)
def _roles(drive: Driver) -> None:
    _until_it_runs(drive, TEST_FAILOVER, drive.secondary)


@case(
    "FT.FAILOVER.003",
    "events of a failover",
    ["failover.event"],
    *DONE,
    documented("events.VmPrimaryFailoverEvent of <VirtualMachine primary>", Is(1)),
    arranges="running-pair",
    touches=PAIR,
)
def _failover_events(drive: Driver) -> None:
    _until_it_runs(drive, TEST_FAILOVER, drive.secondary)


@case(
    "FT.FAILOVER.004",
    "failover of a powered-off pair",
    ["failover.both-run"],
    *not_done(fault("InvalidState"), state="enabled", sure=derived),
    arranges="pair",
    touches=PAIR,
)
def _failover_off(drive: Driver) -> None:
    act(drive, TEST_FAILOVER, drive.secondary)


@case(
    "FT.FAILOVER.005",
    "failover called on the secondary",
    ["pair.primary-only"],
    *not_done(*REFUSED, state="running"),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="running-pair",
    touches=PAIR,
)
def _failover_on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, TEST_FAILOVER, drive.secondary)
    drive.capture()


@case(
    "FT.FAILOVER.006",
    "failover to a VM that is not this primary's secondary",
    ["pair.member"],
    *not_done(fault("SecondaryVmNotRegistered"), state="running", sure=derived),
    arranges="running-pair",
    touches=PAIR,
)
def _failover_to_a_stranger(drive: Driver) -> None:
    act(drive, TEST_FAILOVER, drive.model)


@case(
    "FT.FAILOVER.007",
    "failover of a VM that is not fault tolerant",
    ["pair.none"],
    derived("act.failure", fault("MethodFault")),
    documented("objects.primary.config.ftInfo", Absent()),
    arranges="running",
    touches=("primary",),
)
def _failover_of_one(drive: Driver) -> None:
    act(drive, TEST_FAILOVER, drive.model, rest=("notConfigured",))


@case(
    "FT.RESTART.001",
    "all secondaries: the pair runs again with the same primary",
    ["restart.secondary"],
    *RESTARTED,
    documented("act.task.info.descriptionId", Is("VirtualMachine.terminateFaultTolerantVM")),
    documented("objects.primary.runtime.host", Is(OWN_HOST)),
    derived("events.VmFaultToleranceVmTerminatedEvent of <VirtualMachine secondary>", Present()),
    arranges="running-pair",
    touches=PAIR,
)
def _restart(drive: Driver) -> None:
    _until_it_runs(drive, TEST_RESTART, None)


@case(
    "FT.RESTART.002",
    "a named secondary",
    ["restart.secondary"],
    *RESTARTED,
    arranges="running-pair",
    touches=PAIR,
)
def _restart_named(drive: Driver) -> None:
    _until_it_runs(drive, TEST_RESTART, drive.secondary)


@case(
    "FT.RESTART.003",
    "naming the primary is an InvalidArgument",
    ["restart.primary"],
    *not_done(fault("InvalidArgument"), state="running"),
    arranges="running-pair",
    touches=PAIR,
)
def _restart_primary(drive: Driver) -> None:
    act(drive, TEST_RESTART, drive.primary)


@case(
    "FT.RESTART.004",
    "restart in a powered-off pair",
    ["failover.both-run"],
    *not_done(fault("InvalidState"), state="enabled", sure=derived),
    arranges="pair",
    touches=PAIR,
)
def _restart_off(drive: Driver) -> None:
    act(drive, TEST_RESTART, None)


@case(
    "FT.RESTART.005",
    "restart called on the secondary",
    ["pair.primary-only"],
    *not_done(*REFUSED, state="running"),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="running-pair",
    touches=PAIR,
)
def _restart_on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, TEST_RESTART, None)
    drive.capture()
