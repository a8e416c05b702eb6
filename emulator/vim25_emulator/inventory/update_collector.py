"""What a client that waits for updates is told: all that is new in its filters since the version it names.

A version is a name for a moment: `3` is the third that this collector gave out. `0_200` stands inside an
answer that was cut, the first such, of which 200 object updates were sent. Such an answer is planned once, so
its parts fit together, and ends with a version as of the planning; what happens meanwhile comes after that.
A version may be asked again and is answered again.

Whoever waits is woken by the change itself, in the loop's next turn, so changes that are made together are
told together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import count, groupby
from typing import Final, NamedTuple

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.property_filter import (
    NEVER_ASKED,
    FilterMember,
    ObjectUpdate,
    PropertyFilter,
    UpdateKind,
)
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MethodFault, MoRef

_REMEMBERED_VERSIONS: Final = 1_000
_REMEMBERED_PLANS: Final = 8  #: cut answers that can be gone on with at the same time


class FilterUpdate(NamedTuple):
    """What is new in one filter: its objects, and the references in its spec that lead nowhere."""

    filter: MoRef
    objects: tuple[ObjectUpdate, ...]
    missing: tuple[MoRef, ...]


class Updates(NamedTuple):
    """One answer: the version to ask for next, and whether that is needed to get the rest of this one."""

    version: str
    filters: tuple[FilterUpdate, ...]
    truncated: bool


class _PendingUpdate(NamedTuple):
    """All that is to be told from one moment to another."""

    name: str
    since: int
    until: int
    entries: list[tuple[MoRef, FilterMember]]
    missing: dict[MoRef, tuple[MoRef, ...]]


class UpdateCollector:
    """The filters of one property collector in one session, the versions it gave out, and who waits."""

    def __init__(self, inventory: Inventory, clock: Clock) -> None:
        self._inventory = inventory
        self._clock = clock
        self.filters: dict[MoRef, PropertyFilter] = {}
        self._versions: dict[str, int] = {"": NEVER_ASKED}
        self._given = 0
        self._plans: dict[str, _PendingUpdate] = {}
        self._numbers = count()
        self._waiting: set[asyncio.Future[bool]] = set()

    def open(
        self,
        ref: MoRef,
        spec: FilterSpec,
        *,
        partial: bool,
        visible: Callable[[ManagedObject], bool] = lambda found: True,
    ) -> None:
        """Begin a filter under this reference; it is news for those who wait already.

        An object that is not `visible` when the filter reaches it is not shown.
        """
        self.filters[ref] = PropertyFilter(
            self._inventory, spec, partial=partial, visible=visible, noticed=self._wake
        )
        self._wake()

    def close_filter(self, ref: MoRef) -> None:
        """End a filter."""
        self.filters.pop(ref).close()

    def close(self) -> None:
        """End all filters, and all waiting with RequestCanceled."""
        for ref in tuple(self.filters):
            self.close_filter(ref)
        self.cancel()

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        return len(self._waiting)

    # Asking

    def collect(self, version: str, limit: int | None = None) -> Updates | None:
        """Return what is new since a version, at most `limit` object updates; None if nothing is.

        The first answer is always one, if there are filters, however little they select [derived].
        Raises InvalidCollectorVersion for a version that was not given out, or too long ago.
        """
        plan, start = self._planned(version)
        if not plan.entries and not plan.missing and (version or not self.filters):
            return None
        stop = len(plan.entries) if limit is None else start + limit
        truncated = stop < len(plan.entries)
        told = tuple(self._told(plan, start, stop))
        next_version = self._cut(plan, stop) if truncated else self._version(plan.until)
        return Updates(next_version, told, truncated)

    async def wait(self, version: str, limit: int | None, seconds: float | None) -> Updates | None:
        """Return what is new since a version as soon as anything is; None after so many seconds.

        Raises RequestCanceled if `cancel` or `close` comes before that, and what `collect` raises.
        """
        found = self.collect(version, limit)
        if found is not None or seconds == 0:
            return found
        timer = None if seconds is None else asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            while found is None and await self._woken(timer):
                found = self.collect(version, limit)
        finally:
            if timer is not None:
                timer.cancel()
        return found

    def cancel(self) -> None:
        """End all waiting with RequestCanceled."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(MethodFault("RequestCanceled"))

    async def _woken(self, timer: asyncio.Future[None] | None) -> bool:
        """Wait for a change; return False if the time is over first."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        if timer is not None:
            timer.add_done_callback(lambda _: _answer(waiter, False))
        try:
            return await waiter
        finally:
            self._waiting.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiting:
            _answer(waiter, True)

    # Versions and plans

    def _version(self, moment: int) -> str:
        """Return the version that names a moment, the last one again if it does."""
        last = str(self._given)
        if self._versions.get(last) == moment:
            return last
        self._given += 1
        self._versions[str(self._given)] = moment
        self._versions.pop(str(self._given - _REMEMBERED_VERSIONS), None)
        return str(self._given)

    def _planned(self, version: str) -> tuple[_PendingUpdate, int]:
        """Return the plan of the answer to a version, and how much of it was sent already."""
        name, cut, sent = version.partition("_")
        if cut and name in self._plans and sent.isdecimal():
            return self._plans[name], int(sent)
        since = self._versions.get(version)
        if since is None or any(f.created <= since < f.horizon for f in self.filters.values()):
            raise MethodFault("InvalidCollectorVersion")
        changed = [(ref, member) for ref, f in self.filters.items() for member in f.changed_since(since)]
        missing = {ref: f.missing for ref, f in self.filters.items() if f.missing and f.created > since}
        return _PendingUpdate(
            str(next(self._numbers)), since, self._inventory.journal.number, changed, missing
        ), 0

    def _cut(self, plan: _PendingUpdate, sent: int) -> str:
        """Return the version that goes on with a plan after so many of its entries."""
        self._plans[plan.name] = plan
        while len(self._plans) > _REMEMBERED_PLANS:
            del self._plans[next(iter(self._plans))]
        return f"{plan.name}_{sent}"

    def _told(self, plan: _PendingUpdate, start: int, stop: int) -> Iterator[FilterUpdate]:
        missing = dict(plan.missing) if start == 0 else {}
        for ref, entries in groupby(plan.entries[start:stop], key=lambda entry: entry[0]):
            if ref in self.filters:
                updates = (self._update(self.filters[ref], member, plan) for _, member in entries)
                objects = tuple(update for update in updates if update is not None)
                yield FilterUpdate(ref, objects, missing.pop(ref, ()))
        for ref, gone in missing.items():
            yield FilterUpdate(ref, (), gone)

    @staticmethod
    def _update(held: PropertyFilter, member: FilterMember, plan: _PendingUpdate) -> ObjectUpdate | None:
        """Return what the plan has to tell of an object; None where that comes after the plan's end."""
        if not member.present_at(plan.until):
            known = member.present_at(plan.since)
            return ObjectUpdate(UpdateKind.LEAVE, member.object, ()) if known else None
        if member.present and member.entered <= plan.until:
            return held.update_of(member, plan.since)
        if not member.present_at(plan.since):
            held.never_told(member, plan.until)
        return None


def _answer(waiter: asyncio.Future[bool], woken: bool) -> None:
    """Say to a waiter whether it is a change that ends its waiting, unless it was told already."""
    if not waiter.done():
        waiter.set_result(woken)
