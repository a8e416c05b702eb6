"""The Spyne application of a binding: every vim25 method as a descriptor, bound at its first call.

Binding all 1,500 methods at the start would take most of a second, and a client calls two dozen. `invoke`
passes a call to the vCenter's dispatch, which returns a result, or an awaitable of one for a call that waits,
or raises a fault. Each binding has an application, and all have the same vCenter.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.property_writer import PropertyWriter
from vim25_emulator.vcenter.session import Client
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import MethodFault, MoRef
from vim25_emulator.vmodl.version import Version
from vim25_emulator.wire.spyne_context import SpyneEvents
from vim25_emulator.wire.spyne_descriptor import NAMESPACE, descriptor, service
from vim25_emulator.wire.spyne_shim import importable
from vim25_emulator.wire.vim_fault import VimFault

with importable():
    from spyne import Application, MethodContext, MethodDescriptor
    from spyne.interface._base import InterfaceDocumentsBase
    from spyne.protocol import ProtocolBase
    from spyne.util.appreg import unregister_application

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class CallExchange:
    """Our part of a Spyne context (`ctx.udc`): the client with its session, and its version."""

    client: Client
    version: Version
    operation_id: str | None = None


class VimApplication(Application):  # type: ignore[misc]  # Spyne has no types
    """A vCenter as a Spyne application. Every transport must call it on the vCenter's loop."""

    def __init__(self, vcenter: VCenter, protocol: Callable[[], ProtocolBase]) -> None:
        super().__init__(
            [],
            NAMESPACE,
            name="vim25",
            in_protocol=protocol(),
            out_protocol=protocol(),  # Spyne requires another instance
            documents_container=lambda interface: InterfaceDocumentsBase(interface, wsdl11=None),
        )
        unregister_application(self)  # Spyne would reference it, and the vCenter, forever
        self.event_manager = SpyneEvents(self)
        self.vcenter = vcenter
        self._writers: dict[int, PropertyWriter] = {}

    def bound(self, name: str) -> list[MethodDescriptor]:
        """Return the descriptor of a method in a list, bound if necessary; empty for an unknown method."""
        key = f"{{{NAMESPACE}}}{name}"
        routes: dict[str, list[MethodDescriptor]] = self.interface.service_method_map
        if key not in routes:
            method = registry.method(name)
            if method is None:
                return []
            self._bind(method)
        return routes[key]

    def _bind(self, method: Method) -> None:
        described = descriptor(method)
        for message_type in self.interface.add_method(described):
            self.interface.add_class(message_type)
        self.interface.process_method(service(method.owner), described)

    def invoke(self, ctx: MethodContext, this: MoRef, arguments: tuple[Any, ...]) -> Any:
        """Call the method of a context; every error is raised as a `VimFault`."""
        exchange: CallExchange = ctx.udc
        method: Method = ctx.descriptor.udd.method
        named = {
            parameter.name: value
            for parameter, value in zip(method.parameters, arguments, strict=True)
            if value is not None
        }
        client = exchange.client
        request = Invocation(
            method,
            this,
            named,
            exchange.version,
            client.session,
            client,
            exchange.operation_id,
            self._property_writer(exchange.version),
        )
        try:
            return invoke(self.vcenter, request)
        except Exception as error:  # the client gets a response to every request
            raise self.fault(error, method.name) from error

    def _property_writer(self, client: Version) -> PropertyWriter:
        """Return what writes properties for clients of a version, as the protocol does."""
        writer = self._writers.get(client.position)
        if writer is None:
            writer = self.in_protocol.property_writer(client, self.vcenter.texts)
            self._writers[client.position] = writer
        return writer

    def fault(self, error: Exception, doing: str) -> VimFault:
        """Return the fault to send for an error: a fault itself, others as SystemError, which is logged."""
        if isinstance(error, VimFault):
            return error
        if not isinstance(error, MethodFault):
            _LOG.error("%s failed unexpectedly", doing, exc_info=error)
            error = MethodFault("SystemError", reason=f"{type(error).__name__}: {error}")
        text = error.text if error.text is not None else self.vcenter.texts.text_of(error.data)
        return VimFault("ServerFaultCode", text, error.data)
