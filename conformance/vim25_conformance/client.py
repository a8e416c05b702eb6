"""A session with an endpoint that leaves nothing behind.

TLS certificates are verified unless the endpoint says otherwise, every socket has a timeout, and closing logs
out.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from urllib.parse import unquote, urlsplit

from pyVmomi import vim, vmodl

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.conversation import GARBLED, LOST
from vim25_conformance.json_stub import JsonStub
from vim25_conformance.recording_stub import RecordingStub

#: Seconds that one call may take, answer included; a long poll waits for less.
CALL_LIMIT: Final = 60.0
#: Seconds that one case may take; what it changed is undone even later.
CASE_LIMIT: Final = 1800.0

_STUBS: Final = {SOAP: RecordingStub, JSON: JsonStub}


class BadAddressError(ValueError):
    """The URL of the target is invalid; the message says why and what to write instead."""


class UnreachableError(Exception):
    """No session could be opened; the message names the endpoint and the reason."""


@dataclass(frozen=True)
class Endpoint:
    """Address and credentials of a vim25 server.

    `ca_file` is a PEM file of trusted authorities; `verify` False accepts any certificate. The password is
    not part of the repr.
    """

    host: str
    port: int
    path: str = "/sdk"
    tls: bool = True
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    verify: bool = True
    call_limit: float = CALL_LIMIT
    case_limit: float = CASE_LIMIT

    @property
    def label(self) -> str:
        """Return the URL without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.path}"

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS context, None for plain HTTP."""
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (ssl.SSLError, OSError) as error:
            why = "no PEM file of certificates" if isinstance(error, ssl.SSLError) else error.strerror
            raise BadAddressError(
                f"{self.ca_file}: {why}; --ca-file names the certificate of the target's authority,"
                " which begins with -----BEGIN CERTIFICATE-----"
            ) from error
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def endpoint_of(url: str, **rest: Any) -> Endpoint:
    """Parse `https://user@host[:port][/sdk]`; raise BadAddressError, also for a URL with a password."""
    if "://" not in url and "@" not in url:
        _reject(
            f"{url!r} is neither `emulator` nor `vcsim` nor an address such as https://USER@{_host(url)}/sdk"
        )
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError as error:
        _reject(f"{error}; an IPv6 address is written https://user@[2001:db8::1]/sdk")
    if parts.password is not None:
        _reject(
            "a password in the URL is visible to every user of this machine; set it in the environment"
            " (VIM25_PASSWORD), or enter it when prompted"
        )
    try:
        port = parts.port
    except ValueError:
        _reject("the port must be a number from 1 to 65535")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        _reject("expected an address such as https://user@host/sdk")
    tls = parts.scheme == "https"
    user = {"username": unquote(parts.username)} if parts.username else {}
    path = parts.path if parts.path.strip("/") else "/sdk"
    return Endpoint(parts.hostname, port or (443 if tls else 80), path, tls, **{**rest, **user})


def _host(word: str) -> str:
    """Return the word if it looks like a host, `host` otherwise."""
    return word if set(word) & set(".:") else "host"


def _reject(why: str) -> NoReturn:
    raise BadAddressError(why)


class EndpointClient:
    """One session with an endpoint; a context manager that logs in and out.

    Raise UnreachableError if the endpoint cannot be reached or trusted or the login fails.
    """

    def __init__(self, endpoint: Endpoint, version: str, binding: str = SOAP) -> None:
        self.endpoint, self.version = endpoint, version
        self.stub: RecordingStub = _STUBS[binding](
            endpoint.host,
            endpoint.port,
            endpoint.path,
            tls=endpoint.context(),
            version=version,
            timeout=endpoint.call_limit,
        )
        self.content: Any = None

    def connect(self) -> None:
        """Read the service content, which requires no session."""
        with self._opening():
            self.content = vim.ServiceInstance("ServiceInstance", self.stub).RetrieveContent()
        self.stub.expect_at_most(str(self.content.about.apiVersion))

    def login(self) -> None:
        """Open the session."""
        with self._opening():
            self.content.sessionManager.Login(self.endpoint.username, self.endpoint.password, None)

    @contextlib.contextmanager
    def _opening(self) -> Iterator[None]:
        """Raise UnreachableError for whatever prevents a session."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError(
                f"{self.endpoint.label}: the certificate is not trusted ({error.verify_message});"
                " pass its authority with --ca-file, or --insecure to accept any certificate"
            ) from error
        except vim.fault.InvalidLogin as error:
            raise UnreachableError(
                f"{self.endpoint.label}: user {self.endpoint.username!r} or the password is wrong"
            ) from error
        except (vmodl.MethodFault, *GARBLED, *LOST) as error:
            why = getattr(error, "msg", "") or error or type(error).__name__
            raise UnreachableError(f"{self.endpoint.label}: {why}") from error

    def __enter__(self) -> EndpointClient:
        self.connect()
        self.login()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out if possible, and close all connections."""
        with contextlib.suppress(vmodl.MethodFault, *GARBLED, *LOST):
            if self.content is not None and self.stub.sessionId:
                self.content.sessionManager.Logout()
        self.stub.DropConnections()
