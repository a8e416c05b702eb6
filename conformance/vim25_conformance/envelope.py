"""Parse a SOAP response into the outcome tree by the type registry, independently of the client library.

pyVmomi stops at an unknown type and does not report a missing required property, so the raw bytes are parsed
a second time here. This parser never stops: whatever the registry does not allow becomes a complaint with its
path, and the value is preserved as far as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from lxml import etree
from pyVmomi import VmomiSupport

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
from vim25_conformance.reply_reader import (
    ReplyReader,
    is_fault,
    is_list,
    known,
    members,
    settled,
    wsdl_name,
)

SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SCALARS: Final[dict[str, Callable[[str], Value]]] = {
    "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}.get(text, text),
    "byte": int,
    "short": int,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "dateTime": lambda text: "<time>",
}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


class SoapReader(ReplyReader):
    """Parser of one SOAP response."""

    def value(self, element: Any, declared: Any, path: str) -> Value:
        """Return the element's value; `declared` is a pyVmomi class or None."""
        if isinstance(declared, type) and issubclass(declared, list):
            declared = declared.Item  # type: ignore[attr-defined]
        name = _bare(element.get(XSI_TYPE, ""))
        if name.startswith("ArrayOf"):
            return Several(tuple(self._items(element, path)))
        if declared is object and not name:
            self.complaints.append(f"{path}: no xsi:type in an anyType place")
        if is_fault(declared) or name == "LocalizedMethodFault":
            return self._localized(element, path)
        return self._dynamic(element, name, declared, path)

    def _items(self, element: Any, path: str) -> Iterator[Value]:
        for item in element:
            yield self.value(item, object, f"{path}[]")

    def _localized(self, element: Any, path: str) -> Value:
        inner = next((child for child in element if _local(child) == "fault"), None)
        if inner is None:
            self.complaints.append(f"{path}: a fault without <fault>")
            return None
        return self.fault(inner, path)

    def _dynamic(self, element: Any, name: str, declared: Any, path: str) -> Value:
        if element.get("type") is not None or name == "ManagedObjectReference":
            return Ref(element.get("type", ""), (element.text or "").strip())
        kind = self._resolve(name, declared, path)
        if is_fault(kind):
            return self.fault(element, path)
        if isinstance(kind, type) and issubclass(kind, VmomiSupport.DataObject):
            return Data(VmomiSupport.GetWsdlName(kind), self._fields(element, kind, path))
        if isinstance(kind, type) and issubclass(kind, VmomiSupport.ManagedObject):
            return Ref(VmomiSupport.GetWsdlName(kind), (element.text or "").strip())
        if len(element):
            return Data(name or "?", self._fields(element, None, path))
        return self._scalar(element, name or wsdl_name(kind), path)

    def _resolve(self, name: str, declared: Any, path: str) -> Any:
        if not name:
            return declared
        kind = known(name)
        if kind is None and name not in _SCALARS and name not in _TEXTS:
            self.complaints.append(f"{path}: type {name} is not in vim25")
        return kind

    def _scalar(self, element: Any, name: str, path: str) -> Value:
        text = element.text or ""
        try:
            return _SCALARS.get(name, str)(text)
        except ValueError:
            self.complaints.append(f"{path}: {text!r} is not a valid {name}")
            return text

    def _fields(self, element: Any, kind: Any, path: str) -> dict[str, Value]:
        groups: dict[str, list[Any]] = {}
        for child in element.iterchildren("{*}*"):
            groups.setdefault(_local(child), []).append(child)
        self.check_members(groups, kind, path)
        every = members(kind)
        return {name: self._field(name, children, every.get(name), path) for name, children in groups.items()}

    def _field(self, name: str, children: list[Any], info: Any, path: str) -> Value:
        declared = info.type if info else None
        values = tuple(self.value(child, declared, f"{path}.{name}") for child in children)
        if is_list(declared) or len(values) > 1:
            return Several(values)
        return settled(name, values[0])

    def fault(self, element: Any, path: str, name: str = "") -> Fault:
        """Return a fault whose properties are the children of `element`."""
        name = _bare(element.get(XSI_TYPE, "")) or name
        kind = known(name)
        fields = self._fields(element, kind if is_fault(kind) else None, path)
        return self.fault_of(name, kind, fields, path)


_TEXTS: Final = frozenset({"string", "anyURI", "base64Binary", "TypeName", "MethodName", "PropertyPath"})


def read_reply(
    status: int,
    body: bytes,
    result: Any = None,
    declared_faults: tuple[str, ...] = (),
    version: str | None = None,
) -> tuple[Reply, Wire]:
    """Return what an HTTP response says, and its form.

    `result` is the pyVmomi class of the method's result (None if void or unknown), `declared_faults` are WSDL
    names, `version` is the VMODL name of the API version whose properties to expect (None: any).
    """
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        return Unreadable(f"not XML: {type(error).__name__}"), Wire(status)
    content = root.find(f"{SOAP}Body/*")
    if content is None:
        return Unreadable("no SOAP body"), Wire(status)
    reader = SoapReader(declared_faults, version)
    if content.tag == f"{SOAP}Fault":
        return _read_fault(status, content, reader)
    result = _result_of(content) if result is None else result
    values = [reader.value(child, result, "returnval") for child in content]
    is_whole = len(values) == 1 and isinstance(values[0], Several)  # an array that says so, as of Fetch
    value = Several(tuple(values)) if is_list(result) and not is_whole else next(iter(values), None)
    return Returned(value), Wire(status, complaints=reader.distinct_complaints())


def _result_of(content: Any) -> Any:
    """Return the declared result of the method that a response is named after, None for an unknown method."""
    try:
        method = VmomiSupport.GetWsdlMethod("urn:vim25", _local(content).removesuffix("Response"))
    except KeyError:
        return None
    return method.info.result


def _read_fault(status: int, content: Any, reader: SoapReader) -> tuple[Reply, Wire]:
    code = _bare((content.findtext("faultcode") or "").strip())
    detail = content.find("detail/*")
    if detail is None:
        return Refused(code), Wire(status, code)
    fault = reader.fault(detail, "detail", _local(detail).removesuffix("Fault"))
    return Faulted(fault), Wire(status, code, _local(detail), reader.distinct_complaints())
