"""The objects that a traversal selects: once (`walk`), or updated with the inventory (`Selection`).

A visit is an object reached at a node. Its support is the number of edges that lead to it, from other visits
or as a root. When a property on the way changes, only the added and removed edges are followed, so the cost
of a change is proportional to its effect. A visit that loses its last edge is removed together with its own
edges. One that loses an edge but keeps another may be supported only by a cycle that contains it; only then
are all reachable visits recomputed.

A reference must be added after its object is created, and may be removed before or after the object is
destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import Hop, Roots, TraversalNode
from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MethodFault, MoRef

_STRIDE: Final = 1024  #: steps that are counted at once


def references(value: Any) -> tuple[MoRef, ...]:
    """Return the references in a property's value: none, one or many."""
    if value is None:
        return ()
    return (value,) if isinstance(value, MoRef) else tuple(value)


class Steps:
    """The steps of the traversals of one request, from an object at a node to its targets, with a bound.

    A request of n specifications over m objects takes n × m of them. RestrictedByAdministrator is [derived].
    """

    most = 2_000_000

    def __init__(self) -> None:
        self._taken = 0

    def take(self, number: int) -> None:
        """Take steps; raise RestrictedByAdministrator for too many."""
        self._taken += number
        if self._taken > self.most:
            details = f"a request may follow {self.most} references"
            raise MethodFault("RestrictedByAdministrator", details=details)


def walk(inventory: Inventory, roots: Roots, steps: Steps) -> Iterator[ManagedObject]:
    """Yield every selected object once, nearest first. References to missing objects are skipped.

    Raises RestrictedByAdministrator for too many steps.
    """
    visited: dict[TraversalNode, set[ManagedObject]] = {}
    selected: set[ManagedObject] = set()
    reached: list[tuple[tuple[MoRef, ...], TraversalNode]] = [((ref,), node) for ref, node in roots]
    for refs, node in reached:  # the loop extends the list
        steps.take(1 + len(refs))
        visited_here = visited.setdefault(node, set())
        for target in inventory.find_all(refs):
            if node.hops and target not in visited_here:
                visited_here.add(target)
                hops = node.hops_of(target.type)
                reached.extend((references(target.get(hop.path)), hop.to) for hop in hops)
            if not node.skip and target not in selected:
                selected.add(target)
                yield target


class _Visit:
    """An object at a node: whether it is selected here, its support, and the targets of every hop."""

    __slots__ = ("node", "object", "selected", "support", "targets", "watcher")

    def __init__(self, managed: ManagedObject, node: TraversalNode, *, selected: bool) -> None:
        self.object = managed
        self.node = node
        self.selected = selected
        self.support = 1
        self.targets: dict[Hop, dict[MoRef, ManagedObject]] = {}
        self.watcher: Callable[[Change], None] | None = None

    def edges(self) -> Iterator[tuple[MoRef, TraversalNode]]:
        for hop, targets in self.targets.items():
            for ref in targets:
                yield ref, hop.to


