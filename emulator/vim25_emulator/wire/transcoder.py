"""The transcoder: a data object from JSON to XML, from XML to JSON, or from either to itself.

The object is checked against the release of the path. A target release omits newer properties, and shows
newer types as their nearest known ancestor. Two alike formats are a validation [documented]. Errors have a
form of their own, and the session cookie of SOAP is accepted only here [documented].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from vim25_emulator.soap.soap_decoder import ParseFault, decode_object
from vim25_emulator.soap.soap_encoder import encode_object
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vijson.json_decoder import decode, parse
from vim25_emulator.vijson.json_encoder import encode_any
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.type_names import ANY_TYPE
from vim25_emulator.vmodl.value import DataObject, MethodFault
from vim25_emulator.vmodl.version import Version, version
from vim25_emulator.wire import cookie
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.session_header import session_of

_SINCE: Final = version("8.0.2.0")
_BEFORE: Final = "/sdk/vim25/"
LAST_PART: Final = "/transcoder"
_TARGET: Final = "target_release"

#: Error type → HTTP status [documented].
_STATUS: Final = {"InvalidArgument": 400, "InvalidRequest": 400, "SecurityError": 401}


class _RefusedError(Exception):
    """A request is refused. `kind`: InvalidArgument for headers and query, InvalidRequest for the object."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Format(NamedTuple):
    """A format of data objects: its media type, and how it is read and written."""

    media_type: str
    read: Callable[[bytes, Version], Any]
    write: Callable[[DataObject, Version, Catalog | None], bytes]


def _read_json(document: bytes, client: Version) -> Any:
    return decode(ANY_TYPE, parse(document), client)


def _write_json(value: DataObject, client: Version, texts: Catalog | None) -> bytes:
    return encode_any(ANY_TYPE, value, client, texts)


JSON: Final = Format("application/json", _read_json, _write_json)
XML: Final = Format("application/xml", decode_object, encode_object)
_FORMATS: Final = {format.media_type: format for format in (JSON, XML)}


def transcoder(vcenter: VCenter, request: Request) -> Reply | None:
    """Return the reply to a request; None if its path does not name the transcoder of a release."""
    release = _release_of(request, vcenter.release)
    if release is None:
        return None
    try:
        _require_session(vcenter, request)
        source = _source_format(request.header(b"content-type"))
        wanted = _wanted_format(request.header(b"accept"), source)
        target = _target_release(request.query, vcenter.release) or release
        document = transcoded(request.body, source, wanted, (release, target), vcenter.texts)
    except _RefusedError as refused:
        error = {"error_type": refused.kind, "error_message": str(refused)}
        return _reply(_STATUS[refused.kind], msgspec.json.encode(error), JSON)
    return _reply(200, document, wanted)


def _reply(status: int, document: bytes, written: Format) -> Reply:
    return Reply(status, document, [(b"content-type", written.media_type.encode())], is_whole=True)


def transcoded(
    document: bytes,
    source: Format,
    wanted: Format,
    releases: tuple[Version, Version],
    texts: Catalog | None = None,
) -> bytes:
    """Return a document of one format and release in another; the object is valid in the first release."""
    release, target = releases
    try:
        value = source.read(document, release)
    except MethodFault as fault:
        raise _RefusedError("InvalidRequest", fault.text or fault.data.type_.name) from None
    except ParseFault as fault:
        raise _RefusedError("InvalidRequest", fault.text) from None
    if not isinstance(value, DataObject):
        raise _RefusedError("InvalidRequest", "A data object is required.")
    return wanted.write(value, target, texts)


# What a request asks for


def _release_of(request: Request, server: ReleaseProfile) -> Version | None:
    """Return the release in the path of a transcoder; None for another path, or a release without one."""
    path = request.path
    if request.method != "POST" or not (path.startswith(_BEFORE) and path.endswith(LAST_PART)):
        return None
    release = server.json_release(path.removeprefix(_BEFORE).removesuffix(LAST_PART))
    return release if release is not None and release >= _SINCE else None


def _require_session(vcenter: VCenter, request: Request) -> None:
    sessions = vcenter.sessions
    session = session_of(request, sessions) or sessions.find(cookie.read(request.header(b"cookie")))
    if session is None:
        raise _RefusedError("SecurityError", "The id of an open session is required.")
    sessions.touch(session)


def _media_types(header: str) -> list[str]:
    """Return the media types in a header without their parameters, in lower case."""
    return [entry.partition(";")[0].strip().lower() for entry in header.split(",")]


def _source_format(content_type: str) -> Format:
    source = _FORMATS.get(_media_types(content_type)[0])
    if source is None:
        raise _RefusedError("InvalidArgument", f"Content-Type must be {' or '.join(_FORMATS)}.")
    return source


def _wanted_format(accept: str, source: Format) -> Format:
    """Return the first known format that a client accepts; that of the object for any [derived]."""
    for media_type in _media_types(accept):
        if media_type in {"", "*/*", "application/*"}:
            return source
        if media_type in _FORMATS:
            return _FORMATS[media_type]
    raise _RefusedError("InvalidArgument", f"Accept must have {' or '.join(_FORMATS)}.")


def _target_release(query: str, server: ReleaseProfile) -> Version | None:
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    if _TARGET not in parameters:
        return None
    target = server.json_release(parameters[_TARGET])
    if target is None:
        raise _RefusedError("InvalidArgument", f"{_TARGET}: no release {parameters[_TARGET]:.40} is known.")
    return target
