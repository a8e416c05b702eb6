"""Updates for a client that waits for them: all changes in its filters since the version it names.

A version names a moment: `3` is the third that this collector returned. `0_2` is a version inside a truncated
answer: that to version 0, the empty one, after two pages [observed: recording of 5.5]. A truncated answer is
planned once, so its pages are consistent; its last page returns the version of the moment of planning, and
later changes follow after that. The same version may be asked for repeatedly; its latest plan is continued.

A change wakes the waiting clients in the next iteration of the loop, so changes that are made together are
reported together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import groupby
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

_MAX_VERSIONS: Final = 1_000  #: versions that a client may still ask for
_MAX_PLANS: Final = 8  #: truncated answers that can be continued at the same time


class FilterUpdate(NamedTuple):
    """The updates of one filter: its objects, and the references in its spec to missing objects."""

    filter: MoRef
    objects: tuple[ObjectUpdate, ...]
    missing: tuple[MoRef, ...]


class Updates(NamedTuple):
    """One answer: the next version to ask for, and whether that returns the rest of this answer."""

    version: str
    filters: tuple[FilterUpdate, ...]
    truncated: bool


class _UpdatePlan(NamedTuple):
    """All updates from one moment to another.

    `pages`: version of a page after the first → its number, and the number of object updates before it.
    """

    name: str
    since: int
    until: int
    entries: list[tuple[MoRef, FilterMember]]
    missing: dict[MoRef, tuple[MoRef, ...]]
    pages: dict[str, tuple[int, int]]


class UpdateCollector:
    """The filters, returned versions and waiting calls of one property collector in one session."""

    def __init__(self, inventory: Inventory, clock: Clock) -> None:
        self._inventory = inventory
        self._clock = clock
        self.filters: dict[MoRef, PropertyFilter] = {}
        self._versions: dict[str, int] = {"": NEVER_ASKED}
        self._last_version = 0
        self._plans: dict[str, _UpdatePlan] = {}
        self._waiting: set[asyncio.Future[bool]] = set()

    def open(
        self,
        ref: MoRef,
        spec: FilterSpec,
        *,
        partial: bool,
        visible: Callable[[ManagedObject], bool] = lambda _: True,
    ) -> None:
        """Open a filter with this reference, which wakes the waiting calls.

        An object that is not `visible` when the filter reaches it is not reported.
        """
        self.filters[ref] = PropertyFilter(
            self._inventory, spec, partial=partial, visible=visible, noticed=self._wake
        )
        self._wake()

    def close_filter(self, ref: MoRef) -> None:
        """Close a filter."""
        self.filters.pop(ref).close()

    def close(self) -> None:
        """Close all filters, and end all waiting calls with RequestCanceled."""
        for ref in tuple(self.filters):
            self.close_filter(ref)
        self.cancel()

    @property
    def waiting(self) -> int:
        """The number of waiting calls."""
        return len(self._waiting)

    # Queries

    def collect(self, version: str, limit: int | None = None) -> Updates | None:
        """Return the updates since a version, at most `limit` object updates; None if there are none.

        The first answer of a collector with filters is never None, even if they select nothing [derived].
        Raises InvalidCollectorVersion for a version that was never returned, or too long ago.
        """
        plan, page, start = self._plan(version)
        if not plan.entries and not plan.missing and (version or not self.filters):
            return None
        stop = len(plan.entries) if limit is None else start + limit
        truncated = stop < len(plan.entries)
        filter_updates = tuple(self._filter_updates(plan, start, stop))
        next_version = self._next_page(plan, page, stop) if truncated else self._version(plan.until)
        return Updates(next_version, filter_updates, truncated)

    async def wait(self, version: str, limit: int | None, seconds: float | None) -> Updates | None:
        """Return the updates since a version as soon as there are any; None after this many seconds.

        Raises RequestCanceled when `cancel` or `close` is called meanwhile, and what `collect` raises.
        """
        updates = self.collect(version, limit)
        if updates is not None or seconds == 0:
            return updates
        timer = None if seconds is None else asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            while updates is None and await self._changed(timer):
                updates = self.collect(version, limit)
        finally:
            if timer is not None:
                timer.cancel()
        return updates

    def cancel(self) -> None:
        """End all waiting calls with RequestCanceled."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(MethodFault("RequestCanceled"))

    async def _changed(self, timer: asyncio.Future[None] | None) -> bool:
        """Wait for a change; return False if the timer ends first."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        if timer is not None:
            timer.add_done_callback(lambda _: _finish(waiter, False))
        try:
            return await waiter
        finally:
            self._waiting.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiting:
            _finish(waiter, True)

    # Versions and plans

    def _version(self, moment: int) -> str:
        """Return the version of a moment: the last version if it is of this moment, else a new one."""
        last = str(self._last_version)
        if self._versions.get(last) == moment:
            return last
        self._last_version += 1
        self._versions[str(self._last_version)] = moment
        self._versions.pop(str(self._last_version - _MAX_VERSIONS), None)
        return str(self._last_version)

    def _plan(self, version: str) -> tuple[_UpdatePlan, int, int]:
        """Return the plan of the answer to a version, the page, and the number of updates before it."""
        truncated = self._plans.get(version.partition("_")[0])
        if truncated is not None and version in truncated.pages:
            return truncated, *truncated.pages[version]
        since = self._versions.get(version)
        if since is None or any(f.created <= since < f.horizon for f in self.filters.values()):
            raise MethodFault("InvalidCollectorVersion")
        changed = [(ref, member) for ref, f in self.filters.items() for member in f.changed_since(since)]
        missing = {ref: f.missing for ref, f in self.filters.items() if f.missing and f.created > since}
        return (
            _UpdatePlan(version or "0", since, self._inventory.journal.number, changed, missing, {}),
            0,
            0,
        )

    def _next_page(self, plan: _UpdatePlan, page: int, sent: int) -> str:
        """Return the version that continues a plan after this page and this many entries."""
        version = f"{plan.name}_{page + 1}"
        plan.pages[version] = page + 1, sent
        self._plans.pop(plan.name, None)  # the latest is the last to be removed
        self._plans[plan.name] = plan
        while len(self._plans) > _MAX_PLANS:
            del self._plans[next(iter(self._plans))]
        return version

    def _filter_updates(self, plan: _UpdatePlan, start: int, stop: int) -> Iterator[FilterUpdate]:
        missing = dict(plan.missing) if start == 0 else {}
        for ref, entries in groupby(plan.entries[start:stop], key=lambda entry: entry[0]):
            if ref in self.filters:
                updates = (self._update(self.filters[ref], member, plan) for _, member in entries)
                objects = tuple(update for update in updates if update is not None)
                yield FilterUpdate(ref, objects, missing.pop(ref, ()))
        for ref, roots in missing.items():
            yield FilterUpdate(ref, (), roots)

    @staticmethod
    def _update(opened: PropertyFilter, member: FilterMember, plan: _UpdatePlan) -> ObjectUpdate | None:
        """Return the update of an object within the plan, None if its changes are newer than the plan."""
        if not member.present_at(plan.until):
            known = member.present_at(plan.since)
            return ObjectUpdate(UpdateKind.LEAVE, member.object, ()) if known else None
        if member.present and member.entered <= plan.until:
            return opened.update_of(member, plan.since)
        if not member.present_at(plan.since):
            opened.forget_stay(member, plan.until)
        return None


def _finish(waiter: asyncio.Future[bool], changed: bool) -> None:
    """End the wait of a call and say whether something changed; no-op if it has already ended."""
    if not waiter.done():
        waiter.set_result(changed)
