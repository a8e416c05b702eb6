"""The configuration of a fault tolerant VM, and of the secondary that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import DONE
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Either, Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
RECONFIGURE: Final = "ReconfigVM_Task"
RESERVED: Final = "config.cpuAllocation.reservation"
NOTES: Final = "config.annotation"
MODE: Final = "config.ftEncryptionMode"


@case(
    "FT.CONFIG.001",
    "reserving CPU for the primary",
    ["reconfigure.reservation"],
    *DONE,
    documented(f"objects.primary.{RESERVED}", Is(100)),
    documented(f"objects.secondary.{RESERVED}", Is(100)),
    derived(f"objects.secondary.{NOTES}", Is("reserved")),
    arranges="pair",
    touches=PAIR,
)
def _reservation(drive: Driver) -> None:
    drive.watch()
    reserved = vim.ResourceAllocationInfo(reservation=100)
    spec = vim.vm.ConfigSpec(cpuAllocation=reserved, annotation="reserved")
    drive.complete("act", drive.primary, RECONFIGURE, spec)
    drive.inspect("primary", drive.primary, [RESERVED])
    drive.inspect("secondary", drive.secondary, [RESERVED, NOTES])


@case(
    "FT.CONFIG.002",
    "an unknown encryption mode",
    ["reconfigure.encryption", "reconfigure.encryption-default"],
    documented("act.failure", fault("MethodFault")),
    derived("act.failure", fault("InvalidArgument")),
    documented(f"objects.primary.{MODE}", Either(Is("ftEncryptionOpportunistic"), Absent())),
    arranges="machine",
    touches=("primary",),
    since="7.0.2.0",
)
def _encryption(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.primary, RECONFIGURE, vim.vm.ConfigSpec(ftEncryptionMode="ftEncrypted"))
    drive.inspect("primary", drive.primary, [MODE])
