"""Triggered alarms: an event sets the status of an alarm on an entity, and every ancestor shows it.

Only event alarms are evaluated. The alarm's definition says which status an event sets; that a triggered
alarm shows on the entity, its folders, its resource pool and its cluster is [derived].
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

_NOT_TRIGGERED: Final = frozenset({"green", "gray"})
_REMOVED: Final = "VmRemovedEvent"


class Alarms:
    """The event alarms of one vCenter."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._by_event_type: dict[str, list[tuple[ManagedObject, DataObject]]] = defaultdict(list)
        for alarm in inventory.of_type("Alarm"):
            if alarm.get("info.enabled"):
                for expression in _event_expressions(alarm.get("info.expression")):
                    self._by_event_type[expression.eventType].append((alarm, expression))

    def evaluate(self, event: DataObject) -> None:
        """Set the status of the alarms that an event triggers or resets."""
        kind = event.type_.name
        vm = self._subject(event) if kind in self._by_event_type or kind == _REMOVED else None
        if vm is None:
            return
        if kind == _REMOVED:
            self._forget(vm)
        evaluated: set[MoRef] = set()
        for alarm, expression in self._by_event_type.get(kind, ()):
            if alarm.ref not in evaluated and _matches(expression, event):
                evaluated.add(alarm.ref)
                self._set(alarm, vm, expression.status or "red", event)

    def _subject(self, event: DataObject) -> ManagedObject | None:
        argument = event.__dict__.get("vm")
        return self._inventory.find(argument.vm) if argument is not None else None

    def _set(self, alarm: ManagedObject, vm: ManagedObject, status: str, event: DataObject) -> None:
        key = f"{alarm.ref.value}.{vm.ref.value}"
        state = _state(key, alarm, vm, status, event.createdTime, event.key)
        _put(vm, "declaredAlarmState", key, state)
        for place in self._places(vm):
            _put(place, "triggeredAlarmState", key, None if status in _NOT_TRIGGERED else state)

    def _places(self, vm: ManagedObject) -> Iterator[ManagedObject]:
        """Yield the entities that show a VM's alarms: the VM, its ancestors, its pool and its cluster."""
        yield vm
        yield from ancestors(self._inventory, vm)
        for place in (self._inventory.find(vm.get("resourcePool")), cluster_of(self._inventory, vm)):
            if place is not None:
                yield place

    def _forget(self, vm: ManagedObject) -> None:
        """Remove the states of a removed VM from the entities that show them."""
        for place in self._places(vm):
            remaining = tuple(state for state in place.get("triggeredAlarmState") if state.entity != vm.ref)
            place.set("triggeredAlarmState", remaining)


def _event_expressions(expression: DataObject) -> Iterator[DataObject]:
    """Yield the event expressions inside an alarm's expression."""
    if expression.is_a("EventAlarmExpression"):
        yield expression
    elif expression.is_a("OrAlarmExpression"):
        for part in expression.expression:
            yield from _event_expressions(part)


def _matches(expression: DataObject, event: DataObject) -> bool:
    """Return whether an event satisfies the comparisons of an expression."""
    for comparison in expression.comparisons:
        equal = str(event.__dict__.get(comparison.attributeName)) == comparison.value
        if equal is not (comparison.operator == "equals"):
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
    """Replace the state with this key; remove it if `state` is None."""
    states = entity.get(path)
    others = tuple(present for present in states if present.key != key)
    if state is not None or len(others) != len(states):
        entity.set(path, others if state is None else (*others, state))
