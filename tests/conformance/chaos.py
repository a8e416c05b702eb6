"""Connections as a bad network makes them: a TLS server before a real one that ruins chosen exchanges.

Everything is forwarded until the exchange `begin`; from then on `count` exchanges are ruined by `ruin`, which
writes whatever it likes, and whose connection is closed afterwards.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import trustme

from vim25_conformance.client import Endpoint

#: Headers of an answer about its transport, which is another one here.
FRAMING = ("connection", "content-length", "transfer-encoding")

#: The client's connection, the whole answer, and the event that ends the server.
Ruin = Callable[[ssl.SSLSocket, bytes, threading.Event], None]


def drop(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Close the connection without an answer."""


def drip(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send a byte now and then, for as long as the client listens."""
    for byte in answer:
        client.sendall(bytes([byte]))
        if over.wait(0.1):
            return


def hang(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send nothing until the client leaves."""
    client.recv(1)


def garbage(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send what is not HTTP."""
    client.sendall(b"\x00\x01\x1b[31m\xff not HTTP\r\n\r\n")


def half(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send half of what the header of the length promises."""
    head, _, body = answer.partition(b"\r\n\r\n")
    client.sendall(head + b"\r\n\r\n" + body[: len(body) // 2])


def half_document(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send half a document as a whole answer."""
    body = answer.partition(b"\r\n\r\n")[2]
    client.sendall(_head(200, len(body) // 2) + body[: len(body) // 2])


def not_xml(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Send a document with a character that neither XML nor JSON has."""
    body = answer.partition(b"\r\n\r\n")[2]
    middle = len(body) // 2
    client.sendall(_head(200, len(body) + 1) + body[:middle] + b"\x01" + body[middle:])


def gateway(client: ssl.SSLSocket, answer: bytes, over: threading.Event) -> None:
    """Answer as a proxy does whose server is away."""
    body = b"<html><p>Service Unavailable<br></html>"
    client.sendall(_head(503, len(body)) + body)


def _head(status: int, length: int) -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n".encode()


RUINS = (drop, drip, hang, garbage, half, half_document, not_xml, gateway)


@dataclass
class Chaos:
    """The number of exchanges so far; which of them are ruined, and how."""

    ruin: Ruin
    begin: int
    count: int = 1
    seen: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_is_ruined(self) -> bool:
        """Count an exchange; return whether it is to be ruined."""
        with self.lock:
            self.seen += 1
            return self.begin <= self.seen < self.begin + self.count


def _request(client: ssl.SSLSocket) -> tuple[str, str, dict[str, str], bytes] | None:
    """Return verb, path, headers and body of the next request, None at the end."""
    reader: Any = client.makefile("rb")
    verb, _, rest = reader.readline().decode().partition(" ")
    if not rest:
        return None
    headers = dict(http.client.parse_headers(reader).items())
    return verb, rest.split()[0], headers, reader.read(int(headers.get("Content-Length", 0)))


def _answer(real: Endpoint, verb: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    upstream = http.client.HTTPSConnection(real.host, real.port, context=real.context(), timeout=30)
    upstream.request(verb, path, body or None, {**headers, "Accept-Encoding": "identity"})
    answer = upstream.getresponse()
    content = answer.read()
    upstream.close()
    passed = [each for each in answer.getheaders() if each[0].lower() not in FRAMING]
    head = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in passed)]
    return "\r\n".join([*head, f"Content-Length: {len(content)}", "", ""]).encode() + content


def _serve(accepted: socket.socket, context: ssl.SSLContext, real: Endpoint, chaos: Chaos) -> None:
    with contextlib.suppress(OSError), context.wrap_socket(accepted, server_side=True) as client:
        while request := _request(client):
            ruined = chaos.next_is_ruined()
            answer = _answer(real, *request)
            if ruined:
                chaos.ruin(client, answer, chaos.over)
                return
            client.sendall(answer)


def _accept(listener: socket.socket, context: ssl.SSLContext, real: Endpoint, chaos: Chaos) -> None:
    with contextlib.suppress(OSError):
        while True:
            accepted = listener.accept()[0]
            threading.Thread(target=_serve, args=(accepted, context, real, chaos), daemon=True).start()


@contextlib.contextmanager
def chaotic(real: Endpoint, chaos: Chaos, folder: Path, **limits: float) -> Iterator[Endpoint]:
    """An endpoint that is `real` but for the exchanges that are ruined."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, real, chaos), daemon=True).start()
        try:
            port = listener.getsockname()[1]
            yield replace(real, host="127.0.0.1", port=port, ca_file=str(folder / "ca.pem"), **limits)  # type: ignore[arg-type]  # the limits are floats
        finally:
            chaos.over.set()
            listener.shutdown(socket.SHUT_RDWR)
