"""A client of negligible cost: prepared bytes over one TLS connection that stays open."""

from __future__ import annotations

import http.client
import ssl

from benchmarks.request import Binding, Request, Service, WrongAnswerError, service_content
from benchmarks.soap_binding import SoapBinding

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE  # loopback: this program started the server
_SOAP = SoapBinding()


class Connection:
    """One connection to a server on loopback; OSError while nothing listens there."""

    def __init__(self, port: int, binding: Binding = _SOAP, session: dict[str, str] | None = None) -> None:
        self.port = port
        self.binding = binding
        self.session = session or {}
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=_TLS, timeout=600)
        self._connection.connect()

    def send(self, request: Request) -> None:
        """Send and return at once; call `receive` before sending anything else."""
        headers = {**self.binding.headers, **self.session}
        self._connection.request(request.verb, request.path, request.body, headers)

    def receive(self, request: Request) -> bytes:
        """Return the response to the request; raise WrongAnswerError."""
        response = self._connection.getresponse()
        answer = response.read()
        if response.status >= http.client.MULTIPLE_CHOICES or not request.is_answered_by(answer):
            received = f"{response.status} {answer[:2000].decode()}"
            raise WrongAnswerError(f"sent {request.body.decode()}\nreceived {received}")
        self.session = self.binding.session(response.headers) or self.session
        return answer

    def ask(self, request: Request) -> bytes:
        """Send and return the response; raise WrongAnswerError."""
        self.send(request)
        return self.receive(request)

    def open_session(self) -> Service:
        """Log in; return the service's objects."""
        service = Service.read(self.binding, self.ask(service_content(self.binding)))
        self.ask(service.login())
        return service

    def companion(self) -> Connection:
        """Return a second connection in the same session."""
        return Connection(self.port, self.binding, self.session)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
