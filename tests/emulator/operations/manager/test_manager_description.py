"""The event catalog: categories of Fault Tolerance events, and extended events by their type ID."""

from __future__ import annotations

from tests.emulator.lab import Lab
from vim25_emulator.model.extended_event import EXTENDED_EVENTS

#: Category in the event catalog of 8.0 → Fault Tolerance events.
CATEGORIES = {
    "error": (
        "VmFailedUpdatingSecondaryConfig",
        "VmNoCompatibleHostForSecondaryEvent",
        "VmPrimaryFailoverEvent",
        "VmSecondaryDisabledBySystemEvent",
        "VmTimedoutStartingSecondaryEvent",
    ),
    "warning": ("VmMaxFTRestartCountReached",),
    "info": (
        "VmFailedStartingSecondaryEvent",
        "VmFaultToleranceStateChangedEvent",
        "VmFaultToleranceTurnedOffEvent",
        "VmFaultToleranceVmTerminatedEvent",
        "VmSecondaryAddedEvent",
        "VmSecondaryStartedEvent",
    ),
}


def test_events_of_fault_tolerance_have_their_categories(lab: Lab) -> None:
    described = {info.key: info.category for info in lab.content.eventManager.description.eventInfo}
    for category, names in CATEGORIES.items():
        for name in names:
            (told,) = [value for key, value in described.items() if key.__name__.endswith(name)]
            assert (name, told) == (name, category)


def test_extended_events_are_listed_by_their_type_id(lab: Lab) -> None:
    infos = lab.content.eventManager.description.eventInfo
    listed = {
        info.fullFormat.partition("|")[0]: info.key.__name__.rpartition(".")[2]
        for info in infos
        if "|" in info.fullFormat
    }
    assert listed == EXTENDED_EVENTS
    assert "com.vmware.vc.vcp.VmRestartEvent" in listed
