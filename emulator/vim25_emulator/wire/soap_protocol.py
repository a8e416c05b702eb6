"""The vim25 SOAP protocol as Spyne knows protocols: documents in, documents out, by our own codec.

Spyne calls the steps below in turn. Its own would read and write what no vim25 client sends or expects:
prefixes in the body, an `xsi:type` too many or too few, "Internal Error" for a document it cannot place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from vim25_emulator.soap.soap_decoder import DecodedCall, Envelope, ParseFault, decode_call
from vim25_emulator.soap.soap_encoder import (
    encode_envelope_fault,
    encode_fault_detail,
    encode_response,
    envelope,
)
from vim25_emulator.soap.soap_form import Form, cut
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import Version, version
from vim25_emulator.wire.context import SpyneEvents
from vim25_emulator.wire.memory import Memory
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import Fault, MethodContext, MethodDescriptor
    from spyne.protocol.soap import Soap11

_REMEMBERED_BYTES: Final = 4096  #: larger requests are not remembered
_STATUS_OF_A_FAULT: Final = "500 Internal Server Error"
_OLD_NAMESPACE: Final = "urn:vim2"
_ONLY_VERSION_OF_OLD_NAMESPACE: Final = version("2.0")


class VimFault(Fault):  # type: ignore[misc]  # Spyne has no types
    """A fault in Spyne's channel. `data` is the API's fault object; a malformed document's fault has none."""

    def __init__(self, code: str, text: str, data: DataObject | None) -> None:
        super().__init__(code, text)
        self.faultstring = text  # Spyne puts a name where a text is empty, as some rightly are
        self.data = data


def _refusal(fault: ParseFault) -> VimFault:
    return VimFault(fault.code, fault.text, fault.fault)


@dataclass(slots=True)
class _Document:
    """A request: its form and texts, its operationID, and how it was decoded for the versions it came in."""

    sent: bytes
    form: Form
    texts: list[bytes]
    operation_id: str | None = None
    calls: dict[int, DecodedCall] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.operation_id = self.read().operation_id

    def read(self) -> Envelope:
        """Return it parsed; the tree is that of other documents of this form, too, so read it at once."""
        return self.form.with_texts(self.sent, self.texts)


class Soap(Soap11):  # type: ignore[misc]
    """vim25's SOAP 1.1. Contexts carry an `Exchange` in `udc`; what cannot be read leaves as `VimFault`."""

    def __init__(self) -> None:
        super().__init__()
        self.event_manager = SpyneEvents(self)
        self._documents: Memory[bytes, _Document] = Memory()
        self._forms: Memory[tuple[bytes, ...], Form] = Memory()
        self._answers: dict[tuple[str, int], tuple[DataObject, bytes]] = {}

    def get_context(self, parent: MethodContext, transport: Any) -> None:
        """Return nothing: this protocol has no state of its own in a context."""

    def create_in_document(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Parse the document. Its encoding is what it says itself, as real servers have it."""
        if ctx.udc is None:
            ctx.udc = self.app.exchange_of(ctx.transport)
        sent = b"".join(ctx.in_string)
        try:
            if len(sent) > _REMEMBERED_BYTES:
                ctx.in_document = _Document(sent, Form.of(sent), [])
            else:
                ctx.in_document = self._documents.recall(sent, self._document)
        except ParseFault as fault:
            raise _refusal(fault) from None

    def _document(self, sent: bytes) -> _Document:
        outline, texts = cut(sent)
        return _Document(sent, self._forms.recall(outline, lambda _: Form.of(sent, texts)), texts)

    def decompose_incoming_envelope(self, ctx: MethodContext, message: Any = Soap11.REQUEST) -> None:
        """Note which method is called. A call in the old namespace is one in the old version."""
        document: _Document = ctx.in_document
        called = document.form.envelope.call
        ctx.in_body_doc = called
        ctx.method_request_string = called.name
        ctx.udc.operation_id = document.operation_id
        if called.namespace == _OLD_NAMESPACE and self.app.vcenter.release.vim2:
            ctx.udc.version = _ONLY_VERSION_OF_OLD_NAMESPACE

    def generate_method_contexts(self, ctx: MethodContext) -> list[MethodContext]:
        """Give the context its method; a copy of it for each of several, as Spyne makes, is never needed."""
        handles = self.get_call_handles(ctx)
        if handles:
            ctx.descriptor = handles[0]
        else:
            self._decoded(ctx)  # raises the fault for a method that does not exist
        return [ctx]

    def get_call_handles(self, ctx: MethodContext) -> list[MethodDescriptor]:
        """Return the descriptor of the method that is called, in a list that is empty if there is none."""
        handles: list[MethodDescriptor] = self.app.bound(ctx.method_request_string)
        return handles

    def deserialize(self, ctx: MethodContext, message: Any) -> None:
        """Read `_this` and the arguments, in the order of the method's parameters."""
        self.event_manager.fire_event("before_deserialize", ctx)
        call = self._decoded(ctx)
        given = call.arguments
        ctx.in_object = [call.this, *[given.get(parameter.name) for parameter in call.method.parameters]]
        self.event_manager.fire_event("after_deserialize", ctx)

    def _decoded(self, ctx: MethodContext) -> DecodedCall:
        document: _Document = ctx.in_document
        client, server = ctx.udc.version, self.app.vcenter.release
        call = document.calls.get(client.position)
        if call is None:
            try:
                call = decode_call(document.read(), client, server)
            except ParseFault as fault:
                raise _refusal(fault) from None
            document.calls[client.position] = call
        return call

    def serialize(self, ctx: MethodContext, message: Any) -> None:
        """Write the result or the fault, for the client's version."""
        self.event_manager.fire_event("before_serialize", ctx)
        if ctx.out_error is not None:
            ctx.out_document = self._fault(ctx.out_error, ctx)
        else:
            ctx.out_document = self._response(ctx.descriptor.udd.method, ctx.out_object[0], ctx.udc.version)
        self.event_manager.fire_event("after_serialize", ctx)

    def _response(self, method: Method, result: Any, client: Version) -> bytes:
        """Return the document of a result. A method without parameters often answers the very same object."""
        if method.parameters or not isinstance(result, DataObject):
            return envelope(encode_response(method, result, client, self.app.vcenter.texts))
        held = self._answers.get((method.name, client.position))
        if held is None or held[0] is not result:
            held = result, envelope(encode_response(method, result, client, self.app.vcenter.texts))
            self._answers[method.name, client.position] = held
        return held[1]

    def _fault(self, fault: Fault, ctx: MethodContext) -> bytes:
        data = getattr(fault, "data", None)
        if data is None:
            return encode_envelope_fault(fault.faultcode, fault.faultstring)
        detail = encode_fault_detail(data, ctx.udc.version, self.app.vcenter.texts)
        return encode_envelope_fault(fault.faultcode, fault.faultstring, detail)

    def create_out_string(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Pass the document on: it is bytes already."""
        ctx.out_string = [ctx.out_document]

    def fault_to_http_response_code(self, fault: Fault) -> str:
        """Return the status of every fault, which SOAP 1.1 says."""
        return _STATUS_OF_A_FAULT
