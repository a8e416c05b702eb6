"""PropertyFilterSpecs for the tests of the property collector."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim, vmodl

Collector = vmodl.query.PropertyCollector
ContainerView = vim.view.ContainerView


def view_of(content: Any, *kinds: Any, container: Any = None) -> Any:
    """Create a recursive container view of these types."""
    return content.viewManager.CreateContainerView(container or content.rootFolder, list(kinds), True)


def shown(kind: Any, *paths: str, **more: Any) -> Any:
    return Collector.PropertySpec(type=kind, pathSet=list(paths), **more)


def one(obj: Any, *paths: str, **more: Any) -> Any:
    """Return a spec for properties of one object."""
    return spec([Collector.ObjectSpec(obj=obj)], shown(type(obj), *paths), **more)


def in_view(view: Any, kind: Any, *paths: str) -> Any:
    """Return a spec for properties of all objects of a type in a view."""
    traversal = Collector.TraversalSpec(type=type(view), path="view")
    return spec([Collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])], shown(kind, *paths))


def spec(objects: list[Any], *properties: Any, **more: Any) -> Any:
    return Collector.FilterSpec(objectSet=objects, propSet=list(properties), **more)
