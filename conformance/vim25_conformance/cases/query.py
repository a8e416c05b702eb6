"""QueryFaultToleranceCompatibility and its successor: issues reported in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Has, Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

QUERY: Final = "QueryFaultToleranceCompatibility"
QUERY_EX: Final = "QueryFaultToleranceCompatibilityEx"
TOUCHES: Final = ("primary",)
LICENSE: Final = vim.fault.FaultToleranceNotLicensed
SNAPSHOT: Final = Has(fault("VmFaultToleranceConfigIssue", reason=Is("hasSnapshots")))


@case(
    "FT.QUERY.001",
    "a plain VM has no issues",
    ["query.vm-only"],
    documented("query.reply.kind", Is("returned")),
    derived("query.reply.value", Absent()),
    arranges="machine",
    touches=TOUCHES,
    since="4.1",
    until="5.5",
)
def _nothing(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY)


@case(
    "FT.QUERY.002",
    "a plain VM has no issues, successor",
    ["query.vm-only"],
    documented("query.reply.kind", Is("returned")),
    derived("query.reply.value", Absent()),
    arranges="machine",
    touches=TOUCHES,
    since="6.0",
)
def _nothing_ex(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY_EX, False)


@case(
    "FT.QUERY.003",
    "a snapshot is reported",
    ["query.vm-only", "create.ft-issue"],
    documented("query.reply.value", Has(fault("MethodFault"))),
    derived("query.reply.value", SNAPSHOT),
    arranges="snapshot",
    touches=TOUCHES,
    since="4.1",
)
def _snapshot(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY)


@case(
    "FT.QUERY.004",
    "a snapshot is reported, successor",
    ["query.vm-only", "create.ft-issue"],
    documented("query.reply.value", Has(fault("MethodFault"))),
    derived("query.reply.value", SNAPSHOT),
    arranges="snapshot",
    touches=TOUCHES,
    since="6.0",
)
def _snapshot_ex(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY_EX, False)


@case(
    "FT.QUERY.005",
    "a template is NotSupported",
    ["query.template"],
    documented("query.failure", fault("NotSupported")),
    arranges="template",
    touches=TOUCHES,
    since="4.1",
)
def _template(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY)


@case(
    "FT.QUERY.006",
    "a template is NotSupported, successor",
    ["query.template"],
    documented("query.failure", fault("NotSupported")),
    arranges="template",
    touches=TOUCHES,
    since="6.0",
)
def _template_ex(drive: Driver) -> None:
    drive.call("query", drive.primary, QUERY_EX, False)


@case(
    "FT.QUERY.007",
    "missing licenses are not reported",
    ["query.vm-only"],
    documented("query.reply.kind", Is("returned")),
    documented("facts.licenses named", Is(False)),
    needs="not-licensed",
    since="4.1",
)
def _license(drive: Driver) -> None:
    found = drive.call("query", drive.primary, QUERY) or ()
    drive.note("licenses named", any(isinstance(each, LICENSE) for each in found))
