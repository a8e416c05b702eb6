"""The form of VI/JSON answers: status, media type, what is absent, what is boxed.

The values themselves are those of the other cases. What pyVmomi hides is read from the bytes here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pyVmomi import vim, vmodl

from vim25_conformance.binding import FIRST_JSON, JSON
from vim25_conformance.case import case
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Absent, Is, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.conversation import Exchange
    from vim25_conformance.driver import Driver

APPLICATION_JSON: Final = "application/json"
PC: Final = vmodl.query.PropertyCollector


def content(exchange: Exchange) -> Any:
    """Return the value of a JSON body, None if it has none."""
    try:
        return json.loads(exchange.body)
    except ValueError:
        return None


def latest(drive: Driver) -> Exchange:
    """Return the exchange of the step before."""
    return drive.client.stub.conversation.last


@case(
    "WIRE.JSON.001",
    "a result is 200 and application/json",
    ["json.result"],
    documented("time.wire.status", Is(200)),
    observed("time.json.media_type", Is(APPLICATION_JSON)),
    documented("time.reply.value", Is("<time>")),
    binding=JSON,
    since=FIRST_JSON,
)
def _result(drive: Driver) -> None:
    drive.call("time", drive.service_instance, "CurrentTime")


@case(
    "WIRE.JSON.002",
    "a method without result is 204 without body",
    ["json.result"],
    documented("destroy.wire.status", Is(204)),
    documented("destroy.reply.value", Absent()),
    documented("facts.bytes", Is(0)),
    observed("facts.chunked", Is(False)),
    binding=JSON,
    since=FIRST_JSON,
)
def _void(drive: Driver) -> None:
    view = drive.call(
        "view", drive.content.viewManager, "CreateContainerView", drive.content.rootFolder, [], True
    )
    drive.call("destroy", view, "DestroyView")
    drive.note("bytes", len(latest(drive).body))
    drive.note("chunked", "transfer-encoding" in latest(drive).headers)


@case(
    "WIRE.JSON.003",
    "a fault is 500 and application/json, and has its properties beside its type",
    ["json.fault", "json.no-wrapper"],
    observed("view.wire.status", Is(500)),
    observed("view.json.media_type", Is(APPLICATION_JSON)),
    observed("view.failure", fault("ManagedObjectNotFound", obj=Is(Ref("Folder", NONEXISTENT)))),
    observed("facts.first member", Is("_typeName")),
    observed("facts.flat", Is(True)),
    binding=JSON,
    since=FIRST_JSON,
)
def _fault(drive: Driver) -> None:
    nowhere = drive.nonexistent(vim.Folder)
    drive.call("view", drive.content.viewManager, "CreateContainerView", nowhere, [], True)
    members = content(latest(drive)) or {"": None}
    drive.note("first member", next(iter(members)))
    drive.note("flat", {"obj", "faultstring"} <= members.keys() and "fault" not in members)


@case(
    "WIRE.JSON.004",
    "an unset property is an empty body",
    ["json.absent"],
    observed("parent.reply.kind", Is("returned")),
    observed("parent.reply.value", Absent()),
    observed("facts.bytes", Is(0)),
    derived("parent.wire.status", Is(204)),
    binding=JSON,
    since=FIRST_JSON,
)
def _unset(drive: Driver) -> None:
    drive.read("parent", drive.content.rootFolder, "parent")
    drive.note("bytes", len(latest(drive).body))


@case(
    "WIRE.JSON.005",
    "a search that finds nothing is an empty body",
    ["json.absent"],
    observed("find.reply.kind", Is("returned")),
    observed("find.reply.value", Absent()),
    observed("facts.bytes", Is(0)),
    derived("find.wire.status", Is(204)),
    binding=JSON,
    since=FIRST_JSON,
)
def _nothing_found(drive: Driver) -> None:
    drive.call("find", drive.content.searchIndex, "FindByInventoryPath", "no such folder/vm")
    drive.note("bytes", len(latest(drive).body))


@case(
    "WIRE.JSON.006",
    "a long poll without updates is an empty body",
    ["json.absent"],
    observed("wait.reply.kind", Is("returned")),
    observed("wait.reply.value", Absent()),
    derived("wait.wire.status", Is(204)),
    binding=JSON,
    since=FIRST_JSON,
)
def _no_update(drive: Driver) -> None:
    collector = drive.content.propertyCollector.CreatePropertyCollector()
    drive.call("wait", collector, "WaitForUpdatesEx", "", PC.WaitOptions(maxWaitSeconds=0))


@case(
    "WIRE.JSON.007",
    "a property that is read by GET is in its declared place, so it is not boxed",
    ["json.bare"],
    documented("name.wire.status", Is(200)),
    documented("facts.name", Is("str")),
    documented("facts.childType", Is("list")),
    documented("facts.overallStatus", Is("str")),
    documented("facts.content", Is("ServiceContent")),
    binding=JSON,
    since=FIRST_JSON,
)
def _bare(drive: Driver) -> None:
    root = f"Folder/{drive.content.rootFolder._moId}"
    drive.note("name", type(content(drive.request("name", "GET", f"{root}/name"))).__name__)
    drive.note("childType", type(content(drive.request("types", "GET", f"{root}/childType"))).__name__)
    drive.note(
        "overallStatus", type(content(drive.request("status", "GET", f"{root}/overallStatus"))).__name__
    )
    whole = content(drive.request("content", "GET", "ServiceInstance/ServiceInstance/content"))
    drive.note("content", whole.get("_typeName") if whole else None)


def _types_of_values(drive: Driver, name: str, target: Any, paths: list[str]) -> dict[str, tuple[str, bool]]:
    """Retrieve properties; return path → `_typeName`, and whether the value is boxed."""
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=target)], propSet=[PC.PropertySpec(type=type(target), pathSet=paths)]
    )
    collector = drive.content.propertyCollector
    drive.call(name, collector, "RetrievePropertiesEx", [spec], PC.RetrieveOptions(), brief=True)
    result = content(latest(drive)) or {}
    entries = [entry for each in result.get("objects", ()) for entry in each.get("propSet", ())]
    return {each["name"]: (each["val"].get("_typeName"), "_value" in each["val"]) for each in entries}


@case(
    "WIRE.JSON.008",
    "primitives, enumerations and arrays are boxed in anyType places",
    ["json.boxed"],
    observed("facts.name", Is("string")),
    observed("facts.overallStatus", Is("ManagedEntityStatus")),
    observed("facts.childType", Is("ArrayOfString")),
    observed("facts.effectiveRole", Is("ArrayOfInt")),
    observed("facts.childEntity", Is("ArrayOfManagedObjectReference")),
    observed("facts.all boxed", Is(True)),
    binding=JSON,
    since=FIRST_JSON,
)
def _boxed(drive: Driver) -> None:
    paths = ["name", "overallStatus", "childType", "effectiveRole", "childEntity"]
    found = _types_of_values(drive, "read", drive.content.rootFolder, paths)
    drive.note("name", found["name"][0])
    drive.note("overallStatus", found["overallStatus"][0])
    drive.note("childType", found["childType"][0])
    drive.note("effectiveRole", found["effectiveRole"][0])
    drive.note("childEntity", found["childEntity"][0])
    drive.note("all boxed", all(is_boxed for _, is_boxed in found.values()))


@case(
    "WIRE.JSON.009",
    "data objects and references stand plain in anyType places",
    ["json.boxed"],
    observed("facts.container", Is("ManagedObjectReference")),
    observed("facts.content", Is("ServiceContent")),
    observed("facts.any boxed", Is(False)),
    binding=JSON,
    since=FIRST_JSON,
)
def _plain(drive: Driver) -> None:
    view = drive.content.viewManager.CreateContainerView(drive.content.rootFolder, [], True)
    container = _types_of_values(drive, "view", view, ["container"])["container"]
    whole = _types_of_values(drive, "service", drive.service_instance, ["content"])["content"]
    drive.note("container", container[0])
    drive.note("content", whole[0])
    drive.note("any boxed", container[1] or whole[1])
