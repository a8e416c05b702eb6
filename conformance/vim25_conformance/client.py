"""A session with an endpoint that leaves nothing behind.

TLS is verified unless the endpoint says otherwise, every socket has a timeout, and closing logs out.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from urllib.parse import unquote, urlsplit

from pyVmomi import vim, vmodl

from vim25_conformance.conversation import RecordingStub

READ_ONLY_LIMIT: Final = 60.0
"""Seconds that one answer may take; a long poll asks for less."""

LOST: Final = (OSError, http.client.HTTPException)
"""What a socket raises when the other side is not there or goes away."""


class BadAddressError(ValueError):
    """The target's URL cannot be used; the message says why and what to write instead."""


class UnreachableError(Exception):
    """No session could be had; the message names the endpoint and the reason."""


@dataclass(frozen=True)
class Endpoint:
    """Where a vim25 server listens and who asks.

    `ca_file` is a PEM file to trust; `verify` False accepts any certificate. The password never shows in a
    repr.
    """

    host: str
    port: int
    path: str = "/sdk"
    tls: bool = True
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    verify: bool = True

    @property
    def label(self) -> str:
        """The URL without user and password."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}{self.path}"

    def context(self) -> ssl.SSLContext | None:
        """How to check the server's certificate, None for plain HTTP."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def endpoint_of(url: str, **rest: Any) -> Endpoint:
    """Read `https://user@host[:port][/sdk]`; raises BadAddressError, also when a password is inside."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.password is not None:
        _refuse(
            "a password in the URL would be seen by everyone on this machine; put it into the environment"
            " (VIM25_PASSWORD) or wait to be asked"
        )
    try:
        port = parts.port
    except ValueError:
        _refuse("the port is not a number from 1 to 65535")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        _refuse("an address looks like https://user@host/sdk")
    tls = parts.scheme == "https"
    user = {"username": unquote(parts.username)} if parts.username else {}
    path = parts.path if parts.path.strip("/") else "/sdk"
    return Endpoint(parts.hostname, port or (443 if tls else 80), path, tls, **{**rest, **user})


def _refuse(why: str) -> NoReturn:
    raise BadAddressError(why)


class Client:
    """One session; a context manager that logs in (unless told not to) and out.

    Raises UnreachableError when the endpoint cannot be reached, trusted or logged in to.
    """

    def __init__(self, endpoint: Endpoint, version: str, timeout: float = READ_ONLY_LIMIT) -> None:
        self.endpoint, self.version = endpoint, version
        self.stub = RecordingStub(
            endpoint.host,
            endpoint.port,
            endpoint.path,
            tls=endpoint.context(),
            version=version,
            timeout=timeout,
        )
        self.content: Any = None

    def connect(self) -> None:
        """Read the service content, which needs no session."""
        try:
            self.content = vim.ServiceInstance("ServiceInstance", self.stub).RetrieveContent()
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError(
                f"{self.endpoint.label}: the certificate is not trusted ({error.verify_message});"
                " give its authority with --ca-file, or --insecure to accept any"
            ) from error
        except LOST as error:
            raise UnreachableError(f"{self.endpoint.label}: {error or type(error).__name__}") from error

        self.stub.expect_at_most(str(self.content.about.apiVersion))

    def login(self) -> None:
        """Open the session."""
        try:
            self.content.sessionManager.Login(self.endpoint.username, self.endpoint.password, None)
        except vim.fault.InvalidLogin as error:
            raise UnreachableError(
                f"{self.endpoint.label}: user {self.endpoint.username!r} or the password is wrong"
            ) from error

    def __enter__(self) -> Client:
        self.connect()
        self.login()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out if possible, and close every connection."""
        with contextlib.suppress(vmodl.MethodFault, *LOST):
            if self.content is not None and self.stub.cookie:
                self.content.sessionManager.Logout()
        self.stub.DropConnections()
