"""A client that costs next to nothing: prepared bytes over one TLS connection that stays open."""

from __future__ import annotations

import http.client
import ssl

from benchmarks.question import SERVICE_CONTENT, Question, Service, WrongAnswerError

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE  # loopback: a server that this program has just started


class Dialogue:
    """One connection to a server on loopback. Raises OSError while nobody listens there."""

    def __init__(self, port: int, cookie: str | None = None) -> None:
        self.port = port
        self.cookie = cookie
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=_TLS, timeout=600)
        self._connection.connect()

    def send(self, question: Question) -> None:
        """Send and return at once; `receive` must follow before anything else is sent."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "urn:vim25/8.0.2.0"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        self._connection.request("POST", "/sdk", question.body, headers)

    def receive(self, question: Question) -> bytes:
        """The answer to what was sent. Raises WrongAnswerError."""
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK or not question.is_answered_by(answer):
            said = f"{response.status} {answer[:2000].decode()}"
            raise WrongAnswerError(f"asked {question.body.decode()}\nanswered {said}")
        if cookie := response.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer

    def ask(self, question: Question) -> bytes:
        """Send and wait for the answer. Raises WrongAnswerError."""
        self.send(question)
        return self.receive(question)

    def open_session(self) -> Service:
        """Log in; answers what the service consists of."""
        service = Service.read(self.ask(SERVICE_CONTENT))
        self.ask(service.login())
        return service

    def companion(self) -> Dialogue:
        """A second connection in the same session."""
        return Dialogue(self.port, self.cookie)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
