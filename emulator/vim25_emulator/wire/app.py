"""The Spyne application: every vim25 method as a descriptor, bound when it is first called.

Binding all 1,500 at the start would cost most of a second, and a client calls two dozen. What a call means
is not decided here: `invoke` hands it to the vCenter's dispatch, and what comes back is a result, an
awaitable of one for a call that waits, or a fault.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from vim25_emulator.soap.soap_decoder import ParseFault
from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import MethodFault, MoRef
from vim25_emulator.vmodl.version import Version
from vim25_emulator.wire import cookie
from vim25_emulator.wire.context import SpyneEvents
from vim25_emulator.wire.message import NAMESPACE, descriptor, service
from vim25_emulator.wire.negotiation import Negotiator
from vim25_emulator.wire.soap_protocol import Soap, VimFault
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import Application, MethodContext, MethodDescriptor
    from spyne.interface._base import InterfaceDocumentsBase
    from spyne.util.appreg import unregister_application

_LOG = logging.getLogger(__name__)

#: Methods that are refused to a client whose version is not served; all others are served as the newest.
_STRICT: Final = frozenset({"LoginByToken"})


@dataclass(slots=True)
class CallExchange:
    """Our part of a Spyne context (`ctx.udc`): who calls, in which session and version, over what.

    `applied` is the value of `X-Applied-Soapaction`, if one is due; `unsupported` the version URI that the
    client named and is not served; `came_with` is the session that the
    request's cookie named, while `client.session` is the one after the call.
    """

    client: Client
    version: Version
    applied: str | None
    unsupported: str | None
    secure: bool
    came_with: Session | None
    operation_id: str | None = None


class VimApplication(Application):  # type: ignore[misc]  # Spyne has no types
    """A vCenter as a Spyne application. Calls must come on the vCenter's loop, whatever the transport."""

    def __init__(self, vcenter: VCenter) -> None:
        super().__init__(
            [],
            NAMESPACE,
            name="vim25",
            in_protocol=Soap(),
            out_protocol=Soap(),
            documents_container=lambda interface: InterfaceDocumentsBase(interface, wsdl11=None),
        )
        unregister_application(self)  # Spyne would keep it, and the vCenter with it, for ever
        self.event_manager = SpyneEvents(self)
        self.vcenter = vcenter
        self._negotiator = Negotiator(vcenter.release)
        for event in ("method_return_string", "method_exception_string"):
            self.event_manager.add_listener(event, self._tell_session)

    def exchange(
        self, soap_action: str, cookies: str, *, secure: bool, address: str = "", agent: str = ""
    ) -> CallExchange:
        """Return what the headers of a request say: version, session, client."""
        version, applied, unsupported = self._negotiator.negotiate(soap_action)
        session = self.vcenter.sessions.find(cookie.read(cookies)) if cookies else None
        return CallExchange(Client(address, agent, session), version, applied, unsupported, secure, session)

    def exchange_of(self, transport: Any) -> CallExchange:
        """Return the same from Spyne's own HTTP transports, which keep each header as a list of values."""
        sent = {name: values[0] for name, values in transport.headers.items()}
        secure = transport.get_url().startswith("https:")
        return self.exchange(sent.get("soapaction", ""), sent.get("cookie", ""), secure=secure)

    def bound(self, name: str) -> list[MethodDescriptor]:
        """Return the descriptor of a method, bound now if it was not yet; none if no such method exists."""
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
        """Call the method that a context is about; every error leaves as a `VimFault`."""
        exchange: CallExchange = ctx.udc
        method: Method = ctx.descriptor.udd.method
        given = {
            parameter.name: value
            for parameter, value in zip(method.parameters, arguments, strict=True)
            if value is not None
        }
        if exchange.unsupported is not None and method.name in _STRICT:
            text = f'Unsupported version URI "{exchange.unsupported}"'
            raise VimFault("VersionMismatchFaultCode", text, None)
        client = exchange.client
        request = Invocation(
            method, this, given, exchange.version, client.session, client, exchange.operation_id
        )
        try:
            return invoke(self.vcenter, request)
        except Exception as error:  # whatever goes wrong, the client gets an answer
            raise self.fault(error, method.name) from error

    def fault(self, error: Exception, doing: str) -> VimFault:
        """Return what is sent for an error: a fault as it is, anything else as SystemError, and logged."""
        if isinstance(error, VimFault):
            return error
        if isinstance(error, ParseFault):
            return VimFault(error.code, error.text, error.fault)
        if not isinstance(error, MethodFault):
            _LOG.error("%s failed unexpectedly", doing, exc_info=error)
            error = MethodFault("SystemError", reason=f"{type(error).__name__}: {error}")
        text = error.text if error.text is not None else self.vcenter.texts.text_of(error.data)
        return VimFault("ServerFaultCode", text, error.data)

    def _tell_session(self, ctx: MethodContext) -> None:
        """Set the cookie of a session that just began, and one that is good for nothing on a failed login."""
        exchange: CallExchange = ctx.udc
        session = exchange.client.session
        if session is not None and session is not exchange.came_with:
            value = session.cookie
        elif session is None and ctx.out_error is not None and (ctx.method_name or "").startswith("Login"):
            value = self.vcenter.sessions.new_cookie()
        else:
            return
        ctx.transport.resp_headers["Set-Cookie"] = cookie.write(value, secure=exchange.secure)
