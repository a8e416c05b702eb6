"""Every fault on the API page of CreateSecondaryVM_Task, and others that real clients meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import (
    CREATE,
    NAMED_HOST,
    NOT_CREATED,
    OWN_HOST,
    PRIMARY,
    issue,
    protect,
    refused_with,
)
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Absent, Either, Has, Is, Present, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

TOUCHES = ("primary",)


def _list_of(reason: str) -> Either:
    return issue(fault("VmFaultToleranceConfigIssue", reason=Is(reason)))


@case(
    "FT.FAULT.001",
    "the VM is busy",
    ["create.task-in-progress"],
    *refused_with(fault("TaskInProgress", task=Present())),
    needs="busy",
    touches=TOUCHES,
)
def _busy(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.002",
    "the VM is a template",
    ["create.not-supported-template"],
    *refused_with(fault("NotSupported"), _list_of("templateVm")),
    needs="template",
    touches=TOUCHES,
)
def _template(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.003",
    "the VM is not in a cluster with vSphere HA",
    ["create.not-supported-ha"],
    *refused_with(fault("NotSupported"), _list_of("haNotEnabled")),
    needs="not-in-ha-cluster",
    touches=TOUCHES,
)
def _without_ha(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.004",
    "the VM's configuration is not available",
    ["create.invalid-state"],
    *refused_with(fault("InvalidState"), _list_of("noConfig")),
    needs="disconnected",
    touches=TOUCHES,
)
def _no_configuration(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.005",
    "the host does not exist",
    ["create.host-not-found", "create.host-unsuitable"],
    documented("create.failure", fault("ManagedObjectNotFound", obj=Is(Ref("HostSystem", NONEXISTENT)))),
    *NOT_CREATED,
    derived("create.channel", Is("call")),
    needs="powered-off",
    touches=TOUCHES,
)
def _host_not_found(drive: Driver) -> None:
    protect(drive, drive.nonexistent(vim.HostSystem))


@case(
    "FT.FAULT.006",
    "the VM does not exist: the call fails, without a task",
    ["wire.sync-faults"],
    observed("create.failure", fault("ManagedObjectNotFound", obj=Is(Ref("VirtualMachine", NONEXISTENT)))),
    observed("create.channel", Is("call")),
    observed("create.wire.status", Is(500)),
    observed("create.soap.faultcode", Is("ServerFaultCode")),
    observed("create.soap.detail", Is("ManagedObjectNotFoundFault")),
)
def _machine_not_found(drive: Driver) -> None:
    drive.call("create", drive.nonexistent(vim.VirtualMachine), CREATE)


@case(
    "FT.FAULT.007",
    "resources for a secondary are insufficient",
    ["create.insufficient-resources"],
    *refused_with(issue(fault("InsufficientResourcesFault"))),
    needs="insufficient-resources",
    touches=TOUCHES,
)
def _resources(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.008",
    "Fault Tolerance is not licensed",
    ["create.ft-issue"],
    *refused_with(issue(fault("FaultToleranceNotLicensed"))),
    derived("create.failure", fault("VmFaultToleranceOpIssuesList")),
    needs="not-licensed",
    touches=TOUCHES,
)
def _not_licensed(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.009",
    "the VM has a snapshot: a list of issues names the reason",
    ["create.ft-issue"],
    *refused_with(_list_of("hasSnapshots")),
    observed("create.failure", fault("VmFaultToleranceOpIssuesList")),
    needs="has-snapshots",
    touches=TOUCHES,
)
def _snapshots(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.010",
    "the VM's files cannot be accessed",
    ["create.file-fault"],
    *refused_with(issue(fault("FileFault", file=Present()))),
    needs="file-fault",
    touches=TOUCHES,
)
def _files(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.011",
    "the VM's configuration is incompatible",
    ["create.config-fault"],
    *refused_with(issue(fault("VmConfigFault"))),
    derived(
        "create.failure", issue(fault("VmConfigIncompatibleForFaultTolerance", fault=fault("MethodFault")))
    ),
    needs="config-incompatible",
    touches=TOUCHES,
)
def _configuration(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.012",
    "the given host cannot run the secondary",
    ["create.host-unsuitable"],
    *refused_with(fault("IncompatibleHostForFtSecondary", host=Is(NAMED_HOST))),
    derived("create.failure", fault("IncompatibleHostForFtSecondary", error=Has(fault("MethodFault")))),
    needs="incompatible-host",
    touches=TOUCHES,
)
def _incompatible_host(drive: Driver) -> None:
    protect(drive, drive.other_host)


@case(
    "FT.FAULT.013",
    "the given host is the primary's own",
    ["create.host-unsuitable"],
    *refused_with(fault("IncompatibleHostForFtSecondary", host=Is(OWN_HOST))),
    derived(
        "create.failure",
        fault("IncompatibleHostForFtSecondary", error=Has(fault("FaultToleranceAntiAffinityViolated"))),
    ),
    needs="powered-off",
    touches=TOUCHES,
)
def _own_host(drive: Driver) -> None:
    protect(drive, drive.own_host)


@case(
    "FT.FAULT.014",
    "the system finds no host for the secondary",
    ["create.host-unsuitable"],
    *refused_with(issue(fault("VmFaultToleranceIssue"))),
    derived(
        "create.failure",
        Either(
            fault("NoHostSuitableForFtSecondary", vm=Is(PRIMARY), vmName=Is("<name of primary>")),
            _list_of("hasLocalDisk"),  # before 6.0 both VMs share their disks [documented]
        ),
    ),
    needs="no-suitable-host",
    touches=TOUCHES,
)
def _no_host(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.015",
    "the VM already has a secondary",
    ["pair.one"],
    derived("create.failure", _list_of("moreThanOneSecondary")),
    derived("objects.primary.config.ftInfo.secondaries", Present()),
    needs="protected",
    touches=TOUCHES,
)
def _already_protected(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.016",
    "the VM is itself a secondary",
    ["pair.one"],
    derived("create.failure", Either(fault("InvalidOperationOnSecondaryVm"), _list_of("ftSecondaryVm"))),
    needs="protected",
    touches=("primary", "secondary"),
)
def _on_a_secondary(drive: Driver) -> None:
    drive.watch()
    drive.call("create", drive.secondary, CREATE)
    drive.follow("create")
    drive.capture()


@case(
    "FT.FAULT.017",
    "a failed create adds no secondary and does not change the state",
    ["create.host-unsuitable", "pair.events"],
    *NOT_CREATED,
    documented("events.VmSecondaryAddedEvent of <VirtualMachine primary>", Absent()),
    documented("events.VmFaultToleranceStateChangedEvent of <VirtualMachine primary>", Absent()),
    documented("create.channel", Is("task", "call")),
    needs="no-suitable-host",
    touches=TOUCHES,
)
def _leaves_nothing(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.FAULT.018",
    "a missing VM is reported before a missing host",
    ["order.object-first"],
    derived("create.failure", fault("ManagedObjectNotFound", obj=Is(Ref("VirtualMachine", NONEXISTENT)))),
)
def _machine_before_host(drive: Driver) -> None:
    drive.call("create", drive.nonexistent(vim.VirtualMachine), CREATE, drive.nonexistent(vim.HostSystem))
