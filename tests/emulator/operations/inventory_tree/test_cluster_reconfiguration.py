from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


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
