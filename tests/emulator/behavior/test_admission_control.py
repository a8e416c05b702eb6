"""HA admission control refuses a power-on by each of its policies: of any VM, and of a secondary."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

PERCENTAGE = vim.cluster.FailoverResourcesAdmissionControlPolicy


def set_policy(lab: Lab, policy: Any, **das: Any) -> None:
    cluster = lab.named(vim.ClusterComputeResource, "ft-cluster")
    config = vim.cluster.DasConfigInfo(admissionControlPolicy=policy, **das)
    spec = vim.cluster.ConfigSpecEx(dasConfig=config)
    lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))


def percentage(cpu: int, memory: int, **others: Any) -> Any:
    return PERCENTAGE(cpuFailoverResourcesPercent=cpu, memoryFailoverResourcesPercent=memory, **others)


def reserve(lab: Lab, name: str, mb: int) -> Any:
    vm = lab.vm(name)
    allocation = vim.ResourceAllocationInfo(reservation=mb)
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(memoryAllocation=allocation)))
    return vm


@pytest.mark.parametrize("percents", [(0, 98), (100, 0)])
def test_a_percentage_is_reserved_for_failovers(lab: Lab, percents: tuple[int, int]) -> None:
    vm = reserve(lab, "db01", 12_288)
    set_policy(lab, percentage(*percents))
    with pytest.raises(vim.fault.InsufficientFailoverResourcesFault):
        lab.run(vm.PowerOnVM_Task())
    set_policy(lab, percentage(50, 50))
    lab.run(vm.PowerOnVM_Task())


def test_a_percentage_holds_for_a_secondary() -> None:
    with open_lab("ha-only") as lab:
        vm = lab.vm("app01")
        set_policy(lab, percentage(0, 99))
        (refused,) = lab.run(vm.CreateSecondaryVMEx_Task()).powerOnResult.notAttempted
        assert isinstance(refused.fault, vim.fault.InsufficientFailoverResourcesFault)
        assert vm.runtime.faultToleranceState == "disabled"


def test_percentages_can_follow_from_the_failures_to_tolerate(lab: Lab) -> None:
    vm = reserve(lab, "db01", 12_288)
    set_policy(lab, percentage(0, 0, autoComputePercentages=True, failoverLevel=2))
    with pytest.raises(vim.fault.InsufficientFailoverResourcesFault):
        lab.run(vm.PowerOnVM_Task())


def test_the_failover_level_holds_for_any_vm(lab: Lab) -> None:
    vm = reserve(lab, "db01", 12_288)
    set_policy(lab, vim.cluster.FailoverLevelAdmissionControlPolicy(failoverLevel=2))
    with pytest.raises(vim.fault.InsufficientFailoverResourcesFault):
        lab.run(vm.PowerOnVM_Task())
    set_policy(lab, None, admissionControlEnabled=False)
    lab.run(vm.PowerOnVM_Task())


def test_a_failover_host_runs_no_vm(lab: Lab) -> None:
    hosts = {name: lab.named(vim.HostSystem, f"{name}.lab.example") for name in ("esx1", "esx2")}
    set_policy(lab, vim.cluster.FailoverHostAdmissionControlPolicy(failoverHosts=[hosts["esx1"]]))
    with pytest.raises(vim.fault.DisallowedOperationOnFailoverHost) as refused:
        lab.run(lab.vm("db01").PowerOnVM_Task())
    assert (refused.value.host, refused.value.hostname) == (hosts["esx1"], "esx1.lab.example")
    lab.run(lab.vm("db01").PowerOnVM_Task(host=hosts["esx2"]))


@pytest.mark.parametrize(
    ("policy", "member"),
    [
        (percentage(101, 0), "cpuFailoverResourcesPercent"),
        (percentage(0, -1), "memoryFailoverResourcesPercent"),
        (vim.cluster.FailoverLevelAdmissionControlPolicy(failoverLevel=-1), "failoverLevel"),
    ],
)
def test_a_policy_out_of_range_is_refused(lab: Lab, policy: Any, member: str) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        set_policy(lab, policy)
    assert refused.value.invalidProperty == f"spec.dasConfig.admissionControlPolicy.{member}"


def test_a_failover_host_belongs_to_the_cluster(lab: Lab) -> None:
    other = vim.HostSystem("host-9999", lab.service._stub)
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        set_policy(lab, vim.cluster.FailoverHostAdmissionControlPolicy(failoverHosts=[other]))
    assert refused.value.invalidProperty.endswith(".failoverHosts")
