"""The vim25 SOAP protocol as a Spyne protocol, with our own codec.

Spyne calls the methods below in turn. Its own would read and write what no vim25 client sends or expects:
prefixes in the body, an `xsi:type` too many or too few, "Internal Error" for an unknown document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from vim25_emulator.soap.request_template import RequestTemplate, split_texts
from vim25_emulator.soap.soap_decoder import DecodedCall, Envelope, ParseFault, decode_call
from vim25_emulator.soap.soap_encoder import (
    encode_envelope_fault,
    encode_fault_detail,
    encode_response,
    envelope,
)
from vim25_emulator.soap.soap_property_writer import SoapPropertyWriter
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.version import Version, version
from vim25_emulator.wire.repeat_cache import RepeatCache
from vim25_emulator.wire.result_cache import ResultCache
from vim25_emulator.wire.spyne_context import SpyneEvents
from vim25_emulator.wire.spyne_shim import importable
from vim25_emulator.wire.vim_fault import VimFault

with importable():
    from spyne import Fault, MethodContext, MethodDescriptor
    from spyne.protocol.soap import Soap11

_MAX_CACHED_BYTES: Final = 4096  #: larger requests are not cached
_BYTES_PER_TAG: Final = 400  #: of an element and its value, at most; every element has one or two tags
_FAULT_STATUS: Final = "500 Internal Server Error"
_OLD_NAMESPACE: Final = "urn:vim2"
_ONLY_VERSION_OF_OLD_NAMESPACE: Final = version("2.0")

#: Methods that fail if the client's version is not supported; for others, the server's own version is used.
_STRICT: Final = frozenset({"LoginByToken"})


def _weight(document: bytes) -> int:
    """Return the bytes that a parsed document takes, about: that of its text, and of its elements."""
    return len(document) + _BYTES_PER_TAG * document.count(b"<")


def _vim_fault(fault: ParseFault) -> VimFault:
    return VimFault(fault.code, fault.text, fault.fault)


@dataclass(slots=True)
class _Document:
    """A request: its template and texts, its operationID, and the decoded call per version position."""

    content: bytes
    template: RequestTemplate
    texts: list[bytes]
    operation_id: str | None = None
    calls: dict[int, DecodedCall] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.operation_id = self.envelope().operation_id

    def envelope(self) -> Envelope:
        """Return the parsed request; valid until the next document with the same template is read."""
        return self.template.with_texts(self.content, self.texts)


class Soap(Soap11):  # type: ignore[misc]
    """vim25's SOAP 1.1. A context's `udc` is a `SoapExchange`; parse errors are raised as `VimFault`."""

    property_writer = SoapPropertyWriter

    def __init__(self) -> None:
        super().__init__()
        self.event_manager = SpyneEvents(self)
        self._documents: RepeatCache[bytes, _Document] = RepeatCache(_weight)
        self._templates: RepeatCache[tuple[bytes, ...], RequestTemplate] = RepeatCache(
            lambda markup: sum(map(_weight, markup))
        )
        self._results = ResultCache(self._response)

    def get_context(self, parent: MethodContext, transport: Any) -> None:
        """Do nothing: this protocol has no state in a context."""

    def create_in_document(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Parse the document. Its encoding is the one it declares, as on real servers."""
        if ctx.udc is None:
            ctx.udc = self.app.exchange_of(ctx.transport)
        content = b"".join(ctx.in_string)
        try:
            if len(content) > _MAX_CACHED_BYTES:
                ctx.in_document = _Document(content, RequestTemplate.of(content), [])
            else:
                ctx.in_document = self._documents.get_or_create(content, self._document)
        except ParseFault as fault:
            raise _vim_fault(fault) from None

    def _document(self, content: bytes) -> _Document:
        markup, texts = split_texts(content)
        template = self._templates.get_or_create(markup, lambda _: RequestTemplate.of(content, texts))
        return _Document(content, template, texts)

    def decompose_incoming_envelope(self, ctx: MethodContext, message: Any = Soap11.REQUEST) -> None:
        """Set the called method's name in the context. A call in the old namespace is of the old version."""
        document: _Document = ctx.in_document
        call = document.template.envelope.call
        ctx.in_body_doc = call
        ctx.method_request_string = call.name
        ctx.udc.operation_id = document.operation_id
        if call.namespace == _OLD_NAMESPACE and self.app.vcenter.release.vim2:
            ctx.udc.version = _ONLY_VERSION_OF_OLD_NAMESPACE

    def generate_method_contexts(self, ctx: MethodContext) -> list[MethodContext]:
        """Set the method's descriptor in the context; Spyne's copies for several methods are never needed."""
        handles = self.get_call_handles(ctx)
        if handles:
            ctx.descriptor = handles[0]
        else:
            self._decode(ctx)  # raises the fault for an unknown method
        return [ctx]

    def get_call_handles(self, ctx: MethodContext) -> list[MethodDescriptor]:
        """Return the descriptor of the called method in a list, empty for an unknown method."""
        handles: list[MethodDescriptor] = self.app.bound(ctx.method_request_string)
        return handles

    def deserialize(self, ctx: MethodContext, message: Any) -> None:
        """Decode `_this` and the arguments, in the order of the method's parameters."""
        self.event_manager.fire_event("before_deserialize", ctx)
        call = self._decode(ctx)
        unsupported = ctx.udc.unsupported
        if unsupported is not None and call.method.name in _STRICT:
            raise VimFault("VersionMismatchFaultCode", f'Unsupported version URI "{unsupported}"', None)
        arguments = call.arguments
        ctx.in_object = [call.this, *[arguments.get(parameter.name) for parameter in call.method.parameters]]
        self.event_manager.fire_event("after_deserialize", ctx)

    def _decode(self, ctx: MethodContext) -> DecodedCall:
        document: _Document = ctx.in_document
        client, server = ctx.udc.version, self.app.vcenter.release
        call = document.calls.get(client.position)
        if call is None:
            try:
                call = decode_call(document.envelope(), client, server)
            except ParseFault as fault:
                raise _vim_fault(fault) from None
            document.calls[client.position] = call
        return call

    def serialize(self, ctx: MethodContext, message: Any) -> None:
        """Encode the result or the fault for the client's version."""
        self.event_manager.fire_event("before_serialize", ctx)
        if ctx.out_error is not None:
            ctx.out_document = self._fault(ctx.out_error, ctx)
        else:
            ctx.out_document = self._results.written(
                ctx.descriptor.udd.method, ctx.out_object[0], ctx.udc.version
            )
        self.event_manager.fire_event("after_serialize", ctx)

    def _response(self, method: Method, result: Any, client: Version) -> bytes:
        return envelope(encode_response(method, result, client, self.app.vcenter.texts))

    def _fault(self, fault: Fault, ctx: MethodContext) -> bytes:
        data = getattr(fault, "data", None)
        if data is None:
            return encode_envelope_fault(fault.faultcode, fault.faultstring)
        detail = encode_fault_detail(data, ctx.udc.version, self.app.vcenter.texts)
        return encode_envelope_fault(fault.faultcode, fault.faultstring, detail)

    def create_out_string(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Pass the document on; it is already bytes."""
        ctx.out_string = [ctx.out_document]

    def fault_to_http_response_code(self, fault: Fault) -> str:
        """Return the status that SOAP 1.1 prescribes for every fault."""
        return _FAULT_STATUS
