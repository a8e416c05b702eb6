"""Set the configuration of a cluster; update its hosts and pairs, and post the events of what changed."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior import pair_power
from vim25_emulator.behavior.cluster_config_spec import ClusterScope
from vim25_emulator.behavior.ha_protection import show_ha_protection
from vim25_emulator.behavior.rule_correction import correct_violations
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.compute_resource import update_capacity
from vim25_emulator.model.high_availability import switch_agents
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject

_RULES: Final = ("rule", "group")
_PROTECTION: Final = ("dasConfig", "dasVmConfig")
_HA: Final = "configurationEx.dasConfig.enabled"
_BEHAVIOR: Final = "configurationEx.drsConfig.defaultVmBehavior"
#: Configuration path → event when it becomes true, event when it becomes false.
_SWITCHES: Final = {
    _HA: ("DasEnabledEvent", "DasDisabledEvent"),
    "configurationEx.drsConfig.enabled": ("DrsEnabledEvent", "DrsDisabledEvent"),
}


def scope_of(call: Call, cluster: ManagedObject) -> ClusterScope:
    """Return what a spec for a cluster may name: its hosts and their VMs."""
    hosts = hosts_of(call.vcenter.inventory, cluster)
    return ClusterScope(cluster.ref, {ref for host in hosts for ref in (host.ref, *host.get("vm"))})


def set_cluster_config(call: Call, cluster: ManagedObject, config: DataObject) -> None:
    """Set the configuration of a cluster, post the events, and update its hosts."""
    before = {path: cluster.get(path) for path in _SWITCHES}
    overrides = cluster.get("configurationEx.drsVmConfig")
    present = cluster.get("configurationEx")
    for name in dict.fromkeys((*present.__dict__, *config.__dict__)):
        cluster.set(f"configurationEx.{name}", config.__dict__.get(name))
    if cluster.get("configurationEx.drsVmConfig") != overrides:
        pair_power.on_drs_overridden(call, cluster)
    _post_events(call, cluster, before)
    if any(present.__dict__.get(name) != config.__dict__.get(name) for name in _RULES):
        correct_violations(call, cluster)
    if any(present.__dict__.get(name) != config.__dict__.get(name) for name in _PROTECTION):
        show_ha_protection(call, cluster)
    if bool(cluster.get(_HA)) != bool(before[_HA]):
        switch_agents(hosts_of(call.vcenter.inventory, cluster), enabled=bool(cluster.get(_HA)))
        update_capacity(call.vcenter.inventory, cluster)
        pair_power.on_ha_switched(call, cluster)
        restart_waiting(call, cluster)


def _post_events(call: Call, cluster: ManagedObject, before: dict[str, Any]) -> None:
    call.vcenter.events.post("ClusterReconfiguredEvent", cluster, user=call.user)
    for path, (on, off) in _SWITCHES.items():
        now = bool(cluster.get(path))
        if now != bool(before[path]):
            event = on if now else off
            fields = {}
            if event == "DrsEnabledEvent":
                fields["behavior"] = cluster.get(_BEHAVIOR) or "fullyAutomated"
            call.vcenter.events.post(event, cluster, user=call.user, **fields)
