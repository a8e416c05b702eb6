"""Bodies of VI/JSON requests that pyVmomi never sends: unusual ones that are valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.binding import FIRST_JSON, JSON, SESSION_HEADER
from vim25_conformance.case import case
from vim25_conformance.cases.json_address import GOES_ON, TIME, after
from vim25_conformance.expectation import derived, observed
from vim25_conformance.matcher import Is, Present, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

NO_VM: Final = "VirtualMachine/no-such-object"
NOT_FOUND: Final = fault("ManagedObjectNotFound", obj=Present())
HOST: Final = '"host":{"type":"HostSystem","value":"no-such-host"}'


def view(drive: Driver) -> str:
    """Return the address of a method that requires two parameters."""
    return f"ViewManager/{drive.content.viewManager._moId}/CreateContainerView"


def container(drive: Driver) -> str:
    """Return its parameter `container`, without `_typeName`."""
    return f'"container":{{"type":"Folder","value":"{drive.content.rootFolder._moId}"}}'


@case(
    "WIRE.JSON.040",
    "a method that requires nothing is called with no body, with {}, or with a root that says what it is",
    ["json.lenient"],
    observed("empty.wire.status", Is(200)),
    observed("object.wire.status", Is(200)),
    observed("method.wire.status", Is(200)),
    observed("schema.wire.status", Is(200)),
    binding=JSON,
    since=FIRST_JSON,
)
def _no_parameters(drive: Driver) -> None:
    drive.request("empty", "POST", TIME)
    drive.request("object", "POST", TIME, "{}")
    drive.request("method", "POST", TIME, '{"_typeName":"CurrentTime"}')
    drive.request("schema", "POST", TIME, '{"_typeName":"CurrentTimeRequestType"}')


@case(
    "WIRE.JSON.041",
    "the body of CreateSecondaryVM_Task is absent, {} or a host",
    ["json.lenient"],
    observed("absent.failure", NOT_FOUND),
    observed("empty.failure", NOT_FOUND),
    observed("host.failure", NOT_FOUND),
    observed("named.failure", NOT_FOUND),
    binding=JSON,
    since=FIRST_JSON,
)
def _create(drive: Driver) -> None:
    create = f"{NO_VM}/CreateSecondaryVM_Task"
    drive.request("absent", "POST", create)
    drive.request("empty", "POST", create, "{}")
    drive.request("host", "POST", create, f"{{{HOST}}}")
    drive.request("named", "POST", create, f'{{"_typeName":"CreateSecondaryVMRequestType",{HOST}}}')


@case(
    "WIRE.JSON.042",
    "the Content-Type of a request is ignored, and Accept is not needed",
    ["json.lenient"],
    observed("none.wire.status", Is(200)),
    observed("form.wire.status", Is(200)),
    observed("form.json.media_type", Is("application/json")),
    binding=JSON,
    since=FIRST_JSON,
)
def _media_types(drive: Driver) -> None:
    session = {SESSION_HEADER: str(drive.client.stub.sessionId)}
    form = {**session, "Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    drive.request("none", "POST", TIME, "{}", headers=session)
    drive.request("form", "POST", TIME, "{}", headers=form)


@case(
    "WIRE.JSON.043",
    "a reference needs no _typeName, and _typeName may come last",
    ["json.untyped"],
    observed("without.wire.status", Is(200)),
    observed("last.wire.status", Is(200)),
    binding=JSON,
    since=FIRST_JSON,
)
def _untyped_reference(drive: Driver) -> None:
    typed = container(drive).replace("}", ',"_typeName":"ManagedObjectReference"}')
    drive.request("without", "POST", view(drive), f'{{{container(drive)},"recursive":true}}')
    drive.request("last", "POST", view(drive), f'{{{typed},"recursive":true}}')


@case(
    "WIRE.JSON.044",
    "null is an unset member, and the last of equal members counts",
    ["json.null"],
    derived("null.wire.status", Is(200)),
    derived("twice.failure", fault("InvalidArgument")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _null(drive: Driver) -> None:
    whole = f'{container(drive)},"recursive":true'
    drive.request("null", "POST", view(drive), f'{{{whole},"type":null}}')
    drive.request("twice", "POST", view(drive), f'{{{whole},"recursive":"perhaps"}}')
    after(drive)
