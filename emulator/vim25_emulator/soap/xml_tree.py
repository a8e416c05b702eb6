"""XML documents as lightweight trees, parsed with expat, as real servers do.

Limits apply while parsing: no document type, so no entities; a maximum depth; a maximum number of elements.
Nothing is ever fetched. Positions cost more than the rest of parsing and only errors need them, so a second
pass computes them on demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.parsers import expat

SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
#: The limit of a real server.
MAX_ELEMENTS: Final = 500_000
#: Far more than any request needs, and far below Python's recursion limit.
MAX_DEPTH: Final = 128

Scope = dict[str, str]


class NotWellFormedError(ValueError):
    """The document is not XML; the message is expat's."""


class RefusedDocumentError(ValueError):
    """The document is XML but not acceptable: a document type, an undefined prefix, too large or deep."""


class Element(list["Element"]):
    """An element: a list of its children, with a local name, attributes, text and namespaces in scope.

    Attributes without a prefix have their local name, those of the schema instance namespace are `xsi:name`;
    all others are dropped.
    """

    __slots__ = ("attributes", "name", "namespace", "scope", "text")
    name: str
    namespace: str
    attributes: dict[str, str]
    text: str
    scope: Scope

    def child(self, name: str) -> Element | None:
        """Return the first child with this name, or None."""
        for child in self:
            if child.name == name:
                return child
        return None

    def walk(self) -> Iterator[Element]:
        """Yield this element and its descendants in document order."""
        yield self
        for child in self:
            yield from child.walk()


def parse(body: bytes) -> Element:
    """Return the root element of a document; raise `NotWellFormedError` or `RefusedDocumentError`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    holder = Element()
    top, scope, count = holder, {"": "", "xml": "http://www.w3.org/XML/1998/namespace"}, 0
    stack: list[Element] = []
    holder.scope = scope

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal top, scope, count
        count += 1
        if count > MAX_ELEMENTS or len(stack) >= MAX_DEPTH:
            raise _too_much(count)
        element = Element()
        if attributes:
            scope, attributes = _resolved(attributes, scope)
        if ":" in name:
            element.namespace, name = _qualified(name, scope)
        else:
            element.namespace = scope[""]
        element.name, element.attributes, element.text, element.scope = name, attributes, "", scope
        top.append(element)
        stack.append(top)
        top = element

    def end(_name: str) -> None:
        nonlocal top, scope
        top = stack.pop()
        scope = top.scope

    def text(data: str) -> None:
        top.text += data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotWellFormedError(expat.ErrorString(error.code)) from None
    except RefusedDocumentError:
        raise
    except (LookupError, ValueError):  # an encoding that Python does not have, or cannot pass to expat
        raise NotWellFormedError("unknown encoding") from None
    return holder[0]


def _too_much(count: int) -> RefusedDocumentError:
    if count > MAX_ELEMENTS:
        return RefusedDocumentError(f"XML document element count exceeds configured maximum {MAX_ELEMENTS}")
    return RefusedDocumentError(f"XML document depth exceeds configured maximum {MAX_DEPTH}")


def _refuse_document_type(*_declaration: Any) -> None:
    raise RefusedDocumentError("XML document type declarations are not accepted")


def _qualified(name: str, scope: Scope) -> tuple[str, str]:
    prefix, _, local = name.partition(":")
    if prefix not in scope:
        raise RefusedDocumentError(f"Element name {name} uses an undefined namespace prefix {prefix}")
    return scope[prefix], local


def _resolved(attributes: dict[str, str], scope: Scope) -> tuple[Scope, dict[str, str]]:
    """Return the namespaces in scope in an element with these attributes, and the remaining attributes."""
    prefixed = [name for name in attributes if ":" in name or name == "xmlns"]
    if not prefixed:
        return scope, attributes
    declared = {name[6:]: attributes.pop(name) for name in prefixed if name[:5] == "xmlns"}
    if declared:
        scope = {**scope, **declared}
    if len(declared) < len(prefixed):
        for name in prefixed:
            if name[:5] != "xmlns":
                _resolve(name, attributes, scope)
    return scope, attributes


def _resolve(name: str, attributes: dict[str, str], scope: Scope) -> None:
    """Rename a prefixed attribute to `xsi:name`, or drop it."""
    prefix, _, local = name.partition(":")
    if prefix not in scope:
        raise RefusedDocumentError(f"Attribute name {name} uses an undefined namespace prefix {prefix}")
    value = attributes.pop(name)
    if scope[prefix] == SCHEMA_INSTANCE:
        attributes[f"xsi:{local}"] = value


def positions_of(wanted: Sequence[Element], root: Element, body: bytes) -> list[tuple[int, int]]:
    """Return line (from 1) and column (from 0) of elements of the tree that was parsed from `body`."""
    numbers = {id(element): number for number, element in enumerate(root.walk())}
    positions: dict[int, tuple[int, int]] = dict.fromkeys((numbers[id(e)] for e in wanted), (1, 0))
    parser = expat.ParserCreate()
    number = -1

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal number
        number += 1
        if number in positions:
            positions[number] = parser.CurrentLineNumber, parser.CurrentColumnNumber

    parser.StartElementHandler = start
    parser.Parse(body, True)
    return [positions[numbers[id(element)]] for element in wanted]
