from __future__ import annotations

from typing import Any

import pytest

from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MoRef


def powered(state: str) -> DataObject:
    return DataObject("VirtualMachineRuntimeInfo", powerState=state, connectionState="connected")


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


@pytest.fixture
def vm(inventory: Inventory) -> ManagedObject:
    runtime = powered("poweredOff")
    summary = DataObject("VirtualMachineSummary", runtime=runtime)
    return inventory.create("VirtualMachine", name="web01", runtime=runtime, summary=summary)


def recorded(vm: ManagedObject) -> list[tuple[str, Op, Any]]:
    changes: list[tuple[str, Op, Any]] = []

    def record(change: Change) -> None:
        changes.append((change.path, change.op, change.value))

    vm.watchers.append(record)
    return changes


def test_a_change_is_recorded_for_all_paths_of_the_value(vm: ManagedObject) -> None:
    changes = recorded(vm)
    vm.set("runtime.powerState", "poweredOn")
    assert vm.get("runtime.powerState") == vm.get("summary.runtime.powerState") == "poweredOn"
    assert changes == [
        ("runtime.powerState", Op.ASSIGN, "poweredOn"),
        ("summary.runtime.powerState", Op.ASSIGN, "poweredOn"),
    ]


def test_replacing_a_data_object_updates_its_mirror(vm: ManagedObject) -> None:
    vm.set("runtime", powered("suspended"))
    assert vm.get("summary.runtime.powerState") == "suspended"


def test_a_property_of_an_unset_data_object_cannot_be_set(vm: ManagedObject) -> None:
    with pytest.raises(ValueError, match="no data object to set 'version' on"):
        vm.set("config.version", "vmx-19")


def test_setting_an_equal_value_is_not_a_change(vm: ManagedObject) -> None:
    changes = recorded(vm)
    vm.set("runtime.powerState", "poweredOff")
    assert changes == []


def test_an_unknown_property_is_rejected(vm: ManagedObject, inventory: Inventory) -> None:
    with pytest.raises(KeyError, match="no property 'nmae'"):
        vm.set("nmae", "x")
    with pytest.raises(KeyError, match="no property nmae"):
        inventory.create("VirtualMachine", nmae="x")


def test_added_and_removed_elements_are_recorded_themselves(vm: ManagedObject) -> None:
    changes = recorded(vm)
    network = MoRef("Network", "network-7")
    vm.add("network", network)
    vm.remove("network", network)
    vm.remove("network", network)
    assert changes == [("network", Op.ADD, network), ("network", Op.REMOVE, network)]
    assert vm.get("network") == ()


def test_a_change_drops_the_fragments_of_overlapping_paths(vm: ManagedObject) -> None:
    vm.fragments = {("runtime", 30): b"a", ("runtime.powerState", 30): b"b", ("name", 30): b"c"}
    vm.set("runtime.powerState", "poweredOn")
    assert vm.fragments == {("name", 30): b"c"}


def test_a_reference_of_another_type_finds_nothing(inventory: Inventory, vm: ManagedObject) -> None:
    assert inventory.find(MoRef("ManagedEntity", vm.ref.value)) is vm
    assert inventory.find(MoRef("HostSystem", vm.ref.value)) is None
    assert inventory.find(MoRef("VirtualMachine", "vm-999")) is None


def test_mo_ids_are_never_reused(inventory: Inventory, vm: ManagedObject) -> None:
    inventory.destroy(vm)
    assert inventory.find(vm.ref) is None
    assert inventory.create("VirtualMachine").ref != vm.ref
    with pytest.raises(ValueError, match="is already in use"):
        inventory.create("HostSystem", inventory.create("VirtualMachine").ref.value)


def test_a_watcher_of_membership_is_called_for_every_object(inventory: Inventory) -> None:
    changes: list[tuple[str, Op]] = []
    stop = inventory.journal.watch_membership(lambda c: changes.append((c.object.ref.type, c.op)))
    folder = inventory.create("Folder", name="a")
    folder.set("parent", MoRef("Folder", "group-d1"))
    folder.set("name", "b")
    inventory.destroy(folder)
    stop()
    inventory.create("Folder")
    assert changes == [("Folder", Op.ENTER), ("Folder", Op.ASSIGN), ("Folder", Op.LEAVE)]


def test_a_change_calls_no_watchers_of_other_objects(inventory: Inventory, vm: ManagedObject) -> None:
    changes: list[Change] = []
    for _ in range(500):
        inventory.create("VirtualMachine").watchers.append(changes.append)
    vm.set("name", "web02")
    assert changes == []


def test_new_numbers_are_above_those_that_are_taken() -> None:
    inventory = Inventory()
    inventory.number_after(
        ["vm-7", "envbrowser-41", "group-d1", "ha-host", "Alarm.Expression", "x-" + "9" * 40]
    )
    assert inventory.new_mo_id("VirtualMachine") == "vm-42"
