"""TurnOffFaultToleranceForVM_Task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.case import case
from vim25_conformance.cases.protection import DONE, act, not_done
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Is, fault
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
TURN_OFF: Final = "TurnOffFaultToleranceForVM_Task"

ENDED: Final = (
    *DONE,
    documented("act.task.result", Absent()),
    documented("objects.primary.config.ftInfo", Absent()),
    documented("objects.primary.runtime.faultToleranceState", Is("notConfigured")),
    documented("objects.secondary", Absent()),
    documented("gone.failure", fault("ManagedObjectNotFound")),
)


def _turn_off(drive: Driver) -> None:
    secondary = drive.secondary
    act(drive, TURN_OFF, rest=("notConfigured",))
    drive.read("gone", secondary, "name")


@case(
    "FT.OFF.001",
    "a powered-off pair: the secondary is deleted, the primary remains",
    ["off.removes"],
    *ENDED,
    documented("act.task.info.descriptionId", Is("VirtualMachine.turnOffFaultTolerance")),
    derived("gone.failure", fault("ManagedObjectNotFound", obj=Is(Ref("VirtualMachine", "secondary")))),
    arranges="pair",
    touches=PAIR,
)
def _off(drive: Driver) -> None:
    _turn_off(drive)


@case(
    "FT.OFF.002",
    "a running pair: the primary keeps running",
    ["off.removes"],
    *ENDED,
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    arranges="running-pair",
    touches=PAIR,
)
def _on(drive: Driver) -> None:
    _turn_off(drive)


@case(
    "FT.OFF.003",
    "events of turning Fault Tolerance off",
    ["off.events", "pair.events"],
    *DONE,
    documented("events.VmFaultToleranceTurnedOffEvent of <VirtualMachine primary>", Is(1)),
    documented(
        "events.VmFaultToleranceStateChangedEvent(running to notConfigured) of <VirtualMachine primary>",
        Is(1),
    ),
    arranges="running-pair",
    touches=PAIR,
)
def _events(drive: Driver) -> None:
    _turn_off(drive)


@case(
    "FT.OFF.004",
    "the memory reservation remains",
    ["off.memory"],
    *DONE,
    documented("facts.memory reserved", Is(True)),
    arranges="pair",
    touches=PAIR,
)
def _memory(drive: Driver) -> None:
    _turn_off(drive)
    config = drive.primary.config
    drive.note("memory reserved", config.memoryAllocation.reservation == config.hardware.memoryMB)


@case(
    "FT.OFF.005",
    "a suspended pair can be turned off, too",
    ["off.removes"],
    *ENDED,
    arranges="suspended-pair",
    touches=PAIR,
)
def _suspended(drive: Driver) -> None:
    _turn_off(drive)


@case(
    "FT.OFF.006",
    "called on the secondary",
    ["pair.primary-only"],
    *not_done(fault("VmFaultToleranceIssue"), fault("InvalidState"), fault("NotSupported"), state="enabled"),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="pair",
    touches=PAIR,
)
def _on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, TURN_OFF)
    drive.capture()


@case(
    "FT.OFF.007",
    "turning off twice: the second call fails",
    ["pair.none", "off.removes"],
    *ENDED,
    derived("again.failure", fault("InvalidState")),
    arranges="pair",
    touches=PAIR,
)
def _twice(drive: Driver) -> None:
    _turn_off(drive)
    drive.complete("again", drive.primary, TURN_OFF)
