"""Which objects a walk selects: once (`walk`), or kept true while the inventory changes (`Selection`).

A visit is an object reached at a station. What keeps it is its support: the number of edges that lead to it
(from other visits, or from being a root). When a property that was walked through changes, only the edges
that came or went are followed, so a change costs what it touches. A visit that loses its last edge goes, and
takes its own edges along. One that loses an edge, keeps another and leads on might be held by a cycle that it
is part of; only then the visits that are still reachable are counted anew.

References must be added after the object they name exists, and may be removed before or after it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import Hop, Roots, Station
from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MoRef


def references(value: Any) -> tuple[MoRef, ...]:
    """Return the references that a property's value holds: none, one or many."""
    if value is None:
        return ()
    return (value,) if isinstance(value, MoRef) else tuple(value)


def walk(inventory: Inventory, roots: Roots) -> Iterator[ManagedObject]:
    """Yield each selected object once, nearest first. Objects that are gone are passed over."""
    passed: dict[Station, set[ManagedObject]] = {}
    selected: set[ManagedObject] = set()
    reached: list[tuple[tuple[MoRef, ...], Station]] = [((ref,), station) for ref, station in roots]
    for refs, station in reached:  # grows as it goes
        before = passed.setdefault(station, set())
        for found in inventory.find_all(refs):
            if station.hops and found not in before:
                before.add(found)
                hops = station.hops_of(found.type)
                reached.extend((references(found.get(hop.path)), hop.to) for hop in hops)
            if not station.skip and found not in selected:
                selected.add(found)
                yield found


class _Visit:
    """An object at a station: is it selected here, how many edges lead here, where does each hop lead on?"""

    __slots__ = ("object", "selected", "station", "support", "targets", "watcher")

    def __init__(self, found: ManagedObject, station: Station, *, selected: bool) -> None:
        self.object = found
        self.station = station
        self.selected = selected
        self.support = 1
        self.targets: dict[Hop, dict[MoRef, ManagedObject]] = {}
        self.watcher: Callable[[Change], None] | None = None

    def edges(self) -> Iterator[tuple[MoRef, Station]]:
        for hop, targets in self.targets.items():
            for ref in targets:
                yield ref, hop.to


