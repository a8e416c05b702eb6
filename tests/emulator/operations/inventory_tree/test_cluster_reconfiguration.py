from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


def reconfigure(lab: Lab, *, modify: bool = True, **members: Any) -> Any:
    cluster = cluster_of(lab)
    spec = vim.cluster.ConfigSpecEx(**members)
    lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=modify))
    return cluster.configurationEx


def vm_group(lab: Lab, operation: str = "add", *names: str) -> Any:
    info = vim.cluster.VmGroup(name="group", vm=[lab.vm(name) for name in names or ("web01",)])
    return vim.cluster.GroupSpec(operation=operation, info=info)


def rule(lab: Lab, name: str = "apart", **members: Any) -> Any:
    info = vim.cluster.AntiAffinityRuleSpec(
        name=name, enabled=True, vm=[lab.vm("web01"), lab.vm("app01")], **members
    )
    return vim.cluster.RuleSpec(operation="add", info=info)


def cluster_of(lab: Lab) -> vim.ClusterComputeResource:
    return lab.named(vim.ClusterComputeResource, "ft-cluster")


def test_ha_is_switched_off_and_what_the_spec_leaves_out_stays(lab: Lab) -> None:
    cluster = cluster_of(lab)
    drs = cluster.configurationEx.drsConfig.defaultVmBehavior
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))
    assert cluster.configurationEx.dasConfig.enabled is False
    assert cluster.configurationEx.dasConfig.admissionControlEnabled is not None
    assert cluster.configurationEx.drsConfig.defaultVmBehavior == drs
    assert lab.events("ClusterReconfiguredEvent", "DasDisabledEvent", "DrsDisabledEvent") == [
        "ClusterReconfiguredEvent",
        "DasDisabledEvent",
    ]


def test_overrides_are_added_changed_and_removed(lab: Lab) -> None:
    cluster, vm = cluster_of(lab), lab.vm("db01")

    def apply(operation: str, priority: str | None) -> list[str]:
        info = vim.cluster.DasVmConfigInfo(key=vm, restartPriority=priority) if priority else None
        change = vim.cluster.DasVmConfigSpec(operation=operation, info=info, removeKey=None if info else vm)
        spec = vim.cluster.ConfigSpecEx(dasVmConfigSpec=[change])
        lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))
        return [override.restartPriority for override in cluster.configurationEx.dasVmConfig]

    assert apply("add", "high") == ["high"]
    assert apply("edit", "disabled") == ["disabled"]
    assert apply("remove", None) == []


def test_new_rules_are_given_keys(lab: Lab) -> None:
    cluster = cluster_of(lab)
    rules = [
        vim.cluster.AntiAffinityRuleSpec(name=name, enabled=True, vm=[lab.vm("web01"), lab.vm("app01")])
        for name in ("one", "two")
    ]
    changes = [vim.cluster.RuleSpec(operation="add", info=rule) for rule in rules]
    spec = vim.cluster.ConfigSpecEx(rulesSpec=changes)
    lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))
    assert [(rule.key, rule.name) for rule in cluster.configurationEx.rule] == [(1, "one"), (2, "two")]


def test_the_name_of_a_removed_rule_is_free_in_the_same_request(lab: Lab) -> None:
    reconfigure(lab, rulesSpec=[rule(lab)])
    config = reconfigure(lab, rulesSpec=[vim.cluster.RuleSpec(operation="remove", removeKey=1), rule(lab)])
    assert [each.name for each in config.rule] == ["apart"]
    renamed = rule(lab, "other", key=config.rule[0].key).info
    edit = vim.cluster.RuleSpec(operation="edit", info=renamed)
    config = reconfigure(lab, rulesSpec=[edit, rule(lab)])
    assert [each.name for each in config.rule] == ["other", "apart"]


def test_a_rule_may_have_the_highest_key(lab: Lab) -> None:
    config = reconfigure(lab, rulesSpec=[rule(lab, "highest", key=2**31 - 1)])
    config = reconfigure(lab, rulesSpec=[rule(lab, "next")])
    keys = [each.key for each in config.rule]
    assert len(set(keys)) == 2
    assert all(0 < key < 2**31 for key in keys)


def test_a_group_that_a_rule_names_does_not_change_its_type(lab: Lab) -> None:
    hosts = vim.cluster.HostGroup(name="hosts", host=[lab.named(vim.HostSystem, "esx1.lab.example")])
    info = vim.cluster.VmHostRuleInfo(
        name="near", enabled=True, vmGroupName="group", affineHostGroupName="hosts"
    )
    added = vim.cluster.GroupSpec(operation="add", info=hosts)
    change = vim.cluster.RuleSpec(operation="add", info=info)
    reconfigure(lab, groupSpec=[vm_group(lab), added], rulesSpec=[change])
    other = vim.cluster.VmGroup(name="hosts", vm=[lab.vm("web01")])
    with pytest.raises(vmodl.fault.InvalidArgument):
        reconfigure(lab, groupSpec=[vim.cluster.GroupSpec(operation="edit", info=other)])
    assert {type(each) for each in cluster_of(lab).configurationEx.group} == {
        vim.cluster.VmGroup,
        vim.cluster.HostGroup,
    }


