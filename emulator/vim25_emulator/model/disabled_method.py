"""The methods that are disabled in the state of an entity (`disabledMethod`), as tables.

The methods of a virtual machine without Fault Tolerance, their order and their repetitions are
[observed: 8.0.3]; which of them depend on which state is [derived].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.model.power_state import OFF, ON, SUSPENDED

#: Methods that are disabled in any state while Fault Tolerance is off, in the observed order.
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
#: Methods that turn on Fault Tolerance.
TURN_ON: Final = ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")
#: Methods that the observed list repeats after those.
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

#: Power state → disabled methods, listed before and after those of Fault Tolerance.
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

#: Methods that are disabled for a template, which cannot be powered on.
_FOR_TEMPLATE: Final = ("PowerOnVM_Task", "MarkAsTemplate", "MigrateVM_Task")


def virtual_machine_disabled_methods(
    power_state: str, *, template: bool = False, fault_tolerance_possible: bool = True
) -> tuple[str, ...]:
    """Return the disabled methods of a virtual machine without Fault Tolerance.

    `fault_tolerance_possible`: the cluster has HA and the host supports Fault Tolerance.
    """
    before, after = _BY_POWER[power_state]
    turn_on = () if fault_tolerance_possible and not template else TURN_ON
    last = _FOR_TEMPLATE if template else ("MarkAsVirtualMachine",)
    return (*before, *_WITHOUT_FAULT_TOLERANCE, *turn_on, *_REPEATED, *after, *last)


def with_power_state(disabled: tuple[str, ...], power_state: str) -> tuple[str, ...]:
    """Return the disabled methods of a virtual machine after its power state changed to this one."""
    dependent = {method for lists in _BY_POWER.values() for methods in lists for method in methods}
    before, after = _BY_POWER[power_state]
    return (*before, *(method for method in disabled if method not in dependent), *after)


def host_disabled_methods(
    connection: str, power_state: str, *, in_maintenance_mode: bool = False
) -> tuple[str, ...]:
    """Return the disabled methods of a host."""
    disabled = {
        "EnterMaintenanceMode_Task": in_maintenance_mode,
        "ExitMaintenanceMode_Task": not in_maintenance_mode,
        "PowerUpHostFromStandBy_Task": power_state != "standBy",
        "PowerDownHostToStandBy_Task": power_state != "poweredOn",
        "ReconnectHost_Task": connection == "connected",
        "DisconnectHost_Task": connection == "disconnected",
        "ReconfigureHostForDAS_Task": connection != "connected",
    }
    return tuple(method for method, is_disabled in disabled.items() if is_disabled)
