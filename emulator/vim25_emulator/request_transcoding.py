"""A request of one binding as one of the other, for people who move a client.

A request is text like HTTP: a request line, headers, an empty line, and a body. An envelope by itself is a
SOAP request, too. Path and body are converted; headers are not, and a body gets those that it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from vim25_emulator.soap.parse_fault import ParseFault
from vim25_emulator.soap.soap_decoder import DecodedCall, decode_call, parse_envelope
from vim25_emulator.soap.soap_encoder import encode_request
from vim25_emulator.vijson.json_decoder import decode_arguments
from vim25_emulator.vijson.json_encoder import encode_arguments
from vim25_emulator.vijson.request_path import ROOT, target_of
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.value import MethodFault

_FETCH: Final = "Fetch"  #: the method of SOAP that reads one property
_VERBS: Final = ("GET", "POST")


class UnreadableRequestError(ValueError):
    """The text is no request of the binding, or has no form in the other."""


class _Message(NamedTuple):
    """The parts of a request that are read."""

    verb: str
    path: str
    body: bytes


def transcoded_request(text: bytes, source: str, wanted: str, release: ReleaseProfile) -> bytes:
    """Return a request of one binding (`soap`, `json`) as one of another; raise UnreadableRequestError."""
    if not release.vijson:
        raise UnreadableRequestError(f"release {release.version} has no JSON binding")
    call = _read(source, text, release)
    written = _WRITERS[wanted](call, release)
    # Raises for what no path can name: `a/b`, or a property's property.
    again = _read(wanted, written, release)
    if _WRITERS[source](again, release) != _WRITERS[source](call, release):
        raise UnreadableRequestError("a text has characters that XML does not have")
    return written


def _read(binding: str, text: bytes, release: ReleaseProfile) -> DecodedCall:
    try:
        return _READERS[binding](text, release)
    except MethodFault as fault:
        raise UnreadableRequestError(fault.text or fault.data.type_.name) from None
    except ParseFault as fault:
        raise UnreadableRequestError(fault.text.partition("\n")[0]) from None


def _message(text: bytes) -> _Message:
    """Return the parts of a request; the lines of its head end in either way."""
    ends = [(text.find(end), len(end)) for end in (b"\n\n", b"\r\n\r\n") if end in text]
    at, length = min(ends, default=(len(text), 0))
    verb, _, rest = text[:at].partition(b"\n")[0].decode("latin-1").strip().partition(" ")
    target = rest.removesuffix("HTTP/1.1").strip()
    if verb not in _VERBS or not target:
        raise UnreadableRequestError(f"a request line is expected first, such as POST {ROOT}8.0.2.0/…")
    try:
        path = urlsplit(target).path
    except ValueError as error:
        raise UnreadableRequestError(f"{error} in the request line") from None
    return _Message(verb, unquote(path), text[at + length :])


# SOAP


def _read_soap(text: bytes, release: ReleaseProfile) -> DecodedCall:
    has_head = text.startswith(tuple(f"{verb} ".encode() for verb in _VERBS))
    body = _message(text).body if has_head else text
    return decode_call(parse_envelope(body.strip()), release.version, release)


def _write_soap(call: DecodedCall, release: ReleaseProfile) -> bytes:
    action = f"urn:vim25/{release.version}"
    head = f'POST /sdk HTTP/1.1\nContent-Type: text/xml; charset=utf-8\nSOAPAction: "{action}"\n\n'
    document = encode_request(call.method, call.this, call.arguments, release.version)
    return b"%b%b\n" % (head.encode(), document)


# JSON


def _read_json(text: bytes, release: ReleaseProfile) -> DecodedCall:
    message = _message(text)
    target = target_of(message.path, message.verb, release)
    if target.property is not None:
        return DecodedCall(target.method, target.this, {"prop": target.property})
    arguments = decode_arguments(target.method, message.body, target.version)
    return DecodedCall(target.method, target.this, arguments)


def _write_json(call: DecodedCall, release: ReleaseProfile) -> bytes:
    is_read = call.method.name == _FETCH
    member = call.arguments["prop"] if is_read else call.method.name
    path = "/".join(quote(part, safe="[]:") for part in (call.this.type, call.this.value, member))
    line = f"{'GET' if is_read else 'POST'} {ROOT}{release.version}/{path} HTTP/1.1\n"
    if is_read or not call.method.parameters:
        return f"{line}\n".encode()
    body = encode_arguments(call.method, call.arguments, release.version)
    return b"%bContent-Type: application/json\n\n%b\n" % (line.encode(), body)


_READERS: Final[dict[str, Callable[[bytes, ReleaseProfile], DecodedCall]]] = {
    "soap": _read_soap,
    "json": _read_json,
}
_WRITERS: Final[dict[str, Callable[[DecodedCall, ReleaseProfile], bytes]]] = {
    "soap": _write_soap,
    "json": _write_json,
}
