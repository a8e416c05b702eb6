"""Observe a target while a case runs: property changes by long poll, and labels for events.

One property collector holds every filter of a case, so that destroying it destroys all of them. Nothing here
sleeps: `WaitForUpdatesEx` returns when the target has an update or the timeout expires.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from pyVmomi import vim, vmodl

from vim25_conformance import interruption
from vim25_conformance.client import EndpointClient
from vim25_conformance.conversation import GARBLED, LOST
from vim25_conformance.outcome import Data, Fault, Ref, Returned, Several, Value
from vim25_conformance.survey import has_pages, view_spec

#: Properties that are watched of every VM in the cluster, new ones included.
WATCHED: Final = ["runtime.faultToleranceState", "runtime.powerState", "config.ftInfo"]

#: Properties that are read of the primary and the secondary at the end.
CAPTURED: Final = [
    "name",
    "config.ftInfo",
    "config.instanceUuid",
    "config.template",
    "config.uuid",
    "config.files.vmPathName",
    "runtime.faultToleranceState",
    "runtime.host",
    "runtime.powerState",
    "summary.config.ftInfo",
]

ENDED: Final = ("success", "error")

#: Maximum seconds of a single long poll; proxies between client and vCenter close longer ones.
_POLL: Final = 30


def items(value: Value) -> tuple[Value, ...]:
    """Return an array's items, none for an unset one."""
    return value.items if isinstance(value, Several) else ()


def last_value(client: EndpointClient) -> Value:
    """Return the value of the latest response as a tree, None if it has none."""
    reply, _ = client.stub.conversation.last.read()
    return reply.value if isinstance(reply, Returned) else None


def properties(client: EndpointClient, ref: Any, paths: list[str]) -> dict[str, Value]:
    """Return the object's properties as trees, without those that are unset or cannot be read."""
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=ref)],
        propSet=[collector.PropertySpec(type=type(ref), pathSet=paths)],
    )
    if has_pages(client.content.propertyCollector):
        client.content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())
        result = last_value(client)
        objects = items(result.fields.get("objects")) if isinstance(result, Data) else ()
    else:
        client.content.propertyCollector.RetrieveProperties([spec])
        objects = items(last_value(client))
    return {name: value for each in objects if isinstance(each, Data) for name, value in _properties(each)}


def _properties(content: Data) -> list[tuple[str, Value]]:
    entries = [each for each in items(content.fields.get("propSet")) if isinstance(each, Data)]
    return [(str(entry.fields.get("name")), entry.fields.get("val")) for entry in entries]


class PropertyObserver:
    """Filters on one collector, and every value that they reported, by object and path."""

    def __init__(self, client: EndpointClient, root: Any) -> None:
        self._client = client
        self.seen: dict[Ref, dict[str, list[Value]]] = {}
        self._version = ""
        shared = client.content.propertyCollector
        self._bounded = has_pages(shared)
        self._collector = shared.CreatePropertyCollector() if self._bounded else shared
        self._filters: list[Any] = []
        self._view = client.content.viewManager.CreateContainerView(root, [vim.VirtualMachine], True)
        self._add(view_spec(self._view, {vim.VirtualMachine: WATCHED}))
        while self.poll(0):
            pass

    def _add(self, spec: Any) -> None:
        self._filters.append(self._collector.CreateFilter(spec, False))

    def _ask(self, seconds: float) -> None:
        """Request updates; a client older than 4.1 cannot bound the wait, but its socket has a timeout."""
        if self._bounded:
            options = vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=int(seconds))
            with interruption.waiting():
                self._collector.WaitForUpdatesEx(self._version, options)
        elif seconds:
            with interruption.waiting():
                self._collector.WaitForUpdates(self._version)
        else:
            self._collector.CheckForUpdates(self._version)

    def poll(self, seconds: float) -> bool:
        """Wait for one response, at most `seconds`; return False if nothing changed."""
        self._ask(seconds)
        update = last_value(self._client)
        if not isinstance(update, Data):
            return False
        self._version = str(update.fields.get("version", ""))
        for each in items(update.fields.get("filterSet")):
            for change in items(each.fields.get("objectSet")) if isinstance(each, Data) else ():
                self._take(change)
        return True

    def _take(self, update: Value) -> None:
        if not isinstance(update, Data) or not isinstance(ref := update.fields.get("obj"), Ref):
            return
        paths = self.seen.setdefault(ref, {})
        for change in items(update.fields.get("changeSet")):
            if isinstance(change, Data):
                paths.setdefault(str(change.fields.get("name")), []).append(change.fields.get("val"))

    def latest(self, ref: Ref, path: str) -> Value:
        """Return the value that was reported last."""
        return (self.seen.get(ref, {}).get(path) or [None])[-1]

    def until(self, reached: Callable[[], bool], patience: float) -> bool:
        """Poll until `reached` holds or `patience` seconds have passed; return whether it holds."""
        deadline = time.monotonic() + patience
        while not reached():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.poll(max(1, min(left, _POLL, self._client.endpoint.call_limit / 2)))
        return True

    def settle(self, machine: Any, states: Sequence[str], patience: float) -> bool:
        """Wait until the VM's Fault Tolerance state is one of `states`; return False on timeout.

        Pending updates are read first: the latest state may precede the operation that just ran.
        """
        ref = Ref("VirtualMachine", machine._moId)
        while self.poll(0):
            pass
        return self.until(lambda: self.latest(ref, "runtime.faultToleranceState") in states, patience)

    def follow(self, task: Any, patience: float) -> bool:
        """Wait for the end of a task; return False on timeout (`patience` in seconds)."""
        collector = vmodl.query.PropertyCollector
        spec = collector.FilterSpec(
            objectSet=[collector.ObjectSpec(obj=task)],
            propSet=[collector.PropertySpec(type=vim.Task, pathSet=["info.state"])],
        )
        self._add(spec)
        ref = Ref("Task", task._moId)
        now = properties(self._client, task, ["info.state"]).get("info.state")
        if now in ENDED:  # some servers report nothing to a new filter until something changes
            self.seen.setdefault(ref, {}).setdefault("info.state", []).append(now)
        return self.until(lambda: self.latest(ref, "info.state") in ENDED, patience)

    def close(self) -> None:
        """Destroy the collector with its filters (only the filters if it is shared) and the view."""
        own = [(self._collector, "DestroyPropertyCollector")] if self._bounded else []
        shared = [] if self._bounded else [(each, "DestroyPropertyFilter") for each in self._filters]
        for managed, method in [*own, *shared, (self._view, "DestroyView")]:
            with contextlib.suppress(vmodl.MethodFault, *GARBLED, *LOST):
                getattr(managed, method)()


def label(event: Data) -> str:
    """Return the label of an event: its type, what distinguishes it from others of the type, and its VM."""
    subject = event.fields.get("vm")
    vm = subject.fields.get("vm") if isinstance(subject, Data) else None
    return event.type + _details(event) + (f" of {vm}" if isinstance(vm, Ref) else "")


def _details(event: Data) -> str:
    fields = event.fields
    if "oldState" in fields:
        return f"({fields['oldState']} to {fields.get('newState')})"
    if isinstance(info := fields.get("info"), Data):
        return f"({info.fields.get('descriptionId')})"
    reason = fields.get("reason", fields.get("eventTypeId"))
    detail = reason.type if isinstance(reason, Fault) else reason
    return f"({detail})" if detail else ""
