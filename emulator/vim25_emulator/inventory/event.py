"""Events: what happened, to which entity, in which chain.

An event is posted for a managed entity; the entity's datacenter, cluster and host are added from the
inventory. Events posted while a task runs have that task's chain id, as on a real vCenter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.retained_items import RetainedItems
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject

#: The chain of the events that a running task's body posts.
CHAIN: Final[ContextVar[int | None]] = ContextVar("event_chain", default=None)

#: Managed object type → the event's property, its argument's type, the argument's reference property.
ARGUMENTS: Final = {
    "Datacenter": ("datacenter", "DatacenterEventArgument", "datacenter"),
    "ComputeResource": ("computeResource", "ComputeResourceEventArgument", "computeResource"),
    "HostSystem": ("host", "HostEventArgument", "host"),
    "VirtualMachine": ("vm", "VmEventArgument", "vm"),
    "Datastore": ("ds", "DatastoreEventArgument", "datastore"),
    "Network": ("net", "NetworkEventArgument", "network"),
}

#: Number of events stored; older ones are dropped, as by the retention of a vCenter.
RETAINED: Final = 20_000
RETAINED_BYTES: Final = 128 << 20


class Events:
    """The events of one vCenter, oldest first."""

    def __init__(
        self, inventory: Inventory, clock: Clock, text_of: Callable[[DataObject], str] | None = None
    ) -> None:
        self._inventory = inventory
        self._clock = clock
        self._text_of = (
            text_of  #: returns the message of an event in the user's catalog, empty if it has none
        )
        self._keys = count(1)
        self.posted = RetainedItems(RETAINED, RETAINED_BYTES)
        self._listeners: list[Callable[[DataObject], None]] = []

    def new_chain(self) -> int:
        """Return a new chain id, which becomes the key of the event that opens the chain."""
        return next(self._keys)

    def post(
        self, type_name: str, entity: ManagedObject | None = None, /, user: str = "", **fields: Any
    ) -> DataObject:
        """Record an event for an entity, notify the listeners and return the event.

        `fields` are properties of the event's type; they override what the inventory provides.
        """
        key = next(self._keys)
        return self._post(type_name, entity, key, CHAIN.get() or key, {"userName": user, **fields})

    def post_in_chain(self, chain: int, type_name: str, entity: ManagedObject, **fields: Any) -> DataObject:
        """Record the event that opens a chain; its key is the chain id."""
        return self._post(type_name, entity, chain, chain, fields)

    def _post(
        self, type_name: str, entity: ManagedObject | None, key: int, chain: int, fields: dict[str, Any]
    ) -> DataObject:
        declared = data_type(type_name).properties
        arguments = {name: value for name, value in self._arguments(entity) if name in declared}
        properties: dict[str, Any] = {**arguments, **fields}
        properties.setdefault("fullFormattedMessage", self._message(type_name, properties))
        event = DataObject(type_name, key=key, chainId=chain, createdTime=self._clock.now(), **properties)
        self._publish(event)
        return event

    def _message(self, type_name: str, properties: dict[str, Any]) -> str:
        text = self._text_of(DataObject(type_name, **properties)) if self._text_of else ""
        return text or message_of(type_name, properties)

    def _publish(self, event: DataObject) -> None:
        self.posted.put(event.key, event)
        for listener in tuple(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[DataObject], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; return a function that stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _arguments(self, entity: ManagedObject | None) -> Iterator[tuple[str, DataObject]]:
        """Yield the event arguments for the entity, its host and their ancestors."""
        seen: set[str] = set()
        for related in self._related(entity):
            for type_name, (prop, argument, reference) in ARGUMENTS.items():
                if related.is_a(type_name) and prop not in seen:
                    seen.add(prop)
                    name = related.get("name") or ""
                    yield prop, DataObject(argument, name=name, **{reference: related.ref})

    def _related(self, entity: ManagedObject | None) -> Iterator[ManagedObject]:
        """Yield the host that the entity runs on and its ancestors, then the entity and its ancestors."""
        if entity is None:
            return
        host = self._inventory.find(entity.get("runtime.host")) if entity.is_a("VirtualMachine") else None
        for start in (host, entity):
            related = start
            while related is not None:
                yield related
                has_parent = "parent" in related.type.properties
                related = self._inventory.find(related.get("parent")) if has_parent else None


def message_of(type_name: str, fields: dict[str, Any]) -> str:
    """Return this project's own message for an event: the words of its type, and what it is about."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_name.removesuffix("Event")).lower()
    names = [f"{argument.name}" for key in ("vm", "host", "ds", "net") if (argument := fields.get(key))]
    return f"{words[:1].upper()}{words[1:]}" + (f": {' on '.join(names[:2])}" if names else "")
