"""SOAP request bodies that pyVmomi never sends: invalid ones, and unusual ones that are valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.binding import SOAP
from vim25_conformance.case import case
from vim25_conformance.expectation import Rule, derived, documented, observed
from vim25_conformance.matcher import Is, Present, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

THIS: Final = '<_this type="ServiceInstance">ServiceInstance</_this>'
TIME: Final = f'<CurrentTime xmlns="urn:vim25">{THIS}</CurrentTime>'
NO_MACHINE: Final = '<_this type="VirtualMachine">no-such-object</_this>'


def _invalid_request(step: str) -> tuple[Rule, ...]:
    return (
        observed(f"{step}.failure", fault("InvalidRequest")),
        observed(f"{step}.wire.status", Is(500)),
        observed(f"{step}.soap.faultcode", Is("ServerFaultCode")),
        observed(f"{step}.soap.detail", Is("InvalidRequestFault")),
    )


#: The server handles the next request normally.
GOES_ON: Final = (documented("after.reply.value", Is("<time>")),)


def _after(drive: Driver) -> None:
    drive.call("after", drive.service_instance, "CurrentTime")


@case(
    "WIRE.001",
    "malformed XML",
    ["wire.malformed"],
    observed("post.wire.status", Is(500)),
    observed("post.soap.faultcode", Is("ClientFaultCode")),
    observed("post.soap.detail", Is("")),
    *GOES_ON,
    binding=SOAP,
)
def _malformed(drive: Driver) -> None:
    drive.post("post", "<soapenv:Envelope", enveloped=False)
    _after(drive)


@case(
    "WIRE.002",
    "an empty body",
    ["wire.malformed"],
    observed("post.wire.status", Is(500)),
    observed("post.soap.faultcode", Is("ClientFaultCode")),
    *GOES_ON,
    binding=SOAP,
)
def _empty(drive: Driver) -> None:
    drive.post("post", "", enveloped=False)
    _after(drive)


@case(
    "WIRE.003",
    "an unknown method",
    ["wire.unknown-method"],
    *_invalid_request("post"),
    observed("post.failure", fault("InvalidRequest", exactly=True)),
    *GOES_ON,
    binding=SOAP,
)
def _unknown_method(drive: Driver) -> None:
    drive.post("post", f'<NoSuchMethod xmlns="urn:vim25">{THIS}</NoSuchMethod>')
    _after(drive)


@case(
    "WIRE.004",
    "a required parameter is missing",
    ["wire.parameters"],
    *_invalid_request("post"),
    *GOES_ON,
    binding=SOAP,
)
def _missing_parameter(drive: Driver) -> None:
    drive.post("post", '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></Login>')
    _after(drive)


@case(
    "WIRE.005",
    "a parameter that the method does not have",
    ["wire.parameters"],
    *_invalid_request("post"),
    *GOES_ON,
    binding=SOAP,
)
def _unknown_parameter(drive: Driver) -> None:
    drive.post("post", f'<CurrentTime xmlns="urn:vim25">{THIS}<surprise>1</surprise></CurrentTime>')
    _after(drive)


@case(
    "WIRE.006",
    "parameters in the wrong order",
    ["wire.parameters"],
    *_invalid_request("post"),
    *GOES_ON,
    binding=SOAP,
)
def _wrong_order(drive: Driver) -> None:
    path = "<inventoryPath>nowhere</inventoryPath>"
    search = '<_this type="SearchIndex">SearchIndex</_this>'
    drive.post("post", f'<FindByInventoryPath xmlns="urn:vim25">{path}{search}</FindByInventoryPath>')
    _after(drive)


@case(
    "WIRE.007",
    "a method called on the wrong type of object",
    ["wire.wrong-type"],
    observed("post.reply.kind", Is("faulted", "refused")),
    observed("post.wire.status", Is(500)),
    derived("post.failure", fault("InvalidType")),
    *GOES_ON,
    binding=SOAP,
)
def _wrong_type(drive: Driver) -> None:
    folder = drive.content.rootFolder._moId
    this = f'<_this type="Folder">{folder}</_this>'
    drive.post("post", f'<CreateSecondaryVM_Task xmlns="urn:vim25">{this}</CreateSecondaryVM_Task>')
    _after(drive)


@case(
    "WIRE.008",
    "a body in a namespace that is not vim25",
    ["wire.namespace"],
    *_invalid_request("post"),
    *GOES_ON,
    since="6.5",
    binding=SOAP,
)
def _wrong_namespace(drive: Driver) -> None:
    drive.post("post", TIME.replace("urn:vim25", "urn:vim2"))
    _after(drive)


@case(
    "WIRE.009",
    "another prefix and a SOAP header",
    ["wire.lenient"],
    derived("post.reply.kind", Is("returned")),
    derived("post.wire.status", Is(200)),
    binding=SOAP,
)
def _prefixes(drive: Driver) -> None:
    envelope = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:v="urn:vim25"><S:Header>'
        "<v:operationID>conformance</v:operationID></S:Header><S:Body><v:CurrentTime>"
        '<v:_this type="ServiceInstance">ServiceInstance</v:_this></v:CurrentTime></S:Body></S:Envelope>'
    )
    drive.post("post", envelope, enveloped=False)


@case(
    "WIRE.010",
    "a VM reference without its type",
    ["wire.untyped"],
    observed("post.failure", fault("ManagedObjectNotFound", obj=Present())),
    binding=SOAP,
)
def _untyped_reference(drive: Driver) -> None:
    this = NO_MACHINE.replace(' type="VirtualMachine"', "")
    drive.post("post", f'<CreateSecondaryVM_Task xmlns="urn:vim25">{this}</CreateSecondaryVM_Task>')


@case(
    "WIRE.011",
    "0 and 1 as booleans",
    ["wire.lenient"],
    derived("post.reply.kind", Is("returned")),
    derived("post.wire.status", Is(200)),
    binding=SOAP,
)
def _digits_as_booleans(drive: Driver) -> None:
    root = drive.content.rootFolder._moId
    manager = drive.content.viewManager._moId
    drive.post(
        "post",
        f'<CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">{manager}</_this>'
        f'<container type="Folder">{root}</container><recursive>1</recursive></CreateContainerView>',
    )


@case(
    "WIRE.012",
    "a value that is not of the parameter's type",
    ["wire.parameters"],
    *_invalid_request("post"),
    *GOES_ON,
    binding=SOAP,
)
def _wrong_value(drive: Driver) -> None:
    root = drive.content.rootFolder._moId
    manager = drive.content.viewManager._moId
    drive.post(
        "post",
        f'<CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">{manager}</_this>'
        f'<container type="Folder">{root}</container><recursive>perhaps</recursive></CreateContainerView>',
    )
    _after(drive)


@case(
    "WIRE.013",
    "an envelope with an empty SOAP body",
    ["wire.parameters"],
    observed("post.wire.status", Is(500)),
    documented("post.reply.kind", Is("faulted", "refused")),
    *GOES_ON,
    binding=SOAP,
)
def _empty_soap_body(drive: Driver) -> None:
    drive.post("post", "")
    _after(drive)


@case(
    "WIRE.014",
    "entities are not resolved",
    ["wire.malformed"],
    documented("facts.secret leaked", Is(False)),
    *GOES_ON,
    binding=SOAP,
)
def _entities(drive: Driver) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY secret "s3cr3t-entity">]>'
    body = f'<NoSuchMethod xmlns="urn:vim25">{THIS}<a>&secret;</a></NoSuchMethod>'
    document = f'{bomb}<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body>{body}</E:Body></E:Envelope>'
    drive.post("post", document, enveloped=False)
    drive.note("secret leaked", b"s3cr3t-entity" in drive.client.stub.conversation.last.body)
    _after(drive)


@case(
    "WIRE.015",
    "a VM reference as a HostSystem parameter",
    ["wire.parameters"],
    derived("post.failure", fault("RuntimeFault")),
    documented("post.reply.kind", Is("faulted", "refused")),
    *GOES_ON,
    needs="powered-off",
    touches=("primary",),
    binding=SOAP,
)
def _wrong_reference(drive: Driver) -> None:
    machine = f'type="VirtualMachine">{drive.primary._moId}<'
    drive.post(
        "post",
        f'<CreateSecondaryVM_Task xmlns="urn:vim25"><_this {machine}/_this><host {machine}/host>'
        "</CreateSecondaryVM_Task>",
    )
    _after(drive)


@case(
    "WIRE.016",
    "a document of a thousand nested elements",
    ["wire.parameters"],
    derived("post.wire.status", Is(500)),
    derived("post.failure", fault("InvalidRequest")),
    *GOES_ON,
    binding=SOAP,
)
def _deep(drive: Driver) -> None:
    depth = 1000
    drive.post("post", f'<CurrentTime xmlns="urn:vim25">{THIS}{"<a>" * depth}{"</a>" * depth}</CurrentTime>')
    _after(drive)
