"""CreateSecondaryVM_Task succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vim25_conformance.case import case
from vim25_conformance.cases.protection import (
    CREATED,
    NAMED_HOST,
    OTHER_HOST,
    OWN_HOST,
    PRIMARY,
    SECONDARY,
    protect,
)
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Has, Is, Size

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR = ("primary", "secondary")


def _changed(old: str, new: str) -> str:
    return f"events.VmFaultToleranceStateChangedEvent({old} to {new}) of <VirtualMachine primary>"


@case(
    "FT.CREATE.001",
    "powered-off primary, host given",
    ["create.host-given", "create.creates", "result.vm"],
    *CREATED,
    documented("objects.secondary.runtime.host", Is(NAMED_HOST)),
    documented("create.result.powerOnAttempted", Is(False)),
    observed("objects.secondary.runtime.powerState", Is("poweredOff")),
    needs="powered-off",
    touches=PAIR,
)
def _powered_off_on_a_host(drive: Driver) -> None:
    protect(drive, drive.other_host)


@case(
    "FT.CREATE.002",
    "powered-off primary, host chosen by the system",
    ["create.host-chosen", "create.creates"],
    *CREATED,
    documented("objects.secondary.runtime.host", Is(OTHER_HOST)),
    documented("create.result.powerOnAttempted", Is(False)),
    needs="powered-off",
    touches=PAIR,
)
def _powered_off(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.003",
    "powered-on primary: a power-on of the secondary is attempted",
    ["create.powered-on", "result.attempted"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    derived("objects.secondary.runtime.powerState", Is("poweredOn")),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    needs="powered-on",
    touches=PAIR,
)
def _powered_on(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.004",
    "powered-on primary, host given: created there, powered on where the system selects",
    ["create.host-given", "create.powered-on"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    documented("objects.secondary.runtime.host", Is(NAMED_HOST, OTHER_HOST)),
    needs="powered-on",
    touches=PAIR,
)
def _powered_on_on_a_host(drive: Driver) -> None:
    protect(drive, drive.other_host)


@case(
    "FT.CREATE.005",
    "the secondary shares the primary's name and BIOS UUID, not its instance UUID",
    ["pair.identity"],
    *CREATED,
    observed("objects.secondary.name", Is("<name of primary>")),
    observed("objects.secondary.config.uuid", Is("<uuid of primary>")),
    observed("objects.secondary.config.instanceUuid", Is("<instanceUuid of secondary>")),
    documented("objects.primary.config.ftInfo.instanceUuids", Has(Is("<instanceUuid of secondary>"))),
    needs="powered-off",
    touches=PAIR,
)
def _identity(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.006",
    "the primary's ftInfo describes the pair",
    ["pair.primary-info"],
    *CREATED,
    documented("objects.primary.config.ftInfo.role", Is(1)),
    documented("objects.primary.config.ftInfo.secondaries", Has(Is(SECONDARY))),
    observed("objects.primary.config.ftInfo.secondaries", Size(1)),
    documented("objects.primary.config.ftInfo.instanceUuids", Has(Is("<instanceUuid of primary>"))),
    documented("objects.primary.config.ftInfo.instanceUuids", Size(2)),
    documented("objects.primary.config.ftInfo.configPaths", Has(Is("<path of primary>"))),
    documented("objects.primary.config.ftInfo.configPaths", Size(2)),
    documented("objects.primary.summary.config.ftInfo.role", Is(1)),
    needs="powered-off",
    touches=PAIR,
)
def _primary_info(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.007",
    "the secondary's ftInfo describes the pair",
    ["pair.secondary-info"],
    *CREATED,
    documented("objects.secondary.config.ftInfo.role", Is(2)),
    documented("objects.secondary.config.ftInfo.primaryVM", Is(PRIMARY)),
    documented("objects.secondary.config.ftInfo.instanceUuids", Has(Is("<instanceUuid of primary>"))),
    documented("objects.secondary.config.ftInfo.instanceUuids", Has(Is("<instanceUuid of secondary>"))),
    documented("objects.secondary.config.ftInfo.configPaths", Size(2)),
    documented("objects.secondary.summary.config.ftInfo.role", Is(2)),
    needs="powered-off",
    touches=PAIR,
)
def _secondary_info(drive: Driver) -> None:
    protect(drive)


def _memory_of(machine: Any) -> tuple[bool | None, bool | None]:
    """Return whether all of a VM's memory is reserved, and whether it is limited; None if unknown."""
    config = machine.config if machine is not None else None
    if config is None:
        return None, None
    memory = config.memoryAllocation
    return memory.reservation == config.hardware.memoryMB, memory.limit not in (None, -1)


@case(
    "FT.CREATE.008",
    "a pair reserves all of its memory and has no memory limit",
    ["pair.memory"],
    *CREATED,
    documented("facts.primary memory reserved", Is(True)),
    documented("facts.secondary memory reserved", Is(True)),
    documented("facts.primary memory limited", Is(False)),
    needs="powered-off",
    touches=PAIR,
)
def _memory(drive: Driver) -> None:
    protect(drive)
    primary, secondary = _memory_of(drive.primary), _memory_of(drive.secondary)
    drive.note("primary memory reserved", primary[0])
    drive.note("primary memory limited", primary[1])
    drive.note("secondary memory reserved", secondary[0])
    drive.note("secondary memory limited", secondary[1])


@case(
    "FT.CREATE.009",
    "powered-off primary: the pair's state and events",
    ["pair.state", "pair.events"],
    *CREATED,
    documented("objects.primary.runtime.faultToleranceState", Is("enabled")),
    documented("events.VmSecondaryAddedEvent of <VirtualMachine primary>", Is(1)),
    documented(_changed("notConfigured", "enabled"), Is(1)),
    derived("events.TaskEvent(VirtualMachine.createSecondary) of <VirtualMachine primary>", Is(1)),
    needs="powered-off",
    touches=PAIR,
)
def _states_when_off(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.010",
    "powered-on primary: the pair's state and events until both run",
    ["pair.state", "pair.events"],
    *CREATED,
    documented("events.VmSecondaryAddedEvent of <VirtualMachine primary>", Is(1)),
    documented("objects.primary.runtime.faultToleranceState", Is("running")),
    documented("objects.secondary.runtime.faultToleranceState", Is("running")),
    documented("events.VmStartingSecondaryEvent of <VirtualMachine primary>", Is(1)),
    documented("events.VmSecondaryStartedEvent of <VirtualMachine primary>", Is(1)),
    derived(_changed("notConfigured", "needSecondary"), Is(1)),
    derived(_changed("needSecondary", "starting"), Is(1)),
    derived(_changed("starting", "running"), Is(1)),
    needs="powered-on",
    touches=PAIR,
)
def _states_when_on(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.011",
    "the secondary is never on the primary's host",
    ["create.host-chosen"],
    *CREATED,
    documented("objects.primary.runtime.host", Is(OWN_HOST)),
    documented("objects.secondary.runtime.host", Is(OTHER_HOST)),
    needs="powered-on",
    touches=PAIR,
)
def _apart(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.CREATE.012",
    "a property filter reports the secondary and the primary's new state",
    ["pair.state", "pc.updates"],
    *CREATED,
    documented("seen.<VirtualMachine secondary>.runtime.powerState", Has(Is("poweredOff"))),
    documented("seen.<VirtualMachine primary>.runtime.faultToleranceState", Has(Is("enabled"))),
    needs="powered-off",
    touches=PAIR,
)
def _heard_by_a_filter(drive: Driver) -> None:
    protect(drive)
