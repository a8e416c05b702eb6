"""pyVmomi's values as VI/JSON, and back, by the types of pyVmomi's registry.

Independent of any server's codec: a mistake in either shows as a difference between the bindings.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, Final

from pyVmomi import Iso8601, VmomiSupport, vmodl

TYPE_NAME: Final = "_typeName"
VALUE: Final = "_value"
#: Text of a fault, which is in no schema.
FAULT_TEXT: Final = "faultstring"
REFERENCE: Final = "ManagedObjectReference"


class UndecodableError(Exception):
    """The client cannot turn a response into values; the message says why."""


def kind_named(name: str) -> Any:
    """Return the class of a WSDL name; raise KeyError."""
    if name == f"ArrayOf{REFERENCE}":
        return VmomiSupport.ManagedObject.Array
    return VmomiSupport.GuessWsdlType(name)


class JsonEncoder:
    """Encodes values for a server that knows the API version `version` (a VMODL name)."""

    def __init__(self, version: str) -> None:
        self._version = version

    def arguments(self, params: Iterable[Any], values: Iterable[Any]) -> dict[str, Any]:
        """Return the body of a method's request."""
        return self._members(zip(params, values, strict=True))

    def value(self, value: Any, declared: Any) -> Any:
        """Return a value in a place of the type `declared`; `object` is anyType."""
        match value:
            case list():
                item = value.Item if declared is object else declared.Item  # type: ignore[attr-defined]
                return _boxed(value, [self.value(each, item) for each in value], declared)
            case VmomiSupport.DataObject():
                return self._object(value)
            case VmomiSupport.ManagedObject():
                kind = VmomiSupport.GetWsdlName(type(value))
                return {TYPE_NAME: REFERENCE, "type": kind, "value": value._moId}
        return _boxed(value, _plain(value), declared)

    def _object(self, value: Any) -> dict[str, Any]:
        kind = VmomiSupport.GetCompatibleType(type(value), self._version)
        members = ((info, getattr(value, info.name)) for info in kind._GetPropertyList())
        body = {TYPE_NAME: VmomiSupport.GetWsdlName(kind), **self._members(members)}
        if (text := body.pop("msg", None)) and isinstance(value, vmodl.MethodFault):
            body[FAULT_TEXT] = text
        return body

    def _members(self, members: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
        """Return what is set and not newer than the server."""
        return {
            info.name: self.value(value, info.type)
            for info, value in members
            if not _is_unset(value, info) and VmomiSupport.IsChildVersion(self._version, info.version)
        }


def _is_unset(value: Any, info: Any) -> bool:
    empty = isinstance(value, list) and not value and info.type is not object
    return value is None or (empty and bool(info.flags & VmomiSupport.F_OPTIONAL))


def _boxed(value: Any, plain: Any, declared: Any) -> Any:
    """Return a primitive, an enumeration or an array as an anyType place requires it."""
    if declared is not object:
        return plain
    name = str(VmomiSupport.GetWsdlName(VmomiSupport.Type(value)))
    return {TYPE_NAME: f"{name}Reference" if name == "ArrayOfManagedObject" else name, VALUE: plain}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
            return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
        case VmomiSupport.binary():
            return base64.b64encode(value).decode("ascii")
        case type():
            return VmomiSupport.GetWsdlName(value)
        case VmomiSupport.ManagedMethod():
            return value.info.wsdlName
        case bool():
            return value
        case int():
            return int(value)  # of a subclass, such as long
        case float():
            return float(value)
    return str(value)


class JsonDecoder:
    """Decodes values; the references in them call through `stub`."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def value(self, data: Any, declared: Any) -> Any:
        """Return pyVmomi's value of a place of the type `declared`; raise UndecodableError."""
        try:
            return self._value(data, declared)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UndecodableError(f"{type(error).__name__}: {error}") from error

    def _value(self, data: Any, declared: Any) -> Any:
        """Decode leniently what `JsonReader` complains of: null, and an object without `_typeName`."""
        match data:
            case None:
                return None
            case {"_typeName": str(name), "_value": content}:
                return self._value(content, kind_named(name))
            case {"_typeName": "ManagedObjectReference", "type": str(name), "value": str(moid)}:
                return kind_named(name)(moid, self._stub)
            case {"_typeName": str(name)}:
                return self._object(data, kind_named(name))
            case dict() if issubclass(declared, VmomiSupport.DataObject):
                return self._object(data, declared)
            case list():
                return declared(self._value(each, declared.Item) for each in data)
        return _from_plain(data, declared)

    def _object(self, data: dict[str, Any], kind: Any) -> Any:
        value = kind()
        for name, content in data.items():
            if name == FAULT_TEXT and isinstance(value, vmodl.MethodFault):
                value.msg = content
            elif name != TYPE_NAME and content is not None:
                setattr(value, name, self._value(content, value._GetPropertyInfo(name).type))
        return value


def _from_plain(data: Any, declared: Any) -> Any:
    if declared is datetime:
        return _moment(data)
    if declared is VmomiSupport.binary:
        return declared(base64.b64decode(data, validate=True))
    if declared is type:
        return kind_named(data)
    if declared is VmomiSupport.ManagedMethod:
        return VmomiSupport.GuessWsdlMethod(data)
    if isinstance(declared, type) and issubclass(declared, VmomiSupport.Enum):
        return getattr(declared, data)
    is_other = declared in (bool, str) and not isinstance(data, declared)
    if is_other or isinstance(data, dict | list) or declared is object:
        raise TypeError(f"{type(data).__name__} in a place of the type {declared.__name__}")
    return declared(data)


def _moment(text: str) -> Any:
    moment = Iso8601.ParseISO8601(text)
    if moment is None:
        raise ValueError(f"{text!r} is no dateTime")
    return moment
