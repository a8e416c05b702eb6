"""What was recorded as events of a case's machines since the case began to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyVmomi import vim

from vim25_conformance.client import Client
from vim25_conformance.inventory import property_of
from vim25_conformance.naming import Naming
from vim25_conformance.observation import heard, items, label
from vim25_conformance.outcome import Data


class History:
    """The events of an endpoint, from the moment at which `begin` was called."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._last = 0

    def begin(self, machine: Any) -> None:
        """What is recorded from now on counts; a server without `latestEvent` is asked for the machine's."""
        content = self._client.content
        latest = property_of(content, content.eventManager, "latestEvent")
        known = [latest] if latest else self._of(machine)
        self._last = max((event.key for event in known), default=0)

    def _of(self, machine: Any) -> list[Any]:
        by = vim.event.EventFilterSpec.ByEntity(entity=machine, recursion="self")
        manager = self._client.content.eventManager
        return list(manager.QueryEvents(vim.event.EventFilterSpec(entity=by)) or ())

    def since(self, machines: Sequence[Any], naming: Naming) -> dict[str, int]:
        """How many events of each label, those of several machines counted once."""
        counted: dict[int, Data] = {}
        for machine in machines:
            events = self._of(machine)
            trees = items(heard(self._client))
            for event, tree in zip(events, trees, strict=False):
                if event.key > self._last and isinstance(tree, Data):
                    counted[event.key] = tree
        labels = [label(Data(tree.type, naming.fields(tree.fields))) for tree in counted.values()]
        return {each: labels.count(each) for each in sorted(set(labels))}
