"""The privilege to turn on Fault Tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATE, NOT_CREATED, PRIMARY, protect
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Has, Is, data, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PRIVILEGE: Final = "VirtualMachine.Interact.CreateSecondary"


@case(
    "FT.PRIV.001",
    "without the privilege the call fails, without a task",
    ["create.privilege", "wire.sync-faults"],
    documented("create.failure", fault("NoPermission")),
    observed("create.channel", Is("call")),
    observed("create.soap.faultcode", Is("ServerFaultCode")),
    *NOT_CREATED,
    needs="restricted",
    touches=("primary",),
)
def _refused(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.PRIV.002",
    "NoPermission names the VM and the privilege",
    ["create.privilege"],
    documented("create.failure", fault("NoPermission", privilegeId=Is(PRIVILEGE))),
    documented("create.failure", fault("NoPermission", object=Is(PRIMARY))),
    needs="restricted",
    touches=("primary",),
    until="7.0.3.2",
)
def _named(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.PRIV.003",
    "from 7.0.3.2 NoPermission lists the missing privileges by object",
    ["create.privilege"],
    documented("create.failure", fault("NoPermission")),
    derived(
        "create.failure",
        fault(
            "NoPermission",
            missingPrivileges=Has(
                data("NoPermissionEntityPrivileges", entity=Is(PRIMARY), privilegeIds=Has(Is(PRIVILEGE)))
            ),
        ),
    ),
    derived("create.failure", fault("NoPermission", privilegeId=Is(PRIVILEGE))),
    derived("create.failure", fault("NoPermission", object=Is(PRIMARY))),
    needs="restricted",
    touches=("primary",),
    since="7.0.3.2",
)
def _listed(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.PRIV.004",
    "without a session the call is NotAuthenticated, without a task",
    ["session.not-authenticated", "wire.sync-faults"],
    observed("create.failure", fault("NotAuthenticated")),
    observed("create.channel", Is("call")),
    observed("create.wire.status", Is(500)),
    needs="powered-off",
    touches=("primary",),
)
def _no_session(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    drive.call("create", drive.primary, CREATE)
