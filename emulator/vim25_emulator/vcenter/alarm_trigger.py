"""Triggered alarms: the status of an alarm on an entity, which every ancestor shows.

The alarm's definition says which status an event or the value of a property sets; a property is evaluated
when an event about its entity is posted [derived]. A changed status is an AlarmStatusChangedEvent, and an
entity's `overallStatus` is the worst of its alarms [documented]. That a triggered alarm shows on the entity,
its folders, its resource pool and its cluster is [derived].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.cluster_policy import cluster_of
from vim25_emulator.model.event_argument import entity_argument
from vim25_emulator.vmodl.value import DataObject, MoRef

_NOT_TRIGGERED: Final = frozenset({"green", "gray"})
_REMOVED: Final = "VmRemovedEvent"


#: Statuses, the worst first; `gray` of an alarm that has not been evaluated.
_WORST_FIRST: Final = ("red", "yellow", "green", "gray")
_UNKNOWN: Final = "gray"

#: Property of an event → the type of entity that it is about, the most specific first.
_SUBJECTS: Final = (("vm", "VirtualMachine"), ("host", "HostSystem"))


class Alarms:
    """The alarms of one vCenter."""

    def __init__(self, inventory: Inventory, events: Events) -> None:
        self._inventory = inventory
        self._events = events
        self._by_event_type: dict[str, list[tuple[ManagedObject, DataObject]]] = defaultdict(list)
        self._by_subject: dict[str, list[tuple[ManagedObject, list[DataObject]]]] = defaultdict(list)
        for alarm in inventory.of_type("Alarm"):
            if alarm.get("info.enabled"):
                self._add(alarm, list(_parts(alarm.get("info.expression"))))

    def _add(self, alarm: ManagedObject, expressions: list[DataObject]) -> None:
        """Add an alarm on events, or on nothing but the states of an entity."""
        for expression in expressions:
            if expression.is_a("EventAlarmExpression"):
                self._by_event_type[expression.eventType].append((alarm, expression))
        if expressions and all(expression.is_a("StateAlarmExpression") for expression in expressions):
            self._by_subject[expressions[0].type].append((alarm, expressions))

    def evaluate(self, event: DataObject) -> None:
        """Set the status of the alarms that an event triggers or resets."""
        subject = self._subject(event)
        if subject is None:
            return
        if event.type_.name == _REMOVED:
            self._forget(subject)
        evaluated: set[MoRef] = set()
        for alarm, expression in self._by_event_type.get(event.type_.name, ()):
            if alarm.ref not in evaluated and _matches(expression, event):
                evaluated.add(alarm.ref)
                self._set(alarm, subject, expression.status or "red", event)
        for alarm, expressions in self._by_subject.get(subject.ref.type, ()):
            status = _worst(_status_of(expression, subject) for expression in expressions)
            if status != _status(subject, alarm, otherwise="green"):
                self._set(alarm, subject, status, event)

    def clear(self, is_selected: Callable[[DataObject], bool], time: datetime) -> None:
        """Reset the triggered alarms whose states are selected to green."""
        triggered = (
            (entity, state)
            for entity in self._inventory.of_type("ManagedEntity")
            for state in _declared(entity)
            if state.overallStatus not in _NOT_TRIGGERED and is_selected(state)
        )
        for entity, state in tuple(triggered):
            self._put(self._inventory[state.alarm], entity, state.replace(overallStatus="green", time=time))

    def _subject(self, event: DataObject) -> ManagedObject | None:
        """Return the VM or host that an event is about."""
        for path, type_name in _SUBJECTS:
            argument = event.__dict__.get(path)
            if argument is not None:
                subject = self._inventory.find(getattr(argument, path))
                return subject if subject is not None and subject.is_a(type_name) else None
        return None

    def _set(self, alarm: ManagedObject, entity: ManagedObject, status: str, event: DataObject) -> None:
        self._put(alarm, entity, _new_state(alarm, entity, status, event.createdTime, event.key))

    def _put(self, alarm: ManagedObject, entity: ManagedObject, state: DataObject) -> None:
        """Show a state on the entity and those above it, and post an event if the status has changed."""
        before, status = _status(entity, alarm, otherwise=_UNKNOWN), state.overallStatus
        _replace(entity, "declaredAlarmState", state.key, state)
        for place in self._places(entity):
            _replace(place, "triggeredAlarmState", state.key, None if status in _NOT_TRIGGERED else state)
        if before != status:
            self._show_worst(entity, {before, status})
            self._post(alarm, entity, before, status)

    def _show_worst(self, entity: ManagedObject, changed: set[str]) -> None:
        """Show the worst status of an entity's alarms, if one of the changed statuses can be the worst."""
        worst = _worst(state.overallStatus for state in _declared(entity))
        shown = "green" if worst == _UNKNOWN else worst
        if not changed <= _NOT_TRIGGERED and entity.get("overallStatus") != shown:
            entity.set("overallStatus", shown)

    def _post(self, alarm: ManagedObject, entity: ManagedObject, before: str, status: str) -> None:
        registered = self._inventory.find(alarm.get("info.entity"))
        self._events.post(
            "AlarmStatusChangedEvent",
            entity,
            alarm=DataObject("AlarmEventArgument", name=alarm.get("info.name"), alarm=alarm.ref),
            source=entity_argument(entity),
            entity=entity_argument(registered if registered is not None else entity),
            to=status,
            **{"from": before},
        )

    def _places(self, entity: ManagedObject) -> Iterator[ManagedObject]:
        """Yield the entities that show an entity's alarms: it and its ancestors, a VM's pool and cluster."""
        yield entity
        yield from ancestors(self._inventory, entity)
        if entity.is_a("VirtualMachine"):
            pool, cluster = (
                self._inventory.find(entity.get("resourcePool")),
                cluster_of(self._inventory, entity),
            )
            yield from (place for place in (pool, cluster) if place is not None)

    def _forget(self, vm: ManagedObject) -> None:
        """Remove the states of a removed VM from the entities that show them."""
        for place in self._places(vm):
            remaining = tuple(state for state in place.get("triggeredAlarmState") if state.entity != vm.ref)
            place.set("triggeredAlarmState", remaining)


