"""How a pair reacts when HA is disabled in its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import PRIMARY, not_done
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
CHANGE_CLUSTER: Final = "ReconfigureComputeResource_Task"
PROTECTION: Final = ["runtime.dasVmProtection"]


def _switch_off_ha(drive: Driver) -> None:
    drive.watch()
    change = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    drive.complete("ha", drive.cluster, CHANGE_CLUSTER, change, True)


@case(
    "FT.HA.001",
    "HA is disabled under a running pair, which keeps running",
    ["ha.off-under-a-pair"],
    documented("ha.task.state", Is("success")),
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    documented("objects.primary.config.ftInfo.role", Is(1)),
    arranges="running-pair",
    touches=(*PAIR, "cluster"),
)
def _ha_off(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.capture()


@case(
    "FT.HA.002",
    "without HA a suspended pair cannot be resumed",
    ["ha.off-under-a-pair"],
    documented("ha.task.state", Is("success")),
    *not_done(fault("MethodFault"), state="disabled"),
    arranges="suspended-pair",
    touches=(*PAIR, "cluster"),
)
def _resume_without_ha(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.complete("act", drive.primary, "EnableSecondaryVM_Task", drive.secondary, None)
    drive.capture()


@case(
    "FT.HA.003",
    "without HA a powered-off pair cannot be powered on",
    ["ha.off-under-a-pair"],
    documented("ha.task.state", Is("success")),
    documented("act.failure", fault("MethodFault")),
    documented("objects.primary.runtime.powerState", Is("poweredOff")),
    arranges="pair",
    touches=(*PAIR, "cluster"),
)
def _power_on_without_ha(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.complete("act", drive.primary, "PowerOnVM_Task", None)
    drive.capture()


@case(
    "FT.HA.004",
    "without HA the restart of a secondary cannot be tested",
    ["ha.off-under-a-pair"],
    documented("ha.task.state", Is("success")),
    *not_done(fault("MethodFault"), state="running"),
    derived("act.failure", fault("FaultToleranceVmNotDasProtected", vm=Is(PRIMARY))),
    arranges="running-pair",
    touches=(*PAIR, "cluster"),
    since="5.0",
)
def _restart_without_ha(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.complete("act", drive.primary, "TerminateFaultTolerantVM_Task", None)
    drive.capture()


@case(
    "FT.HA.005",
    "without HA a failover cannot be tested",
    ["ha.no-failover-test"],
    documented("ha.task.state", Is("success")),
    *not_done(fault("MethodFault"), state="running"),
    derived("act.failure", fault("FaultToleranceVmNotDasProtected", vm=Is(PRIMARY))),
    arranges="running-pair",
    touches=(*PAIR, "cluster"),
    since="5.0",
)
def _failover_without_ha(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.complete("act", drive.primary, "MakePrimaryVM_Task", drive.secondary)
    drive.capture()


@case(
    "FT.HA.006",
    "without HA no VM shows its protection by HA, ordinary VMs included",
    ["ha.protection"],
    documented("ha.task.state", Is("success")),
    documented("objects.primary.runtime.dasVmProtection", Absent()),
    documented("objects.secondary.runtime.dasVmProtection", Absent()),
    documented("objects.model.runtime.dasVmProtection", Absent()),
    arranges="running-pair",
    touches=(*PAIR, "cluster"),
    since="5.0",
)
def _protection_without_ha(drive: Driver) -> None:
    _switch_off_ha(drive)
    drive.inspect("primary", drive.primary, PROTECTION)
    drive.inspect("secondary", drive.secondary, PROTECTION)
    drive.inspect("model", drive.model, PROTECTION)
