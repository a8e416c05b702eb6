"""Watching a target while a case runs: property changes by long poll, and what was recorded as events.

One property collector of our own holds every filter of a case, so that destroying it ends all of them.
Nothing here sleeps or polls: `WaitForUpdatesEx` returns when the target has something to say, or when
patience ends.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from pyVmomi import vim, vmodl

from vim25_conformance.client import LOST, Client
from vim25_conformance.inventory import has_pages, view_spec
from vim25_conformance.outcome import Data, Fault, Ref, Returned, Several, Value

WATCHED: Final = ["runtime.faultToleranceState", "runtime.powerState", "config.ftInfo"]
"""What is watched of every virtual machine in the cluster, so that one that appears is seen too."""

LOOKED: Final = [
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
"""What is read of the primary and the secondary at the end."""

ENDED: Final = ("success", "error")

_POLL: Final = 30
"""Longest single long poll in seconds; well below what proxies between us and a vCenter cut off."""


def items(value: Value) -> tuple[Value, ...]:
    """An array's items, nothing for an unset one."""
    return value.items if isinstance(value, Several) else ()


def heard(client: Client) -> Value:
    """The tree of the answer that came last, None if it was not a value."""
    reply, _ = client.stub.conversation.last.read()
    return reply.value if isinstance(reply, Returned) else None


def properties(client: Client, ref: Any, paths: list[str]) -> dict[str, Value]:
    """The object's properties as trees; one that is unset or gone is left out."""
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=ref)],
        propSet=[collector.PropertySpec(type=type(ref), pathSet=paths)],
    )
    if has_pages(client.content.propertyCollector):
        client.content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())
        result = heard(client)
        objects = items(result.fields.get("objects")) if isinstance(result, Data) else ()
    else:
        client.content.propertyCollector.RetrieveProperties([spec])
        objects = items(heard(client))
    return {name: value for each in objects if isinstance(each, Data) for name, value in _properties(each)}


def _properties(content: Data) -> list[tuple[str, Value]]:
    entries = [each for each in items(content.fields.get("propSet")) if isinstance(each, Data)]
    return [(str(entry.fields.get("name")), entry.fields.get("val")) for entry in entries]


class Watch:
    """Filters on one collector, and every value that passed by, by object and path."""

    def __init__(self, client: Client, root: Any) -> None:
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
        """A client older than 4.1 cannot bound a wait; its socket does."""
        if self._bounded:
            options = vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=int(seconds))
            self._collector.WaitForUpdatesEx(self._version, options)
        elif seconds:
            self._collector.WaitForUpdates(self._version)
        else:
            self._collector.CheckForUpdates(self._version)

    def poll(self, seconds: float) -> bool:
        """Wait for one answer, at most `seconds`; False when nothing changed."""
        self._ask(seconds)
        update = heard(self._client)
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
        """The last value that passed by."""
        return (self.seen.get(ref, {}).get(path) or [None])[-1]

    def until(self, reached: Callable[[], bool], patience: float) -> bool:
        """Long poll until `reached` or out of patience (seconds); says which."""
        deadline = time.monotonic() + patience
        while not reached():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.poll(max(1, min(left, _POLL)))
        return True

    def settle(self, machine: Any, states: Sequence[str], patience: float) -> bool:
        """Wait until the machine's Fault Tolerance state is one of `states`; False when patience ran out.

        News that wait are taken first: the state that was heard last may be from before what was just done.
        """
        ref = Ref("VirtualMachine", machine._moId)
        while self.poll(0):
            pass
        return self.until(lambda: self.latest(ref, "runtime.faultToleranceState") in states, patience)

    def follow(self, task: Any, patience: float) -> bool:
        """Wait for a task's end; False when patience (seconds) ran out first."""
        collector = vmodl.query.PropertyCollector
        spec = collector.FilterSpec(
            objectSet=[collector.ObjectSpec(obj=task)],
            propSet=[collector.PropertySpec(type=vim.Task, pathSet=["info.state"])],
        )
        self._add(spec)
        ref = Ref("Task", task._moId)
        now = properties(self._client, task, ["info.state"]).get("info.state")
        if now in ENDED:  # some servers tell a new filter nothing until something changes
            self.seen.setdefault(ref, {}).setdefault("info.state", []).append(now)
        return self.until(lambda: self.latest(ref, "info.state") in ENDED, patience)

    def close(self) -> None:
        """Give back the collector with its filters (or the filters alone, if it is shared), and the view."""
        own = [(self._collector, "DestroyPropertyCollector")] if self._bounded else []
        shared = [] if self._bounded else [(each, "DestroyPropertyFilter") for each in self._filters]
        for managed, method in [*own, *shared, (self._view, "DestroyView")]:
            with contextlib.suppress(vmodl.MethodFault, *LOST):
                getattr(managed, method)()


def label(event: Data) -> str:
    """An event in a multiset: its type, what tells it from others of its type, and whose it is."""
    subject = event.fields.get("vm")
    whose = subject.fields.get("vm") if isinstance(subject, Data) else None
    return event.type + _particulars(event) + (f" of {whose}" if isinstance(whose, Ref) else "")


def _particulars(event: Data) -> str:
    said = event.fields
    if "oldState" in said:
        return f"({said['oldState']} to {said.get('newState')})"
    if isinstance(info := said.get("info"), Data):
        return f"({info.fields.get('descriptionId')})"
    reason = said.get("reason", said.get("eventTypeId"))
    shown = reason.type if isinstance(reason, Fault) else reason
    return f"({shown})" if shown else ""