class Selection:
    """The selected objects of a walk, kept true from the journal until `close`.

    `wanted` says of an object, when it is reached, whether it counts; `entered` and `left` are told of each
    that comes or goes.
    """

    def __init__(
        self,
        inventory: Inventory,
        roots: Roots,
        *,
        wanted: Callable[[ManagedObject], bool],
        entered: Callable[[ManagedObject], None],
        left: Callable[[ManagedObject], None],
    ) -> None:
        self._inventory = inventory
        self._roots = roots
        self._wanted = wanted
        self._entered = entered
        self._left = left
        self._visits: dict[Station, dict[MoRef, _Visit]] = {}
        self._times_selected: dict[MoRef, int] = {}
        self._stop = inventory.journal.watch_membership(self._object_changed)
        self._follow((found, station) for ref, station in roots if (found := inventory.find(ref)) is not None)

    def close(self) -> None:
        """Stop listening. Nothing is told to have left."""
        self._stop()
        for visits in self._visits.values():
            for visit in visits.values():
                self._unwatch(visit)
        self._visits.clear()

    # Edges that came

    def _follow(self, edges: Iterable[tuple[ManagedObject, Station]]) -> None:
        reached = list(edges)
        for found, station in reached:  # grows as it goes
            visits = self._visits.setdefault(station, {})
            visit = visits.get(found.ref)
            if visit is not None:
                visit.support += 1
                continue
            selected = not station.skip and self._wanted(found)
            visit = visits[found.ref] = _Visit(found, station, selected=selected)
            hops = station.hops_of(found.type)
            if hops:
                reached.extend(self._open(visit, hops))
            if selected:
                self._select(found)

    def _open(self, visit: _Visit, hops: tuple[Hop, ...]) -> Iterator[tuple[ManagedObject, Station]]:
        """Note where a new visit leads, watch it, and yield its edges."""
        visit.watcher = partial(self._property_changed, visit)
        visit.object.watchers.append(visit.watcher)
        for hop in hops:
            visit.targets[hop] = self._present(visit.object.get(hop.path))
            for target in visit.targets[hop].values():
                yield target, hop.to

    def _present(self, value: Any) -> dict[MoRef, ManagedObject]:
        find = self._inventory.find
        return {ref: found for ref in references(value) if (found := find(ref)) is not None}

    # Edges that went

    def _release(self, edges: Iterable[tuple[MoRef, Station]]) -> None:
        lost = list(edges)
        perhaps_cyclic = False
        for ref, station in lost:  # grows as it goes
            visit = self._visits[station].get(ref)
            if visit is None:
                continue
            visit.support -= 1
            if visit.support == 0:
                lost.extend(self._forget(visit))
            elif any(visit.targets.values()):
                perhaps_cyclic = True
        if perhaps_cyclic:
            self._sweep()

    def _forget(self, visit: _Visit) -> list[tuple[MoRef, Station]]:
        """Take a visit away; return the edges that went with it."""
        del self._visits[visit.station][visit.object.ref]
        self._unwatch(visit)
        if visit.selected:
            self._deselect(visit.object)
        return list(visit.edges())

    def _sweep(self) -> None:
        """Forget the visits that no root leads to any more."""
        reached: set[_Visit] = set()
        pending = list(self._roots)
        for ref, station in pending:  # grows as it goes
            visit = self._visits.get(station, {}).get(ref)
            if visit is not None and visit not in reached:
                reached.add(visit)
                pending.extend(visit.edges())
        held = [visit for visits in self._visits.values() for visit in visits.values()]
        for visit in (visit for visit in held if visit not in reached):
            for ref, station in self._forget(visit):
                led_to = self._visits[station].get(ref)
                if led_to is not None:
                    led_to.support -= 1

    @staticmethod
    def _unwatch(visit: _Visit) -> None:
        if visit.watcher is not None:
            visit.object.watchers.remove(visit.watcher)
            visit.watcher = None

    # What the journal tells

    def _property_changed(self, visit: _Visit, change: Change) -> None:
        if visit.watcher is None:  # forgotten while this very change was being told
            return
        gained: list[tuple[ManagedObject, Station]] = []
        lost: list[tuple[MoRef, Station]] = []
        for hop, targets in visit.targets.items():
            if not paths.overlaps(hop.path, change.path):
                continue
            came, went = self._difference(visit.object, hop, targets, change)
            targets.update(came)
            for ref in went:
                del targets[ref]
            gained.extend((found, hop.to) for found in came.values())
            lost.extend((ref, hop.to) for ref in went)
        self._follow(gained)  # before letting go, so that what moves within the walk stays selected
        self._release(lost)

    def _difference(
        self, source: ManagedObject, hop: Hop, targets: dict[MoRef, ManagedObject], change: Change
    ) -> tuple[dict[MoRef, ManagedObject], list[MoRef]]:
        if change.path == hop.path and change.op is Op.ADD:
            came = self._present(change.value)
            return {ref: found for ref, found in came.items() if ref not in targets}, []
        if change.path == hop.path and change.op is Op.REMOVE:
            return {}, [change.value] if change.value in targets else []
        now = self._present(source.get(hop.path))
        came = {ref: found for ref, found in now.items() if ref not in targets}
        return came, [ref for ref in targets if ref not in now]

    def _object_changed(self, change: Change) -> None:
        if change.op is not Op.LEAVE:
            return
        for visits in tuple(self._visits.values()):
            visit = visits.get(change.object.ref)
            if visit is not None:
                self._release(self._forget(visit))

    def _select(self, found: ManagedObject) -> None:
        times = self._times_selected.get(found.ref, 0) + 1
        self._times_selected[found.ref] = times
        if times == 1:
            self._entered(found)

    def _deselect(self, found: ManagedObject) -> None:
        times = self._times_selected[found.ref] - 1
        if times:
            self._times_selected[found.ref] = times
        else:
            del self._times_selected[found.ref]
            self._left(found)
