"""Decode bodies of JSON requests: the arguments of a method, or one value.

That the text for invalid syntax begins with `Invalid JSON syntax`, and the text about an empty body, are
those of real servers [observed: 8.0.3]; the reasons are in our own words.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec

from vim25_emulator.vijson.json_leaf_reader import wrong_type
from vim25_emulator.vijson.json_reader import ObjectMembers, reader
from vim25_emulator.vijson.wrong_value import WrongValueError
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.type_description import Method, TypeRef
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import Version

MAX_DEPTH: Final = 128  #: as many levels as an XML document may have
MAX_VALUES: Final = 500_000  #: as many as an XML document may have elements
_END: Final = "Unexpected end of file"


def parse(body: bytes) -> Any:
    """Return the value of a JSON text as dicts, lists and scalars; the last of equal members counts.

    Raises MethodFault for what is no JSON text, and for one that is nested too deeply or has too many values.
    """
    if len(body) > MAX_VALUES and _has_too_many_values(body):
        raise _invalid_syntax(f"Values exceed the maximum of {MAX_VALUES}")
    try:
        data = msgspec.json.decode(body)
    except UnicodeDecodeError:
        raise _invalid_syntax("Not UTF-8") from None
    except RecursionError:
        raise _too_deep() from None
    except msgspec.DecodeError as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        raise _invalid_syntax(_END if "truncated" in reason else reason.capitalize()) from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _is_deep(data):
        raise _too_deep()
    return data


def _invalid_syntax(reason: str) -> MethodFault:
    return MethodFault("InvalidArgument", text=f"Invalid JSON syntax: {reason}")


def _too_deep() -> MethodFault:
    return _invalid_syntax(f"Nesting exceeds the maximum of {MAX_DEPTH}")


def _has_too_many_values(body: bytes) -> bool:
    """Whether a text has more values than allowed: a parser would need 64 bytes and more for each.

    A value is at the beginning of its object or array, or behind a comma; an empty one counts twice.
    """
    pieces = body.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"', 4 * MAX_VALUES)
    outside = b"".join(pieces[::2])  # of the strings, of which a value and its name are two at most
    return len(pieces) > 4 * MAX_VALUES or sum(map(outside.count, (b",", b"[", b"{"))) > MAX_VALUES


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        items = (item for node in level for item in (node.values() if node.__class__ is dict else node))
        level = [item for item in items if item.__class__ is dict or item.__class__ is list]
    return bool(level)


def decode_arguments(method: Method, body: bytes, version: Version) -> dict[str, Any]:
    """Return the arguments in a request's body, with no entry for an omitted optional parameter.

    An empty body is an object without members. A `_typeName` of the root is ignored [observed: clients]. The
    caller must check that the references among the arguments exist. Raises MethodFault.
    """
    members = _parameters(method.owner, method.name, version.position)
    is_empty = not body or body.isspace()
    data = {} if is_empty else parse(body)
    try:
        if data.__class__ is not dict:
            raise wrong_type("an object", data)
        return members.read(data)
    except WrongValueError as error:
        raise (_invalid_syntax(_END) if is_empty else error.fault) from None


@cache
def _parameters(owner: str, name: str, position: int) -> ObjectMembers:
    return ObjectMembers(managed_type(owner).methods[name], position)


def decode(declared: TypeRef, data: Any, version: Version, path: str = "") -> Any:
    """Return a value of a declared type from the parts of a JSON text; raise MethodFault.

    `path` is that of the value in the request, for the fault.
    """
    try:
        return _reader(declared, version.position)(data)
    except WrongValueError as error:
        if path:
            error.enter(path)
        raise error.fault from None


_reader = cache(reader)
