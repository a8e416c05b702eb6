"""Compare a value in a SOAP answer with the same value in a JSON answer, element by element.

Neither of the emulator's codecs takes part. Both bindings have the same names of types and members, but for
faults, whose texts stand beside the fault in SOAP and inside it in JSON, and for some arrays of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")

#: Names of arrays of JSON, as the published document has them, that SOAP has no types of.
_ARRAYS_OF_STRING: Final = frozenset({"ArrayOfTypeName", "ArrayOfMethodName", "ArrayOfPropertyPath"})

#: Members that change from call to call.
_COUNTERS: Final = frozenset({"callCount"})


def parsed(document: bytes) -> Element:
    """Return the root of a document whose tags have no namespaces."""
    root = fromstring(document.decode())  # noqa: S314  # an answer of our own server
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", element.tag)
    return root


def differences(elements: Iterable[Element], value: Any, path: str = "") -> Iterator[str]:
    """Yield where a value of JSON, None if it is unset, is another than that of the elements of SOAP."""
    elements = list(elements)
    if isinstance(value, list):
        if len(value) != len(elements):
            yield f"{path}: {len(elements)} elements, {len(value)} values"
        for number, (element, item) in enumerate(zip(elements, value, strict=False)):
            yield from _different(element, item, f"{path}[{number}]")
    elif (value is None) is not (elements == []):
        yield f"{path}: {elements}, {value!r}"
    elif value is not None:
        yield from _different(elements[0], value, path)


def _different(element: Element, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        if _scalar(element, value) != value:
            yield f"{path}: {element.text!r}, {value!r}"
    elif "_value" in value:
        yield from _different_boxed(element, value, path)
    elif value["_typeName"] == "ManagedObjectReference":
        if (element.get("type"), element.text) != (value["type"], value["value"]):
            yield f"{path}: {element.get('type')} {element.text}, {value}"
    elif element.find("localizedMessage") is not None and "faultstring" in value:
        yield from _different_fault(element, value, path)
    else:
        yield from _different_object(element, value, path)


def _scalar(element: Element, like: Any) -> Any:
    text = element.text or ""
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text)
    return type(like)(text)


def _different_boxed(element: Element, value: dict[str, Any], path: str) -> Iterator[str]:
    name = value["_typeName"]
    if _name_of(element) != ("ArrayOfString" if name in _ARRAYS_OF_STRING else name):
        yield f"{path}: {_name_of(element)}, {name}"
    inside = value["_value"]
    yield from differences(list(element) if isinstance(inside, list) else [element], inside, path)


def _name_of(element: Element) -> str:
    return element.get(_TYPE, "").rpartition(":")[2]


def _different_fault(element: Element, value: dict[str, Any], path: str) -> Iterator[str]:
    """Compare a LocalizedMethodFault with a flat fault."""
    rest = {name: item for name, item in value.items() if name != "faultstring"}
    fault = element.find("fault")
    if fault is None or (element.findtext("localizedMessage") or None) != value.get("faultstring"):
        yield f"{path}: {element.findtext('localizedMessage')!r}, {value.get('faultstring')!r}"
    else:
        yield from _different_object(fault, rest, path)


def _different_object(element: Element, value: dict[str, Any], path: str) -> Iterator[str]:
    if _name_of(element) not in {"", value["_typeName"]}:
        yield f"{path}: {_name_of(element)}, {value['_typeName']}"
    for name in ({child.tag for child in element} | value.keys()) - {"_typeName"} - _COUNTERS:
        yield from differences(element.findall(name), value.get(name), f"{path}.{name}")
