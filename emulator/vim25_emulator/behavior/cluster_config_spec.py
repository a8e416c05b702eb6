"""Apply a ClusterConfigSpecEx to a cluster: HA, DRS, rules and per-VM overrides."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from vim25_emulator.behavior import pair_power
from vim25_emulator.behavior.ha_protection import show_ha_protection
from vim25_emulator.behavior.rule_correction import correct_violations
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.path import key_of
from vim25_emulator.model.compute_resource import update_capacity
from vim25_emulator.model.high_availability import switch_agents
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Array property of ClusterConfigSpecEx → property of ClusterConfigInfoEx with its elements.
_ARRAYS: Final = {
    "dasVmConfigSpec": "dasVmConfig",
    "drsVmConfigSpec": "drsVmConfig",
    "dpmHostConfigSpec": "dpmHostConfig",
    "rulesSpec": "rule",
    "groupSpec": "group",
}
#: Data objects of the spec, merged into the property of the configuration with the same name.
_OBJECTS: Final = ("dasConfig", "drsConfig", "dpmConfigInfo")
_HA: Final = "configurationEx.dasConfig.enabled"
_BEHAVIOR: Final = "configurationEx.drsConfig.defaultVmBehavior"
#: Configuration path → event when it becomes true, event when it becomes false.
_SWITCHES: Final = {
    _HA: ("DasEnabledEvent", "DasDisabledEvent"),
    "configurationEx.drsConfig.enabled": ("DrsEnabledEvent", "DrsDisabledEvent"),
}


def apply_cluster_spec(call: Call, cluster: ManagedObject, spec: DataObject, *, modify: bool = True) -> None:
    """Reconfigure a cluster by a ClusterConfigSpecEx, post the events, and update its hosts."""
    before = {path: cluster.get(path) for path in _SWITCHES}
    for name in _OBJECTS:
        _merge(cluster, f"configurationEx.{name}", spec.__dict__.get(name), modify)
    for name, target in _ARRAYS.items():
        _update(cluster, f"configurationEx.{target}", getattr(spec, name))
    if spec.drsVmConfigSpec:
        pair_power.on_drs_overridden(call, cluster)
    _post_events(call, cluster, before)
    if spec.rulesSpec or spec.groupSpec:
        correct_violations(call, cluster)
    if spec.dasConfig is not None or spec.dasVmConfigSpec:
        show_ha_protection(call, cluster)
    if bool(cluster.get(_HA)) != bool(before[_HA]):
        hosts = [call.vcenter.inventory[ref] for ref in cluster.get("host")]
        switch_agents(hosts, enabled=bool(cluster.get(_HA)))
        update_capacity(call.vcenter.inventory, cluster)
        pair_power.on_ha_switched(call, cluster)
        restart_waiting(call, cluster)


def _merge(cluster: ManagedObject, path: str, spec: DataObject | None, modify: bool) -> None:
    if spec is None:
        return
    current = cluster.get(path)
    merges = current is not None and modify
    cluster.set(path, current.replace(**spec.__dict__) if merges else spec)


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
            current = elements.get(_identity(added))
            merges = current is not None and current.type_ is added.type_
            elements[_identity(added)] = current.replace(**added.__dict__) if current and merges else added
    if changes:
        cluster.set(path, tuple(elements.values()))


def _identity(element: DataObject) -> str | None:
    """Return the key of an element; for a group, its name."""
    key = key_of(element)
    return key if key is not None else element.__dict__.get("name")


def _numbered(element: DataObject, elements: dict[str | None, DataObject]) -> DataObject:
    """Assign the next free key to a new rule; return any other element unchanged."""
    if element.is_a("ClusterRuleInfo") and not element.key:
        taken = {int(rule.key) for rule in elements.values()}
        return element.replace(key=next(key for key in count(1) if key not in taken))
    return element


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