def test_a_spec_that_is_not_a_clusters_is_refused(lab: Lab) -> None:
    spec = vim.ComputeResource.ConfigSpec(vmSwapPlacement="hostLocal")
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        lab.run(cluster_of(lab).ReconfigureComputeResource_Task(spec=spec, modify=True))
    assert fault.value.invalidProperty == "spec"


def test_an_update_of_an_array_needs_the_element(lab: Lab) -> None:
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[vim.cluster.RuleSpec(operation="edit")])
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        lab.run(cluster_of(lab).ReconfigureComputeResource_Task(spec=spec, modify=True))
    assert fault.value.invalidProperty == "spec.info"


def test_the_event_of_drs_says_what_it_may_do(lab: Lab) -> None:
    for config in (
        vim.cluster.DrsConfigInfo(enabled=False),
        vim.cluster.DrsConfigInfo(enabled=True, defaultVmBehavior="manual"),
    ):
        spec = vim.cluster.ConfigSpecEx(drsConfig=config)
        lab.run(cluster_of(lab).ReconfigureComputeResource_Task(spec=spec, modify=True))
    kinds = vim.event.EventFilterSpec(eventTypeId=["vim.event.DrsEnabledEvent"])
    (event,) = lab.content.eventManager.QueryEvents(kinds)
    assert event.behavior == "manual"


def test_every_part_of_the_configuration_is_stored(lab: Lab) -> None:
    readiness = vim.cluster.VmReadiness(readyCondition="poweredOn", postReadyDelay=30)
    orchestration = vim.cluster.VmOrchestrationInfo(vm=lab.vm("db01"), vmReadiness=readiness)
    config = reconfigure(
        lab,
        dpmConfig=vim.cluster.DpmConfigInfo(enabled=True, hostPowerActionRate=4),
        orchestration=vim.cluster.OrchestrationInfo(defaultVmReadiness=readiness),
        vmOrchestrationSpec=[vim.cluster.VmOrchestrationSpec(operation="add", info=orchestration)],
        infraUpdateHaConfig=vim.cluster.InfraUpdateHaConfigInfo(enabled=True, behavior="Automated"),
        proactiveDrsConfig=vim.cluster.ProactiveDrsConfigInfo(enabled=True),
        cryptoConfig=vim.cluster.CryptoConfigInfo(cryptoMode="forceEnable"),
        vmSwapPlacement="hostLocal",
        spbmEnabled=True,
        defaultHardwareVersionKey="vmx-19",
    )
    assert (config.dpmConfigInfo.enabled, config.dpmConfigInfo.hostPowerActionRate) == (True, 4)
    assert config.dpmConfigInfo.defaultDpmBehavior == "automated"
    assert config.orchestration.defaultVmReadiness.postReadyDelay == 30
    assert [info.vm.name for info in config.vmOrchestration] == ["db01"]
    assert config.infraUpdateHaConfig.behavior == "Automated"
    assert config.proactiveDrsConfig.enabled is True
    assert config.cryptoConfig.cryptoMode == "forceEnable"
    assert (config.vmSwapPlacement, config.spbmEnabled) == ("hostLocal", True)
    assert config.defaultHardwareVersionKey == "vmx-19"


@pytest.mark.parametrize(
    "members",
    [
        {"vsanConfig": vim.vsan.cluster.ConfigInfo(enabled=True)},
        {"inHciWorkflow": True},
        {"enableConfigManager": True},
        {
            "desiredSoftwareSpec": vim.DesiredSoftwareSpec(
                baseImageSpec=vim.DesiredSoftwareSpec.BaseImageSpec(version="8.0")
            )
        },
    ],
    ids=lambda members: next(iter(members)),
)
def test_what_is_not_emulated_is_refused(lab: Lab, members: dict[str, Any]) -> None:
    with pytest.raises(vmodl.fault.NotSupported):
        reconfigure(lab, **members)


def test_what_is_off_can_be_switched_off(lab: Lab) -> None:
    reconfigure(lab, vsanConfig=vim.vsan.cluster.ConfigInfo(enabled=False), inHciWorkflow=False)


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"dasConfig": vim.cluster.DasConfigInfo(hostMonitoring="sometimes")}, "dasConfig.hostMonitoring"),
        ({"drsConfig": vim.cluster.DrsConfigInfo(vmotionRate=6)}, "drsConfig.vmotionRate"),
        ({"dpmConfig": vim.cluster.DpmConfigInfo(hostPowerActionRate=0)}, "dpmConfig.hostPowerActionRate"),
        ({"vmSwapPlacement": "anywhere"}, "vmSwapPlacement"),
    ],
)
def test_a_value_out_of_range_is_refused(lab: Lab, members: dict[str, Any], path: str) -> None:
    before = cluster_of(lab).configurationEx.dasConfig.hostMonitoring
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        reconfigure(lab, **members)
    assert refused.value.invalidProperty == f"spec.{path}"
    assert cluster_of(lab).configurationEx.dasConfig.hostMonitoring == before