def _parts(expression: DataObject) -> Iterator[DataObject]:
    """Yield the expressions of which one must be true to trigger an alarm."""
    if not expression.is_a("OrAlarmExpression"):
        yield expression
        return
    for part in expression.expression:
        yield from _parts(part)


def _worst(statuses: Iterable[str]) -> str:
    return min(statuses, key=_WORST_FIRST.index)


def _status_of(expression: DataObject, entity: ManagedObject) -> str:
    """Return the status that the value of a property sets; green for any other value."""
    value = entity.get(expression.statePath)
    by_status = {"red": expression.red, "yellow": expression.yellow}
    matching = (
        status
        for status, wanted in by_status.items()
        if wanted is not None and (value == wanted) is (expression.operator == "isEqual")
    )
    return next(matching, "green")


def _declared(entity: ManagedObject) -> tuple[DataObject, ...]:
    return entity.get("declaredAlarmState") or ()  # a saved inventory may lack it


def _key(alarm: ManagedObject, entity: ManagedObject) -> str:
    return f"{alarm.ref.value}.{entity.ref.value}"


def _status(entity: ManagedObject, alarm: ManagedObject, *, otherwise: str) -> str:
    """Return the status of an alarm on an entity."""
    key = _key(alarm, entity)
    statuses = (state.overallStatus for state in _declared(entity) if state.key == key)
    return next(statuses, otherwise)


def _matches(expression: DataObject, event: DataObject) -> bool:
    """Return whether an event satisfies the comparisons of an expression."""
    for comparison in expression.comparisons:
        equal = str(event.__dict__.get(comparison.attributeName)) == comparison.value
        if equal is not (comparison.operator == "equals"):
            return False
    return True


def _new_state(
    alarm: ManagedObject, entity: ManagedObject, status: str, time: datetime, event_key: int
) -> DataObject:
    return DataObject(
        "AlarmState",
        key=_key(alarm, entity),
        entity=entity.ref,
        alarm=alarm.ref,
        overallStatus=status,
        time=time,
        acknowledged=False,
        eventKey=event_key,
    )


def _replace(entity: ManagedObject, path: str, key: str, state: DataObject | None) -> None:
    """Replace the state with this key; remove it if `state` is None."""
    states = entity.get(path) or ()
    others = tuple(present for present in states if present.key != key)
    if state is not None or len(others) != len(states):
        entity.set(path, others if state is None else (*others, state))
