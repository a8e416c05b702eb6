"""Decode SOAP requests into calls: the envelope, the method and its arguments.

The decoder accepts what real clients vary (prefixes, attributes, headers), and is strict where servers are:
namespace, method, order and names of parameters, types and values.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

from vim25_emulator.soap.parse_fault import (
    BEFORE_METHOD,
    Frame,
    MisreadError,
    ParseFault,
    misread,
    not_well_formed,
)
from vim25_emulator.soap.soap_leaf_reader import require_reference
from vim25_emulator.soap.soap_reader import Members, reader, require_no_text
from vim25_emulator.soap.xml_tree import Element, NotWellFormedError, RefusedDocumentError, parse
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.type_names import ANY_TYPE, MANAGED_TYPES
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import Version

__all__ = ["DecodedCall", "Envelope", "ParseFault", "decode_call", "decode_object", "parse_envelope"]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_NAMESPACE: Final = "urn:vim25"
_OLD_NAMESPACE: Final = "urn:vim2"


class Envelope(NamedTuple):
    """A parsed request: document, and its root, body and method elements."""

    document: bytes
    root: Element
    body: Element
    call: Element

    @property
    def frames(self) -> tuple[Frame, Frame]:
        """The frames of the body and the envelope, which enclose the method's element."""
        return Frame("while parsing SOAP body", self.body), Frame("while parsing SOAP envelope", self.root)

    @property
    def operation_id(self) -> str | None:
        """The client's operationID, from the SOAP header."""
        header = self.root.child("Header")
        element = header.child("operationID") if header is not None else None
        return element.text if element is not None else None


class DecodedCall(NamedTuple):
    """A decoded call. `arguments` has no entry for an omitted optional parameter."""

    method: Method
    this: MoRef
    arguments: dict[str, Any]


def parse_envelope(document: bytes) -> Envelope:
    """Return the envelope of a request; raise ParseFault if it is not XML, or not a SOAP 1.1 request."""
    root = _parsed(document)
    try:
        body, call = _body_and_call(root)
    except MisreadError as error:
        raise misread(error, root, document) from None
    return Envelope(document, root, body, call)


def _parsed(document: bytes) -> Element:
    try:
        return parse(document)
    except NotWellFormedError as error:
        raise not_well_formed(str(error)) from None
    except RefusedDocumentError as error:
        raise ParseFault(f"{error}\n\n{BEFORE_METHOD}") from None


def _body_and_call(root: Element) -> tuple[Element, Element]:
    in_envelope = Frame("while parsing SOAP envelope", root)
    body = root
    try:
        body = _body_of(root)
        return body, _call_of(body)
    except MisreadError as error:
        error.frames += (
            [in_envelope] if body is root else [Frame("while parsing SOAP body", body), in_envelope]
        )
        raise


def _body_of(root: Element) -> Element:
    if root.name != "Envelope":
        raise MisreadError(f"Got <{root.name}> tag when expecting <Envelope> tag")
    if root.namespace != SOAP:
        raise MisreadError(f'Unsupported namespace "{root.namespace}" of SOAP envelope')
    body = root.child("Body")
    if body is None:
        raise MisreadError("Got </Envelope> tag when expecting <Body> tag")
    if root[-1] is not body:
        raise MisreadError(f'Unexpected element tag "{root[-1].name}" seen')
    require_no_text(root)
    return body


def _call_of(body: Element) -> Element:
    if not body:
        raise MisreadError("Got </Body> tag when expecting a method's tag")
    if len(body) > 1:
        raise MisreadError(f'Unexpected element tag "{body[1].name}" seen')
    require_no_text(body)
    return body[0]


def decode_call(envelope: Envelope, client: Version, server: ReleaseProfile) -> DecodedCall:
    """Return the call in an envelope, as a server of one version parses the request of a client of another.

    Raises ParseFault unless the elements are the method's parameters in order. The caller must check that
    `_this` and the references among the arguments exist.
    """
    method = _method(envelope, client, server)
    this = None
    try:
        _require_namespace(envelope.call)
        this = _this(envelope.call, method)
        parameters = _parameters(method.owner, method.name, client.position)
        arguments = parameters.read(islice(envelope.call, 1, None))
    except MisreadError as error:
        frame = Frame(f"while parsing call information for method {method.name}", envelope.call)
        error.frames += (frame, *envelope.frames)
        outermost = _http_frame(method, this) if this else BEFORE_METHOD
        raise misread(error, envelope.root, envelope.document, outermost) from None
    return DecodedCall(method, this, arguments)


def decode_object(document: bytes, client: Version) -> Any:
    """Return the value of a document whose root names its type by xsi:type; raise ParseFault."""
    root = _parsed(document)
    try:
        if root.namespace != _NAMESPACE:
            raise MisreadError(f'Unsupported namespace "{root.namespace}" of element "{root.name}"')
        _require_namespace(root)
        return reader(ANY_TYPE, client.position)(root)
    except MisreadError as error:
        raise misread(error, root, document) from None


def _method(envelope: Envelope, client: Version, server: ReleaseProfile) -> Method:
    name, namespace = envelope.call.name, envelope.call.namespace
    if namespace not in _namespaces(server):
        error = MisreadError(f'Unsupported namespace "{namespace}" in content of SOAP body', *envelope.frames)
        raise misread(error, envelope.root, envelope.document)
    method = registry.method(name)
    if method is not None and method.since <= client.position:
        return method
    text = server.unknown_method.format(method=name, namespace=namespace, version=client.name)
    if not server.unknown_method_is_located:
        raise ParseFault(text)
    raise misread(MisreadError(text, *envelope.frames), envelope.root, envelope.document)


@cache
def _namespaces(server: ReleaseProfile) -> frozenset[str]:
    """Return the namespaces of the calls that a server accepts."""
    optional = {_OLD_NAMESPACE: server.vim2, "": server.unqualified_calls}
    return frozenset({_NAMESPACE, *(name for name, is_accepted in optional.items() if is_accepted)})


def _require_namespace(call: Element) -> None:
    """Reject elements outside the call's namespace, and text beside elements [derived]."""
    namespace = call.namespace
    pending = [call]
    for element in pending:  # the loop extends the list
        if element:
            require_no_text(element)
            for child in element:
                if child.namespace != namespace:
                    raise MisreadError(
                        f'Unexpected element tag "{child.name}" of namespace "{child.namespace}" seen'
                    )
            pending += element


def _this(call: Element, method: Method) -> MoRef:
    if not call or call[0].name != "_this":
        tag = call[0].name if call else f"/{call.name}"
        raise MisreadError(f"Got <{tag}> tag when expecting <_this> tag")
    require_reference(call[0])
    name = call[0].attributes.get("type", method.owner)
    if name not in MANAGED_TYPES or not registry.managed_type(name).is_a(method.owner):
        raise ParseFault("The request refers to an unexpected or unknown type.", fault="InvalidType")
    return MoRef(name, call[0].text.strip())


@cache
def _parameters(owner: str, name: str, position: int) -> Members:
    return Members(registry.managed_type(owner).methods[name], position)


def _http_frame(method: Method, this: MoRef) -> str:
    owner = registry.managed_type(this.type)
    return (
        f"while parsing HTTP request for method {method.vmodl_name}\n"
        f"on object of type {owner.vmodl_name}\nat line 1, column 0"
    )
