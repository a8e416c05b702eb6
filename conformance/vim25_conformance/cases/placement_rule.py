"""Rules of the cluster about hosts: they bind the secondary as they bind its primary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import protect
from vim25_conformance.expectation import derived, documented
from vim25_conformance.matcher import Absent, Either, Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

CHANGE_CLUSTER: Final = "ReconfigureComputeResource_Task"
VMS: Final = "conformance-vms"
HOSTS: Final = "conformance-hosts"
WAITING: Final = ("needSecondary", "disabled", "notConfigured")


def _restrict_to_its_host(drive: Driver) -> None:
    """Add a mandatory VM-Host rule that restricts the primary to its own host."""
    rule = vim.cluster.VmHostRuleInfo(
        name="conformance", enabled=True, mandatory=True, vmGroupName=VMS, affineHostGroupName=HOSTS
    )
    groups = (
        vim.cluster.VmGroup(name=VMS, vm=[drive.primary]),
        vim.cluster.HostGroup(name=HOSTS, host=[drive.own_host]),
    )
    change = vim.cluster.ConfigSpecEx(
        groupSpec=[vim.cluster.GroupSpec(operation="add", info=group) for group in groups],
        rulesSpec=[vim.cluster.RuleSpec(operation="add", info=rule)],
    )
    drive.complete("rule", drive.cluster, CHANGE_CLUSTER, change, True)


@case(
    "FT.RULE.001",
    "the primary is restricted to its host by a VM-Host rule: no secondary runs elsewhere",
    ["rule.vm-host"],
    documented("rule.task.state", Is("success")),
    documented("objects.secondary.runtime.powerState", Either(Is("poweredOff"), Absent())),
    derived("create.failure", fault("NoHostSuitableForFtSecondary")),
    arranges="running",
    touches=("primary", "secondary", "cluster"),
    since="4.1",
)
def _host_rule(drive: Driver) -> None:
    drive.watch()
    _restrict_to_its_host(drive)
    protect(drive, rest=WAITING)
