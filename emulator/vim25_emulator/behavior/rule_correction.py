"""Migrations by which fully automated DRS corrects violations of rules: after a rule changed, or a failover.

A real DRS does so at intervals, and recommends the migration at other levels; here it happens at once, and
nothing is recommended [derived].
"""

from __future__ import annotations

from collections.abc import Iterator

from vim25_emulator.behavior.host_evacuation import hosts_for, migrate_by_drs
from vim25_emulator.fault_tolerance.pair import may_move
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import drs_behavior
from vim25_emulator.model.placement_rule import is_discouraged
from vim25_emulator.model.related_object import hosts_of, running_vms
from vim25_emulator.vcenter.call import Call


def correct_violations(call: Call, cluster: ManagedObject | None) -> None:
    """Migrate the running VMs that break a rule, each to a host on which it breaks none."""
    inventory = call.vcenter.inventory
    for vm, host in list(_violations(call, cluster)):
        others = hosts_for(call, vm, hosts_of(inventory, cluster))
        target = next((other for other in others if not is_discouraged(inventory, vm, other)), None)
        if target is not None and is_discouraged(inventory, vm, host):  # no earlier migration corrected it
            migrate_by_drs(call, vm, target)


def _violations(call: Call, cluster: ManagedObject | None) -> Iterator[tuple[ManagedObject, ManagedObject]]:
    """Yield the running VMs that DRS may migrate and that break a rule, with their hosts."""
    inventory = call.vcenter.inventory
    for host in hosts_of(inventory, cluster):
        for vm in running_vms(inventory, host):
            movable = drs_behavior(cluster, vm) == "fullyAutomated" and may_move(inventory, vm)
            if movable and is_discouraged(inventory, vm, host):
                yield vm, host