class Selection:
    """The selected objects of a traversal, updated from the journal until `close`.

    `wanted` decides whether a reached object is selected; `entered` and `left` are called for every object
    that enters or leaves the selection. The first objects are reached in a bounded number of steps.
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
        present = [(root, node) for ref, node in roots if (root := inventory.find(ref)) is not None]
        self._roots = tuple((root.ref, node) for root, node in present)
        self._wanted = wanted
        self._entered = entered
        self._left = left
        self._visits: dict[TraversalNode, dict[MoRef, _Visit]] = {}
        self._times_selected: dict[MoRef, int] = {}
        self._stop = inventory.journal.watch_leaving(self._object_left)
        try:
            self._follow(present, Steps())
        except MethodFault:
            self.close()
            raise

    def close(self) -> None:
        """Stop watching, without a call of `left`."""
        self._stop()
        for visits in self._visits.values():
            for visit in visits.values():
                self._unwatch(visit)
        self._visits.clear()

    def __len__(self) -> int:
        """Return the number of visits."""
        return sum(map(len, self._visits.values()))

    # Added edges

    def _follow(
        self, edges: Iterable[tuple[ManagedObject, TraversalNode]], steps: Steps | None = None
    ) -> None:
        reached = list(edges)
        for number, (target, node) in enumerate(reached):  # the loop extends the list
            if steps is not None and number % _STRIDE == 0:
                steps.take(_STRIDE)
            visits = self._visits.setdefault(node, {})
            visit = visits.get(target.ref)
            if visit is not None:
                visit.support += 1
                continue
            selected = not node.skip and self._wanted(target)
            visit = visits[target.ref] = _Visit(target, node, selected=selected)
            hops = node.hops_of(target.type)
            if hops:
                reached.extend(self._open(visit, hops))
            if selected:
                self._select(target)

    def _open(self, visit: _Visit, hops: tuple[Hop, ...]) -> Iterator[tuple[ManagedObject, TraversalNode]]:
        """Record the targets of a new visit, watch its object, and yield its edges."""
        visit.watcher = partial(self._property_changed, visit)
        visit.object.watchers.append(visit.watcher)
        for hop in hops:
            visit.targets[hop] = self._present(visit.object.get(hop.path))
            for target in visit.targets[hop].values():
                yield target, hop.to

    def _present(self, value: Any) -> dict[MoRef, ManagedObject]:
        find = self._inventory.find
        return {ref: target for ref in references(value) if (target := find(ref)) is not None}

    # Removed edges

    def _release(self, edges: Iterable[tuple[MoRef, TraversalNode]]) -> None:
        removed = list(edges)
        maybe_cyclic = False
        for ref, node in removed:  # the loop extends the list
            visit = self._visits[node].get(ref)
            if visit is None:
                continue
            visit.support -= 1
            if visit.support == 0:
                removed.extend(self._remove(visit))
            elif any(visit.targets.values()):
                maybe_cyclic = True
        if maybe_cyclic:
            self._remove_unreachable()

    def _remove(self, visit: _Visit) -> list[tuple[MoRef, TraversalNode]]:
        """Remove a visit; return its edges."""
        del self._visits[visit.node][visit.object.ref]
        self._unwatch(visit)
        if visit.selected:
            self._deselect(visit.object)
        return list(visit.edges())

    def _remove_unreachable(self) -> None:
        """Remove the visits that no root leads to."""
        reached: set[_Visit] = set()
        pending = list(self._roots)
        for ref, node in pending:  # the loop extends the list
            visit = self._visits.get(node, {}).get(ref)
            if visit is not None and visit not in reached:
                reached.add(visit)
                pending.extend(visit.edges())
        visits = [visit for by_ref in self._visits.values() for visit in by_ref.values()]
        for visit in (visit for visit in visits if visit not in reached):
            for ref, node in self._remove(visit):
                target = self._visits[node].get(ref)
                if target is not None:
                    target.support -= 1

    @staticmethod
    def _unwatch(visit: _Visit) -> None:
        if visit.watcher is not None:
            visit.object.watchers.remove(visit.watcher)
            visit.watcher = None

    # Changes of the journal

    def _property_changed(self, visit: _Visit, change: Change) -> None:
        if visit.watcher is None:  # removed by an earlier watcher of this change
            return
        gained: list[tuple[ManagedObject, TraversalNode]] = []
        lost: list[tuple[MoRef, TraversalNode]] = []
        for hop, targets in visit.targets.items():
            if not paths.overlaps(hop.path, change.path):
                continue
            added, removed = self._difference(visit.object, hop, targets, change)
            targets.update(added)
            for ref in removed:
                del targets[ref]
            gained.extend((target, hop.to) for target in added.values())
            lost.extend((ref, hop.to) for ref in removed)
        self._follow(gained)  # before _release, so that an object that moves within the tree stays selected
        self._release(lost)

    def _difference(
        self, source: ManagedObject, hop: Hop, targets: dict[MoRef, ManagedObject], change: Change
    ) -> tuple[dict[MoRef, ManagedObject], list[MoRef]]:
        if change.path == hop.path and change.op is Op.ADD:
            added = self._present(change.value)
            return {ref: target for ref, target in added.items() if ref not in targets}, []
        if change.path == hop.path and change.op is Op.REMOVE:
            return {}, [change.value] if change.value in targets else []
        current = self._present(source.get(hop.path))
        added = {ref: target for ref, target in current.items() if ref not in targets}
        return added, [ref for ref in targets if ref not in current]

    def _object_left(self, change: Change) -> None:
        for visits in tuple(self._visits.values()):
            visit = visits.get(change.object.ref)
            if visit is not None:
                self._release(self._remove(visit))

    def _select(self, target: ManagedObject) -> None:
        times = self._times_selected.get(target.ref, 0) + 1
        self._times_selected[target.ref] = times
        if times == 1:
            self._entered(target)

    def _deselect(self, target: ManagedObject) -> None:
        times = self._times_selected[target.ref] - 1
        if times:
            self._times_selected[target.ref] = times
        else:
            del self._times_selected[target.ref]
            self._left(target)
