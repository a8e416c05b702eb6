"""Alarms going off: an event changes the status that an entity has for an alarm, and all above it show that.

Only alarms that are triggered by events are watched. Which status an event gives is the alarm's definition;
that a triggered alarm shows on the entity, its folders, its pool and its cluster is derived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.vmodl.value import DataObject, MoRef

_CALM: Final = frozenset({"green", "gray"})
_REMOVED: Final = "VmRemovedEvent"


class Alarms:
    """The alarms of one vCenter that wait for events."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._waiting: dict[str, list[tuple[ManagedObject, DataObject]]] = defaultdict(list)
        for alarm in inventory.of_type("Alarm"):
            if alarm.get("info.enabled"):
                for expression in _event_expressions(alarm.get("info.expression")):
                    self._waiting[expression.eventType].append((alarm, expression))

    def note(self, event: DataObject) -> None:
        """Let an event set off the alarms that wait for it, or calm them."""
        kind = event.type_.name
        vm = self._subject(event) if kind in self._waiting or kind == _REMOVED else None
        if vm is None:
            return
        if kind == _REMOVED:
            self._forget(vm)
        settled: set[MoRef] = set()
        for alarm, expression in self._waiting.get(kind, ()):
            if alarm.ref not in settled and _fits(expression, event):
                settled.add(alarm.ref)
                self._set(alarm, vm, expression.status or "red", event)

    def _subject(self, event: DataObject) -> ManagedObject | None:
        argument = event.__dict__.get("vm")
        return self._inventory.find(argument.vm) if argument is not None else None

    def _set(self, alarm: ManagedObject, vm: ManagedObject, status: str, event: DataObject) -> None:
        key = f"{alarm.ref.value}.{vm.ref.value}"
        state = _state(key, alarm, vm, status, event.createdTime, event.key)
        _put(vm, "declaredAlarmState", key, state)
        for place in self._places(vm):
            _put(place, "triggeredAlarmState", key, None if status in _CALM else state)

    def _places(self, vm: ManagedObject) -> Iterator[ManagedObject]:
        """Yield the entities that show what a VM triggered: itself and all that it is in."""
        yield vm
        yield from ancestors(self._inventory, vm)
        for place in (self._inventory.find(vm.get("resourcePool")), cluster_of(self._inventory, vm)):
            if place is not None:
                yield place

    def _forget(self, vm: ManagedObject) -> None:
        """Take a VM that is removed out of what others show."""
        for place in self._places(vm):
            kept = tuple(state for state in place.get("triggeredAlarmState") if state.entity != vm.ref)
            place.set("triggeredAlarmState", kept)


def _event_expressions(expression: DataObject) -> Iterator[DataObject]:
    """Yield the events that an alarm's expression names."""
    if expression.is_a("EventAlarmExpression"):
        yield expression
    elif expression.is_a("OrAlarmExpression"):
        for part in expression.expression:
            yield from _event_expressions(part)


def _fits(expression: DataObject, event: DataObject) -> bool:
    """Whether an event has the values that an expression compares it with."""
    for wanted in expression.comparisons:
        same = str(event.__dict__.get(wanted.attributeName)) == wanted.value
        if same is not (wanted.operator == "equals"):
            return False
    return True


def _state(
    key: str, alarm: ManagedObject, vm: ManagedObject, status: str, time: datetime, event_key: int
) -> DataObject:
    return DataObject(
        "AlarmState",
        key=key,
        entity=vm.ref,
        alarm=alarm.ref,
        overallStatus=status,
        time=time,
        acknowledged=False,
        eventKey=event_key,
    )


def _put(entity: ManagedObject, path: str, key: str, state: Any) -> None:
    """Put a state in the place of the one with its key; None takes that away."""
    held = entity.get(path)
    kept = tuple(each for each in held if each.key != key)
    if state is not None or len(kept) != len(held):
        entity.set(path, kept if state is None else (*kept, state))
