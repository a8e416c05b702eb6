"""Everything that an endpoint says about its inventory, for comparison: all properties of all entities."""

from __future__ import annotations

import re
from typing import Any, Final

from pyVmomi import SoapAdapter, vim, vmodl

from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.survey import retrieve, view_of

KINDS: Final = [vim.ManagedEntity]

#: What changes by itself, or counts changes: tasks, statistics, alarms (with the time of their evaluation).
VOLATILE: Final = {"recentTask", "summary.quickStats", "performance", "declaredAlarmState"}
#: Times and versions of a configuration; and the SATA controller in the list of the PCI controller, which the
#: emulator recomputes with any reconfiguration.
_ASIDE: Final = re.compile(
    r"<(changeVersion|timestamp|modified|vmConfigChecksum|changeTag|date|bootTime|currentTime)\b.*?</\1>"
    r"|<device>15000</device>"
)


def inventory(endpoint: Endpoint) -> dict[tuple[str, str], str]:
    """Return each property of each entity as XML, without what is volatile."""
    with EndpointClient(endpoint, DEFAULT_VERSION) as client:
        with view_of(client.content, client.content.rootFolder, KINDS) as view:
            spec = _everything(view)
            objects = list(retrieve(client.content.propertyCollector, spec))
        return {
            (managed._moId, path): str(sorted(value)) if path == "disabledMethod" else _text(value)
            for managed, values in objects
            for path, value in values.items()
            if path not in VOLATILE
        }


def _text(value: Any) -> str:
    """Return a value as text, without what is aside."""
    structured = isinstance(value, vmodl.DynamicData | list)
    return _ASIDE.sub("", SoapAdapter.SerializeToStr(value)) if structured else str(value)


def _everything(view: Any) -> Any:
    collector = vmodl.query.PropertyCollector
    traversal = collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
    return collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[collector.PropertySpec(type=kind, all=True) for kind in KINDS],
    )


def changed(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Return what differs between two inventories, by object and property."""
    return {
        f"{managed} {path}": (before.get((managed, path)), after.get((managed, path)))
        for managed, path in sorted(before.keys() | after.keys())
        if before.get((managed, path)) != after.get((managed, path))
    }
