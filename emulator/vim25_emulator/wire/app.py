"""The Spyne application: every vim25 method as a descriptor, bound at its first call.

Binding all 1,500 methods at the start would take most of a second, and a client calls two dozen. `invoke`
passes a call to the vCenter's dispatch, which returns a result, or an awaitable of one for a call that waits,
or raises a fault.
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
from vim25_emulator.wire.negotiation import Negotiator
from vim25_emulator.wire.soap_protocol import Soap, VimFault
from vim25_emulator.wire.spyne_context import SpyneEvents
from vim25_emulator.wire.spyne_descriptor import NAMESPACE, descriptor, service
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import Application, MethodContext, MethodDescriptor
    from spyne.interface._base import InterfaceDocumentsBase
    from spyne.util.appreg import unregister_application

_LOG = logging.getLogger(__name__)

#: Methods that fail if the client's version is not supported; for others, the server's own version is used.
_STRICT: Final = frozenset({"LoginByToken"})


@dataclass(slots=True)
class CallExchange:
    """Our part of a Spyne context (`ctx.udc`): the client, its session and version, and the transport.

    `is_new`: the request has no cookie. `applied` is the value of `X-Applied-Soapaction`, or None;
    `unsupported` is the client's version URI if it is not supported. `cookie_session` is the session of the
    request's cookie, `client.session` the one after the call.
    """

    client: Client
    version: Version
    applied: str | None
    unsupported: str | None
    secure: bool
    is_new: bool
    cookie_session: Session | None
    operation_id: str | None = None


class VimApplication(Application):  # type: ignore[misc]  # Spyne has no types
    """A vCenter as a Spyne application. Every transport must call it on the vCenter's loop."""

    def __init__(self, vcenter: VCenter) -> None:
        super().__init__(
            [],
            NAMESPACE,
            name="vim25",
            in_protocol=Soap(),
            out_protocol=Soap(),
            documents_container=lambda interface: InterfaceDocumentsBase(interface, wsdl11=None),
        )
        unregister_application(self)  # Spyne would reference it, and the vCenter, forever
        self.event_manager = SpyneEvents(self)
        self.vcenter = vcenter
        self._negotiator = Negotiator(vcenter.release)
        for event in ("method_return_string", "method_exception_string"):
            self.event_manager.add_listener(event, self._set_cookie)

    def exchange(
        self, soap_action: str | None, cookies: str, *, secure: bool, address: str = "", agent: str = ""
    ) -> CallExchange:
        """Return version, session and client from the headers of a request."""
        version, applied, unsupported = self._negotiator.negotiate(soap_action)
        session = self.vcenter.sessions.find(cookie.read(cookies)) if cookies else None
        return CallExchange(
            Client(address, agent, session), version, applied, unsupported, secure, not cookies, session
        )

    def exchange_of(self, transport: Any) -> CallExchange:
        """Return the same for one of Spyne's own HTTP transports, whose headers are lists of values."""
        headers = {name: values[0] for name, values in transport.headers.items()}
        secure = transport.get_url().startswith("https:")
        return self.exchange(headers.get("soapaction"), headers.get("cookie", ""), secure=secure)

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
        if exchange.unsupported is not None and method.name in _STRICT:
            text = f'Unsupported version URI "{exchange.unsupported}"'
            raise VimFault("VersionMismatchFaultCode", text, None)
        client = exchange.client
        request = Invocation(
            method, this, named, exchange.version, client.session, client, exchange.operation_id
        )
        try:
            return invoke(self.vcenter, request)
        except Exception as error:  # the client gets a response to every request
            raise self.fault(error, method.name) from error

    def fault(self, error: Exception, doing: str) -> VimFault:
        """Return the fault to send for an error: a fault itself, others as SystemError, which is logged."""
        if isinstance(error, VimFault):
            return error
        if isinstance(error, ParseFault):
            return VimFault(error.code, error.text, error.fault)
        if not isinstance(error, MethodFault):
            _LOG.error("%s failed unexpectedly", doing, exc_info=error)
            error = MethodFault("SystemError", reason=f"{type(error).__name__}: {error}")
        text = error.text if error.text is not None else self.vcenter.texts.text_of(error.data)
        return VimFault("ServerFaultCode", text, error.data)

    def _sets_first_cookie(self, exchange: CallExchange) -> bool:
        return exchange.is_new and self.vcenter.release.cookie_before_login

    def _set_cookie(self, ctx: MethodContext) -> None:
        """Set the cookie of a new session; of none after a failed login, and before it in some releases."""
        exchange: CallExchange = ctx.udc
        session = exchange.client.session
        if session is not None and session is not exchange.cookie_session:
            value = session.cookie
        elif session is None and (self._sets_first_cookie(exchange) or _is_failed_login(ctx)):
            value = self.vcenter.sessions.new_cookie()
        else:
            return
        ctx.transport.resp_headers["Set-Cookie"] = cookie.write(value, secure=exchange.secure)


def _is_failed_login(ctx: MethodContext) -> bool:
    return ctx.out_error is not None and (ctx.method_name or "").startswith("Login")
