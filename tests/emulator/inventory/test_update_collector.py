"""A client that only follows updates must have the same state as one that reads everything again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from vim25_emulator.inventory import filter_spec, property_filter
from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject, Op
from vim25_emulator.inventory.property_filter import ObjectUpdate, PathChange, UpdateKind
from vim25_emulator.inventory.selection import Steps, walk
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.inventory.update_collector import FilterUpdate, UpdateCollector, Updates
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import NEWEST

FILTER = MoRef("PropertyFilter", "filter-1")
SHOWN = {
    "VirtualMachine": ("config.hardware.device", "name", "network", "runtime", "summary.config.ftInfo.role"),
    "Folder": ("name",),
}


def selection(name: str) -> DataObject:
    return DataObject("SelectionSpec", name=name)


def traversal(kind: str, path: str, *then: str, name: str | None = None, skip: bool = False) -> DataObject:
    onward = [selection(name) for name in then]
    return DataObject("TraversalSpec", type=kind, path=path, selectSet=onward, name=name, skip=skip)


def recursive_spec(root: MoRef) -> DataObject:
    """Return a cyclic spec: folders in folders, the VMs in them, their networks, and the VMs of those."""
    ways = [
        traversal("Folder", "childEntity", "children", "networks", name="children"),
        traversal("VirtualMachine", "network", "vms", name="networks", skip=True),
        traversal("Network", "vm", "networks", name="vms"),
    ]
    properties = [DataObject("PropertySpec", type=kind, pathSet=shown) for kind, shown in SHOWN.items()]
    objects = [DataObject("ObjectSpec", obj=root, skip=True, selectSet=ways)]
    return DataObject("PropertyFilterSpec", propSet=properties, objectSet=objects)


def device(key: int, unit: int = 0) -> DataObject:
    return DataObject("VirtualDevice", key=key, unitNumber=unit)


def new_vm(inventory: Inventory, folder: ManagedObject, name: str = "vm") -> ManagedObject:
    vm = inventory.create(
        "VirtualMachine",
        name=name,
        parent=folder.ref,
        runtime=DataObject("VirtualMachineRuntimeInfo", powerState="poweredOff"),
        config=DataObject("VirtualMachineConfigInfo", hardware=DataObject("VirtualHardware")),
        summary=DataObject("VirtualMachineSummary", config=DataObject("VirtualMachineConfigSummary")),
    )
    folder.add("childEntity", vm.ref)
    return vm


class Reader:
    """A client that knows only what the updates contain, and checks them strictly."""

    def __init__(self, version: str = "", known: dict[MoRef, dict[str, Any]] | None = None) -> None:
        self.version = version
        self.known = known or {}

    def copy(self) -> Reader:
        return Reader(self.version, {ref: dict(values) for ref, values in self.known.items()})

    def take(self, updates: Updates) -> None:
        for filter_update in updates.filters:
            for update in filter_update.objects:
                self.apply(update)
        self.version = updates.version

    def apply(self, update: ObjectUpdate) -> None:
        ref = update.object.ref
        if update.kind is UpdateKind.LEAVE:
            del self.known[ref]
            return
        assert (ref in self.known) is (update.kind is UpdateKind.MODIFY), update
        values = self.known.setdefault(ref, {})
        for change in update.changes:
            self.assign(values, change.path, change.op, update.object.get(change.path))

    @staticmethod
    def assign(values: dict[str, Any], path: str, op: Op, value: Any) -> None:
        shown = next((known for known in values if path.startswith((known + ".", known + "["))), path)
        if shown == path:
            values[path] = value
            return
        inside = paths.split("x" + path[len(shown) :])
        if inside[0].key is None:
            values[shown] = paths.replaced(values[shown], inside[1:], value)
        else:
            elements = {paths.key_of(element): element for element in values[shown] or ()}
            key = str(inside[0].key)
            elements[key] = paths.replaced(elements.get(key), inside[1:], value)
            values[shown] = tuple(element for element in elements.values() if element is not None)

    def drain(self, collector: UpdateCollector, limit: int | None) -> None:
        while (updates := collector.collect(self.version, limit)) is not None:
            self.take(updates)


def unordered(known: dict[MoRef, dict[str, Any]]) -> dict[MoRef, dict[str, Any]]:
    """Sort all arrays: updates of single elements do not determine their order."""
    return {
        ref: {
            path: sorted(value, key=repr)
            if isinstance(value, tuple) and not isinstance(value, MoRef)
            else value
            for path, value in values.items()
        }
        for ref, values in known.items()
    }


class Following(RuleBasedStateMachine):
    """Arbitrary changes between arbitrary polls."""

    partial = False
    folders = Bundle("folders")
    vms = Bundle("vms")
    networks = Bundle("networks")
    readers = Bundle("readers")

    @initialize(target=folders)
    def begin(self) -> ManagedObject:
        self.inventory = Inventory()
        self.root = self.inventory.create("Folder", name="root")
        self.spec = filter_spec.read(recursive_spec(self.root.ref), NEWEST)
        self.collector = UpdateCollector(self.inventory, ManualClock())
        self.collector.open(FILTER, self.spec, partial=self.partial)
        self.reader = Reader()
        return self.root

    @rule(target=folders, parent=folders)
    def create_folder(self, parent: ManagedObject) -> ManagedObject:
        folder = self.inventory.create("Folder", name="folder", parent=parent.ref)
        parent.add("childEntity", folder.ref)
        return folder

    @rule(target=vms, parent=folders)
    def create_vm(self, parent: ManagedObject) -> ManagedObject:
        return new_vm(self.inventory, parent)

    @rule(target=networks)
    def create_network(self) -> ManagedObject:
        return self.inventory.create("Network", name="network")

    @rule(vm=vms, network=networks)
    def connect(self, vm: ManagedObject, network: ManagedObject) -> None:
        if network.ref not in vm.get("network") and vm.ref in self.inventory:
            vm.add("network", network.ref)
            network.add("vm", vm.ref)

    @rule(vm=vms, network=networks)
    def disconnect(self, vm: ManagedObject, network: ManagedObject) -> None:
        network.remove("vm", vm.ref)
        vm.remove("network", network.ref)

    @rule(vm=vms, networks=st.lists(networks, unique=True, max_size=3))
    def reconnect(self, vm: ManagedObject, networks: list[ManagedObject]) -> None:
        vm.set("network", [network.ref for network in networks])

    @rule(vm=vms, parent=folders)
    def move(self, vm: ManagedObject, parent: ManagedObject) -> None:
        if vm.ref in self.inventory:
            self.inventory[vm.get("parent")].remove("childEntity", vm.ref)
            vm.set("parent", parent.ref)
            parent.add("childEntity", vm.ref)

    @rule(vm=consumes(vms), first=st.booleans())
    def destroy(self, vm: ManagedObject, first: bool) -> None:
        if first:
            self.inventory.destroy(vm)
        self.inventory[vm.get("parent")].remove("childEntity", vm.ref)
        for network in self.inventory.of_type("Network"):
            network.remove("vm", vm.ref)
        self.inventory.destroy(vm)

    @rule(folder=folders)
    def detach(self, folder: ManagedObject) -> None:
        above = folder.get("parent")
        if above is not None:
            self.inventory[above].remove("childEntity", folder.ref)

    @rule(vm=vms, name=st.sampled_from("abc"))
    def rename(self, vm: ManagedObject, name: str) -> None:
        vm.set("name", name)

    @rule(vm=vms, state=st.sampled_from(["poweredOn", "poweredOff"]), whole=st.booleans())
    def power(self, vm: ManagedObject, state: str, whole: bool) -> None:
        if whole:
            vm.set("runtime", DataObject("VirtualMachineRuntimeInfo", powerState=state))
        else:
            vm.set("runtime.powerState", state)

    @rule(vm=vms, key=st.integers(1, 3), unit=st.integers(0, 2))
    def reconfigure(self, vm: ManagedObject, key: int, unit: int) -> None:
        current = next((e for e in vm.get("config.hardware.device") or () if e.key == key), None)
        if current is None:
            vm.add("config.hardware.device", device(key, unit))
        elif unit == 0:
            vm.remove("config.hardware.device", current)
        else:
            vm.set(f"config.hardware.device[{key}].unitNumber", unit)

    @rule(vm=vms, role=st.sampled_from([None, 1, 2]))
    def pair(self, vm: ManagedObject, role: int | None) -> None:
        info = None if role is None else DataObject("FaultToleranceConfigInfo", role=role)
        vm.set("summary.config.ftInfo", info)

    @rule(target=readers, limit=st.sampled_from([None, 1, 2]))
    def poll(self, limit: int | None) -> Reader:
        """Poll once; a copy of the client may return later, as one that lost the answer."""
        updates = self.collector.collect(self.reader.version, limit)
        if updates is not None:
            self.reader.take(updates)
        return self.reader.copy() if "_" not in self.reader.version else Reader()

    @rule(limit=st.sampled_from([None, 1, 3]))
    def catch_up(self, limit: int | None) -> None:
        self.reader.drain(self.collector, limit)
        assert unordered(self.reader.known) == unordered(self.truth())

    @rule(reader=readers, limit=st.sampled_from([None, 2]))
    def catch_up_from_long_ago(self, reader: Reader, limit: int | None) -> None:
        again = reader.copy()
        again.drain(self.collector, limit)
        assert unordered(again.known) == unordered(self.truth())

    def truth(self) -> dict[MoRef, dict[str, Any]]:
        return {
            entity.ref: {path: entity.get(path) for path in SHOWN[entity.type.name]}
            for entity in walk(self.inventory, self.spec.roots, Steps())
            if entity.type.name in SHOWN
        }

    def teardown(self) -> None:
        if hasattr(self, "collector"):
            self.catch_up(None)
            self.collector.close()
            assert not any(entity.watchers for entity in self.inventory)


class FollowingInside(Following):
    """The same with a filter that reports changes inside its paths."""

    partial = True


SETTINGS = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestFollowing = Following.TestCase
TestFollowing.settings = SETTINGS
TestFollowingInside = FollowingInside.TestCase
TestFollowingInside.settings = SETTINGS


class Watched:
    """A VM in a folder, and a collector with a filter on both."""

    def __init__(self, *, partial: bool = False) -> None:
        self.clock = ManualClock()
        self.inventory = Inventory()
        self.folder = self.inventory.create("Folder", name="vm")
        self.vm = new_vm(self.inventory, self.folder)
        self.collector = UpdateCollector(self.inventory, self.clock)
        self.spec = filter_spec.read(recursive_spec(self.folder.ref), NEWEST)
        self.collector.open(FILTER, self.spec, partial=partial)
        first = self.collector.collect("")
        assert first is not None
        self.version = first.version

    def wait(self, seconds: float | None = None) -> asyncio.Task[Updates | None]:
        return asyncio.ensure_future(self.collector.wait(self.version, None, seconds))


@pytest.fixture
def watched() -> Watched:
    return Watched()


def run(steps: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(steps, 10))


def test_a_wait_returns_at_once_with_all_changes_made_together(watched: Watched) -> None:
    async def steps() -> None:
        waiting = [watched.wait(), watched.wait(60)]
        await asyncio.sleep(0)
        watched.vm.set("name", "renamed")
        watched.vm.set("runtime.powerState", "poweredOn")
        for updates in await asyncio.gather(*waiting):
            assert updates is not None
            (update,) = updates.filters[0].objects
            assert [change.path for change in update.changes] == ["name", "runtime"]

    run(steps())


def test_a_wait_returns_nothing_after_its_time(watched: Watched) -> None:
    async def steps() -> None:
        waiting = watched.wait(30)
        await watched.clock.advance(29)
        assert not waiting.done()
        await watched.clock.advance(1)
        assert waiting.done()
        assert await waiting is None

    run(steps())


def test_a_wait_of_zero_seconds_returns_at_once(watched: Watched) -> None:
    async def steps() -> None:
        assert await watched.wait(0) is None

    run(steps())


def test_a_canceled_wait_raises_request_canceled(watched: Watched) -> None:
    async def steps() -> None:
        waiting = watched.wait()
        await asyncio.sleep(0)
        watched.collector.cancel()
        with pytest.raises(MethodFault, match="RequestCanceled"):
            await waiting

    run(steps())


def test_an_abandoned_wait_leaves_nothing_behind(watched: Watched) -> None:
    async def steps() -> None:
        before = asyncio.all_tasks()
        waiting = watched.wait(60)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        watched.vm.set("name", "renamed")
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before

    run(steps())


def test_a_new_filter_ends_a_wait(watched: Watched) -> None:
    async def steps() -> None:
        waiting = watched.wait()
        await asyncio.sleep(0)
        second = MoRef("PropertyFilter", "filter-2")
        watched.collector.open(second, watched.spec, partial=False)
        updates = await waiting
        assert updates is not None
        assert [update.filter for update in updates.filters] == [second]

    run(steps())


def test_a_version_may_be_asked_for_again(watched: Watched) -> None:
    watched.vm.set("name", "renamed")
    first, second = (watched.collector.collect(watched.version) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("version", ["99", "0_1", "nonsense", "_", "-1"])
def test_a_version_that_was_never_returned_is_rejected(watched: Watched, version: str) -> None:
    with pytest.raises(MethodFault, match="InvalidCollectorVersion"):
        watched.collector.collect(version)


def test_a_truncated_answer_continues_where_it_was_truncated(watched: Watched) -> None:
    for number in range(4):
        new_vm(watched.inventory, watched.folder, f"vm{number}")
    sizes, version, truncated = [], "", True
    while truncated:
        updates = watched.collector.collect(version, 2)
        assert updates is not None
        sizes.append(len(updates.filters[0].objects))
        version, truncated = updates.version, updates.truncated
        assert ("_" in version) is truncated
    assert sizes == [2, 2, 1]


def test_a_page_may_be_asked_for_again_with_another_size(watched: Watched) -> None:
    for number in range(4):
        new_vm(watched.inventory, watched.folder, f"vm{number}")
    asked = [("", 2), ("0_1", 1), ("0_1", 2), ("0_2", 5), ("0_1", 3)]
    answers = [watched.collector.collect(*question) for question in asked]
    assert [(len(answer.filters[0].objects), answer.version) for answer in answers if answer] == [
        (2, "0_1"),
        (1, "0_2"),
        (2, "0_2"),
        (1, "2"),  # after the two of the latest answer with this version
        (3, "2"),
    ]


def test_the_first_answer_comes_even_if_it_is_empty(watched: Watched) -> None:
    watched.folder.remove("childEntity", watched.vm.ref)
    assert watched.collector.collect("") is not None
    watched.collector.close_filter(FILTER)
    assert watched.collector.collect("") is None


@pytest.mark.parametrize(
    ("partial", "changes"),
    [(False, {("config.hardware.device", Op.ASSIGN)}), (True, {("config.hardware.device[7]", Op.ADD)})],
)
def test_a_change_inside_a_path_is_reported_itself_if_partial(partial: bool, changes: set[Any]) -> None:
    watched = Watched(partial=partial)
    watched.vm.add("config.hardware.device", device(7))
    updates = watched.collector.collect(watched.version)
    assert updates is not None
    assert set(updates.filters[0].objects[0].changes) == changes


def test_changes_inside_a_path_that_nobody_asks_for_become_one_change() -> None:
    watched = Watched(partial=True)
    for key in range(2 * property_filter.MOST_CHANGES):
        watched.vm.add("config.hardware.device", device(key))
        watched.vm.remove("config.hardware.device", device(key))
    (member,) = watched.collector.filters[FILTER].changed_since(watched.collector._versions[watched.version])
    assert len(member.changes) <= property_filter.MOST_CHANGES
    updates = watched.collector.collect(watched.version)
    assert updates is not None
    assert PathChange("config.hardware.device", Op.ASSIGN) in updates.filters[0].objects[0].changes


def test_objects_that_are_missing_at_the_beginning_are_reported_once() -> None:
    watched = Watched()
    gone = MoRef("Folder", "group-gone")
    second = MoRef("PropertyFilter", "filter-2")
    watched.collector.open(second, filter_spec.read(recursive_spec(gone), NEWEST), partial=False)
    updates = watched.collector.collect(watched.version)
    assert updates is not None
    assert updates.filters == (FilterUpdate(second, (), (gone,)),)
    assert watched.collector.collect(updates.version) is None


def test_a_version_from_too_long_ago_is_rejected(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(property_filter, "REMEMBERED", 1)
    for _ in range(2):
        vm = new_vm(watched.inventory, watched.folder)
        watched.folder.remove("childEntity", vm.ref)
    with pytest.raises(MethodFault, match="InvalidCollectorVersion"):
        watched.collector.collect(watched.version)
    assert watched.collector.collect("") is not None
