"""A client of negligible cost: prepared bytes over one TLS connection that stays open."""

from __future__ import annotations

import http.client
import ssl

from benchmarks.request import SERVICE_CONTENT, Request, Service, WrongAnswerError

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE  # loopback: this program started the server


class Connection:
    """One connection to a server on loopback; OSError while nothing listens there."""

    def __init__(self, port: int, cookie: str | None = None) -> None:
        self.port = port
        self.cookie = cookie
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=_TLS, timeout=600)
        self._connection.connect()

    def send(self, request: Request) -> None:
        """Send and return at once; call `receive` before sending anything else."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "urn:vim25/8.0.2.0"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        self._connection.request("POST", "/sdk", request.body, headers)

    def receive(self, request: Request) -> bytes:
        """Return the response to the request; raise WrongAnswerError."""
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK or not request.is_answered_by(answer):
            received = f"{response.status} {answer[:2000].decode()}"
            raise WrongAnswerError(f"sent {request.body.decode()}\nreceived {received}")
        if cookie := response.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer

    def ask(self, request: Request) -> bytes:
        """Send and return the response; raise WrongAnswerError."""
        self.send(request)
        return self.receive(request)

    def open_session(self) -> Service:
        """Log in; return the service's objects."""
        service = Service.read(self.ask(SERVICE_CONTENT))
        self.ask(service.login())
        return service

    def companion(self) -> Connection:
        """Return a second connection in the same session."""
        return Connection(self.port, self.cookie)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
