"""The HA protection of the virtual machines of a cluster, shown by `runtime.dasVmProtection`."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.high_availability import show_protection
from vim25_emulator.model.related_object import hosts_of
from vim25_emulator.vcenter.call import Call


def show_ha_protection(call: Call, owner: ManagedObject) -> None:
    """Show for each VM of a cluster or compute resource whether HA protects it."""
    inventory = call.vcenter.inventory
    for host in hosts_of(inventory, owner):
        for vm in inventory.find_all(host.get("vm")):
            show_protection(owner, vm)
