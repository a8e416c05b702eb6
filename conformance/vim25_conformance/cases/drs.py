"""Powering the secondary on: DRS at its three automation levels, HA without DRS, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATED, SECONDARY, protect
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Absent, Has, Is, Present, data, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR = ("primary", "secondary")
WAITING = ("needSecondary",)
START_TASK = "FaultTolerance.PowerOnSecondaryLRO"
#: Before, DRS does not balance the load of checkpointing pairs even with EVC [documented].
#: About later releases the documents agree on clusters with EVC only.
MANUAL_SINCE = "6.7"

RECOMMENDED = (
    documented("create.result.powerOnResult.recommendations", Has(data("ClusterRecommendation"))),
    documented("objects.secondary.runtime.powerState", Is("poweredOff")),
    derived("create.result.powerOnAttempted", Is(True)),
    derived("create.result.powerOnResult.attempted", Absent()),
    derived("create.result.powerOnResult.notAttempted", Absent()),
    derived("objects.primary.runtime.faultToleranceState", Is("needSecondary")),
)

#: DRS powers the secondary on at once; no task is named, because the cluster has DRS.
PLACED = (
    documented(
        "create.result.powerOnResult.attempted",
        Has(data("ClusterAttemptedVmInfo", vm=Is(SECONDARY), task=Absent())),
    ),
    documented("create.result.powerOnResult.notAttempted", Absent()),
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    derived("create.result.powerOnResult.recommendations", Absent()),
)

FAILED = (
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    documented("create.result.powerOnResult.attempted", Absent()),
    documented("objects.primary.runtime.faultToleranceState", Is("disabled")),
    documented("objects.secondary.runtime.powerState", Is("poweredOff")),
)


@case(
    "FT.DRS.001",
    "fully automated: the recommendation is applied, without a task for the power-on",
    ["create.drs", "create.drs-automatic", "result.attempted-list"],
    *CREATED,
    *PLACED,
    needs="powered-on",
    touches=PAIR,
)
def _automatic(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.DRS.002",
    "manual: the recommendation is returned and the secondary stays off",
    ["create.drs", "create.drs-manual"],
    *CREATED,
    *RECOMMENDED,
    needs="powered-on-drs-manual-with-evc",
    touches=PAIR,
    since=MANUAL_SINCE,
)
def _manual(drive: Driver) -> None:
    protect(drive, rest=WAITING)


@case(
    "FT.DRS.003",
    "partially automated: the recommendation is applied, without a task for the power-on",
    ["create.drs", "create.drs-partial", "result.attempted-list"],
    *CREATED,
    *PLACED,
    needs="powered-on-drs-partial",
    touches=PAIR,
)
def _partially_automated(drive: Driver) -> None:
    protect(drive)


def _apply(drive: Driver, result: Any) -> None:
    power_on = result.powerOnResult if result is not None else None
    for recommendation in power_on.recommendations if power_on else ():
        drive.call("apply", drive.cluster, "ApplyRecommendation", recommendation.key)
        drive.settle("running", "disabled")
    drive.capture()


RUNNING = (
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
)


@case(
    "FT.DRS.004",
    "manual: ApplyRecommendation powers the secondary on",
    ["create.drs-apply"],
    *CREATED,
    documented("apply.reply.kind", Is("returned")),
    *RUNNING,
    needs="powered-on-drs-manual-with-evc",
    touches=PAIR,
    since=MANUAL_SINCE,
)
def _apply_manual(drive: Driver) -> None:
    _apply(drive, protect(drive, rest=WAITING))


@case(
    "FT.DRS.005",
    "partially automated: PowerOnMultiVM_Task powers both VMs on without a recommendation",
    ["power.drs-partial"],
    documented("act.task.state", Is("success")),
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    needs="powered-on-drs-partial",
    arranges="pair",
    touches=PAIR,
)
def _power_on_partial(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.datacenter, "PowerOnMultiVM_Task", [drive.primary], None)
    drive.settle("running", "disabled")
    drive.capture()


@case(
    "FT.DRS.006",
    "manual: the recommendation is also listed by the cluster",
    ["create.drs-manual"],
    *CREATED,
    derived("facts.waits in the cluster", Is(True)),
    needs="powered-on-drs-manual-with-evc",
    touches=PAIR,
    since=MANUAL_SINCE,
)
def _listed(drive: Driver) -> None:
    result = protect(drive, rest=WAITING)
    if result is not None and result.powerOnResult:
        keys = {each.key for each in drive.cluster.recommendation}
        drive.note(
            "waits in the cluster", all(each.key in keys for each in result.powerOnResult.recommendations)
        )


@case(
    "FT.DRS.007",
    "HA without DRS: the power-on has a task of its own",
    ["create.powered-on", "result.attempted-list"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    documented(
        "create.result.powerOnResult.attempted",
        Has(data("ClusterAttemptedVmInfo", vm=Is(SECONDARY), task=Present())),
    ),
    derived("create.result.powerOnResult.recommendations", Absent()),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    needs="powered-on-ha-only",
    touches=PAIR,
)
def _ha_alone(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.DRS.008",
    "the power-on fails: the secondary is created nevertheless, and the fault is in the result",
    ["create.power-on-failure", "result.not-attempted"],
    *FAILED,
    documented(
        "create.result.powerOnResult.notAttempted",
        Has(data("ClusterNotAttemptedVmInfo", vm=Is(SECONDARY), fault=fault("MethodFault"))),
    ),
    derived(
        "create.result.powerOnResult.notAttempted",
        Has(data("ClusterNotAttemptedVmInfo", fault=fault("PowerOnFtSecondaryFailed"))),
    ),
    derived("events.VmFailedStartingSecondaryEvent of <VirtualMachine primary>", Present()),
    needs="power-on-fails",
    touches=PAIR,
)
def _power_on_fails(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.DRS.009",
    "the power-on times out: the secondary is created nevertheless, and Fault Tolerance is disabled",
    ["create.power-on-failure", "pair.state"],
    *FAILED,
    documented("events.VmTimedoutStartingSecondaryEvent of <VirtualMachine primary>", Is(1)),
    derived(
        "create.result.powerOnResult.notAttempted",
        Has(data("ClusterNotAttemptedVmInfo", fault=fault("PowerOnFtSecondaryTimedout"))),
    ),
    needs="power-on-times-out",
    touches=PAIR,
)
def _power_on_times_out(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.DRS.010",
    "up to 6.5 without EVC, manual: the secondary is placed automatically all the same",
    ["drs.without-evc"],
    *CREATED,
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    derived("create.result.powerOnResult.recommendations", Absent()),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    needs="powered-on-drs-manual-without-evc",
    touches=PAIR,
    since="4.1",
    until="6.5",
)
def _manual_without_evc(drive: Driver) -> None:
    protect(drive)


def _start_tasks(drive: Driver) -> int:
    """Return the number of recent tasks of the primary that start a secondary."""
    return sum(task.info.descriptionId == START_TASK for task in drive.primary.recentTask)


@case(
    "FT.DRS.011",
    "HA without DRS: a recent task of the primary starts the secondary",
    ["pair.start-task"],
    *CREATED,
    observed("facts.start tasks", Is(1)),
    needs="powered-on-ha-only",
    touches=PAIR,
)
def _start_task(drive: Driver) -> None:
    protect(drive)
    drive.note("start tasks", _start_tasks(drive))


@case(
    "FT.DRS.012",
    "fully automated: a recent task of the primary starts the secondary",
    ["pair.start-task"],
    *CREATED,
    derived("facts.start tasks", Is(1)),
    needs="powered-on",
    touches=PAIR,
)
def _start_task_of_drs(drive: Driver) -> None:
    protect(drive)
    drive.note("start tasks", _start_tasks(drive))
