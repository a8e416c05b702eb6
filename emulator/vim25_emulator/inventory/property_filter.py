"""A property filter: the objects it reports, and what changed in them since any earlier moment.

Moments are numbers of the journal. Per object, a filter records when the object entered and left, and when
every reported path last changed, but no queue of changes. So "what changed since N?" can be asked repeatedly,
values are always current, and an unchanged object costs nothing. Objects are in the order of their last
change, so an answer visits only what changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.selection import Selection
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.type_description import ManagedType
from vim25_emulator.vmodl.value import MethodFault, MoRef

#: Number of objects that left to remember. Questions about a time before the oldest cannot be answered.
REMEMBERED: Final = 10_000

#: Number of changed paths per object to remember inside the reported ones.
MOST_CHANGES: Final = 200

#: The moment of a client that has received nothing yet.
NEVER_ASKED: Final = -1


class UpdateKind(Enum):
    """The kind of an object update."""

    ENTER = "enter"
    LEAVE = "leave"
    MODIFY = "modify"


class PathChange(NamedTuple):
    """A path to report, and the kind of its change."""

    path: str
    op: Op


class ObjectUpdate(NamedTuple):
    """The changes of one object since a moment. Values are read when the update is encoded."""

    kind: UpdateKind
    object: ManagedObject
    changes: tuple[PathChange, ...]


class FilterMember:
    """An object in a filter: its stays (from one moment up to another), and its changes."""

    __slots__ = ("changed", "changes", "object", "stays")

    def __init__(self, managed: ManagedObject) -> None:
        self.object = managed
        self.changed = 0
        self.stays: list[tuple[int, int | None]] = []
        self.changes: dict[str, tuple[int, Op]] = {}

    @property
    def present(self) -> bool:
        """Whether the filter currently contains it."""
        return self.stays[-1][1] is None

    @property
    def entered(self) -> int:
        """The moment when the last stay began."""
        return self.stays[-1][0]

    def present_at(self, moment: int) -> bool:
        """Whether a client that has received everything up to `moment` has this object."""
        return any(entered <= moment and (left is None or moment < left) for entered, left in self.stays)


class PropertyFilter:
    """The objects that a spec selects, and the changes of the paths that it reports, until `close`.

    Raises RestrictedByAdministrator if it reaches too many. `visible` decides whether the client may see an
    entering object; `noticed` is called after every change.
    With `partial`, a change inside a reported path is reported itself; otherwise the whole value is.
    """

    def __init__(
        self,
        inventory: Inventory,
        spec: FilterSpec,
        *,
        partial: bool,
        visible: Callable[[ManagedObject], bool],
        noticed: Callable[[], None],
    ) -> None:
        self._journal = inventory.journal
        self._sets = spec.property_sets
        self._partial = partial
        self._visible = visible
        self._noticed = noticed
        self._members: OrderedDict[MoRef, FilterMember] = OrderedDict()
        self._left: OrderedDict[MoRef, None] = OrderedDict()
        self._shown_by_head: dict[ManagedType, dict[str, tuple[str, ...]]] = {}
        self.horizon = NEVER_ASKED
        self.created = self._journal.advance()
        unknown = (ref for ref, _ in spec.roots if ref not in inventory)
        self.missing = (*spec.missing, *unknown)
        try:
            self._selection = Selection(
                inventory, spec.roots, wanted=self._wanted, entered=self._enter, left=self._leave
            )
        except MethodFault:
            self._unwatch()
            raise

    def close(self) -> None:
        """Stop watching."""
        self._selection.close()
        self._unwatch()

    def _unwatch(self) -> None:
        for member in self._members.values():
            if member.present:
                member.object.watchers.remove(self._object_changed)

    # Queries

    def __len__(self) -> int:
        """Return the number of objects that are watched, at each node where they are reached."""
        return len(self._selection)

    def changed_since(self, moment: int) -> list[FilterMember]:
        """Return the objects with updates since `moment`, the least recently changed first."""
        changed = []
        for member in reversed(self._members.values()):
            if member.changed <= moment:
                break
            if member.present or member.present_at(moment):
                changed.append(member)
        changed.reverse()
        return changed

    def update_of(self, member: FilterMember, moment: int) -> ObjectUpdate:
        """Return the update of an object that is present, since `moment`."""
        known = member.present_at(moment)
        if known and member.entered <= moment:
            changes = sorted(
                PathChange(path, op) for path, (number, op) in member.changes.items() if number > moment
            )
            return ObjectUpdate(UpdateKind.MODIFY, member.object, tuple(changes))
        paths_shown = self._sets.paths_of(member.object.type) or ()
        kind = UpdateKind.MODIFY if known else UpdateKind.ENTER
        return ObjectUpdate(kind, member.object, tuple(PathChange(path, Op.ASSIGN) for path in paths_shown))

    def forget_stay(self, member: FilterMember, moment: int) -> None:
        """Forget the stay of an object at `moment`: the client that received all up to then never saw it."""
        member.stays = [
            (entered, left)
            for entered, left in member.stays
            if entered > moment or (left is not None and left <= moment)
        ]
        if not member.stays:
            self._drop(member.object.ref)

    # Changes of the selection and the journal

    def _wanted(self, candidate: ManagedObject) -> bool:
        return self._sets.paths_of(candidate.type) is not None and self._visible(candidate)

    def _enter(self, entering: ManagedObject) -> None:
        member = self._members.get(entering.ref)
        if member is None:
            member = self._members[entering.ref] = FilterMember(entering)
        member.changes.clear()
        self._left.pop(entering.ref, None)
        entering.watchers.append(self._object_changed)
        self._touch(member)
        member.stays.append((member.changed, None))

    def _leave(self, leaving: ManagedObject) -> None:
        member = self._members[leaving.ref]
        leaving.watchers.remove(self._object_changed)
        self._touch(member)
        member.stays[-1] = (member.entered, member.changed)
        self._left[leaving.ref] = None
        while len(self._left) > REMEMBERED:
            oldest = next(iter(self._left))
            self.horizon = self._members[oldest].changed
            self._drop(oldest)

    def _drop(self, ref: MoRef) -> None:
        del self._left[ref]
        del self._members[ref]

    def _object_changed(self, change: Change) -> None:
        member = self._members.get(change.object.ref)
        if not change.path or member is None or not member.present:
            return
        changed_path = _path_of(change)
        shown = [path for path in self._shown(change) if paths.overlaps(path, changed_path)]
        recorded = {self._record(member, path, changed_path, change.op) for path in shown}
        if self._partial:  # their updates include the changes inside
            for inner in [path for path in member.changes if not recorded.isdisjoint(paths.around(path))]:
                del member.changes[inner]
        if shown:
            self._touch(member)

    def _record(self, member: FilterMember, path: str, changed_path: str, op: Op) -> str:
        """Record a change, and return its path: the reported one, or the changed one inside it.

        If a client does not ask for a long time, changes inside become a change of the whole value.
        """
        is_inside = self._partial and len(changed_path) > len(path) and len(member.changes) < MOST_CHANGES
        recorded = changed_path if is_inside else path
        member.changes[recorded] = self._journal.number, op if is_inside else Op.ASSIGN
        return recorded

    def _touch(self, member: FilterMember) -> None:
        member.changed = self._journal.number
        self._members.move_to_end(member.object.ref)
        self._noticed()

    def _shown(self, change: Change) -> tuple[str, ...]:
        """Return the reported paths that start with the same property as the changed one."""
        kind = change.object.type
        by_head = self._shown_by_head.get(kind)
        if by_head is None:
            by_head = self._shown_by_head[kind] = _by_head(self._sets.paths_of(kind) or ())
        return by_head.get(paths.split(change.path)[0].name, ())


def _by_head(shown: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    heads = {path: paths.split(path)[0].name for path in shown}
    return {head: tuple(p for p in shown if heads[p] == head) for head in heads.values()}


def _path_of(change: Change) -> str:
    """Return the path of a change: for an added or removed element, the element's own.

    A reference is identified by its moId, as in `view["vm-1"]` [derived].
    """
    if change.op is Op.ASSIGN:
        return change.path
    key = paths.key_of(change.value)
    if key is None or '"' in key:
        return change.path
    bare = isinstance(getattr(change.value, "key", None), int)
    return f"{change.path}[{key}]" if bare else f'{change.path}["{key}"]'
