"""DisableSecondaryVM_Task and EnableSecondaryVM_Task: suspending and resuming Fault Tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import DONE, NAMED_HOST, SECONDARY, act, not_done
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Has, Is, data, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
SUSPEND: Final = "DisableSecondaryVM_Task"
RESUME: Final = "EnableSecondaryVM_Task"

SUSPENDED: Final = (
    *DONE,
    documented("objects.primary.runtime.faultToleranceState", Is("disabled")),
    documented("objects.primary.config.ftInfo.secondaries", Has(Is(SECONDARY))),
    documented("objects.secondary.runtime.powerState", Is("poweredOff")),
)
RESUMED: Final = (
    *DONE,
    documented("act.result", data("FaultToleranceSecondaryOpResult", vm=Is(SECONDARY))),
)
REFUSED: Final = (fault("VmFaultToleranceIssue"), fault("InvalidState"), fault("NotSupported"))


@case(
    "FT.SUSPEND.001",
    "a powered-off pair keeps its secondary and is disabled",
    ["suspend.keeps", "pair.state"],
    *SUSPENDED,
    documented("act.task.result", Absent()),
    documented("act.task.info.descriptionId", Is("VirtualMachine.disableSecondary")),
    arranges="pair",
    touches=PAIR,
)
def _suspend_off(drive: Driver) -> None:
    act(drive, SUSPEND, drive.secondary)


@case(
    "FT.SUSPEND.002",
    "a running pair: the primary keeps running alone",
    ["suspend.keeps", "pair.state"],
    *SUSPENDED,
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    documented("events.VmSecondaryDisabledEvent of <VirtualMachine primary>", Is(1)),
    derived(
        "events.VmFaultToleranceStateChangedEvent(running to disabled) of <VirtualMachine primary>", Is(1)
    ),
    arranges="running-pair",
    touches=PAIR,
)
def _suspend_on(drive: Driver) -> None:
    act(drive, SUSPEND, drive.secondary, rest=("disabled",))


@case(
    "FT.SUSPEND.003",
    "powering on the primary of a suspended pair does not start the secondary",
    ["suspend.not-started"],
    *SUSPENDED,
    documented("objects.primary.runtime.powerState", Is("poweredOn")),
    arranges="suspended-pair",
    touches=PAIR,
)
def _power_on(drive: Driver) -> None:
    act(drive, "PowerOnVM_Task", None, rest=("disabled",))


@case(
    "FT.SUSPEND.004",
    "suspended twice",
    ["suspend.disabled"],
    *not_done(fault("SecondaryVmAlreadyDisabled"), fault("InvalidState"), state="disabled"),
    derived(
        "act.failure", fault("SecondaryVmAlreadyDisabled", instanceUuid=Is("<instanceUuid of secondary>"))
    ),
    arranges="suspended-pair",
    touches=PAIR,
)
def _suspend_twice(drive: Driver) -> None:
    act(drive, SUSPEND, drive.secondary)


@case(
    "FT.SUSPEND.005",
    "called on the secondary",
    ["pair.primary-only"],
    *not_done(*REFUSED, state="enabled"),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="pair",
    touches=PAIR,
)
def _suspend_on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, SUSPEND, drive.secondary)
    drive.capture()


@case(
    "FT.SUSPEND.006",
    "a VM that is not this primary's secondary",
    ["pair.member"],
    *not_done(fault("SecondaryVmNotRegistered"), state="enabled", sure=derived),
    arranges="pair",
    touches=PAIR,
)
def _suspend_a_stranger(drive: Driver) -> None:
    act(drive, SUSPEND, drive.model)


@case(
    "FT.RESUME.001",
    "a powered-off pair is enabled again",
    ["resume.result", "pair.state"],
    *RESUMED,
    documented("act.task.info.descriptionId", Is("VirtualMachine.enableSecondary")),
    documented("act.result.powerOnAttempted", Is(False)),
    documented("objects.primary.runtime.faultToleranceState", Is("enabled")),
    documented("events.VmSecondaryEnabledEvent of <VirtualMachine primary>", Is(1)),
    arranges="suspended-pair",
    touches=PAIR,
)
def _resume_off(drive: Driver) -> None:
    act(drive, RESUME, drive.secondary, None, rest=("enabled",))


@case(
    "FT.RESUME.002",
    "while the primary runs, the secondary is powered on",
    ["resume.result", "result.power-on-result"],
    *RESUMED,
    documented("act.result.powerOnAttempted", Is(True)),
    documented("act.result.powerOnResult", data("ClusterPowerOnVmResult")),
    derived("objects.primary.runtime.faultToleranceState", Is("running")),
    derived("objects.secondary.runtime.powerState", Is("poweredOn")),
    arranges="running-suspended-pair",
    touches=PAIR,
)
def _resume_on(drive: Driver) -> None:
    act(drive, RESUME, drive.secondary, None, rest=("running",))


@case(
    "FT.RESUME.003",
    "the secondary is powered on on the given host",
    ["resume.host"],
    *RESUMED,
    documented("objects.secondary.runtime.host", Is(NAMED_HOST)),
    arranges="running-suspended-pair",
    touches=PAIR,
)
def _resume_on_a_host(drive: Driver) -> None:
    act(drive, RESUME, drive.secondary, drive.other_host, rest=("running",))


@case(
    "FT.RESUME.004",
    "a host that does not exist",
    ["resume.host-not-found"],
    *not_done(fault("ManagedObjectNotFound", obj=Is(Ref("HostSystem", NONEXISTENT))), state="disabled"),
    arranges="suspended-pair",
    touches=PAIR,
)
def _resume_nowhere(drive: Driver) -> None:
    act(drive, RESUME, drive.secondary, drive.nonexistent(vim.HostSystem))


@case(
    "FT.RESUME.005",
    "a pair that is not suspended",
    ["resume.enabled"],
    *not_done(fault("SecondaryVmAlreadyEnabled"), fault("InvalidState"), state="enabled"),
    arranges="pair",
    touches=PAIR,
)
def _resume_twice(drive: Driver) -> None:
    act(drive, RESUME, drive.secondary, None)


@case(
    "FT.RESUME.006",
    "called on the secondary",
    ["pair.primary-only"],
    *not_done(*REFUSED, state="disabled"),
    derived("act.failure", fault("InvalidOperationOnSecondaryVm")),
    arranges="suspended-pair",
    touches=PAIR,
)
def _resume_on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, RESUME, drive.secondary, None)
    drive.capture()
