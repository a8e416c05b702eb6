"""Rules that every answer of the JSON binding keeps: statuses, headers, and the shape of its values.

The shape comes from the registry, without the encoder: an object begins with `_typeName`, the name of a type
of the path's release, and has members of that type and release; only primitives, enumerations and arrays are
boxed; nothing is null; LocalizedMethodFault does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tests.fidelity.answers import Exchange
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.type_names import (
    DATA_TYPES,
    ENUM_TYPES,
    LOCALIZED_FAULT,
    MANAGED_TYPES,
    PRIMITIVES,
)
from vim25_emulator.vmodl.version import Version, known
from vim25_emulator.wire.http import Reply, Request

_ROOT: Final = "/sdk/vim25/"


def is_json_call(request: Request, reply: Reply) -> bool:
    """Whether an exchange is a call of the JSON binding that was not refused by HTTP."""
    return (
        request.path.startswith(_ROOT)
        and not request.path.endswith("/transcoder")
        and reply.status in {200, 204, 500}
        and not dict(reply.headers).get(b"content-type", b"").startswith(b"text/xml")
    )


def release_of(request: Request) -> Version | None:
    """Return the version of the release in a path; None for one that the registry does not have."""
    return known(request.path.removeprefix(_ROOT).partition("/")[0])


def json_flaws(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield what is wrong with each answer of the JSON binding."""
    for request, reply in exchanges:
        if is_json_call(request, reply):
            for flaw in (*_of_headers(reply), *_of_body(reply, release_of(request))):
                yield f"{request.method} {request.path}: {reply.status}: {flaw}"


def _of_headers(reply: Reply) -> Iterator[str]:
    headers = dict(reply.headers)
    if (reply.status == 204) is bool(reply.body):
        yield "204 is the status of an answer without a body"
    if headers.get(b"content-type") != (b"application/json" if reply.body else None):
        yield f"Content-Type {headers.get(b'content-type')!r}"
    if headers.get(b"content-length") != b"%d" % len(reply.body) or b"content-encoding" in headers:
        yield "it is not sent as a whole"


def _of_body(reply: Reply, release: Version | None) -> Iterator[str]:
    if reply.body:
        content = json.loads(reply.body)
        if reply.status == 500 and not data_type(content["_typeName"]).is_fault:
            yield f"{content['_typeName']} is no fault"
        yield from _of_value(content, release)


def _of_value(value: Any, release: Version | None) -> Iterator[str]:
    if value is None:
        yield "null"
    elif isinstance(value, list):
        for item in value:
            yield from _of_value(item, release)
    elif isinstance(value, dict):
        if next(iter(value), None) != "_typeName":
            yield f"_typeName is not first in {value}"
        else:
            yield from _of_object(value, release)
        for member in value.values():
            yield from _of_value(member, release)


def _of_object(value: dict[str, Any], release: Version | None) -> Iterator[str]:
    name, *members = value.values()
    if name == "ManagedObjectReference":
        if sorted(value) != ["_typeName", "type", "value"] or value["type"] not in MANAGED_TYPES:
            yield f"{value} is no reference"
    elif name in DATA_TYPES and name != LOCALIZED_FAULT:
        yield from _of_data_object(name, value, release)
    elif list(value) != ["_typeName", "_value"]:
        yield f"{value} is not of a type"
    elif isinstance(members[0], list) is not name.startswith("ArrayOf") or isinstance(members[0], dict):
        yield f"{value} is boxed wrongly"
    elif name.removeprefix("ArrayOf") == LOCALIZED_FAULT:
        yield f"{name} does not exist"
    elif not isinstance(members[0], list) and name not in PRIMITIVES and name not in ENUM_TYPES:
        yield f"{name} is no type"


def _of_data_object(name: str, value: dict[str, Any], release: Version | None) -> Iterator[str]:
    kind = data_type(name)
    if release is not None and kind.since > release.position:
        yield f"{name} is newer than {release}"
    for member, item in value.items():
        declared = kind.properties.get(member)
        if declared is None and member != "_typeName" and not (kind.is_fault and member == "faultstring"):
            yield f"{name} has no {member}"
        if declared is not None and declared.type.array is not isinstance(item, list):
            yield f"{name}.{member} is {item}"
        if declared is not None and release is not None and declared.since > release.position:
            yield f"{name}.{member} is newer than {release}"
        if item == [] and declared is not None and declared.optional:
            yield f"{name}.{member} is empty"
