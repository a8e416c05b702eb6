"""The Spyne application of SOAP: a call's version is in its SOAPAction, its session in a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.wire import cookie
from vim25_emulator.wire.app import CallExchange, VimApplication
from vim25_emulator.wire.negotiation import Negotiator
from vim25_emulator.wire.soap_protocol import Soap
from vim25_emulator.wire.spyne_shim import importable

with importable():
    from spyne import MethodContext


@dataclass(slots=True)
class SoapExchange(CallExchange):
    """Our part of a context of SOAP.

    `is_new`: the request has no cookie. `applied` is the value of `X-Applied-Soapaction`, or None;
    `unsupported` is the client's version URI if it is not supported. `cookie_session` is the session of the
    request's cookie, `client.session` the one after the call.
    """

    applied: str | None = None
    unsupported: str | None = None
    secure: bool = False
    is_new: bool = True
    cookie_session: Session | None = None


class SoapApplication(VimApplication):
    """A vCenter that speaks SOAP; Spyne's own HTTP transports can serve it, too."""

    def __init__(self, vcenter: VCenter) -> None:
        super().__init__(vcenter, Soap)
        self._negotiator = Negotiator(vcenter.release)
        for event in ("method_return_string", "method_exception_string"):
            self.event_manager.add_listener(event, self._set_cookie)

    def exchange(
        self, soap_action: str | None, cookies: str, *, secure: bool, address: str = "", agent: str = ""
    ) -> SoapExchange:
        """Return version, session and client from the headers of a request."""
        version, applied, unsupported = self._negotiator.negotiate(soap_action)
        session = self.vcenter.sessions.find(cookie.read(cookies)) if cookies else None
        return SoapExchange(
            Client(address, agent, session), version, None, applied, unsupported, secure, not cookies, session
        )

    def exchange_of(self, transport: Any) -> SoapExchange:
        """Return the same for one of Spyne's own HTTP transports, whose headers are lists of values."""
        headers = {name: values[0] for name, values in transport.headers.items()}
        secure = transport.get_url().startswith("https:")
        return self.exchange(headers.get("soapaction"), headers.get("cookie", ""), secure=secure)

    def _sets_first_cookie(self, exchange: SoapExchange) -> bool:
        return exchange.is_new and self.vcenter.release.cookie_before_login

    def _set_cookie(self, ctx: MethodContext) -> None:
        """Set the cookie of a new session; of none after a failed login, and before it in some releases."""
        exchange: SoapExchange = ctx.udc
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
