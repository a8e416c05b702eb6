"""ViewManager and its views: lists of objects that a session keeps and hands to property filters.

A container view is a walk from its container that is kept true while objects come, go and move: its `view`
changes by the object that did. Hosts and resource pools contain their VMs too [derived from the API
reference]. A list view holds what it was given, less what is gone. Views end with their session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vim25_emulator.inventory.filter_spec import Hop, Roots, TraversalNode, require_type
from vim25_emulator.inventory.hierarchy import CHILDREN, OCCUPANTS
from vim25_emulator.inventory.managed_object import Change, ManagedObject, Op
from vim25_emulator.inventory.selection import Selection
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.collector_session import own_mo_id
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault, MoRef


def _held(call: Call) -> dict[MoRef, Callable[[], None]]:
    """Return the views of the caller's session; from the first time on they end with it."""
    session, views = call.own_session, call.vcenter.views
    held = views.by_session.get(session.key)
    if held is None:
        held = views.by_session[session.key] = {}
        session.at_end(lambda: _end(call))
    return held


def _end(call: Call) -> None:
    for ref in tuple(_held(call)):
        _close(call, ref)
    del call.vcenter.views.by_session[call.own_session.key]


def _close(call: Call, ref: MoRef) -> None:
    stop = _held(call).pop(ref, None)
    if stop is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    stop()
    call.vcenter.inventory.destroy(call.vcenter.inventory[ref])


@computed_property("ViewManager", "viewList")
def view_list(call: Call, manager: ManagedObject) -> Any:
    """Return the views of the caller's session."""
    return tuple(_held(call))


@operation("View", "DestroyView")
def destroy_view(call: Call, view: ManagedObject) -> None:
    """End a view of the caller's session."""
    _close(call, view.ref)


def _roots(container: ManagedObject, *, recursive: bool) -> Roots:
    """Return the walk to what is in a container: one step, or as many as there are."""
    inside = TraversalNode(skip=False)
    ways = [
        Hop(name, path, inside)
        for table in (CHILDREN, OCCUPANTS)
        for name, below in table.items()
        for path in below
    ]
    start = TraversalNode(skip=True)
    start.hops = ways
    if recursive:
        inside.hops = ways
    return ((container.ref, start),)


def _wanted(call: Call, names: Iterable[str]) -> Callable[[ManagedObject], bool]:
    """Return whether an object is of one of these types, and one that the caller may see when it comes."""
    kinds = [require_type(name, "type").name for name in names]
    return lambda found: any(found.is_a(kind) for kind in kinds) and call.rights.see(found)


class _Contents:
    """Writes what a selection finds into a view: the first finds at once, later ones one by one."""

    def __init__(self, view: ManagedObject) -> None:
        self._view = view
        self._first: list[MoRef] | None = []

    def entered(self, found: ManagedObject) -> None:
        if self._first is None:
            self._view.add("view", found.ref)
        else:
            self._first.append(found.ref)

    def left(self, found: ManagedObject) -> None:
        self._view.remove("view", found.ref)

    def show(self) -> None:
        self._view.set("view", self._first)
        self._first = None


@operation("ViewManager", "CreateContainerView")
def create_container_view(
    call: Call, manager: ManagedObject, container: ManagedObject, recursive: bool, type: tuple[str, ...] = ()
) -> ManagedObject:
    """Create a view of what is in a container, of all types or of the named ones and those that extend them.

    Raises InvalidArgument for a container that cannot contain anything, and for an unknown type.
    """
    if not any(container.is_a(name) for name in (*CHILDREN, *OCCUPANTS)):
        raise MethodFault("InvalidArgument", invalidProperty="container")
    wanted = _wanted(call, type or ("ManagedEntity",))
    view = call.vcenter.inventory.create(
        "ContainerView",
        own_mo_id(call.own_session),
        container=container.ref,
        type=type,
        recursive=recursive,
    )
    contents = _Contents(view)
    roots = _roots(container, recursive=recursive)
    selection = Selection(
        call.vcenter.inventory, roots, wanted=wanted, entered=contents.entered, left=contents.left
    )
    contents.show()
    _held(call)[view.ref] = selection.close
    return view


def _refs(objects: Iterable[ManagedObject]) -> tuple[MoRef, ...]:
    """Return each object's reference once, in order."""
    return tuple(dict.fromkeys(found.ref for found in objects))


def _create_list(call: Call, refs: tuple[MoRef, ...]) -> ManagedObject:
    view = call.vcenter.inventory.create("ListView", own_mo_id(call.own_session), view=refs)

    def drop_if_gone(change: Change) -> None:
        if change.op is Op.LEAVE:
            view.remove("view", change.object.ref)

    _held(call)[view.ref] = call.vcenter.inventory.journal.watch_membership(drop_if_gone)
    return view


@operation("ViewManager", "CreateListView")
def create_list_view(
    call: Call, manager: ManagedObject, obj: tuple[ManagedObject, ...] = ()
) -> ManagedObject:
    """Create a view of these objects."""
    return _create_list(call, _refs(obj))


@operation("ViewManager", "CreateListViewFromView")
def create_list_view_from_view(call: Call, manager: ManagedObject, view: ManagedObject) -> ManagedObject:
    """Create a list view of what another view shows now."""
    return _create_list(call, view.get("view"))


@operation("ListView", "ModifyListView")
def modify_list_view(
    call: Call,
    view: ManagedObject,
    add: tuple[ManagedObject, ...] = (),
    remove: tuple[ManagedObject, ...] = (),
) -> tuple[MoRef, ...]:
    """Add objects to a list view and take others out; one that is named in both stays out [derived]."""
    for ref in _refs(add):
        if ref not in view.get("view"):
            view.add("view", ref)
    for ref in _refs(remove):
        view.remove("view", ref)
    return ()


@operation("ListView", "ResetListView")
def reset_list_view(
    call: Call, view: ManagedObject, obj: tuple[ManagedObject, ...] = ()
) -> tuple[MoRef, ...]:
    """Let a list view hold these objects instead."""
    view.set("view", _refs(obj))
    return ()


@operation("ListView", "ResetListViewFromView")
def reset_list_view_from_view(call: Call, managed: ManagedObject, view: ManagedObject) -> None:
    """Let a list view hold what another view shows now."""
    managed.set("view", view.get("view"))
