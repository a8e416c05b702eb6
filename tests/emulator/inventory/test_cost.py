"""What is open and what has happened does not make a change or a search more expensive."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import Change
from vim25_emulator.inventory.store import Inventory


def test_only_those_who_watch_for_it_are_called_when_an_object_enters() -> None:
    inventory, seen = Inventory(), list[Change]()
    stop = inventory.journal.watch_leaving(seen.append)
    created = inventory.create("Folder", name="a")
    created.set("name", "b")
    assert seen == []
    inventory.destroy(created)
    assert [change.object for change in seen] == [created]
    stop()
    inventory.destroy(inventory.create("Folder"))
    assert len(seen) == 1


def test_objects_of_a_type_are_found_oldest_first_without_the_others() -> None:
    inventory = Inventory()
    created = []
    for number in range(300):
        inventory.create("Task")
        if number % 100 == 0:
            created += [inventory.create("ClusterComputeResource"), inventory.create("ComputeResource")]
    inventory.destroy(created.pop(2))
    assert list(inventory.of_type("ComputeResource")) == created
    assert len(list(inventory.of_type("ManagedEntity"))) == len(created)
    assert len(list(inventory.of_type("Task"))) == 300
    assert list(inventory.of_type("HostSystem")) == []
