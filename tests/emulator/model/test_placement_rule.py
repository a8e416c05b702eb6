"""Rules bind both VMs of a pair in placement, power-on, evacuation, migration and failover."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start, start

__all__ = ["start"]

ESX1, ESX2, ESX3 = (f"esx{number}.lab.example" for number in (1, 2, 3))


def restrict(site: Site, name: str, *hosts: str, mandatory: bool = True) -> None:
    """Restrict a VM to hosts, by a VM-Host rule."""
    group = vim.cluster.GroupSpec
    info = vim.cluster.VmHostRuleInfo(
        name="only", enabled=True, mandatory=mandatory, vmGroupName="vms", affineHostGroupName="hosts"
    )
    reconfigure(
        site,
        groupSpec=[
            group(operation="add", info=vim.cluster.VmGroup(name="vms", vm=[site.find(name)])),
            group(
                operation="add", info=vim.cluster.HostGroup(name="hosts", host=list(map(site.find, hosts)))
            ),
        ],
        rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)],
    )


def reconfigure(site: Site, **changes: Any) -> None:
    spec = vim.cluster.ConfigSpecEx(**changes)
    assert site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True)).state == "success"


def host_of(vm: Any) -> str:
    return str(vm.runtime.host.name)


@pytest.mark.parametrize("mandatory", [True, False])
def test_a_secondary_is_placed_where_its_primary_may_run(start: Start, mandatory: bool) -> None:
    site = start("three-hosts")
    restrict(site, "web01", ESX1, ESX3, mandatory=mandatory)
    assert host_of(site.create("web01").result.vm) == ESX3


def test_a_secondary_is_started_where_its_primary_may_run(start: Start) -> None:
    site = start("three-hosts")
    twin = site.create("db01").result.vm
    before = host_of(twin)
    allowed = next(name for name in (ESX2, ESX3) if name != before)
    restrict(site, "db01", host_of(site.find("db01")), allowed)
    assert site.finish(site.find("db01").PowerOnVM_Task()).state == "success"
    assert (host_of(twin), twin.runtime.powerState) == (allowed, "poweredOn")


def test_without_a_permitted_host_a_secondary_is_not_restarted(start: Start) -> None:
    site = start("three-hosts")
    twin = site.create("web01").result.vm
    restrict(site, "web01", ESX1, host_of(twin))
    site.finish(twin.runtime.host.ShutdownHost_Task(True))
    assert site.find("web01").runtime.faultToleranceState == "needSecondary"


def test_a_preference_does_not_prevent_a_restart(start: Start) -> None:
    site = start("three-hosts")
    twin = site.create("web01").result.vm
    restrict(site, "web01", ESX1, host_of(twin), mandatory=False)
    site.finish(twin.runtime.host.ShutdownHost_Task(True))
    assert site.find("web01").runtime.faultToleranceState == "running"


def test_drs_powers_a_vm_on_where_it_may_run(start: Start) -> None:
    site = start()
    restrict(site, "db01", ESX2)
    assert host_of(site.find("db01")) == ESX1
    assert site.finish(site.find("db01").PowerOnVM_Task()).state == "success"
    assert host_of(site.find("db01")) == ESX2


def test_the_recommendation_of_drs_follows_the_rules(start: Start) -> None:
    site = start("drs-manual")
    restrict(site, "db01", ESX2)
    task = site.named(vim.Datacenter, "Lab").PowerOnMultiVM_Task([site.find("db01")], [])
    (recommendation,) = site.finish(task).result.recommendations
    assert recommendation.action[0].targetHost.name == ESX2


@pytest.mark.parametrize("host", [None, ESX1])
def test_without_drs_a_vm_is_not_powered_on_where_it_may_not_run(start: Start, host: str | None) -> None:
    site = start("ha-only")
    restrict(site, "db01", ESX2)
    error = site.finish(site.find("db01").PowerOnVM_Task(site.find(host) if host else None)).error
    assert isinstance(error, vim.fault.VmHostAffinityRuleViolation)
    assert (error.vmName, error.hostName) == ("db01", ESX1)


def test_a_vm_is_not_migrated_to_where_it_may_not_run(start: Start) -> None:
    site = start("three-hosts")
    restrict(site, "web01", ESX1, ESX2)
    for host, fault in ((ESX3, vim.fault.VmHostAffinityRuleViolation), (ESX2, type(None))):
        task = site.find("web01").MigrateVM_Task(None, site.find(host), "defaultPriority", None)
        assert isinstance(site.finish(task).error, fault)


def test_a_host_is_evacuated_to_where_its_vms_may_run(start: Start) -> None:
    site = start("three-hosts")
    twin = site.create("web01").result.vm
    free = next(name for name in (ESX2, ESX3) if name != host_of(twin))
    restrict(site, "web01", ESX1, host_of(twin))
    entering = site.find(host_of(twin)).EnterMaintenanceMode_Task(0)
    assert site.finish(entering).state == "running"
    info = vim.cluster.RuleSpec(operation="remove", removeKey=site.cluster.configurationEx.rule[0].key)
    reconfigure(site, rulesSpec=[info])
    assert site.finish(entering).state == "success"
    assert host_of(twin) == free


def test_ha_restarts_a_vm_where_it_may_run(start: Start) -> None:
    site = start("three-hosts")
    restrict(site, "web01", ESX1, ESX3)
    site.finish(site.find(ESX1).ShutdownHost_Task(True))
    assert host_of(site.find("web01")) == ESX3


@pytest.mark.parametrize(("together", "target"), [(False, ESX3), (True, ESX2)])
def test_drs_follows_vm_vm_rules_where_it_can(start: Start, together: bool, target: str) -> None:
    site = start("three-hosts")
    kind = vim.cluster.AffinityRuleSpec if together else vim.cluster.AntiAffinityRuleSpec
    vms = [site.find("web01"), site.find("app01")]
    assert host_of(vms[1]) == ESX2
    info = kind(name="rule", enabled=True, vm=vms)
    reconfigure(site, rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)])
    site.finish(site.find(ESX1).EnterMaintenanceMode_Task(0))
    assert host_of(vms[0]) == target


def test_a_vm_vm_rule_does_not_apply_to_a_secondary(start: Start) -> None:
    site = start("three-hosts")
    info = vim.cluster.AntiAffinityRuleSpec(
        name="rule", enabled=True, vm=[site.find("web01"), site.find("app01")]
    )
    reconfigure(site, rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)])
    assert host_of(site.create("web01").result.vm) == ESX2


def test_a_secondary_in_a_vm_vm_rule_moves_no_other_vm(start: Start) -> None:
    site = start("three-hosts")
    twin, other = site.create("web01").result.vm, site.find("app01")
    assert host_of(twin) == host_of(other) == ESX2
    info = vim.cluster.AntiAffinityRuleSpec(name="apart", enabled=True, vm=[twin, other])
    reconfigure(site, rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)])
    assert host_of(twin) == host_of(other) == ESX2


def separate(site: Site, *names: str) -> None:
    """Keep VMs on different hosts, by a VM-VM rule."""
    info = vim.cluster.AntiAffinityRuleSpec(name="apart", enabled=True, vm=list(map(site.find, names)))
    reconfigure(site, rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)])


def test_after_a_failover_drs_corrects_the_place_of_the_primary(start: Start) -> None:
    site = start("three-hosts")
    twin = site.create("web01").result.vm
    assert host_of(twin) == host_of(site.find("app01")) == ESX2
    separate(site, "web01", "app01")
    assert site.finish(site.find("web01").MakePrimaryVM_Task(twin)).state == "success"
    assert site.find("web01").runtime.faultToleranceState == "running"
    (migrated,) = site.told("DrsVmMigratedEvent")
    assert migrated.vm.name in ("web01", "app01")
    assert host_of(site.find("web01")) != host_of(site.find("app01"))


@pytest.mark.parametrize(("scenario", "corrected"), [("default", True), ("drs-partially-automated", False)])
def test_a_new_rule_is_enforced_by_fully_automated_drs(start: Start, scenario: str, corrected: bool) -> None:
    site = start(scenario)
    restrict(site, "web01", ESX2)
    assert (host_of(site.find("web01")) == ESX2) is corrected
    assert len(site.told("DrsVmMigratedEvent")) == corrected


def metro(site: Site, group: str = "site-a") -> Any:
    """Protect web01 across two sites; return the info of the task."""
    site_a = vim.cluster.HostGroup(name="site-a", host=[site.find(ESX1), site.find(ESX2)])
    reconfigure(site, groupSpec=[vim.cluster.GroupSpec(operation="add", info=site_a)])
    spec = vim.vm.FaultToleranceConfigSpec(metroFtEnabled=True, metroFtHostGroup=group)
    return site.finish(site.find("web01").CreateSecondaryVMEx_Task(None, spec))


def test_a_pair_across_two_sites_has_a_rule_and_the_group_of_the_other_site(start: Start) -> None:
    site = start("three-hosts", api_version="8.0.3.0")
    assert host_of(metro(site).result.vm) == ESX3
    config = site.cluster.configurationEx
    (rule,) = config.rule
    groups = {group.name: group for group in config.group}
    assert isinstance(rule, vim.cluster.FtVmHostRuleInfo)
    assert [vm.name for vm in groups[rule.vmGroupName].vm] == ["web01"]
    sites = [[host.name for host in groups[name].host] for name in rule.hostGroupName]
    assert sites == [[ESX1, ESX2], [ESX3]]
    site.finish(site.find("web01").TurnOffFaultToleranceForVM_Task())
    assert not site.cluster.configurationEx.rule
    assert [group.name for group in site.cluster.configurationEx.group] == ["site-a"]


def test_a_site_is_a_host_group_that_exists(start: Start) -> None:
    site = start("three-hosts", api_version="8.0.3.0")
    (issue,) = metro(site, "site-b").error.errors
    assert issue.reason == "noHostGroupConfigured"
    assert not site.cluster.configurationEx.rule


def test_a_rule_of_the_user_separates_the_sites_of_a_pair(start: Start) -> None:
    site = start("three-hosts", api_version="8.0.3.0")
    group = vim.cluster.GroupSpec
    rule = vim.cluster.FtVmHostRuleInfo(
        name="sites", enabled=True, vmGroupName="vms", hostGroupName=["site-a", "site-b"]
    )
    infos = [
        vim.cluster.VmGroup(name="vms", vm=[site.find("web01")]),
        vim.cluster.HostGroup(name="site-a", host=[site.find(ESX1), site.find(ESX2)]),
        vim.cluster.HostGroup(name="site-b", host=[site.find(ESX3)]),
    ]
    reconfigure(
        site,
        groupSpec=[group(operation="add", info=info) for info in infos],
        rulesSpec=[vim.cluster.RuleSpec(operation="add", info=rule)],
    )
    assert host_of(site.create("web01").result.vm) == ESX3
