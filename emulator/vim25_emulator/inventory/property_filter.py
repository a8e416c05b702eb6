"""A property filter: which objects it shows, and what of them changed since any earlier moment.

Moments are numbers of the journal. A filter keeps, per object, when it came and went and when each path that
it shows last changed, never a queue of changes: so one can ask "what changed since N?" twice and is answered
twice, values are always those of now, and an object that nobody touched costs nothing. Objects are kept in
the order in which they last changed, so the answer walks over what changed and nothing else.
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
from vim25_emulator.vmodl.value import MoRef

#: How many objects that left a filter remembers. Who asks about a time before the oldest cannot be answered.
REMEMBERED: Final = 10_000

NEVER_ASKED: Final = -1  #: the moment of a client that knows nothing yet


class UpdateKind(Enum):
    """What an update says of an object."""

    ENTER = "enter"
    LEAVE = "leave"
    MODIFY = "modify"


class PathChange(NamedTuple):
    """A path to show, and whether an element came (ADD) or the place got a value (ASSIGN)."""

    path: str
    op: Op


class ObjectUpdate(NamedTuple):
    """What is new of one object since a moment. Values are read when the update is written."""

    kind: UpdateKind
    object: ManagedObject
    changes: tuple[PathChange, ...]


class FilterMember:
    """What a filter knows of an object: its stays, each from one moment up to another, and its changes."""

    __slots__ = ("changed", "changes", "object", "stays")

    def __init__(self, found: ManagedObject) -> None:
        self.object = found
        self.changed = 0
        self.stays: list[tuple[int, int | None]] = []
        self.changes: dict[str, tuple[int, Op]] = {}

    @property
    def present(self) -> bool:
        """Whether the filter shows it now."""
        return self.stays[-1][1] is None

    @property
    def entered(self) -> int:
        """When the last stay began."""
        return self.stays[-1][0]

    def present_at(self, moment: int) -> bool:
        """Whether a client that was told everything up to `moment` believes it to be here."""
        return any(came <= moment and (went is None or moment < went) for came, went in self.stays)


class PropertyFilter:
    """The objects that a spec selects and the changes of the paths that it shows, until `close`.

    `visible` says of an object that comes whether the client may see it; `noticed` is called at every change.
    With `partial` a change inside a shown path is reported as itself, without it all of the path's value is.
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
        self._gone: OrderedDict[MoRef, None] = OrderedDict()
        self._shown_by_head: dict[ManagedType, dict[str, tuple[str, ...]]] = {}
        self.horizon = NEVER_ASKED
        self.created = self._journal.advance()
        self.missing = tuple(ref for ref, _ in spec.roots if ref not in inventory)
        self._selection = Selection(
            inventory, spec.roots, wanted=self._wanted, entered=self._enter, left=self._leave
        )

    def close(self) -> None:
        """Stop listening."""
        self._selection.close()
        for member in self._members.values():
            if member.present:
                member.object.watchers.remove(self._heard)

    # Questions

    def changed_since(self, moment: int) -> list[FilterMember]:
        """Return the objects of which there is something to tell, the longest unchanged first."""
        found = []
        for member in reversed(self._members.values()):
            if member.changed <= moment:
                break
            if member.present or member.present_at(moment):
                found.append(member)
        found.reverse()
        return found

    def update_of(self, member: FilterMember, moment: int) -> ObjectUpdate:
        """Return what is new since `moment` of an object that is present, as it is now."""
        known = member.present_at(moment)
        if known and member.entered <= moment:
            since = sorted(
                PathChange(path, op) for path, (number, op) in member.changes.items() if number > moment
            )
            return ObjectUpdate(UpdateKind.MODIFY, member.object, tuple(since))
        shown = self._sets.paths_of(member.object.type) or ()
        kind = UpdateKind.MODIFY if known else UpdateKind.ENTER
        return ObjectUpdate(kind, member.object, tuple(PathChange(path, Op.ASSIGN) for path in shown))

    def never_told(self, member: FilterMember, moment: int) -> None:
        """Note that who was told everything up to `moment` was not told of an object's stay at that time."""
        member.stays = [
            (came, went)
            for came, went in member.stays
            if came > moment or (went is not None and went <= moment)
        ]
        if not member.stays:
            self._drop(member.object.ref)

    # What the selection and the journal tell

    def _wanted(self, found: ManagedObject) -> bool:
        return self._sets.paths_of(found.type) is not None and self._visible(found)

    def _enter(self, found: ManagedObject) -> None:
        member = self._members.get(found.ref)
        if member is None:
            member = self._members[found.ref] = FilterMember(found)
        member.changes.clear()
        self._gone.pop(found.ref, None)
        found.watchers.append(self._heard)
        self._touch(member)
        member.stays.append((member.changed, None))

    def _leave(self, found: ManagedObject) -> None:
        member = self._members[found.ref]
        found.watchers.remove(self._heard)
        self._touch(member)
        member.stays[-1] = (member.entered, member.changed)
        self._gone[found.ref] = None
        while len(self._gone) > REMEMBERED:
            oldest = next(iter(self._gone))
            self.horizon = self._members[oldest].changed
            self._drop(oldest)

    def _drop(self, ref: MoRef) -> None:
        del self._gone[ref]
        del self._members[ref]

    def _heard(self, change: Change) -> None:
        member = self._members.get(change.object.ref)
        if not change.path or member is None or not member.present:
            return
        place = _place(change)
        shown = [path for path in self._shown(change) if paths.overlaps(path, place)]
        for path in shown:
            self._note(member, path, place, change.op)
        if shown:
            self._touch(member)

    def _note(self, member: FilterMember, path: str, place: str, op: Op) -> None:
        number = self._journal.number
        if not self._partial or len(place) <= len(path):
            member.changes[path] = number, Op.ASSIGN
            place = path
        else:
            member.changes[place] = number, op
        if self._partial:  # what is inside is told with it
            for inner in [each for each in member.changes if each.startswith((place + ".", place + "["))]:
                del member.changes[inner]

    def _touch(self, member: FilterMember) -> None:
        member.changed = self._journal.number
        self._members.move_to_end(member.object.ref)
        self._noticed()

    def _shown(self, change: Change) -> tuple[str, ...]:
        """Return the shown paths that begin with the same property as the changed one."""
        kind = change.object.type
        by_head = self._shown_by_head.get(kind)
        if by_head is None:
            by_head = self._shown_by_head[kind] = _by_head(self._sets.paths_of(kind) or ())
        return by_head.get(paths.split(change.path)[0].name, ())


def _by_head(shown: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    heads = {path: paths.split(path)[0].name for path in shown}
    return {head: tuple(p for p in shown if heads[p] == head) for head in heads.values()}


def _place(change: Change) -> str:
    """Return the path that a change is about: for an element that came or went, the element's own.

    That a reference is named by its moId, as `view["vm-1"]`, is derived.
    """
    if change.op is Op.ASSIGN:
        return change.path
    key = paths.key_of(change.value)
    if key is None or '"' in key:
        return change.path
    bare = isinstance(getattr(change.value, "key", None), int)
    return f"{change.path}[{key}]" if bare else f'{change.path}["{key}"]'
