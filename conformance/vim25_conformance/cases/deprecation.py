"""CreateSecondaryVM_Task exists from 4.0 and is deprecated from 6.0; its successor exists from 6.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyVmomi import vim

from vim25_conformance.binding import SOAP
from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATE, CREATE_EX, CREATED, protect
from vim25_conformance.expectation import documented, observed
from vim25_conformance.matcher import Is, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

UNKNOWN = (
    observed("create.failure", fault("InvalidRequest", exactly=True)),
    observed("create.channel", Is("call")),
    observed("create.wire.status", Is(500)),
    observed("create.soap.faultcode", Is("ServerFaultCode")),
)
KNOWN = (
    documented("create.failure", fault("ManagedObjectNotFound", obj=Is(Ref("HostSystem", NONEXISTENT)))),
)


@case(
    "FT.DEPR.001",
    "deprecated, but working",
    ["create.deprecated"],
    *CREATED,
    needs="powered-off",
    touches=("primary", "secondary"),
    since="6.0",
)
def _works(drive: Driver) -> None:
    protect(drive)


def _at(drive: Driver, version: str, method: str, *more: Any) -> None:
    """As a client of another version, request a secondary on a host that does not exist."""
    drive.watch()
    with drive.speaking(version):
        drive.call("create", drive.primary, method, drive.nonexistent(vim.HostSystem), *more)
    drive.follow("create")
    drive.capture()


@case(
    "FT.DEPR.002",
    "a client of 2.5 has no CreateSecondaryVM_Task",
    ["create.since", "wire.unknown-method"],
    *UNKNOWN,
    needs="powered-off",
    touches=("primary",),
    binding=SOAP,
)
def _before_4_0(drive: Driver) -> None:
    _at(drive, "2.5", CREATE)


@case(
    "FT.DEPR.003",
    "a client of 5.5 has no CreateSecondaryVMEx_Task",
    ["createex.since", "wire.unknown-method"],
    *UNKNOWN,
    needs="powered-off",
    touches=("primary",),
    since="6.0",
    binding=SOAP,
)
def _ex_before_6_0(drive: Driver) -> None:
    _at(drive, "5.5", CREATE_EX, None)


@case(
    "FT.DEPR.004",
    "a client of 4.0 has CreateSecondaryVM_Task",
    ["create.since"],
    *KNOWN,
    needs="powered-off",
    touches=("primary",),
    binding=SOAP,
)
def _at_4_0(drive: Driver) -> None:
    _at(drive, "4.0", CREATE)


@case(
    "FT.DEPR.005",
    "a client of 6.0 has CreateSecondaryVMEx_Task",
    ["createex.since"],
    *KNOWN,
    needs="powered-off",
    touches=("primary",),
    since="6.0",
    binding=SOAP,
)
def _ex_at_6_0(drive: Driver) -> None:
    _at(drive, "6.0", CREATE_EX, None)


@case(
    "FT.DEPR.006",
    "a client of 5.5 has CreateSecondaryVM_Task, before it was deprecated",
    ["create.since", "create.deprecated"],
    *KNOWN,
    needs="powered-off",
    touches=("primary",),
    since="5.5",
    binding=SOAP,
)
def _at_5_5(drive: Driver) -> None:
    _at(drive, "5.5", CREATE)
