"""The rule objects of a pair that spans two sites, from 8.0.3 on.

vCenter generates a host group of the other site, and binds the two VMs to different groups [documented]. The
names of the group, of the VM group and of the rule are [derived].
"""

from __future__ import annotations

from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.placement_rule import GROUPS, RULES, members
from vim25_emulator.vmodl.value import DataObject

_RULE: Final = "ClusterFtVmHostRuleInfo"


def add_metro_rule(cluster: ManagedObject, primary: ManagedObject, host_group: str) -> None:
    """Add the groups and the rule that put the VMs of a primary on hosts of different groups."""
    site = members(cluster, host_group, "ClusterHostGroup", "host")
    others = tuple(ref for ref in cluster.get("host") if ref not in site)
    anti, own = f"{host_group}-anti", _name(primary)
    groups = (
        DataObject("ClusterHostGroup", name=anti, userCreated=False, host=others),
        DataObject("ClusterVmGroup", name=own, userCreated=False, vm=(primary.ref,)),
    )
    rules = cluster.get(RULES) or ()
    rule = DataObject(
        _RULE,
        key=max((rule.key for rule in rules), default=0) + 1,
        name=own,
        enabled=True,
        mandatory=True,
        userCreated=False,
        vmGroupName=own,
        hostGroupName=(host_group, anti),
    )
    present = tuple(group for group in cluster.get(GROUPS) or () if group.name not in (anti, own))
    cluster.set(GROUPS, (*present, *groups))
    cluster.set(RULES, (*rules, rule))


def remove_metro_rule(cluster: ManagedObject, primary: ManagedObject) -> None:
    """Remove the rule of a primary and its groups; a host group that another rule names stays."""
    rules = cluster.get(RULES) or ()
    removed = [rule for rule in rules if rule.is_a(_RULE) and rule.name == _name(primary)]
    if not removed:
        return
    remaining = tuple(rule for rule in rules if rule not in removed)
    used = {name for rule in remaining if rule.is_a(_RULE) for name in rule.hostGroupName}
    unused = {name for rule in removed for name in (rule.vmGroupName, *rule.hostGroupName)} - used
    groups = cluster.get(GROUPS) or ()
    cluster.set(RULES, remaining)
    cluster.set(
        GROUPS, tuple(group for group in groups if group.userCreated is not False or group.name not in unused)
    )


def _name(primary: ManagedObject) -> str:
    """Return the name of a primary's rule and VM group, unique because of its reference."""
    return f"ft-{primary.ref.value}"
