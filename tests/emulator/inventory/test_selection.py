"""Walks: what they select, that they end, and that a kept one costs what changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vim25_emulator.inventory import filter_spec
from vim25_emulator.inventory.filter_spec import Roots
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import Selection, walk
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import NEWEST


class Tree:
    """A folder of VMs that share a network, walked round and round."""

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
        again = DataObject("SelectionSpec", name="networks")
        vms = DataObject("TraversalSpec", type="Network", path="vm", selectSet=(again,))
        networks = DataObject(
            "TraversalSpec", name="networks", type="VirtualMachine", path="network", selectSet=(vms,)
        )
        children = DataObject("TraversalSpec", type="Folder", path="childEntity", selectSet=(networks,))
        root = DataObject("ObjectSpec", obj=self.folder.ref, skip=True, selectSet=(children,))
        spec = DataObject("PropertyFilterSpec", objectSet=(root,), propSet=())
        return filter_spec.read(spec, NEWEST).roots


@pytest.fixture
def tree() -> Tree:
    return Tree()


class Kept:
    """A selection and what it told."""

    def __init__(self, tree: Tree) -> None:
        self.refs: set[MoRef] = set()
        self.told = 0
        self.selection = Selection(
            tree.inventory, tree.roots(), wanted=lambda found: True, entered=self.enter, left=self.leave
        )

    def enter(self, found: ManagedObject) -> None:
        assert found.ref not in self.refs
        self.refs.add(found.ref)
        self.told += 1

    def leave(self, found: ManagedObject) -> None:
        self.refs.remove(found.ref)
        self.told += 1


@pytest.fixture
def kept(tree: Tree) -> Iterator[Kept]:
    kept = Kept(tree)
    yield kept
    kept.selection.close()
    assert not any(found.watchers for found in tree.inventory)


def walked(tree: Tree) -> set[MoRef]:
    return {found.ref for found in walk(tree.inventory, tree.roots())}


def test_a_walk_in_a_circle_ends_and_yields_each_object_once(tree: Tree) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    found = list(walk(tree.inventory, tree.roots()))
    assert len(found) == len(set(found)) == 4
    assert tree.folder not in found


def test_what_comes_and_goes_is_told_alone(tree: Tree, kept: Kept) -> None:
    before = kept.told
    vm = tree.new_vm("late")
    tree.folder.remove("childEntity", vm.ref)
    assert kept.told - before == 2


def test_a_destroyed_object_leaves_before_those_who_name_it_know(tree: Tree, kept: Kept) -> None:
    tree.inventory.destroy(tree.vms[0])
    assert tree.vms[0].ref not in kept.refs
    tree.folder.remove("childEntity", tree.vms[0].ref)
    assert kept.refs == walked(tree)


def test_what_only_a_cycle_holds_leaves(tree: Tree, kept: Kept) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    assert tree.network.ref in kept.refs
    tree.folder.set("childEntity", ())
    assert kept.refs == walked(tree) == set()


def test_what_another_way_leads_to_stays(tree: Tree, kept: Kept) -> None:
    for vm in tree.vms:
        tree.connect(vm)
    told = kept.told
    tree.folder.remove("childEntity", tree.vms[0].ref)
    assert kept.told == told
    assert kept.refs == walked(tree)


def test_the_root_itself_may_go(tree: Tree, kept: Kept) -> None:
    tree.inventory.destroy(tree.folder)
    assert kept.refs == set()
