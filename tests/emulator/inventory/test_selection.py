"""Traversals: what they select, that they terminate, and that an update costs only what changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vim25_emulator.inventory import filter_spec
from vim25_emulator.inventory.filter_spec import Roots
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import Selection, Steps, walk
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import NEWEST


class Tree:
    """A folder of VMs that share a network, with a cyclic traversal."""

    def __init__(self) -> None:
        self.inventory = Inventory()
        self.folder = self.inventory.create("Folder", name="vm")
        self.network = self.inventory.create("Network", name="VM Network")
        self.vms = [self.new_vm(f"vm{number}") for number in range(3)]

    def new_vm(self, name: str) -> ManagedObject:
        vm = self.inventory.create("VirtualMachine", name=name, parent=self.folder.ref)
        self.folder.add("childEntity", vm.ref)
        return vm

    def connect(self, vm: ManagedObject) -> None:
        vm.add("network", self.network.ref)
        self.network.add("vm", vm.ref)

    def roots(self) -> Roots:
        """Return a traversal from the folder, named as a client that omits its type names it."""
        again = DataObject("SelectionSpec", name="networks")
        vms = DataObject("TraversalSpec", type="Network", path="vm", selectSet=(again,))
        networks = DataObject(
            "TraversalSpec", name="networks", type="VirtualMachine", path="network", selectSet=(vms,)
        )
        children = DataObject("TraversalSpec", type="Folder", path="childEntity", selectSet=(networks,))
        root = DataObject(
            "ObjectSpec", obj=MoRef("ManagedObject", self.folder.ref.value), skip=True, selectSet=(children,)
        )
        spec = DataObject("PropertyFilterSpec", objectSet=(root,), propSet=())
        return filter_spec.read(spec, NEWEST).roots


@pytest.fixture
def tree() -> Tree:
    return Tree()


class Selected:
    """A selection, and the number of its notifications."""

    def __init__(self, tree: Tree) -> None:
        self.refs: set[MoRef] = set()
        self.notifications = 0
        self.selection = Selection(
            tree.inventory, tree.roots(), wanted=lambda _: True, entered=self.enter, left=self.leave
        )

    def enter(self, entity: ManagedObject) -> None:
        assert entity.ref not in self.refs
        self.refs.add(entity.ref)
        self.notifications += 1

    def leave(self, entity: ManagedObject) -> None:
        self.refs.remove(entity.ref)
        self.notifications += 1


@pytest.fixture
def selected(tree: Tree) -> Iterator[Selected]:
    selected = Selected(tree)
    yield selected
    selected.selection.close()
    assert not any(entity.watchers for entity in tree.inventory)


def walked(tree: Tree) -> set[MoRef]:
    return {entity.ref for entity in walk(tree.inventory, tree.roots(), Steps())}


def test_a_cyclic_walk_ends_and_yields_every_object_once(tree: Tree) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    entities = list(walk(tree.inventory, tree.roots(), Steps()))
    assert len(entities) == len(set(entities)) == 4
    assert tree.folder not in entities


def test_only_objects_that_enter_or_leave_are_notified(tree: Tree, selected: Selected) -> None:
    before = selected.notifications
    vm = tree.new_vm("late")
    tree.folder.remove("childEntity", vm.ref)
    assert selected.notifications - before == 2


def test_a_destroyed_object_leaves_before_references_to_it_are_removed(
    tree: Tree, selected: Selected
) -> None:
    tree.inventory.destroy(tree.vms[0])
    assert tree.vms[0].ref not in selected.refs
    tree.folder.remove("childEntity", tree.vms[0].ref)
    assert selected.refs == walked(tree)


def test_an_unreachable_cycle_leaves(tree: Tree, selected: Selected) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    assert tree.network.ref in selected.refs
    tree.folder.set("childEntity", ())
    assert selected.refs == walked(tree) == set()


def test_an_object_with_another_path_to_it_stays(tree: Tree, selected: Selected) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    before = selected.notifications
    tree.folder.remove("childEntity", tree.vms[0].ref)
    assert selected.notifications == before
    assert selected.refs == walked(tree)


def test_the_root_may_be_destroyed(tree: Tree, selected: Selected) -> None:
    tree.inventory.destroy(tree.folder)
    assert selected.refs == set()
