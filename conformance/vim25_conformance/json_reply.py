"""Parse a VI/JSON response into the outcome tree by the type registry, independently of the client library.

The client reads members in any order and ignores how a value is wrapped. This reader looks at the bytes for
what a real server does and other clients depend on: `_typeName` comes first, nothing is null, a primitive is
boxed in an anyType place and nowhere else, a fault is in no LocalizedMethodFault.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pyVmomi import Iso8601, VmomiSupport, vmodl

from vim25_conformance.json_value import FAULT_TEXT, REFERENCE, TYPE_NAME, VALUE, kind_named
from vim25_conformance.outcome import (
    Data,
    Fault,
    Faulted,
    Ref,
    Refused,
    Reply,
    Returned,
    Several,
    Unreadable,
    Value,
    Wire,
)
from vim25_conformance.reply_reader import ReplyReader, is_fault, is_list, known, members, settled, wsdl_name

WRAPPER: Final = "LocalizedMethodFault"
_NUMBER: Final = (int, float)
#: WSDL name of a primitive → the types of a JSON value; any other is a string.
_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    **dict.fromkeys(("byte", "short", "int", "long"), (int,)),
    **dict.fromkeys(("float", "double"), _NUMBER),
}


class _Repeated(dict[str, Any]):
    """An object in which a member occurs twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    return whole if len(whole) == len(pairs) else _Repeated(whole)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def parse(body: bytes) -> Any:
    """Return the value of a JSON text; raise ValueError."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


class JsonReader(ReplyReader):
    """Reader of one VI/JSON response."""

    def value(self, data: Any, declared: Any, path: str) -> Value:
        """Return the value in a place; `declared` is a class, `object` for anyType, None if unknown."""
        match data:
            case None:
                self.complaints.append(f"{path}: null")
                return None
            case dict():
                return self._object(data, declared, path)
            case list():
                return self._array(data, declared, path)
        if declared is object:
            self.complaints.append(f"{path}: not boxed in an anyType place")
        return self._scalar(data, wsdl_name(declared), path)

    def _array(self, data: list[Any], declared: Any, path: str) -> Value:
        if declared is not None and not is_list(declared):
            place = wsdl_name(declared) or "anyType"
            self.complaints.append(f"{path}: an array in a place of the type {place}")
        item = declared.Item if is_list(declared) else None
        return Several(tuple(self.value(each, item, f"{path}[]") for each in data))

    def _object(self, data: dict[str, Any], declared: Any, path: str) -> Value:
        self._check_form(data, path)
        name = str(data.get(TYPE_NAME, ""))
        if VALUE in data:
            return self._unboxed(data, name, declared, path)
        if name == REFERENCE:
            return Ref(str(data.get("type", "")), str(data.get("value", "")))
        if name == WRAPPER:
            self.complaints.append(f"{path}: a fault in a {WRAPPER}")
        kind = known(name)
        fields = self._fields(data, kind, path)
        if is_fault(kind):
            return self.fault_of(name, kind, fields, path)
        if kind is None or not issubclass(kind, VmomiSupport.DataObject):
            self.complaints.append(f"{path}: type {name or '?'} is no data object of vim25")
        return Data(name or "?", fields)

    def _check_form(self, data: dict[str, Any], path: str) -> None:
        if TYPE_NAME not in data:
            self.complaints.append(f"{path}: an object without {TYPE_NAME}")
        elif next(iter(data)) != TYPE_NAME:
            self.complaints.append(f"{path}: {TYPE_NAME} is not the first member")
        if isinstance(data, _Repeated):
            self.complaints.append(f"{path}: a member occurs twice")

    def _unboxed(self, data: dict[str, Any], name: str, declared: Any, path: str) -> Value:
        if declared is not None and declared is not object:
            self.complaints.append(f"{path}: boxed in a place of the type {wsdl_name(declared)}")
        try:
            kind = kind_named(name)
        except KeyError:
            self.complaints.append(f"{path}: type {name} is not in vim25")
            kind = None
        if kind is not None and _stands_plain(kind):
            self.complaints.append(f"{path}: {name} is boxed")
        return self.value(data[VALUE], kind, path)

    def _scalar(self, data: Any, name: str, path: str) -> Value:
        if name and type(data) not in _JSON_TYPES.get(name, (str,)):
            self.complaints.append(f"{path}: {data!r} is not a valid {name}")
        elif name in ("float", "double"):
            return float(data)
        elif name == "dateTime":
            if Iso8601.ParseISO8601(data) is None:
                self.complaints.append(f"{path}: {data!r} is not a valid dateTime")
            return "<time>"
        return data if isinstance(data, bool | int | float) else str(data)

    def _fields(self, data: Mapping[str, Any], kind: Any, path: str) -> dict[str, Value]:
        every = members(kind)
        apart = {TYPE_NAME, FAULT_TEXT} if is_fault(kind) else {TYPE_NAME}
        inner = {name: value for name, value in data.items() if name not in apart}
        self.check_members(inner, kind, path)
        return {
            name: self._field(name, value, every[name].type if name in every else None, path)
            for name, value in inner.items()
        }

    def _field(self, name: str, data: Any, declared: Any, path: str) -> Value:
        value = self.value(data, declared, f"{path}.{name}")
        return value if isinstance(value, Several) else settled(name, value)


def _stands_plain(kind: Any) -> bool:
    """Whether values of the class are not boxed: data objects and references."""
    return isinstance(kind, type) and issubclass(kind, VmomiSupport.DataObject | VmomiSupport.ManagedObject)


def read_json_reply(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    result: Any = None,
    declared_faults: tuple[str, ...] = (),
    version: str | None = None,
) -> tuple[Reply, Wire]:
    """Return what an HTTP response says, and its form.

    `headers` have names in lower case; `result` and the rest are as for `envelope.read_reply`, but a void
    method's result is NoneType.
    """
    reader = JsonReader(declared_faults, version)
    reply = _read(status, body, result, reader)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and status in (200, 500) and media_type != "application/json":
        reader.complaints.append(f"Content-Type {media_type or 'missing'} of a JSON body")
    if status == 200 and not body and headers.get("content-length") != "0":
        reader.complaints.append("an empty body without Content-Length: 0")
    if status == 200 and result is type(None):
        reader.complaints.append("status 200 of a method without result")
    return reply, Wire(status, complaints=reader.distinct_complaints(), media_type=media_type)


def _read(status: int, body: bytes, result: Any, reader: JsonReader) -> Reply:
    if status not in (200, 204, 500):
        return Refused(f"HTTP {status}")
    if not body:
        nothing = Several(()) if is_list(result) else None
        return Returned(nothing) if status != 500 else Unreadable("a fault without body")
    try:
        data = parse(body)
    except ValueError as error:
        return Unreadable(f"not JSON: {type(error).__name__}")
    if status != 500:
        return Returned(reader.value(data, result, "returnval"))
    fault = reader.value(data, vmodl.MethodFault, "fault")
    if isinstance(fault, Data):
        fault = reader.fault_of(fault.type, None, fault.fields, "fault")
    return Faulted(fault) if isinstance(fault, Fault) else Unreadable("a fault that is no object")
