"""A read-only survey of an endpoint's virtual machines, hosts and clusters.

Objects are found by the property collector and recognized by their properties; no moRef is ever guessed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

PAGE: Final = 500

_SECONDARY: Final = 2

_PROPERTIES: Final[dict[Any, list[str]]] = {
    vim.VirtualMachine: [
        "name",
        "config.template",
        "config.ftInfo",
        "config.uuid",
        "config.instanceUuid",
        "config.files.vmPathName",
        "runtime.powerState",
        "runtime.connectionState",
        "runtime.host",
        "runtime.faultToleranceState",
        "snapshot",
    ],
    vim.HostSystem: ["name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode"],
    vim.ClusterComputeResource: ["name", "configurationEx", "summary"],
}


@dataclass(frozen=True)
class ClusterRecord:
    """A cluster: its HA, DRS and EVC configuration, and its usable hosts."""

    ref: Any
    name: str
    ha: bool
    drs: bool
    behavior: str
    hosts: tuple[Any, ...]
    evc: bool = False


@dataclass(frozen=True)
class MachineRecord:
    """A VM with the properties by which a situation recognizes it."""

    ref: Any
    name: str
    power: str
    template: bool
    connected: bool
    ft_state: str
    role: int
    snapshots: bool
    host: Any
    cluster: ClusterRecord | None
    identity: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return what denotes the VM: its name, its moId and its UUIDs."""
        uuids = (self.identity.get(each, "") for each in ("uuid", "instanceUuid"))
        return self.name, self.ref._moId, *filter(None, uuids)


class AmbiguousNameError(ValueError):
    """Several VMs have a name; the message lists them."""

    def __init__(self, name: str, machines: Sequence[MachineRecord]) -> None:
        listed = ", ".join(f"{each.ref._moId} ({each.identity.get('path', '')})" for each in machines)
        super().__init__(f"{len(machines)} VMs are named {name!r}: {listed}; write a moId or inventory path")


@dataclass(frozen=True)
class InventorySurvey:
    """Everything found, VMs ordered by name."""

    machines: tuple[MachineRecord, ...]
    clusters: tuple[ClusterRecord, ...]
    hosts: dict[Any, str]
    by_path: Callable[[str], Any] = field(default=lambda path: None, compare=False, repr=False)

    def machine(self, name: str) -> MachineRecord | None:
        """Return the VM that a name, moId, UUID or inventory path denotes; None if it does not exist.

        Of a pair it is the primary. Raise AmbiguousNameError for a name that several VMs have.
        """
        ref = self.by_path(name) if "/" in name else None
        named = [each for each in self.machines if each.ref == ref or name in each.names]
        primaries = [each for each in named if each.role != _SECONDARY] or named
        if len(primaries) > 1:
            raise AmbiguousNameError(name, primaries)
        return next(iter(primaries), None)


@contextlib.contextmanager
def view_of(content: Any, root: Any, kinds: list[Any]) -> Iterator[Any]:
    """Create a container view and destroy it afterwards."""
    view = content.viewManager.CreateContainerView(root, kinds, True)
    try:
        yield view
    finally:
        with contextlib.suppress(vmodl.MethodFault, OSError):
            view.Destroy()


def view_spec(view: Any, kinds: dict[Any, list[str]]) -> Any:
    """Return a filter specification for the given properties of everything in a view."""
    collector = vmodl.query.PropertyCollector
    traversal = collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
    return collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[
            collector.PropertySpec(type=kind, pathSet=paths, all=False) for kind, paths in kinds.items()
        ],
    )


def has_pages(collector: Any) -> bool:
    """Whether the client's API version has paged retrieval, bounded waits and own collectors: from 4.1."""
    return bool(VmomiSupport.IsChildVersion(collector._stub.version, "vim.version.version6"))


def retrieve(collector: Any, spec: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield objects and their properties, page by page; all at once for a client older than 4.1."""
    if not has_pages(collector):
        yield from map(_properties_of, collector.RetrieveProperties([spec]))
        return
    options = vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=PAGE)
    page = collector.RetrievePropertiesEx([spec], options)
    while page:
        yield from map(_properties_of, page.objects)
        page = collector.ContinueRetrievePropertiesEx(page.token) if page.token else None


def _properties_of(content: Any) -> tuple[Any, dict[str, Any]]:
    return content.obj, {entry.name: entry.val for entry in content.propSet}


def property_of(content: Any, managed: Any, path: str) -> Any:
    """Return one property as pyVmomi has it, None if it is unset; raise the target's fault."""
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=managed)],
        propSet=[collector.PropertySpec(type=type(managed), pathSet=[path])],
    )
    return dict(retrieve(content.propertyCollector, spec)).get(managed, {}).get(path)


def survey(content: Any) -> InventorySurvey:
    """Survey the whole inventory."""
    kinds = list(_PROPERTIES)
    with view_of(content, content.rootFolder, kinds) as view:
        objects = list(retrieve(content.propertyCollector, view_spec(view, _PROPERTIES)))
    hosts: dict[Any, dict[str, Any]] = {
        ref: values for ref, values in objects if isinstance(ref, vim.HostSystem)
    }
    clusters: dict[Any, ClusterRecord] = {
        ref: _cluster(ref, values, hosts)
        for ref, values in objects
        if isinstance(ref, vim.ClusterComputeResource)
    }
    machines = [
        _machine(ref, values, clusters.get(hosts.get(values.get("runtime.host"), {}).get("parent")))
        for ref, values in objects
        if isinstance(ref, vim.VirtualMachine)
    ]
    names = {ref: str(values.get("name", "")) for ref, values in hosts.items()}
    ordered = sorted(machines, key=lambda each: (each.name, each.role))
    return InventorySurvey(
        tuple(ordered),
        tuple(sorted(clusters.values(), key=lambda each: each.name)),
        names,
        content.searchIndex.FindByInventoryPath,
    )


def _cluster(ref: Any, values: dict[str, Any], hosts: dict[Any, dict[str, Any]]) -> ClusterRecord:
    config = values.get("configurationEx")
    das, drs = getattr(config, "dasConfig", None), getattr(config, "drsConfig", None)
    usable = (
        host
        for host, properties in hosts.items()
        if properties.get("parent") == ref
        and properties.get("runtime.connectionState") == "connected"
        and not properties.get("runtime.inMaintenanceMode")
    )
    return ClusterRecord(
        ref,
        str(values.get("name", "")),
        bool(das and das.enabled),
        bool(drs and drs.enabled),
        str(drs.defaultVmBehavior or "") if drs else "",
        tuple(usable),
        bool(getattr(values.get("summary"), "currentEVCModeKey", None)),
    )


def _machine(ref: Any, values: dict[str, Any], cluster: ClusterRecord | None) -> MachineRecord:
    info = values.get("config.ftInfo")
    identity = {
        "name": values.get("name"),
        "uuid": values.get("config.uuid"),
        "instanceUuid": values.get("config.instanceUuid"),
        "path": values.get("config.files.vmPathName"),
    }
    return MachineRecord(
        ref,
        str(values.get("name", "")),
        str(values.get("runtime.powerState", "")),
        bool(values.get("config.template")),
        values.get("runtime.connectionState", "connected") == "connected",
        str(values.get("runtime.faultToleranceState", "notConfigured")),
        info.role if info else 0,
        values.get("snapshot") is not None,
        values.get("runtime.host"),
        cluster,
        {key: str(value) for key, value in identity.items() if value},
    )
