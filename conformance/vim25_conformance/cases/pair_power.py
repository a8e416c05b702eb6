"""How a pair reacts to power operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import DONE, OTHER_HOST, act
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")


@case(
    "FT.POWER.001",
    "powering off the primary powers off the secondary",
    ["power.off", "pair.state"],
    *DONE,
    documented("objects.primary.runtime.powerState", Is("poweredOff")),
    documented("objects.secondary.runtime.powerState", Is("poweredOff")),
    documented("objects.primary.runtime.faultToleranceState", Is("enabled")),
    arranges="running-pair",
    touches=PAIR,
)
def _power_off(drive: Driver) -> None:
    act(drive, "PowerOffVM_Task", rest=("enabled",))


@case(
    "FT.POWER.002",
    "powering on the primary starts the secondary",
    ["power.on", "pair.state"],
    *DONE,
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    documented("objects.secondary.runtime.powerState", Is("poweredOn")),
    documented("objects.primary.runtime.faultToleranceState", Is("running")),
    documented("events.VmSecondaryStartedEvent of <VirtualMachine primary>", Is(1)),
    derived("objects.secondary.runtime.host", Is(OTHER_HOST)),
    arranges="pair",
    touches=PAIR,
)
def _power_on(drive: Driver) -> None:
    act(drive, "PowerOnVM_Task", None, rest=("running",))


@case(
    "FT.POWER.003",
    "powering on the secondary of a powered-off pair fails",
    ["pair.primary-only"],
    documented("objects.primary.runtime.powerState", Is("poweredOff")),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="pair",
    touches=PAIR,
)
def _power_on_the_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, "PowerOnVM_Task", None)
    drive.capture()
