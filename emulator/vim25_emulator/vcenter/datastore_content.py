"""What an address of the datastore access names: datacenters, datastores, a directory, or a small file.

An address is a path on a datastore, with `dcPath` and `dsName` in its query; Datastore.Browse is required on
the datacenter and the datastore [documented].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from vim25_emulator.inventory.hierarchy import ancestors
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_listing import files_on, small_file
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.value import MethodFault

_BROWSE: Final = "Datastore.Browse"
_DATACENTER: Final = "dcPath"
_DATASTORE: Final = "dsName"


class Entry(NamedTuple):
    """An entry of a listing: its name, and the path and the query that lead to it."""

    name: str
    path: str
    query: Mapping[str, str]


def content_at(vcenter: VCenter, user: str, path: str, query: Mapping[str, str]) -> bytes | tuple[Entry, ...]:
    """Return a file, or the entries of a listing.

    Raise NotFound for an unknown datacenter, InvalidDatastore, FileNotFound, NoPermission; NotSupported for a
    file whose contents the emulator does not have.
    """
    if _DATACENTER not in query:
        return _datacenters(vcenter, user)
    datacenter = _datacenter(vcenter, user, query[_DATACENTER])
    vcenter.authorization.require(user, datacenter, _BROWSE)
    found = vcenter.inventory.find_all(datacenter.get("datastore"))
    stores = {store.get("name"): store for store in found}
    name = query.get(_DATASTORE)
    if name is None:
        return tuple(Entry(each, "", {**query, _DATASTORE: each}) for each in stores)
    if name not in stores:
        raise MethodFault("InvalidDatastore", name=name)
    vcenter.authorization.require(user, stores[name], _BROWSE)
    file = small_file(vcenter.inventory, vcenter.leftovers, f"[{name}] {path}")
    return _directory(vcenter, stores[name], path, query) if file is None else file


def _datacenters(vcenter: VCenter, user: str) -> tuple[Entry, ...]:
    by_path = _visible_datacenters(vcenter, user)
    return tuple(Entry(path, "", {_DATACENTER: path}) for path in by_path)


def _visible_datacenters(vcenter: VCenter, user: str) -> dict[str, ManagedObject]:
    """Return the datacenters that a user can see, by inventory path."""
    see = vcenter.authorization.rights(user).see
    seen = filter(see, vcenter.inventory.of_type("Datacenter"))
    return {_path_of(vcenter, datacenter): datacenter for datacenter in seen}


def _path_of(vcenter: VCenter, entity: ManagedObject) -> str:
    """Return the names from below the root folder to an entity."""
    line = (entity, *ancestors(vcenter.inventory, entity))
    names = [place.get("name") for place in line if place is not vcenter.root_folder]
    return "/".join(reversed(names))


def _datacenter(vcenter: VCenter, user: str, path: str) -> ManagedObject:
    datacenter = _visible_datacenters(vcenter, user).get(path.strip("/"))
    if datacenter is None:
        raise MethodFault("NotFound")
    return datacenter


def _directory(
    vcenter: VCenter, store: ManagedObject, path: str, query: Mapping[str, str]
) -> tuple[Entry, ...]:
    """Return the entries of a directory; raise NotSupported for a file, FileNotFound if there is neither."""
    files = list(files_on(vcenter.inventory, store))
    listed = [file.name for file in files if file.folder == path]
    if listed or not path:
        return tuple(Entry(name, f"{path}/{name}".strip("/"), query) for name in listed)
    folder, _, name = path.rpartition("/")
    is_file = any((file.folder, file.name) == (folder, name) for file in files)
    raise MethodFault("NotSupported") if is_file else MethodFault("FileNotFound", file=path)
