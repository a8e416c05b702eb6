"""The JSON binding as a Spyne protocol, over the same descriptors as SOAP.

Spyne's HttpRpc is flat, and its JsonDocument wraps the method in the body. Here the path names release,
object and member, the body is one object of the parameters, and a GET of a property is a call of Fetch.
"""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.vijson.json_decoder import decode_arguments
from vim25_emulator.vijson.json_encoder import encode, encode_fault
from vim25_emulator.vijson.json_property_writer import JsonPropertyWriter
from vim25_emulator.vijson.request_path import Target, target_of
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import Fragment, MethodFault
from vim25_emulator.vmodl.version import Version
from vim25_emulator.wire.repeat_cache import RepeatCache
from vim25_emulator.wire.result_cache import ResultCache
from vim25_emulator.wire.spyne_context import SpyneEvents
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import MethodContext, MethodDescriptor
    from spyne.protocol import ProtocolBase


#: A body, with the name of the method that it is for and the position of the client's version.
Body = tuple[str, int, bytes]

_MAX_CACHED_BYTES: Final = 4096  #: larger bodies are not cached
_BYTES_PER_MEMBER: Final = 200  #: of a decoded member or item, about


def _weight(body: Body) -> int:
    """Return the bytes that a body and its arguments take, about."""
    content = body[2]
    return len(content) + _BYTES_PER_MEMBER * (content.count(b":") + content.count(b","))


class ViJson(ProtocolBase):  # type: ignore[misc]  # Spyne has no types
    """vim25's JSON. A context's `udc` is a `CallExchange`; parse errors are raised as `VimFault`.

    It fires no events of its own: those of the application tell the same.
    """

    mime_type = "application/json"
    property_writer = JsonPropertyWriter

    def __init__(self) -> None:
        super().__init__()
        self.event_manager = SpyneEvents(self)
        self._results = ResultCache(self._result)
        self._targets: RepeatCache[tuple[str, str], Target] = RepeatCache(lambda line: len(line[1]))
        self._decoded: RepeatCache[Body, dict[str, Any]] = RepeatCache(_weight)

    def get_context(self, parent: MethodContext, transport: Any) -> None:
        """Do nothing: this protocol has no state in a context."""

    def create_in_document(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Resolve the path; its release is the client's version."""
        request = ctx.transport.req
        try:
            target = self._targets.get_or_create((request.method, request.path), self._target)
        except MethodFault as fault:
            raise self.app.fault(fault, "reading a path") from None
        ctx.in_document = target
        ctx.udc.version = target.version

    def _target(self, line: tuple[str, str]) -> Target:
        verb, path = line
        return target_of(path, verb, self.app.vcenter.release)

    def decompose_incoming_envelope(self, ctx: MethodContext, message: Any = ProtocolBase.REQUEST) -> None:
        """Set the called method's name in the context."""
        ctx.method_request_string = ctx.in_document.method.name

    def generate_method_contexts(self, ctx: MethodContext) -> list[MethodContext]:
        """Set the method's descriptor in the context."""
        (ctx.descriptor,) = self.get_call_handles(ctx)
        return [ctx]

    def get_call_handles(self, ctx: MethodContext) -> list[MethodDescriptor]:
        """Return the descriptor of the called method in a list."""
        handles: list[MethodDescriptor] = self.app.bound(ctx.method_request_string)
        return handles

    def deserialize(self, ctx: MethodContext, message: Any) -> None:
        """Decode the arguments, in the order of the method's parameters."""
        target: Target = ctx.in_document
        if target.property is None:
            arguments = self._arguments(target, b"".join(ctx.in_string))
        else:
            arguments = {"prop": target.property}
        parameters = target.method.parameters
        ctx.in_object = [target.this, *[arguments.get(parameter.name) for parameter in parameters]]

    def _arguments(self, target: Target, body: bytes) -> dict[str, Any]:
        method, version = target.method, target.version
        try:
            if len(body) > _MAX_CACHED_BYTES:
                return decode_arguments(method, body, version)
            key = method.name, version.position, body
            return self._decoded.get_or_create(key, lambda _: decode_arguments(method, body, version))
        except MethodFault as fault:
            raise self.app.fault(fault, method.name) from None

    def serialize(self, ctx: MethodContext, message: Any) -> None:
        """Encode the result or the fault for the client's version; nothing for an unset result."""
        version: Version = ctx.udc.version
        if ctx.out_error is not None:
            fault, texts = ctx.out_error, self.app.vcenter.texts
            ctx.out_document = encode_fault(fault.data, fault.faultstring, version, texts)
        else:
            ctx.out_document = self._results.written(ctx.descriptor.udd.method, ctx.out_object[0], version)

    def _result(self, method: Method, result: Any, client: Version) -> bytes:
        if isinstance(result, Fragment):
            return result
        return encode(method.result, result, client, self.app.vcenter.texts)

    def create_out_string(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Pass the document on; it is already bytes."""
        ctx.out_string = [ctx.out_document]
