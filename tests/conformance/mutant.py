"""Deliberately wrong implementations: a real server behind a proxy that changes a single thing.

A mutant listens on a socket of its own and forwards every request; `change` may rewrite the response, or
return None to hang up. A verdict is no lucky guess if each mutant gets the one that it deserves.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from vim25_conformance.binding import SESSION_HEADER
from vim25_conformance.client import Endpoint

#: Request, status and body of the answer; the status and body to send instead, or None to hang up.
Change = Callable[[bytes, int, bytes], tuple[int, bytes] | None]


PASSED_ON = ("Cookie", "SOAPAction", "Content-Type", SESSION_HEADER)


def faithful(request: bytes, status: int, body: bytes) -> tuple[int, bytes]:
    """Change nothing."""
    return status, body


@contextlib.contextmanager
def mutant(real: Endpoint, change: Change) -> Iterator[Endpoint]:
    """An endpoint, over plain HTTP, that is `real` but for the change."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            upstream = http.client.HTTPSConnection(real.host, real.port, context=real.context(), timeout=30)
            passed_on = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            upstream.request(self.command, self.path, request or None, passed_on)
            answer = upstream.getresponse()
            changed = change(request, answer.status, answer.read())
            upstream.close()
            if changed is None:
                self.close_connection = True
                return
            self.send_response(changed[0])
            for name in ("Set-Cookie", "Content-Type", SESSION_HEADER):
                if value := answer.getheader(name):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(changed[1])))
            self.end_headers()
            self.wfile.write(changed[1])

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield replace(real, port=server.server_port, tls=False)
    finally:
        server.shutdown()
        server.server_close()
