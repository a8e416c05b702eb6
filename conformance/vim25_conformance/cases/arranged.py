"""CreateSecondaryVM_Task on VMs that the case creates: the same on the emulator and in a lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATED, issue, protect, refused_with
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Either, Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
TOUCHES: Final = ("primary",)


def _reason(name: str) -> Either:
    return issue(fault("VmFaultToleranceConfigIssue", reason=Is(name)))


@case(
    "FT.ARRANGED.001",
    "a new VM can be protected",
    ["create.creates", "result.vm"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(False)),
    documented("objects.primary.runtime.faultToleranceState", Is("enabled")),
    arranges="machine",
    touches=PAIR,
)
def _just_made(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.002",
    "a new powered-on VM can be protected",
    ["create.powered-on", "pair.state"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    arranges="running",
    touches=PAIR,
)
def _just_made_and_on(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.003",
    "a new snapshot prevents protection",
    ["create.ft-issue"],
    *refused_with(_reason("hasSnapshots")),
    observed("create.failure", fault("VmFaultToleranceOpIssuesList")),
    arranges="snapshot",
    touches=TOUCHES,
)
def _snapshot(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.004",
    "once its snapshot is removed, the VM can be protected",
    ["create.creates", "create.ft-issue"],
    documented("remove.task.state", Is("success")),
    *CREATED,
    arranges="snapshot",
    touches=PAIR,
)
def _snapshot_removed(drive: Driver) -> None:
    drive.watch()
    drive.complete("remove", drive.primary, "RemoveAllSnapshots_Task")
    protect(drive)


@case(
    "FT.ARRANGED.005",
    "a new template is NotSupported",
    ["create.not-supported-template"],
    *refused_with(fault("NotSupported"), _reason("templateVm")),
    arranges="template",
    touches=TOUCHES,
)
def _template(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.006",
    "an independent disk prevents protection",
    ["create.config-fault"],
    *refused_with(issue(fault("VmConfigFault"))),
    arranges="independent-disk",
    touches=TOUCHES,
    since="4.1",
)
def _independent_disk(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.007",
    "more vCPUs than Fault Tolerance of any release supports",
    ["create.config-fault", "create.ft-issue"],
    *refused_with(issue(fault("VmFaultToleranceIssue")), issue(fault("VmConfigFault"))),
    arranges="many-vcpus",
    touches=TOUCHES,
)
def _many_vcpus(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.ARRANGED.008",
    "a VM whose restart priority is disabled cannot be protected",
    ["create.not-supported-ha"],
    *refused_with(fault("NotSupported"), issue(fault("VmFaultToleranceIssue"))),
    arranges="no-restart",
    touches=TOUCHES,
)
def _no_restart(drive: Driver) -> None:
    protect(drive)
