"""Events: what happened, to whom, in which chain.

An event is posted about a managed entity; where that entity stands (datacenter, cluster, host) is filled in
from the inventory. Events posted while a task runs carry that task's chain id, as a real vCenter's do.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.value import DataObject

#: The chain that events belong to while a task's body runs.
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

RETAINED: Final = 20_000  #: events kept; older ones are forgotten, as a vCenter's retention does


class Events:
    """The events of one vCenter, oldest first."""

    def __init__(
        self, inventory: Inventory, clock: Clock, text_of: Callable[[DataObject], str] | None = None
    ) -> None:
        self._inventory = inventory
        self._clock = clock
        self._text_of = text_of  #: gives the message of an event, empty for one that the user has none for
        self._keys = count(1)
        self.posted: deque[DataObject] = deque(maxlen=RETAINED)
        self._listeners: list[Callable[[DataObject], None]] = []

    def new_chain(self) -> int:
        """Return a chain id that no event carries yet. It is the key of the event that opens the chain."""
        return next(self._keys)

    def post(
        self, type_name: str, entity: ManagedObject | None = None, /, user: str = "", **fields: Any
    ) -> DataObject:
        """Record an event about an entity and tell the listeners; return it.

        `fields` are properties of the event's type; they win over what the inventory says.
        """
        key = next(self._keys)
        return self._post(type_name, entity, key, CHAIN.get() or key, {"userName": user, **fields})

    def post_in_chain(self, chain: int, type_name: str, entity: ManagedObject, **fields: Any) -> DataObject:
        """Record the event that opens a chain: its key is the chain's id."""
        return self._post(type_name, entity, chain, chain, fields)

    def _post(
        self, type_name: str, entity: ManagedObject | None, key: int, chain: int, fields: dict[str, Any]
    ) -> DataObject:
        known = data_type(type_name).properties
        places = {name: value for name, value in self._places(entity) if name in known}
        described: dict[str, Any] = {**places, **fields}
        described.setdefault("fullFormattedMessage", self._message(type_name, described))
        event = DataObject(type_name, key=key, chainId=chain, createdTime=self._clock.now(), **described)
        self._publish(event)
        return event

    def _message(self, type_name: str, described: dict[str, Any]) -> str:
        given = self._text_of(DataObject(type_name, **described)) if self._text_of else ""
        return given or message_of(type_name, described)

    def _publish(self, event: DataObject) -> None:
        self.posted.append(event)
        for listener in tuple(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[DataObject], None]) -> Callable[[], None]:
        """Tell `listener` of every event from now on; return what stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _places(self, entity: ManagedObject | None) -> Iterator[tuple[str, DataObject]]:
        """Yield the event arguments for the entity and for all that it stands in."""
        seen: set[str] = set()
        for place in self._surroundings(entity):
            for type_name, (prop, argument, reference) in ARGUMENTS.items():
                if place.is_a(type_name) and prop not in seen:
                    seen.add(prop)
                    yield prop, DataObject(argument, name=place.get("name") or "", **{reference: place.ref})

    def _surroundings(self, entity: ManagedObject | None) -> Iterator[ManagedObject]:
        """Yield the entity, the host it runs on and that host's ancestors, and its own ancestors."""
        if entity is None:
            return
        host = self._inventory.find(entity.get("runtime.host")) if entity.is_a("VirtualMachine") else None
        for start in (host, entity):
            place = start
            while place is not None:
                yield place
                place = (
                    self._inventory.find(place.get("parent")) if "parent" in place.type.properties else None
                )


def message_of(type_name: str, fields: dict[str, Any]) -> str:
    """Return a readable line for an event in the project's own words: what happened, to what, where."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_name.removesuffix("Event")).lower()
    named = [f"{argument.name}" for key in ("vm", "host", "ds", "net") if (argument := fields.get(key))]
    return f"{words[:1].upper()}{words[1:]}" + (f": {' on '.join(named[:2])}" if named else "")
