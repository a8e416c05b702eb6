"""CreateSecondaryVMEx_Task, the successor, called without a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vim25_conformance.case import case
from vim25_conformance.cases.protection import (
    CREATE_EX,
    CREATED,
    NAMED_HOST,
    OTHER_HOST,
    protect,
    refused_with,
)
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Has, Is, data, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR = ("primary", "secondary")


@case(
    "FT.CREATEEX.001",
    "powered-off primary, host given",
    ["createex.creates", "create.host-given"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(False)),
    documented("objects.secondary.runtime.host", Is(NAMED_HOST)),
    documented("create.task.info.descriptionId", Is("VirtualMachine.createSecondaryEx")),
    needs="powered-off",
    touches=PAIR,
    since="6.0",
)
def _on_a_host(drive: Driver) -> None:
    protect(drive, drive.other_host, method=CREATE_EX)


@case(
    "FT.CREATEEX.002",
    "powered-on primary, fully automated DRS",
    ["createex.creates", "create.powered-on"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    documented("create.result.powerOnResult.attempted", Has(data("ClusterAttemptedVmInfo"))),
    documented("objects.secondary.runtime.host", Is(OTHER_HOST)),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    needs="powered-on",
    touches=PAIR,
    since="6.0",
)
def _powered_on(drive: Driver) -> None:
    protect(drive, method=CREATE_EX)


@case(
    "FT.CREATEEX.003",
    "it fails for the same reasons: a VM with a snapshot",
    ["createex.creates", "create.ft-issue"],
    *refused_with(fault("VmFaultToleranceIssue")),
    needs="has-snapshots",
    touches=("primary",),
    since="6.0",
)
def _refused(drive: Driver) -> None:
    protect(drive, method=CREATE_EX)
