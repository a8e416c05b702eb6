"""ViewManager: container views and list views.

A container view follows its container: `view` changes as objects are created, removed and moved. Hosts and
resource pools contain their VMs too [derived]. A list view contains the given objects that
still exist. Views end with their session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from vim25_emulator.inventory.filter_spec import Hop, Roots, TraversalNode, require_type
from vim25_emulator.inventory.hierarchy import CHILDREN, OCCUPANTS
from vim25_emulator.inventory.managed_object import Change, ManagedObject
from vim25_emulator.inventory.selection import Selection
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.session_object import add_members, create_for, destroy_for
from vim25_emulator.vmodl.value import MethodFault, MoRef


def _own_views(call: Call) -> dict[MoRef, Callable[[], None]]:
    """Return the views of the caller's session, each with the function that stops it."""
    session, views = call.own_session, call.vcenter.views
    own = views.by_session.get(session.key)
    if own is None:
        own = views.by_session[session.key] = {}
        session.at_end(lambda: _end(call))
    return own


def _end(call: Call) -> None:
    for ref in tuple(_own_views(call)):
        _close(call, ref)
    del call.vcenter.views.by_session[call.own_session.key]


def _close(call: Call, ref: MoRef) -> None:
    stop = _own_views(call).pop(ref, None)
    if stop is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    stop()
    destroy_for(call.own_session, call.vcenter.inventory, call.vcenter.inventory[ref])


@computed_property("ViewManager", "viewList")
def view_list(call: Call, manager: ManagedObject) -> tuple[MoRef, ...]:
    """Return the views of the caller's session."""
    return tuple(_own_views(call))


@operation("View", "DestroyView")
def destroy_view(call: Call, view: ManagedObject) -> None:
    """Destroy a view of the caller's session."""
    _close(call, view.ref)


def _roots(container: ManagedObject, *, recursive: bool) -> Roots:
    """Return the traversal of a container: one level, or all."""
    inside = TraversalNode(skip=False)
    hops = [
        Hop(name, path, inside)
        for table in (CHILDREN, OCCUPANTS)
        for name, below in table.items()
        for path in below
    ]
    start = TraversalNode(skip=True)
    start.hops = hops
    if recursive:
        inside.hops = hops
    return ((container.ref, start),)


def _wanted(call: Call, names: Iterable[str]) -> Callable[[ManagedObject], bool]:
    """Return a predicate: an object of one of these types that the caller may see when it enters."""
    kinds = [require_type(name, "type").name for name in names]
    return lambda found: any(found.is_a(kind) for kind in kinds) and call.rights.see(found)


class _Contents:
    """Writes a selection into a view: the first objects at once, later ones one by one."""

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

    def publish(self) -> None:
        self._view.set("view", self._first)
        self._first = None


@operation("ViewManager", "CreateContainerView")
def create_container_view(
    call: Call, manager: ManagedObject, container: ManagedObject, recursive: bool, type: tuple[str, ...] = ()
) -> ManagedObject:
    """Create a view of the objects in a container, of all types or of these and their subtypes.

    Raises InvalidArgument for an object that is no container, and for an unknown type.
    """
    if not any(container.is_a(name) for name in (*CHILDREN, *OCCUPANTS)):
        raise MethodFault("InvalidArgument", invalidProperty="container")
    wanted = _wanted(call, type or ("ManagedEntity",))
    view = create_for(
        call.own_session,
        call.vcenter.inventory,
        "ContainerView",
        container=container.ref,
        type=type,
        recursive=recursive,
    )
    contents = _Contents(view)
    roots = _roots(container, recursive=recursive)
    selection = Selection(
        call.vcenter.inventory, roots, wanted=wanted, entered=contents.entered, left=contents.left
    )
    contents.publish()
    add_members(call.own_session, view, len(view.get("view")))
    _own_views(call)[view.ref] = selection.close
    return view


#: Changes of a list view that are made at once: each change for itself copies the view.
_MANY: Final = 100


def _refs(objects: Iterable[ManagedObject]) -> tuple[MoRef, ...]:
    """Return the references without duplicates, in order."""
    return tuple(dict.fromkeys(found.ref for found in objects))


def _create_list(call: Call, refs: tuple[MoRef, ...]) -> ManagedObject:
    view = create_for(call.own_session, call.vcenter.inventory, "ListView", view=refs)

    known = refs, frozenset(refs)

    def drop_if_gone(change: Change) -> None:
        nonlocal known
        current = view.get("view")
        if known[0] is not current:
            known = current, frozenset(current)
        if change.object.ref in known[1]:
            view.remove("view", change.object.ref)

    _own_views(call)[view.ref] = call.vcenter.inventory.journal.watch_leaving(drop_if_gone)
    return view


@operation("ViewManager", "CreateListView")
def create_list_view(
    call: Call, manager: ManagedObject, obj: tuple[ManagedObject, ...] = ()
) -> ManagedObject:
    """Create a view of these objects."""
    return _create_list(call, _refs(obj))


@operation("ViewManager", "CreateListViewFromView")
def create_list_view_from_view(call: Call, manager: ManagedObject, view: ManagedObject) -> ManagedObject:
    """Create a list view with the current objects of another view."""
    return _create_list(call, view.get("view"))


@operation("ListView", "ModifyListView")
def modify_list_view(
    call: Call,
    view: ManagedObject,
    add: tuple[ManagedObject | MoRef, ...] = (),
    remove: tuple[ManagedObject | MoRef, ...] = (),
) -> tuple[MoRef, ...]:
    """Add objects to a list view and remove others; return the references that do not resolve.

    An object in both is removed [derived].
    """
    added, unresolved = _split(add)
    removed, not_removed = _split(remove)
    present: tuple[MoRef, ...] = view.get("view")
    known = frozenset(present)
    added = tuple(ref for ref in added if ref not in known)
    if len(added) + len(removed) > _MANY:
        leaving = frozenset(removed)
        view.set("view", tuple(ref for ref in (*present, *added) if ref not in leaving))
        return (*unresolved, *not_removed)
    for ref in added:
        view.add("view", ref)
    for ref in removed:
        view.remove("view", ref)
    return (*unresolved, *not_removed)


@operation("ListView", "ResetListView")
def reset_list_view(
    call: Call, view: ManagedObject, obj: tuple[ManagedObject | MoRef, ...] = ()
) -> tuple[MoRef, ...]:
    """Replace the objects of a list view; return the references that do not resolve."""
    refs, unresolved = _split(obj)
    view.set("view", refs)
    return unresolved


def _split(objects: Iterable[ManagedObject | MoRef]) -> tuple[tuple[MoRef, ...], tuple[MoRef, ...]]:
    """Return the references to the objects, and those that do not resolve, both without duplicates."""
    found, unresolved = [], []
    for entity in objects:
        if isinstance(entity, ManagedObject):
            found.append(entity)
        else:
            unresolved.append(entity)
    return _refs(found), tuple(dict.fromkeys(unresolved))


@operation("ListView", "ResetListViewFromView")
def reset_list_view_from_view(call: Call, managed: ManagedObject, view: ManagedObject) -> None:
    """Replace the objects of a list view with the current objects of another view."""
    managed.set("view", view.get("view"))
