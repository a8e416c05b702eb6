"""Events that a case's VMs caused since the case began to observe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyVmomi import vim

from vim25_conformance.client import EndpointClient
from vim25_conformance.normalization import Normalizer
from vim25_conformance.observation import items, label, last_value
from vim25_conformance.outcome import Data
from vim25_conformance.survey import property_of


class EventHistory:
    """The events of an endpoint since `begin` was called."""

    def __init__(self, client: EndpointClient) -> None:
        self._client = client
        self._last = 0

    def begin(self, machine: Any) -> None:
        """Count from now on; without `latestEvent` the VM's own events mark the start."""
        content = self._client.content
        latest = property_of(content, content.eventManager, "latestEvent")
        known = [latest] if latest else self._of(machine)
        self._last = max((event.key for event in known), default=0)

    def _of(self, machine: Any) -> list[Any]:
        by = vim.event.EventFilterSpec.ByEntity(entity=machine, recursion="self")
        manager = self._client.content.eventManager
        return list(manager.QueryEvents(vim.event.EventFilterSpec(entity=by)) or ())

    def since(self, machines: Sequence[Any], normalizer: Normalizer) -> dict[str, int]:
        """Return the number of events by label; an event of several VMs counts once."""
        counted: dict[int, Data] = {}
        for machine in machines:
            events = self._of(machine)
            trees = items(last_value(self._client))
            for event, tree in zip(events, trees, strict=False):
                if event.key > self._last and isinstance(tree, Data):
                    counted[event.key] = tree
        labels = [label(Data(tree.type, normalizer.fields(tree.fields))) for tree in counted.values()]
        return {each: labels.count(each) for each in sorted(set(labels))}
