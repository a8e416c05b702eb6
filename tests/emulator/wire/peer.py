"""A client that sends arbitrary bytes over raw sockets and TLS."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vim25_emulator import Emulator

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)
CONTENT = ENVELOPE.format(
    '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this>'
    "</RetrieveServiceContent>"
)


@dataclass
class Answer:
    """A parsed HTTP response; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def value(self) -> Any:
        """Return the value of a JSON body; None without a body."""
        return json.loads(self.body) if self.body else None

    def between(self, before: str, after: str) -> str:
        """Return the text between two parts of the body."""
        return self.text.partition(before)[2].partition(after)[0]

    @property
    def fault(self) -> tuple[str, str]:
        """Return faultcode and faultstring."""
        return self.between("<faultcode>", "<"), self.between("<faultstring>", "</faultstring>")


class Peer:
    """A connection to an emulator."""

    def __init__(self, emulator: Emulator, *, timeout: float = 60) -> None:
        endpoint = urlsplit(emulator.url)
        plain = socket.create_connection((endpoint.hostname, endpoint.port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self._secured(plain, emulator) if endpoint.scheme == "https" else plain
        self._unread = b""

    @staticmethod
    def _secured(plain: socket.socket, emulator: Emulator) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=emulator.ca_file)
        return context.wrap_socket(plain, server_hostname=urlsplit(emulator.url).hostname)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes | str) -> None:
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def post(self, body: str | bytes, *headers: str, path: str = "/sdk") -> Answer:
        """Post a document and return the response."""
        document = body if isinstance(body, bytes) else body.encode()
        self.send(self.head("POST", path, f"Content-Length: {len(document)}", *headers) + document)
        return self.answer()

    def get(self, path: str, *headers: str, method: str = "GET") -> Answer:
        self.send(self.head(method, path, *headers))
        return self.answer(with_body=method != "HEAD")

    @staticmethod
    def head(method: str, path: str, *headers: str) -> bytes:
        return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()

    def answer(self, *, with_body: bool = True) -> Answer:
        """Read and return a complete response."""
        head = self._until(b"\r\n\r\n").decode()
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
        }
        if with_body and headers.get("transfer-encoding") == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self._exactly(int(headers.get("content-length", 0)) if with_body else 0)
        return Answer(int(first.split()[1]), headers, body)

    def _chunks(self) -> Iterator[bytes]:
        while length := int(self._until(b"\r\n"), 16):
            yield self._exactly(length)
            self._until(b"\r\n")
        self._until(b"\r\n")

    def _exactly(self, length: int) -> bytes:
        while len(self._unread) < length:
            self._unread += self._more()
        data, self._unread = self._unread[:length], self._unread[length:]
        return data

    def _until(self, end: bytes) -> bytes:
        while end not in self._unread:
            self._unread += self._more()
        data, _, self._unread = self._unread.partition(end)
        return data

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the server hung up")
        return data

    def is_hung_up_on(self) -> bool:
        """Read to the end; return False if the server does not close the connection in time."""
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


def call(method: str, this_type: str, this: str, arguments: str = "") -> str:
    """Return the document of a call."""
    return ENVELOPE.format(
        f'<{method} xmlns="urn:vim25"><_this type="{this_type}">{this}</_this>{arguments}</{method}>'
    )


def login(emulator: Emulator, password: str | None = None) -> str:
    """Return the document of a login."""
    secret = emulator.password if password is None else password
    credentials = f"<userName>{emulator.username}</userName><password>{secret}</password>"
    return call("Login", "SessionManager", "SessionManager", credentials)
