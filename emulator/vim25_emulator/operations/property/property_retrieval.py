"""PropertyCollector, one-time retrieval: RetrieveProperties, RetrievePropertiesEx and Fetch.

RetrievePropertiesEx answers in pages of `maxObjects`, or of 100 if the client does not say [observed: four
client projects]; RetrieveProperties does not. The rest is stored under a token of its session and collector;
the values of a page are read when the page is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.selection import Steps, walk
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.collector_registry import PAGE, Found
from vim25_emulator.vcenter.collector_session import collector_session
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.property_reader import PropertyReader, Written, read_spec
from vim25_emulator.vmodl.value import DataObject, Fragment, MethodFault

_NO_OPTIONS: Final = DataObject("RetrieveOptions")


def retrieve(call: Call, specs: Iterable[DataObject]) -> list[Found]:
    """Return the objects that the specs select, each with the property paths to return.

    Raises InvalidProperty and InvalidArgument for an invalid spec, and ManagedObjectNotFound for a root that
    does not exist, unless its spec requests to omit it; RestrictedByAdministrator for too long a traversal.
    """
    steps = Steps()
    return [pair for spec in specs for pair in _selected(call, read_spec(call, spec), steps)]


def _selected(call: Call, spec: FilterSpec, steps: Steps) -> list[Found]:
    """Return what one spec selects, without objects that the caller neither named nor may see [derived]."""
    paths_of = spec.property_sets.paths_of
    selected = [
        (member, paths)
        for member in walk(call.vcenter.inventory, spec.roots, steps)
        if (paths := paths_of(member.type)) is not None
    ]
    rights = call.rights
    if rights.unrestricted:
        return selected
    named = {ref.value for ref, _ in spec.roots}
    return [pair for pair in selected if pair[0].ref.value in named or rights.see(pair[0])]


@operation("PropertyCollector", "RetrieveProperties")
def retrieve_properties(call: Call, collector: ManagedObject, specSet: tuple[DataObject, ...]) -> Written:
    """Return the properties of all objects that the specs select, encoded."""
    return PropertyReader(call).contents("returnval", retrieve(call, specSet))


@operation("PropertyCollector", "RetrievePropertiesEx")
def retrieve_properties_ex(
    call: Call,
    collector: ManagedObject,
    specSet: tuple[DataObject, ...],
    options: DataObject = _NO_OPTIONS,
) -> DataObject | None:
    """Return the properties of the objects that the specs select; unset if they select none."""
    limit = PAGE if options.maxObjects is None else options.maxObjects
    if limit < 1:
        raise MethodFault("InvalidArgument", invalidProperty="options.maxObjects")
    return _page(call, collector, retrieve(call, specSet), limit)


@operation("PropertyCollector", "ContinueRetrievePropertiesEx")
def continue_retrieve_properties_ex(call: Call, collector: ManagedObject, token: str) -> DataObject:
    """Return the next page of an answer; a token is valid for one page."""
    rest, limit = collector_session(call, collector).take_rest(token)
    present = [pair for pair in rest if pair[0].ref in call.vcenter.inventory]
    return _page(call, collector, present, limit) or DataObject("RetrieveResult")


@operation("PropertyCollector", "CancelRetrievePropertiesEx")
def cancel_retrieve_properties_ex(call: Call, collector: ManagedObject, token: str) -> None:
    """Discard the rest of an answer."""
    collector_session(call, collector).take_rest(token)


def _page(call: Call, collector: ManagedObject, found: list[Found], limit: int) -> DataObject | None:
    """Return the first page and a token for the rest; everything if there is no session."""
    if not found:
        return None
    token = None
    if limit < len(found) and call.session is not None:
        token = collector_session(call, collector).keep_rest(found[limit:], limit)
        found = found[:limit]
    objects = PropertyReader(call).contents("objects", found)
    return DataObject("RetrieveResult", token=token, objects=objects)


@operation("ManagedObject", "Fetch")
def fetch(call: Call, this: ManagedObject, prop: str) -> Fragment:
    """Return one property of an object, encoded."""
    return PropertyReader(call).fetch(this, prop)
