"""HostDatastoreBrowser: searching the files on datastores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import parts_of
from vim25_emulator.model.datastore_listing import File, files_on
from vim25_emulator.model.wildcard import matches_wildcards
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_ALL: Final = DataObject("FileQueryFlags", fileType=True, fileSize=True, modification=True, fileOwner=False)


class _Search(NamedTuple):
    """Where to search, and all files on that datastore."""

    store: ManagedObject
    folder: str
    files: list[File]


def _require_browse(
    call: Call, browser: ManagedObject, datastorePath: str, searchSpec: DataObject | None = None
) -> None:
    """Raise NoPermission, on the call, unless the caller may browse the datastore [derived]."""
    for store in call.vcenter.inventory.find_all(browser.get("datastore")):
        if datastorePath.startswith(f"[{store.get('name')}]"):
            call.vcenter.authorization.require(call.user, store, "Datastore.Browse")


def require_searchable(
    call: Call, browser: ManagedObject, datastorePath: str, searchSpec: DataObject | None = None
) -> _Search:
    """Return the datastore, the folder and all files of the datastore; raises like `search`."""
    store, folder = _place(call, browser, datastorePath)
    files = list(files_on(call.vcenter.inventory, store))
    _require_folder(files, folder, datastorePath)
    return _Search(store, folder, files)


@operation(
    "HostDatastoreBrowser",
    "SearchDatastore_Task",
    admit=_require_browse,
    requires=require_searchable,
)
async def search(
    call: Call, browser: ManagedObject, datastorePath: str, searchSpec: DataObject | None = None
) -> DataObject:
    """Return the contents of one folder (HostDatastoreBrowserSearchResults).

    Raises InvalidDatastorePath, InvalidDatastore if the browser does not see the datastore, FileNotFound if
    the folder does not exist.
    """
    store, folder, files = await call.work()
    return _results(store, folder, [file for file in files if file.folder == folder], searchSpec)


@operation(
    "HostDatastoreBrowser",
    "SearchDatastoreSubFolders_Task",
    admit=_require_browse,
    requires=require_searchable,
)
async def search_sub_folders(
    call: Call, browser: ManagedObject, datastorePath: str, searchSpec: DataObject | None = None
) -> tuple[DataObject, ...]:
    """Return the contents of a folder and of all folders below it; raises like `search`."""
    store, top, files = await call.work()
    by_folder: dict[str, list[File]] = defaultdict(list)
    for file in files:
        if file.folder == top or file.folder.startswith(f"{top}/" if top else ""):
            by_folder[file.folder].append(file)
    return tuple(_results(store, folder, listed, searchSpec) for folder, listed in by_folder.items())


def _place(call: Call, browser: ManagedObject, path: str) -> tuple[ManagedObject, str]:
    """Return the datastore and the folder of a path."""
    name, inside = parts_of(path)
    for store in call.vcenter.inventory.find_all(browser.get("datastore")):
        if store.get("name") == name:
            return store, inside.strip("/")
    raise MethodFault("InvalidDatastore", name=name)


def _require_folder(files: Iterable[File], folder: str, path: str) -> None:
    known = {file.folder for file in files}
    if folder and folder not in known:
        raise MethodFault("FileNotFound", file=path)


def _results(store: ManagedObject, folder: str, files: Iterable[File], spec: DataObject | None) -> DataObject:
    return DataObject(
        "HostDatastoreBrowserSearchResults",
        datastore=store.ref,
        folderPath=f"[{store.get('name')}] {folder}",
        file=tuple(_described(file, spec) for file in files if _wanted(file, spec)),
    )


def _wanted(file: File, spec: DataObject | None) -> bool:
    """Return whether a file matches a search specification by type and name."""
    if spec is None:
        return True
    queries = {query.type_.name.replace("Query", "Info") for query in spec.query}
    if queries and "FileInfo" not in queries and file.kind not in queries:
        return False
    folded = str.lower if spec.searchCaseInsensitive is not False else str
    return not spec.matchPattern or any(
        matches_wildcards(folded(file.name), folded(pattern)) for pattern in spec.matchPattern
    )


def _described(file: File, spec: DataObject | None) -> DataObject:
    """Return the FileInfo of a file with the requested details; with all details without a specification."""
    details = spec.details if spec is not None else _ALL
    if details is None:
        return DataObject("FileInfo", path=file.name)
    return DataObject(
        file.kind if details.fileType else "FileInfo",
        path=file.name,
        fileSize=file.size if details.fileSize else None,
        modification=file.modified if details.modification else None,
        owner="root" if details.fileOwner else None,
    )
