"""Which methods an entity refuses in its state (`disabledMethod`), as tables.

The list of a virtual machine without Fault Tolerance is that of a real 8.0.3, in its order and with its
repetitions; which of its entries come and go with which state is [derived].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.model.power_state import OFF, ON, SUSPENDED

#: Methods that a virtual machine in any state refuses while Fault Tolerance is off, in the order seen.
_WITHOUT_FAULT_TOLERANCE: Final = (
    "StartRecording_Task",
    "StopRecording_Task",
    "StartReplaying_Task",
    "StopReplaying_Task",
    "TurnOffFaultToleranceForVM_Task",
    "MakePrimaryVM_Task",
    "TerminateFaultTolerantVM_Task",
    "DisableSecondaryVM_Task",
    "EnableSecondaryVM_Task",
)
TURN_ON: Final = ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")
_REPEATED: Final = ("StopRecording_Task", "StopReplaying_Task")

_NOT_RUNNING: Final = (
    "PowerOffVM_Task",
    "ResetVM_Task",
    "SuspendVM_Task",
    "ShutdownGuest",
    "RebootGuest",
    "StandbyGuest",
    "MountToolsInstaller",
    "AcquireTicket",
)

#: Power state → methods refused before and after those of Fault Tolerance.
_BY_POWER: Final = {
    ON: (
        (
            "Destroy_Task",
            "UnregisterVM",
            "UnmountToolsInstaller",
            "AnswerVM",
            "UpgradeVM_Task",
            "UpgradeTools_Task",
            "UpgradeToolsFromImage_Task",
            "ApplyEvcModeVM_Task",
        ),
        ("CustomizeVM_Task", "MarkAsTemplate", "ResetGuestInformation", "ExportVm", "PowerOnVM_Task"),
    ),
    OFF: (("UnmountToolsInstaller", "AnswerVM", "UpgradeTools_Task"), _NOT_RUNNING),
    SUSPENDED: (
        ("UnmountToolsInstaller", "AnswerVM", "UpgradeVM_Task", "UpgradeTools_Task"),
        ("MarkAsTemplate", "CustomizeVM_Task", *_NOT_RUNNING[1:]),
    ),
}

#: What a template refuses besides: it can neither run nor be changed.
_OF_A_TEMPLATE: Final = ("PowerOnVM_Task", "ReconfigVM_Task", "MarkAsTemplate", "MigrateVM_Task")


def virtual_machine_disabled_methods(
    power_state: str, *, template: bool = False, fault_tolerance_possible: bool = True
) -> tuple[str, ...]:
    """Return what a virtual machine without Fault Tolerance refuses.

    `fault_tolerance_possible`: it stands in an HA cluster and its host can do Fault Tolerance; otherwise
    turning it on is refused as well.
    """
    before, after = _BY_POWER[power_state]
    turn_on = () if fault_tolerance_possible and not template else TURN_ON
    last = _OF_A_TEMPLATE if template else ("MarkAsVirtualMachine",)
    return (*before, *_WITHOUT_FAULT_TOLERANCE, *turn_on, *_REPEATED, *after, *last)


def switched(refused: tuple[str, ...], power_state: str) -> tuple[str, ...]:
    """Return what a virtual machine refuses in another power state, all that does not follow from it kept."""
    powered = {method for lists in _BY_POWER.values() for held in lists for method in held}
    before, after = _BY_POWER[power_state]
    return (*before, *(method for method in refused if method not in powered), *after)


def host_disabled_methods(
    connection: str, power_state: str, *, in_maintenance_mode: bool = False
) -> tuple[str, ...]:
    """Return what a host refuses."""
    refused = {
        "EnterMaintenanceMode_Task": in_maintenance_mode,
        "ExitMaintenanceMode_Task": not in_maintenance_mode,
        "PowerUpHostFromStandBy_Task": power_state != "standBy",
        "PowerDownHostToStandBy_Task": power_state != "poweredOn",
        "ReconnectHost_Task": connection == "connected",
        "DisconnectHost_Task": connection == "disconnected",
        "ReconfigureHostForDAS_Task": connection != "connected",
    }
    return tuple(method for method, is_refused in refused.items() if is_refused)
