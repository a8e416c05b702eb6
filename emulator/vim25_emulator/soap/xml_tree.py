"""XML documents as lightweight trees, parsed with expat, as real servers do.

Limits apply while parsing: no document type, so no entities; a maximum depth; a maximum number of elements.
Time and memory are linear in the size of the document. Nothing is ever fetched. Positions cost more than the
rest of parsing and only errors need them, so a second pass computes them on demand.
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


class NotWellFormedError(ValueError):
    """The document is not XML; the message is expat's."""


class RefusedDocumentError(ValueError):
    """The document is XML but not acceptable: a document type, an undefined prefix, too large or deep."""


class Element(list["Element"]):
    """An element: a list of its children, with a local name, attributes and text.

    Attributes without a prefix have their local name, those of the schema instance namespace are `xsi:name`;
    all others are dropped. `type_namespace` is set with `xsi:type`: the namespace of its prefix, None if it
    has none or an undefined one.
    """

    __slots__ = ("attributes", "name", "namespace", "text", "type_namespace")
    name: str
    namespace: str
    attributes: dict[str, str]
    text: str
    type_namespace: str | None

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


class _Scope(dict[str, str]):
    """The namespaces by prefix in the element that is being parsed.

    One mapping serves the whole document: an element that declares prefixes records what they meant before.
    """

    def __init__(self) -> None:
        super().__init__({"": "", "xml": "http://www.w3.org/XML/1998/namespace"})
        self.depth = -1  #: depth of the innermost element that declares prefixes
        self._hidden: list[tuple[int, dict[str, str | None]]] = []

    def enter(self, element: Element, attributes: dict[str, str], depth: int) -> None:
        """Declare what an element at a depth declares, and resolve its other prefixed attributes."""
        prefixed = [name for name in attributes if ":" in name or name == "xmlns"]
        if not prefixed:
            return
        declared = {name[6:]: attributes.pop(name) for name in prefixed if name[:5] == "xmlns"}
        if declared:
            self._hidden.append((self.depth, {prefix: self.get(prefix) for prefix in declared}))
            self.depth = depth
            self.update(declared)
        if len(declared) < len(prefixed):
            for name in prefixed:
                if name[:5] != "xmlns":
                    self._resolve(name, attributes)
            prefix, colon, _ = attributes.get("xsi:type", "").strip().rpartition(":")
            element.type_namespace = self.get(prefix) if colon else None

    def leave(self) -> None:
        """Forget what the innermost declaring element declares."""
        self.depth, hidden = self._hidden.pop()
        for prefix, namespace in hidden.items():
            if namespace is None:
                del self[prefix]
            else:
                self[prefix] = namespace

    def _resolve(self, name: str, attributes: dict[str, str]) -> None:
        """Rename a prefixed attribute to `xsi:name`, or drop it."""
        prefix, _, local = name.partition(":")
        if prefix not in self:
            raise RefusedDocumentError(f"Attribute name {name} uses an undefined namespace prefix {prefix}")
        value = attributes.pop(name)
        if self[prefix] == SCHEMA_INSTANCE:
            attributes[f"xsi:{local}"] = value


def parse(body: bytes) -> Element:
    """Return the root element of a document; raise `NotWellFormedError` or `RefusedDocumentError`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    holder, scope, count = Element(), _Scope(), 0
    top = holder
    stack: list[Element] = []
    pieces: dict[int, list[str]] = {}  # of the texts that are interrupted

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal top, count
        count += 1
        if count > MAX_ELEMENTS or len(stack) >= MAX_DEPTH:
            raise _too_much(count)
        element = Element()
        if attributes:
            scope.enter(element, attributes, len(stack))
        if ":" in name:
            element.namespace, name = _qualified(name, scope)
        else:
            element.namespace = scope[""]
        element.name, element.attributes, element.text = name, attributes, ""
        top.append(element)
        stack.append(top)
        top = element

    def end(_name: str) -> None:
        nonlocal top
        if pieces and id(top) in pieces:
            top.text = "".join(pieces.pop(id(top)))
        top = stack.pop()
        if len(stack) == scope.depth:
            scope.leave()

    def text(data: str) -> None:
        if top.text:
            pieces.setdefault(id(top), [top.text]).append(data)
        else:
            top.text = data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    _run(parser, body)
    return holder[0]


def _run(parser: Any, body: bytes) -> None:
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotWellFormedError(expat.ErrorString(error.code)) from None
    except RefusedDocumentError:
        raise
    except (LookupError, ValueError):  # an encoding that Python does not have, or cannot pass to expat
        raise NotWellFormedError("unknown encoding") from None


def _too_much(count: int) -> RefusedDocumentError:
    if count > MAX_ELEMENTS:
        return RefusedDocumentError(f"XML document element count exceeds configured maximum {MAX_ELEMENTS}")
    return RefusedDocumentError(f"XML document depth exceeds configured maximum {MAX_DEPTH}")


def _refuse_document_type(*_declaration: Any) -> None:
    raise RefusedDocumentError("XML document type declarations are not accepted")


def _qualified(name: str, scope: _Scope) -> tuple[str, str]:
    prefix, _, local = name.partition(":")
    if prefix not in scope:
        raise RefusedDocumentError(f"Element name {name} uses an undefined namespace prefix {prefix}")
    return scope[prefix], local


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
