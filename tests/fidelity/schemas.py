"""Validate responses with the published schemas of vim25 9.0.0.0, and with rules that XSD cannot express.

XSD allows a value in an anyType place without a type, and a reference without the type of its object; both
are useless to a client. Fetch is in no schema; its response is validated as that property.

The schemas are not part of this repository; `tests.published_schemas` locates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from lxml import etree

from tests import published_schemas
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import version

VERSION = "9.0.0.0"

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_VIM = "{urn:vim25}"
_BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_ANY, _REFERENCE = "anyType", "ManagedObjectReference"


class _Type(NamedTuple):
    """A complex type: its base and its elements' types, by local names."""

    base: str | None
    elements: dict[str, str]


class Schemas:
    """Validates documents."""

    def __init__(self, folder: Path) -> None:
        (schema,) = etree.parse(folder / "vim.wsdl").iter(f"{_XSD}schema")
        source = etree.fromstring(etree.tostring(schema), base_url=str(folder / "vim.wsdl"))
        self.compiled = etree.XMLSchema(source)
        self._types: dict[str, _Type] = {}
        self._elements: dict[str, str] = {}
        for root in (source, *(etree.parse(file).getroot() for file in sorted(folder.glob("*.xsd")))):
            self._add(root)

    def _add(self, root: etree._Element) -> None:
        for kind in root.iterchildren(f"{_XSD}complexType"):
            self._types[kind.get("name")] = _type(kind)
        for element in root.iterchildren(f"{_XSD}element"):
            name = element.get("name")
            self._elements[name] = _local(element.get("type")) or f"type of {name}"
            for kind in element.iterchildren(f"{_XSD}complexType"):
                self._types[f"type of {name}"] = _type(kind)

    def flaws(self, document: bytes) -> Iterator[str]:
        """Yield the flaws of a SOAP response, or of the detail of a fault."""
        (body,) = etree.fromstring(document).iter(_BODY)
        for element in body:
            if etree.QName(element).localname == "Fault":
                for detail in element.iterfind("detail/*"):
                    yield from self._flaws(detail)
            else:
                yield from self._flaws(_as_property(element))

    def _flaws(self, element: etree._Element) -> Iterator[str]:
        whole = etree.fromstring(etree.tostring(element))  # XSD validates whole documents
        if not self.compiled.validate(whole) and not _is_empty_list(whole):
            yield from (f"{error.path}: {error.message}" for error in self.compiled.error_log)
        name = etree.QName(whole).localname
        yield from self._untyped(whole, self._elements.get(name, ""), name)

    def _untyped(self, element: etree._Element, declared: str, path: str) -> Iterator[str]:
        """Yield the values without a type."""
        xsi_type = element.get(_XSI_TYPE)
        if declared == _ANY and xsi_type is None:
            yield f"{path}: no xsi:type in an anyType place"
        actual = _local(xsi_type) or declared
        if actual == _REFERENCE and not element.get("type"):
            yield f"{path}: a reference without type"
        inside = self._inside(actual)
        for child in element:
            name = etree.QName(child).localname
            yield from self._untyped(child, inside.get(name, ""), f"{path}/{name}")

    @cache  # noqa: B019  # there is only one instance
    def _inside(self, name: str) -> dict[str, str]:
        """Return the elements of a type and its bases."""
        kind = self._types.get(name)
        if kind is None:
            return {}
        return {**(self._inside(kind.base) if kind.base else {}), **kind.elements}


def _type(kind: etree._Element) -> _Type:
    extension = next(kind.iter(f"{_XSD}extension"), None)
    base = extension.get("base") if extension is not None else None
    elements = {element.get("name"): _local(element.get("type")) for element in kind.iter(f"{_XSD}element")}
    return _Type(_local(base) or None, elements)


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]


def _is_empty_list(answer: etree._Element) -> bool:
    """Whether a response is an empty array, which is valid even where the schemas require an item."""
    method = registry.method(etree.QName(answer).localname.removesuffix("Response"))
    return method is not None and method.result.array and not len(answer)