def test_the_name_of_a_group_or_a_rule_is_used_once(lab: Lab) -> None:
    reconfigure(lab, groupSpec=[vm_group(lab)], rulesSpec=[rule(lab)])
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        reconfigure(lab, groupSpec=[vm_group(lab)])
    assert refused.value.invalidProperty == "spec.groupSpec.info.name"
    with pytest.raises(vim.fault.DuplicateName) as taken:
        reconfigure(lab, rulesSpec=[rule(lab)])
    assert taken.value.name == "apart"
    config = reconfigure(lab, groupSpec=[vm_group(lab, "edit", "web01", "db01")])
    assert [[vm.name for vm in group.vm] for group in config.group] == [["web01", "db01"]]
    assert len(config.rule) == 1


def test_a_rule_names_groups_that_exist(lab: Lab) -> None:
    hosts = vim.cluster.HostGroup(name="hosts", host=[lab.named(vim.HostSystem, "esx1.lab.example")])
    info = vim.cluster.VmHostRuleInfo(
        name="near", enabled=True, vmGroupName="group", affineHostGroupName="hosts"
    )
    change = vim.cluster.RuleSpec(operation="add", info=info)
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        reconfigure(lab, groupSpec=[vm_group(lab)], rulesSpec=[change])
    assert refused.value.invalidProperty == "spec.rulesSpec.info.affineHostGroupName"
    assert not cluster_of(lab).configurationEx.group
    groups = [vm_group(lab), vim.cluster.GroupSpec(operation="add", info=hosts)]
    assert [each.name for each in reconfigure(lab, groupSpec=groups, rulesSpec=[change]).rule] == ["near"]


@pytest.mark.parametrize("operation", ["edit", "remove"])
def test_an_element_that_does_not_exist_is_neither_changed_nor_removed(lab: Lab, operation: str) -> None:
    info = vim.cluster.DrsVmConfigInfo(key=lab.vm("db01"), behavior="manual")
    keys = {"info": info} if operation == "edit" else {"removeKey": lab.vm("db01")}
    with pytest.raises(vmodl.fault.InvalidArgument):
        reconfigure(lab, drsVmConfigSpec=[vim.cluster.DrsVmConfigSpec(operation=operation, **keys)])


def test_a_vm_of_another_cluster_is_refused(lab: Lab) -> None:
    folder = lab.named(vim.Datacenter, "Lab").hostFolder
    other = folder.CreateClusterEx(name="other", spec=vim.cluster.ConfigSpecEx())
    spec = vim.cluster.ConfigSpecEx(groupSpec=[vm_group(lab)])
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        lab.run(other.ReconfigureComputeResource_Task(spec=spec, modify=True))
    assert refused.value.invalidProperty == "spec.groupSpec.info.vm"


def test_without_modify_what_is_unset_is_reset(lab: Lab) -> None:
    reconfigure(lab, rulesSpec=[rule(lab)], vmSwapPlacement="hostLocal")
    config = reconfigure(lab, modify=False, drsConfig=vim.cluster.DrsConfigInfo(enabled=True))
    assert (config.dasConfig.enabled, config.drsConfig.enabled) == (False, True)
    assert (list(config.rule), config.vmSwapPlacement) == ([], "vmDirectory")


def test_a_new_cluster_is_not_left_behind_by_a_wrong_spec(lab: Lab) -> None:
    folder = lab.named(vim.Datacenter, "Lab").hostFolder
    spec = vim.cluster.ConfigSpecEx(vmSwapPlacement="anywhere")
    with pytest.raises(vmodl.fault.InvalidArgument):
        folder.CreateClusterEx(name="other", spec=spec)
    assert [cluster.name for cluster in lab.all(vim.ClusterComputeResource)] == ["ft-cluster"]


def test_the_compute_resource_of_a_standalone_host_is_configured() -> None:
    with open_lab("standalone-host") as lab:
        owner = lab.named(vim.HostSystem, "esx9.lab.example").parent
        spec = vim.ComputeResource.ConfigSpec(vmSwapPlacement="hostLocal")
        lab.run(owner.ReconfigureComputeResource_Task(spec=spec, modify=True))
        assert owner.configurationEx.vmSwapPlacement == "hostLocal"
        lab.run(owner.ReconfigureComputeResource_Task(spec=vim.ComputeResource.ConfigSpec(), modify=False))
        assert owner.configurationEx.vmSwapPlacement == "vmDirectory"
        with pytest.raises(vmodl.fault.InvalidArgument):
            lab.run(owner.ReconfigureComputeResource_Task(spec=vim.cluster.ConfigSpecEx(), modify=True))
