"""HTTP's basic authentication: a Login like any other, with its checks, faults and events."""

from __future__ import annotations

import base64

from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.wire.http import Request


def login(vcenter: VCenter, request: Request) -> Session:
    """Return a new session for the credentials of a request; raise like Login."""
    user, password = _credentials(request.header(b"authorization"))
    client = Client(request.client[0], request.header(b"user-agent"))
    call_session_manager(vcenter, "Login", client, userName=user, password=password)
    if client.session is None:
        raise MethodFault("InvalidLogin")
    return client.session


def call_session_manager(vcenter: VCenter, name: str, client: Client, **arguments: str) -> None:
    """Call a method of the SessionManager as a client; raise its fault."""
    manager = vcenter.service_instance.get("content").sessionManager
    method = managed_type("SessionManager").methods[name]
    request = Invocation(method, manager, arguments, vcenter.release.version, client.session, client)
    invoke(vcenter, request)


def _credentials(header: str) -> tuple[str, str]:
    """Return user name and password of basic authentication; raise InvalidLogin without them."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise MethodFault("InvalidLogin")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:  # not base64, not ASCII, not UTF-8
        raise MethodFault("InvalidLogin") from error
    return user, password