def _as_property(answer: etree._Element) -> etree._Element:
    """Return a response; that of Fetch as one of RetrieveProperties with this one property."""
    if answer.tag != f"{_VIM}FetchResponse":
        return answer
    whole = etree.Element(f"{_VIM}RetrievePropertiesResponse", nsmap=answer.nsmap)
    content = etree.SubElement(whole, f"{_VIM}returnval")
    etree.SubElement(content, f"{_VIM}obj", type="Folder").text = "group-d1"
    for value in answer:
        prop = etree.SubElement(content, f"{_VIM}propSet")
        etree.SubElement(prop, f"{_VIM}name").text = "fetched"
        value.tag = f"{_VIM}val"
        prop.append(value)
    return whole


@cache
def available_schemas() -> Schemas | None:
    """Return the schemas, None if they are not available."""
    folder = published_schemas.folder(VERSION)
    return Schemas(folder) if folder is not None else None


def schemas() -> Schemas:
    """Return the schemas; skip the test if they are not available."""
    published_schemas.required(VERSION)
    available = available_schemas()
    assert available is not None
    return available


# ---- requests ------------------------------------------------------------------------------------------

#: Allowed in requests although invalid by the schemas: unknown attributes, which are ignored, and references
#: whose xsi:type is the object's type, as old clients write them.
_TOLERATED = re.compile(
    r"The attribute '.*' is not allowed"
    rf"|The QName value '{{urn:vim25}}({'|'.join(registry.managed_type_names())})' of the xsi:type attribute"
)
_FIRST = version("2.5").position  #: every client of urn:vim25 has at least this version


class Requests:
    """Validates requests with the same schemas, relaxed by what the server accepts deliberately."""

    def __init__(self, folder: Path) -> None:
        self._compiled = Schemas(folder).compiled

    def flaws(self, document: bytes) -> list[str]:
        """Return the flaws of a request, as far as the schemas cover it."""
        try:
            envelope = etree.fromstring(document.replace(b'"latin-1"', b'"iso-8859-1"'))
        except etree.XMLSyntaxError:  # expat decides what is XML, since servers parse with it
            return []
        (body,) = envelope.iterchildren(_BODY)
        (call,) = body.iterchildren(tag=etree.Element)
        if any((text or "").strip() for text in (body.text, call.tail, body.tail)):
            return ["text beside the call or the body"]
        whole = etree.fromstring(etree.tostring(call, with_tail=False))
        if whole.tag == f"{_VIM}Fetch" or self._compiled.validate(whole):
            return []
        log = self._compiled.error_log
        return [f"{error.path}: {error.message}" for error in log if not _TOLERATED.search(error.message)]


def _tolerate(root: etree._Element) -> None:
    """Make elements optional that clients may omit: arrays, and properties newer than their type."""
    for kind in root.iter(f"{_XSD}complexType"):
        for element in kind.iter(f"{_XSD}element"):
            if element.get("maxOccurs") == "unbounded" or _is_newer(kind.get("name"), element.get("name")):
                element.set("minOccurs", "0")


def _is_newer(owner: str | None, name: str) -> bool:
    if owner is None:
        return False
    method = registry.method(owner.removesuffix("RequestType"))
    if method is not None:
        return any(p.name == name and p.since > max(method.since, _FIRST) for p in method.parameters)
    if owner not in registry.data_type_names():
        return False
    kind = registry.data_type(owner)
    return any(prop.name == name and prop.since > max(kind.since, _FIRST) for prop in kind.own)


@cache
def request_schemas() -> Requests | None:
    """Return the schemas for requests, None if they are not available."""
    folder = published_schemas.folder(VERSION)
    if folder is None:
        return None
    with TemporaryDirectory() as relaxed:
        for file in (*folder.glob("*.xsd"), folder / "vim.wsdl"):
            tree = etree.parse(file)
            _tolerate(tree.getroot())
            tree.write(Path(relaxed) / file.name)
        return Requests(Path(relaxed))
