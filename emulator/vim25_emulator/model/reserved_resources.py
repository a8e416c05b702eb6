"""What the running virtual machines of each host reserve, brought up to date change by change.

A power operation asks for the whole cluster, so a sum over its machines would make the cost of one change
depend on the size of the inventory.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vmodl.value import DataObject, MoRef


class Reserved(NamedTuple):
    """CPU in MHz and memory in MB that running VMs reserve, and how many of these reserve no CPU."""

    cpu: int = 0
    memory: int = 0
    without_cpu: int = 0

    def plus(self, other: Reserved, sign: int = 1) -> Reserved:
        """Return the sum with another one, or with `sign` -1 the difference."""
        return Reserved(
            self.cpu + sign * other.cpu,
            self.memory + sign * other.memory,
            self.without_cpu + sign * other.without_cpu,
        )


_NOTHING: Final = Reserved()
#: Paths of a VM whose change may change what it reserves.
_RESERVING: Final = ("runtime.powerState", "config.cpuAllocation", "config.memoryAllocation")
_WHOLE: Final = ("runtime", "config")


def reserved_by(vm: ManagedObject) -> Reserved:
    """Return what a VM reserves when it runs."""
    config = vm.properties.get("config")
    cpu = reserved_in(config, "cpuAllocation")
    return Reserved(cpu, reserved_in(config, "memoryAllocation"), int(not cpu))


def reserved_in(config: DataObject | None, name: str) -> int:
    """Return the reservation in a named allocation of a VM's configuration; 0 without one."""
    allocation = config.__dict__.get(name) if config is not None else None
    return int(allocation.__dict__.get("reservation") or 0) if allocation is not None else 0


def _part_of(vm: ManagedObject) -> Reserved:
    return reserved_by(vm) if is_powered_on(vm) else _NOTHING


class _Host:
    """The sum over the VMs of one host."""

    def __init__(self, inventory: Inventory, host: ManagedObject) -> None:
        self._inventory = inventory
        self._parts: dict[MoRef, Reserved] = {}
        self._watcher = self._vm_changed
        self.total = _NOTHING
        host.watchers.append(self._host_changed)
        self._add(host.get("vm"))

    def part(self, vm: ManagedObject) -> Reserved:
        """Return the part of the sum that is a VM's."""
        return self._parts.get(vm.ref, _NOTHING)

    def _add(self, refs: Collection[MoRef]) -> None:
        for vm in self._inventory.find_all(refs):
            if vm.ref not in self._parts:
                vm.watchers.append(self._watcher)
                part = self._parts[vm.ref] = _part_of(vm)
                self.total = self.total.plus(part) if part is not _NOTHING else self.total

    def _drop(self, refs: Collection[MoRef]) -> None:
        for ref in refs:
            self.total = self.total.plus(self._parts.pop(ref, _NOTHING), -1)
            vm = self._inventory.find(ref)
            if vm is not None and self._watcher in vm.watchers:
                vm.watchers.remove(self._watcher)

    def _vm_changed(self, change: Change) -> None:
        if change.path in _WHOLE or change.path.startswith(_RESERVING):
            part = _part_of(change.object)
            self.total = self.total.plus(self.part(change.object), -1).plus(part)
            self._parts[change.object.ref] = part

    def _host_changed(self, change: Change) -> None:
        if change.path != "vm":
            return
        if change.op is Op.REMOVE:
            self._drop((change.value,))
        elif change.op is Op.ADD:
            self._add((change.value,))
        else:
            self._drop(self._parts.keys() - set(change.value or ()))
            self._add(change.value or ())


class ReservedResources:
    """An index of an inventory: what the running VMs of its hosts reserve."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._hosts: dict[MoRef, _Host] = {}
        inventory.journal.watch_leaving(self._left)

    def _left(self, change: Change) -> None:
        self._hosts.pop(change.object.ref, None)

    def on(self, host: ManagedObject, without: Collection[ManagedObject] = ()) -> Reserved:
        """Return what the running VMs of a host reserve, except those in `without`."""
        sums = self._hosts.get(host.ref) or self._hosts.setdefault(host.ref, _Host(self._inventory, host))
        total = sums.total
        for vm in without:
            total = total.plus(sums.part(vm), -1)
        return total
