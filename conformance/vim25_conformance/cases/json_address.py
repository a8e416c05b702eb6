"""Addresses of VI/JSON: `{release}/{Type}/{moId}/{member}` names a method or a property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyVmomi import vim, vmodl

from vim25_conformance.binding import FIRST_JSON, JSON
from vim25_conformance.case import case
from vim25_conformance.expectation import Rule, derived, documented, observed
from vim25_conformance.matcher import Is, Present, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

SERVICE: Final = "ServiceInstance/ServiceInstance"
TIME: Final = f"{SERVICE}/CurrentTime"
CONNECTIONS: Final = "VirtualMachine/no-such-object/QueryConnections"  # exists from 7.0.1.0
PC: Final = vmodl.query.PropertyCollector

#: The server handles the next request on the connection normally.
GOES_ON: Final = (documented("after.reply.value", Is("<time>")),)


def after(drive: Driver) -> None:
    """Call a method over the same connection."""
    drive.call("after", drive.service_instance, "CurrentTime")


def _names_nothing(*steps: str) -> tuple[Rule, ...]:
    """Return that each of the steps is an InvalidRequest."""
    status = (observed(f"{step}.wire.status", Is(500)) for step in steps)
    failure = (observed(f"{step}.failure", fault("InvalidRequest")) for step in steps)
    return (*status, *failure)


@case(
    "WIRE.JSON.020",
    "a release that the server does not know",
    ["json.release"],
    observed("newer.wire.status", Is(500)),
    derived("newer.failure", fault("InvalidRequest")),
    derived("short.failure", fault("InvalidRequest")),
    derived("vmodl.failure", fault("InvalidRequest")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _unknown_release(drive: Driver) -> None:
    drive.request("newer", "POST", TIME, "{}", release="99.0.0.0")
    drive.request("short", "POST", TIME, "{}", release="8.0.2")
    drive.request("vmodl", "POST", TIME, "{}", release="v8_0_2_0")
    after(drive)


@case(
    "WIRE.JSON.021",
    "an older release that the server knows, and the server's own",
    ["json.release"],
    documented("older.wire.status", Is(200)),
    observed("own.wire.status", Is(200)),
    binding=JSON,
    since=FIRST_JSON,
)
def _known_release(drive: Driver) -> None:
    drive.request("older", "POST", TIME, "{}", release="7.0.0.0")
    drive.request("own", "POST", TIME, "{}", release=drive.content.about.apiVersion)


@case(
    "WIRE.JSON.022",
    "a path that names no type or no member is an InvalidRequest",
    ["json.uri"],
    *_names_nothing("type", "method", "property", "foreign", "case"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _unknown_names(drive: Driver) -> None:
    root = drive.content.rootFolder._moId
    drive.request("type", "POST", "NoSuchType/ServiceInstance/CurrentTime", "{}")
    drive.request("method", "POST", f"{SERVICE}/NoSuchMethod", "{}")
    drive.request("property", "GET", f"Folder/{root}/noSuchProperty")
    drive.request("foreign", "GET", f"Folder/{root}/runtime")
    drive.request("case", "POST", f"{SERVICE}/currenttime", "{}")
    after(drive)


@case(
    "WIRE.JSON.023",
    "the verb decides between method and property",
    ["json.path"],
    *_names_nothing("get a method", "post a property"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _verb(drive: Driver) -> None:
    drive.request("get a method", "GET", TIME)
    drive.request("post a property", "POST", f"{SERVICE}/content", "{}")
    after(drive)


@case(
    "WIRE.JSON.024",
    "a path of too few or too many parts is an InvalidRequest",
    ["json.path"],
    derived("few.failure", fault("InvalidRequest")),
    derived("many.failure", fault("InvalidRequest")),
    derived("nested.failure", fault("InvalidRequest")),
    documented("nested.reply.kind", Is("faulted", "refused")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _parts(drive: Driver) -> None:
    drive.request("few", "POST", "ServiceInstance/CurrentTime", "{}")
    drive.request("many", "POST", f"{TIME}/more", "{}")
    drive.request("nested", "GET", f"{SERVICE}/content/about")
    after(drive)


@case(
    "WIRE.JSON.025",
    "a member newer than the release of the path is unknown",
    ["json.older"],
    derived("older.failure", fault("InvalidRequest")),
    derived("newer.failure", fault("ManagedObjectNotFound")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _newer_member(drive: Driver) -> None:
    drive.request("older", "POST", CONNECTIONS, "{}", release="7.0.0.0")
    drive.request("newer", "POST", CONNECTIONS, "{}")
    after(drive)


@case(
    "WIRE.JSON.026",
    "an object that does not exist is a ManagedObjectNotFound that names it",
    ["json.object"],
    observed("post.wire.status", Is(500)),
    observed("post.failure", fault("ManagedObjectNotFound", obj=Present())),
    observed("get.failure", fault("ManagedObjectNotFound", obj=Present())),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _no_object(drive: Driver) -> None:
    drive.request("post", "POST", "VirtualMachine/no-such-object/CreateSecondaryVM_Task", "{}")
    drive.request("get", "GET", "VirtualMachine/no-such-object/name")
    after(drive)


@case(
    "WIRE.JSON.027",
    "an object of another type is an InvalidType; a base type of it is right",
    ["json.object", "json.path"],
    observed("other.wire.status", Is(500)),
    observed("other.failure", fault("InvalidType")),
    observed("base.wire.status", Is(200)),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _other_type(drive: Driver) -> None:
    root = drive.content.rootFolder._moId
    drive.request("other", "GET", f"VirtualMachine/{root}/name")
    drive.request("base", "GET", f"ManagedEntity/{root}/name")
    after(drive)


@case(
    "WIRE.JSON.028",
    "a moId with brackets, raw and percent-encoded",
    ["json.path"],
    observed("raw.reply.kind", Is("returned")),
    observed("encoded.reply.kind", Is("returned")),
    binding=JSON,
    since=FIRST_JSON,
)
def _brackets(drive: Driver) -> None:
    spec = PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=drive.content.rootFolder)],
        propSet=[PC.PropertySpec(type=vim.Folder, pathSet=["name"])],
    )
    moid = drive.content.propertyCollector.CreateFilter(spec, False)._moId
    drive.request("raw", "GET", f"PropertyFilter/{moid}/partialUpdates")
    drive.request("encoded", "GET", f"PropertyFilter/{quote(moid, safe='')}/partialUpdates")


@case(
    "WIRE.JSON.029",
    "other verbs are not allowed",
    ["json.verbs"],
    derived("put.wire.status", Is(405)),
    derived("delete.wire.status", Is(405)),
    derived("options.wire.status", Is(405)),
    derived("head.wire.status", Is(405)),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _verbs(drive: Driver) -> None:
    drive.request("put", "PUT", TIME, "{}")
    drive.request("delete", "DELETE", TIME)
    drive.request("options", "OPTIONS", TIME)
    drive.request("head", "HEAD", TIME)
    after(drive)
