"""GET /folder: files on datastores over HTTP, as libvirt, virt-v2v and browsers read them.

A request belongs to the session of its cookie, or logs in by HTTP's basic authentication and gets the
cookie of the new session [observed: client code].
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qs, quote, urlencode

from vim25_emulator.vcenter.datastore_content import Entry, content_at
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.wire import cookie
from vim25_emulator.wire.basic_login import login
from vim25_emulator.wire.http import Headers, Reply, Request, plain

_ROOT: Final = "/folder"
_CHALLENGE: Final[Headers] = [(b"www-authenticate", b'Basic realm="VMware HTTP server"')]
_BINARY: Final[Headers] = [(b"content-type", b"application/octet-stream")]
_PAGE: Final[Headers] = [(b"content-type", b"text/html; charset=utf-8")]

_UNAUTHORIZED: Final = 401
#: Fault → HTTP status; 503 for any other.
_STATUS: Final = {
    "InvalidLogin": _UNAUTHORIZED,
    "NoPermission": 403,
    "NotFound": 404,
    "InvalidDatastore": 404,
    "FileNotFound": 404,
    "NotSupported": 501,
}


def datastore_access(vcenter: VCenter, request: Request) -> Reply:
    """Return a file, a listing, or the fault's status. It must be called on the vCenter's loop."""
    try:
        session, headers = _session(vcenter, request)
        reply = _reply(vcenter, session, request)
    except MethodFault as fault:
        status = _STATUS.get(fault.data.type_.name, 503)
        challenge = _CHALLENGE if status == _UNAUTHORIZED else None
        return plain(status, fault.data.type_.name, challenge)
    reply.headers = [*reply.headers, *headers]
    return reply


def _session(vcenter: VCenter, request: Request) -> tuple[Session, Headers]:
    """Return the session of a request, and the headers that announce a new one; raise like Login."""
    session = vcenter.sessions.find(cookie.read(request.header(b"cookie")))
    if session is not None:
        vcenter.sessions.touch(session)
        return session, []
    session = login(vcenter, request)
    written = cookie.write(session.cookie, secure=request.secure)
    return session, [(b"set-cookie", written.encode())]


def _reply(vcenter: VCenter, session: Session, request: Request) -> Reply:
    query = {name: values[0] for name, values in parse_qs(request.query).items()}
    path = request.path.removeprefix(_ROOT).strip("/")
    content = content_at(vcenter, session.user, path, query)
    return Reply(200, content, list(_BINARY)) if isinstance(content, bytes) else _listing(content)


def _listing(entries: Iterable[Entry]) -> Reply:
    """Return a page of links."""
    items = "".join(f"<li>{_link(entry)}</li>\n" for entry in entries)
    page = f"<!DOCTYPE html>\n<title>Index</title>\n<ul>\n{items}</ul>\n"
    return Reply(200, page.encode(), list(_PAGE))


def _link(entry: Entry) -> str:
    address = f"{quote(f'{_ROOT}/{entry.path}'.rstrip('/'))}?{urlencode(entry.query)}"
    return f'<a href="{html.escape(address)}">{html.escape(entry.name)}</a>'
