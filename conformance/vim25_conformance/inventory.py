"""What is there: a read-only look at an endpoint's virtual machines, hosts and clusters.

Objects are found by the property collector and known by what they are; no moRef is ever guessed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

PAGE: Final = 500

_WANTED: Final[dict[Any, list[str]]] = {
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
    vim.ClusterComputeResource: ["name", "configurationEx"],
}


@dataclass(frozen=True)
class Cluster:
    """A cluster: HA and DRS as configured, and its usable hosts."""

    ref: Any
    name: str
    ha: bool
    drs: bool
    behavior: str
    hosts: tuple[Any, ...]


@dataclass(frozen=True)
class Machine:
    """A virtual machine with the properties by which a situation recognizes it."""

    ref: Any
    name: str
    power: str
    template: bool
    connected: bool
    ft_state: str
    role: int
    snapshots: bool
    host: Any
    cluster: Cluster | None
    identity: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inventory:
    """Everything found, machines in the order of their names."""

    machines: tuple[Machine, ...]
    clusters: tuple[Cluster, ...]
    hosts: dict[Any, str]

    def machine(self, name: str) -> Machine | None:
        """The machine of that name; of a fault tolerant pair, the primary."""
        found = [each for each in self.machines if each.name == name]
        return min(found, key=lambda each: each.role, default=None)


@contextlib.contextmanager
def view_of(content: Any, root: Any, kinds: list[Any]) -> Iterator[Any]:
    """A container view that is destroyed afterwards."""
    view = content.viewManager.CreateContainerView(root, kinds, True)
    try:
        yield view
    finally:
        with contextlib.suppress(vmodl.MethodFault, OSError):
            view.Destroy()


def view_spec(view: Any, kinds: dict[Any, list[str]]) -> Any:
    """A filter specification for the given properties of everything in a view."""
    collector = vmodl.query.PropertyCollector
    traversal = collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
    return collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[
            collector.PropertySpec(type=kind, pathSet=paths, all=False) for kind, paths in kinds.items()
        ],
    )


def has_pages(collector: Any) -> bool:
    """Whether the client's API version has paged retrieval, bounded waits and own collectors: 4.1 on."""
    return bool(VmomiSupport.IsChildVersion(collector._stub.version, "vim.version.version6"))


def retrieve(collector: Any, spec: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Objects and their properties, page by page; all at once for a client older than 4.1."""
    if not has_pages(collector):
        yield from map(_said, collector.RetrieveProperties([spec]))
        return
    options = vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=PAGE)
    page = collector.RetrievePropertiesEx([spec], options)
    while page:
        yield from map(_said, page.objects)
        page = collector.ContinueRetrievePropertiesEx(page.token) if page.token else None


def _said(content: Any) -> tuple[Any, dict[str, Any]]:
    return content.obj, {entry.name: entry.val for entry in content.propSet}


def property_of(content: Any, managed: Any, path: str) -> Any:
    """One property as pyVmomi has it, None when it is unset; raises what the target answers."""
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=managed)],
        propSet=[collector.PropertySpec(type=type(managed), pathSet=[path])],
    )
    return dict(retrieve(content.propertyCollector, spec)).get(managed, {}).get(path)


def take(content: Any) -> Inventory:
    """Look at the whole inventory."""
    kinds = list(_WANTED)
    with view_of(content, content.rootFolder, kinds) as view:
        found = list(retrieve(content.propertyCollector, view_spec(view, _WANTED)))
    hosts: dict[Any, dict[str, Any]] = {ref: said for ref, said in found if isinstance(ref, vim.HostSystem)}
    clusters: dict[Any, Cluster] = {
        ref: _cluster(ref, said, hosts) for ref, said in found if isinstance(ref, vim.ClusterComputeResource)
    }
    machines = [
        _machine(ref, said, clusters.get(hosts.get(said.get("runtime.host"), {}).get("parent")))
        for ref, said in found
        if isinstance(ref, vim.VirtualMachine)
    ]
    names = {ref: str(said.get("name", "")) for ref, said in hosts.items()}
    ordered = sorted(machines, key=lambda each: (each.name, each.role))
    return Inventory(tuple(ordered), tuple(sorted(clusters.values(), key=lambda each: each.name)), names)


def _cluster(ref: Any, said: dict[str, Any], hosts: dict[Any, dict[str, Any]]) -> Cluster:
    config = said.get("configurationEx")
    das, drs = getattr(config, "dasConfig", None), getattr(config, "drsConfig", None)
    usable = (
        host
        for host, its in hosts.items()
        if its.get("parent") == ref
        and its.get("runtime.connectionState") == "connected"
        and not its.get("runtime.inMaintenanceMode")
    )
    return Cluster(
        ref,
        str(said.get("name", "")),
        bool(das and das.enabled),
        bool(drs and drs.enabled),
        str(drs.defaultVmBehavior or "") if drs else "",
        tuple(usable),
    )


def _machine(ref: Any, said: dict[str, Any], cluster: Cluster | None) -> Machine:
    info = said.get("config.ftInfo")
    identity = {
        "name": said.get("name"),
        "uuid": said.get("config.uuid"),
        "instanceUuid": said.get("config.instanceUuid"),
        "path": said.get("config.files.vmPathName"),
    }
    return Machine(
        ref,
        str(said.get("name", "")),
        str(said.get("runtime.powerState", "")),
        bool(said.get("config.template")),
        said.get("runtime.connectionState", "connected") == "connected",
        str(said.get("runtime.faultToleranceState", "notConfigured")),
        info.role if info else 0,
        said.get("snapshot") is not None,
        said.get("runtime.host"),
        cluster,
        {key: str(value) for key, value in identity.items() if value},
    )
