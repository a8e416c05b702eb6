"""A ClusterConfigSpecEx applied to a cluster: HA, DRS, rules and per-VM overrides."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.behavior import pair_power
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.path import key_of
from vim25_emulator.model.compute_resource import update_capacity
from vim25_emulator.model.high_availability import switch_agents
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Array properties of ClusterConfigSpecEx, and where in ClusterConfigInfoEx their elements live.
_ARRAYS: Final = {
    "dasVmConfigSpec": "dasVmConfig",
    "drsVmConfigSpec": "drsVmConfig",
    "dpmHostConfigSpec": "dpmHostConfig",
    "rulesSpec": "rule",
    "groupSpec": "group",
}
#: Single data objects of the spec that are merged into the configuration's property of the same name.
_OBJECTS: Final = ("dasConfig", "drsConfig", "dpmConfigInfo")
_HA: Final = "configurationEx.dasConfig.enabled"
_BEHAVIOR: Final = "configurationEx.drsConfig.defaultVmBehavior"
#: Configuration path → the events that its going true or false posts.
_SWITCHES: Final = {
    _HA: ("DasEnabledEvent", "DasDisabledEvent"),
    "configurationEx.drsConfig.enabled": ("DrsEnabledEvent", "DrsDisabledEvent"),
}


def apply_cluster_spec(call: Call, cluster: ManagedObject, spec: DataObject, *, modify: bool = True) -> None:
    """Let a cluster be configured as a ClusterConfigSpecEx says, tell of it, and let its hosts follow."""
    before = {path: cluster.get(path) for path in _SWITCHES}
    for name in _OBJECTS:
        _merge(cluster, f"configurationEx.{name}", spec.__dict__.get(name), modify)
    for name, target in _ARRAYS.items():
        _update(cluster, f"configurationEx.{target}", getattr(spec, name))
    if spec.drsVmConfigSpec:
        pair_power.on_drs_overridden(call, cluster)
    _announce(call, cluster, before)
    if bool(cluster.get(_HA)) != bool(before[_HA]):
        hosts = [call.vcenter.inventory[ref] for ref in cluster.get("host")]
        switch_agents(hosts, enabled=bool(cluster.get(_HA)))
        update_capacity(call.vcenter.inventory, cluster)
        pair_power.on_ha_switched(call, cluster)


def _merge(cluster: ManagedObject, path: str, wanted: DataObject | None, modify: bool) -> None:
    if wanted is None:
        return
    held = cluster.get(path)
    keep = held is not None and modify
    cluster.set(path, held.replace(**wanted.__dict__) if keep else wanted)


def _update(cluster: ManagedObject, path: str, changes: tuple[DataObject, ...]) -> None:
    """Apply array updates (add, edit, remove) to the keyed elements at a path."""
    elements: dict[str | None, DataObject] = {_identity(e): e for e in cluster.get(path) or ()}
    for change in changes:
        if change.operation == "remove":
            elements.pop(str(change.removeKey), None)
        elif change.info is None:
            raise MethodFault("InvalidArgument", invalidProperty="spec.info")
        else:
            added = _numbered(change.info, elements)
            held = elements.get(_identity(added))
            elements[_identity(added)] = held.replace(**added.__dict__) if held is not None else added
    if changes:
        cluster.set(path, tuple(elements.values()))


def _identity(element: DataObject) -> str | None:
    """Return what distinguishes an element: its key, or the name that groups are known by."""
    key = key_of(element)
    return key if key is not None else element.__dict__.get("name")


def _numbered(element: DataObject, elements: dict[str | None, DataObject]) -> DataObject:
    """Give a new rule the key that a real server gives it; other elements carry theirs."""
    if element.is_a("ClusterRuleInfo") and not element.key:
        taken = [int(rule.key) for rule in elements.values()]
        return element.replace(key=max(taken, default=0) + 1)
    return element


def _announce(call: Call, cluster: ManagedObject, before: dict[str, Any]) -> None:
    call.vcenter.events.post("ClusterReconfiguredEvent", cluster, user=call.user)
    for path, (on, off) in _SWITCHES.items():
        now = bool(cluster.get(path))
        if now != bool(before[path]):
            event = on if now else off
            told = (
                {"behavior": cluster.get(_BEHAVIOR) or "fullyAutomated"} if event == "DrsEnabledEvent" else {}
            )
            call.vcenter.events.post(event, cluster, user=call.user, **told)
