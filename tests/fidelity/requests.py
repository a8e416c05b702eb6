"""Random requests: valid ones, from the registry and the objects of an inventory, and their mutations.

Half of the data objects in a request are copies of what the inventory contains, so that a change of a device
is about a device that exists. How many optional members a request has is chosen per request.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from typing import Any, Final

from vim25_emulator.inventory.store import Inventory
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.soap.soap_text import escape
from vim25_emulator.vmodl.registry import data_type, data_type_names, enum_type, managed_type
from vim25_emulator.vmodl.type_description import Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.version import Version

#: Methods that may wait indefinitely; CheckForUpdates and WaitForUpdatesEx return the same at once.
_WAITING: Final = frozenset({"WaitForUpdates"})
_DEPTH: Final = 5  #: nesting of data objects
_XSI: Final = 'xsi:type="{}"'

# ---- leaves --------------------------------------------------------------------------------------------

_WORDS: Final = (
    "",
    "x",
    " ",
    "é 漢 \U0001f600",
    "a<b>&\"c'",
    "web01",
    "Lab/vm/web01",
    "0",
    "-1",
    "%",
    "[shared-1] web01/web01.vmx",
    "52d559c8-dbac-f233-5751-dc3a755bfb76",
    "a" * 300,
)
_PATHS: Final = (
    "name",
    "runtime.powerState",
    "config.hardware.device",
    "config.hardware.device[4000]",
    "info.state",
    "nothing",
    "a.b.c",
    "",
    "]",
    "config..name",
)
_KINDS: Final = (
    "VirtualMachine",
    "ManagedEntity",
    "HostSystem",
    "Task",
    "ManagedObject",
    "DynamicData",
    "Nobody",
)
_BITS: Final = {"byte": 8, "short": 16, "int": 32, "long": 64}
_LEAVES: Final[dict[str, Callable[[Random], str]]] = {
    "string": lambda r: r.choice(_WORDS),
    "anyURI": lambda r: r.choice(("https://a/b?c=d", "", "ds:///vmfs/volumes/1/")),
    "TypeName": lambda r: r.choice(_KINDS),
    "MethodName": lambda r: r.choice(("PowerOnVM_Task", "Nothing")),
    "boolean": lambda r: r.choice(("true", "false", "0", "1")),
    "float": lambda r: r.choice(("0", "-1.5", "1e30", "NaN", "INF")),
    "double": lambda r: r.choice(("0", "-1.5", "1e300", "NaN", "-INF")),
    "dateTime": lambda r: r.choice(
        (
            "2024-02-29T23:59:59Z",
            "2024-02-29T23:59:59.123456+14:00",
            "1970-01-01T00:00:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        )
    ),
    "base64Binary": lambda r: r.choice(("", "AP8=")),
    **{
        name: lambda r, bits=bits: str(r.choice((0, 1, -1, 100, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)))))
        for name, bits in _BITS.items()
    },
}


@dataclass
class Node:
    """An element to send: tag, attributes, and either text or children."""

    tag: str
    attributes: str
    content: str | list[Node]

    def walk(self) -> Iterator[Node]:
        yield self
        if isinstance(self.content, list):
            for child in self.content:
                yield from child.walk()

    @property
    def inside(self) -> str:
        return self.content if isinstance(self.content, str) else "".join(map(str, self.content))

    def __str__(self) -> str:
        blank = " " if self.attributes else ""
        return f"<{self.tag}{blank}{self.attributes}>{self.inside}</{self.tag}>"


# ---- valid requests ------------------------------------------------------------------------------------


@cache
def _subtypes(name: str, position: int) -> tuple[str, ...]:
    kinds = map(data_type, data_type_names())
    return tuple(kind.name for kind in kinds if kind.is_a(name) and kind.since <= position)


class Author:
    """Writes calls that are valid by the registry, on the objects of an inventory, for a client's version."""

    def __init__(self, inventory: Inventory, client: Version, samples: Samples | None = None) -> None:
        self._position = client.position
        self._refs = [managed.ref for managed in inventory]
        self._by_kind: dict[str, list[MoRef]] = {}
        self._fitting: dict[str, list[MoRef]] = {}  # by declared type
        for ref in self._refs:
            self._by_kind.setdefault(ref.type, []).append(ref)
        self.kinds: dict[str, list[str]] = {}  # by implemented method
        for kind in sorted(self._by_kind):
            for method in managed_type(kind).methods.values():
                if IMPLEMENTATION.operation(kind, method.name) and method.since <= self._position:
                    self.kinds.setdefault(method.name, []).append(kind)
        self.names = sorted(self.kinds.keys() - _WAITING)
        self._paths: tuple[str, ...] = ()
        self._density = 0.0  # how likely an optional member is sent
        self._samples = samples or Samples(inventory)

    def call(self, random: Random, name: str | None = None) -> Node:
        name = name or random.choice(self.names)
        kind = random.choice(self.kinds[name])
        method = managed_type(kind).methods[name]
        self._paths = (*_PATHS, *managed_type(kind).properties)
        self._density = random.choice((0.0, 0.1, 0.2, 0.5, 0.9))
        this = random.choice(self._by_kind[kind])
        parameters = self._parameters(method)
        arguments = [node for prop in parameters for node in self._nodes(prop, random, _DEPTH)]
        return at_once(Node(name, _OURS, [_reference("_this", this), *arguments]))

    def _parameters(self, method: Method) -> Iterator[Property]:
        return (parameter for parameter in method.parameters if parameter.since <= self._position)

    def _nodes(self, prop: Property, random: Random, depth: int) -> Iterator[Node]:
        likely = 0.5 if depth == _DEPTH else self._density if depth > 1 else self._density / 4 * depth
        if prop.optional and random.random() > likely:
            return
        for _ in range(random.choice((1, 1, 1, 2, 0)) if prop.type.array else 1):
            yield self._node(prop.name, prop.type, random, depth - 1)

    def _node(self, tag: str, declared: TypeRef, random: Random, depth: int) -> Node:
        if declared.kind is Kind.PRIMITIVE:
            return Node(tag, "", escape(self._leaf(tag, declared.name, random)))
        if declared.kind is Kind.ENUM:
            return Node(tag, "", random.choice(enum_type(declared.name).values))
        if declared.kind is Kind.REFERENCE:
            return _reference(tag, self._ref(declared.name, random))
        if declared.kind is Kind.ANY:
            name = random.choice(("string", "int", "boolean"))
            return Node(tag, _XSI.format(f"xsd:{name}"), escape(_LEAVES[name](random)))
        if declared.kind is Kind.FAULT:
            fault = self._data("fault", declared.name, random, depth)
            fault.attributes = fault.attributes or _XSI.format(declared.name)
            return Node(tag, "", [fault, Node("localizedMessage", "", "x")])
        return self._data(tag, declared.name, random, depth)

    def _leaf(self, tag: str, name: str, random: Random) -> str:
        """Return a text of a primitive type; half of them are values of this member in the inventory."""
        if name == "PropertyPath":
            return random.choice(self._paths)
        known = self._samples.texts.get((tag, name))
        return random.choice(known) if known and random.random() < 0.5 else _LEAVES[name](random)

    def _ref(self, kind: str, random: Random) -> MoRef:
        if kind not in self._fitting:
            fitting = [ref for ref in self._refs if managed_type(ref.type).is_a(kind)]
            self._fitting[kind] = [*fitting, MoRef(kind, "gone-1")]
        return random.choice(self._fitting[kind])

    def _data(self, tag: str, declared: str, random: Random, depth: int) -> Node:
        sampled = self._samples.values.get(declared)
        if sampled and random.random() < 0.5:
            return copied(tag, random.choice(sampled), declared, self._position)
        name = declared
        if random.random() < 0.3 and depth > 0:
            name = random.choice(_subtypes(declared, self._position))
        properties = (prop for prop in data_type(name).properties.values() if prop.since <= self._position)
        inside = [node for prop in properties for node in self._nodes(prop, random, max(depth, 0))]
        return Node(tag, _XSI.format(name) if name != declared else "", inside)


def _reference(tag: str, ref: MoRef) -> Node:
    return Node(tag, f'type="{ref.type}"', escape(ref.value))


def at_once(call: Node) -> Node:
    """Return the call; one of WaitForUpdatesEx so that it does not wait."""
    if call.tag != "WaitForUpdatesEx" or not isinstance(call.content, list):
        return call
    others = [child for child in call.content if child.tag != "options"]
    return Node(call.tag, call.attributes, [*others, Node("options", "", [Node("maxWaitSeconds", "", "0")])])


# ---- values of the inventory ---------------------------------------------------------------------------


class Samples:
    """Some of the values in an inventory: data objects by type and supertype, and texts by member."""

    def __init__(self, inventory: Inventory) -> None:
        self.values: dict[str, list[DataObject]] = {}
        self.texts: dict[tuple[str, str], list[str]] = {}
        self._seen: set[int] = set()
        for managed in inventory:
            for name, value in managed.properties.items():
                self._collect(managed.type.properties[name], value)

    def _collect(self, prop: Property, value: Any) -> None:
        for item in value if isinstance(value, tuple) and not isinstance(value, MoRef | Tagged) else (value,):
            if isinstance(item, DataObject):
                self._enter(item)
            elif prop.type.kind is Kind.PRIMITIVE and item is not None:
                texts = self.texts.setdefault((prop.name, prop.type.name), [])
                if len(texts) < _SAMPLES:
                    texts.append(_text(item))

    def _enter(self, value: DataObject) -> None:
        if id(value) in self._seen:  # snapshots and defaults share their parts
            return
        self._seen.add(id(value))
        for name in value.type_.ancestor_names:
            values = self.values.setdefault(name, [])
            if len(values) < _SAMPLES:
                values.append(value)
        for name, inner in value.__dict__.items():
            self._collect(value.type_.properties[name], inner)


_SAMPLES: Final = 40  #: of a type or a member


def copied(tag: str, value: Any, declared: str, position: int) -> Node:
    """Return the element of a value of the API, as a client of a version would send it."""
    if isinstance(value, MoRef):
        return _reference(tag, value)
    if isinstance(value, Tagged):
        return Node(tag, _XSI.format(f"xsd:{value.type}"), escape(_text(value.value)))
    if not isinstance(value, DataObject):
        of_any = declared == "anyType"
        kind = {bool: "boolean", int: "int"}.get(type(value), "string")
        return Node(tag, _XSI.format(f"xsd:{kind}") if of_any else "", escape(_text(value)))
    kind_ = value.type_.known_at(position)
    inside = [
        copied(prop.name, item, prop.type.name, position)
        for prop in kind_.properties.values()
        if prop.since <= position and prop.type.kind is not Kind.FAULT and prop.name in value.__dict__
        for item in _items(value.__dict__[prop.name])
    ]
    return Node(tag, _XSI.format(kind_.name) if kind_.name != declared else "", inside)


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) and not isinstance(value, MoRef | Tagged) else (value,)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else str(value)


# ---- spoiling ------------------------------------------------------------------------------------------


def _parents(call: Node) -> list[Node]:
    return [node for node in call.walk() if isinstance(node.content, list) and node.content]


def _drop(call: Node, random: Random) -> None:
    parent = random.choice(_parents(call))
    del parent.content[random.randrange(len(parent.content))]  # type: ignore[union-attr]


def _duplicate(call: Node, random: Random) -> None:
    children: Any = random.choice(_parents(call)).content
    children.insert(random.randrange(len(children) + 1), random.choice(children))


def _shuffle(call: Node, random: Random) -> None:
    random.shuffle(random.choice(_parents(call)).content)  # type: ignore[arg-type]


def _rename(call: Node, random: Random) -> None:
    nodes = list(call.walk())
    random.choice(nodes).tag = random.choice((random.choice(nodes).tag, "nothing", "val", "_this"))


def _respell(call: Node, random: Random) -> None:
    leaf = random.choice([node for node in call.walk() if isinstance(node.content, str)])
    leaf.content = random.choice(
        (
            "",
            "junk",
            "9" * 400,
            "-" + "9" * 30,
            "1.5",
            "true",
            "&#1114111;",
            "<x/>",
            "2024-13-45T99:00:00Z",
            "\n",
        )
    )


def _retype(call: Node, random: Random) -> None:
    node = random.choice(list(call.walk())[1:])
    kind = random.choice(("xsd:string", "xsd:int", "xsd:nothing", "q:x", "", "Nobody", "HostSystem", "Event"))
    node.attributes = random.choice((_XSI.format(kind), f'type="{kind}"', ""))


def _flip(call: Node, random: Random) -> None:
    node = random.choice(list(call.walk()))
    wrong = random.choice(("urn:vim2", "urn:vim", "", "http://www.w3.org/2001/XMLSchema"))
    node.attributes = f'{node.attributes.replace(_OURS, "")} xmlns="{wrong}"'.strip()


_OURS: Final = 'xmlns="urn:vim25"'


def _nest(call: Node, random: Random) -> None:
    node = random.choice(list(call.walk()))
    inside, depth = node.inside, random.choice((1, 50, 200))
    node.content = f"<{node.tag}>" * depth + inside + f"</{node.tag}>" * depth


def _mix(call: Node, random: Random) -> None:
    parent = random.choice(_parents(call))
    assert isinstance(parent.content, list)
    parent.content.insert(0, Node("x", "", ""))
    parent.content[0] = Text("junk")


def _misdirect(call: Node, random: Random) -> None:
    """Replace a reference, by one to an object of any type."""
    nodes = [node for node in call.walk() if node.attributes.startswith('type="') and node.tag != "_this"]
    target, source = random.choice(nodes), random.choice(nodes)
    target.attributes, target.content = random.choice(
        (
            (source.attributes, source.content),
            ('type="Folder"', "group-d1"),
            ('type="SessionManager"', "SessionManager"),
            (target.attributes, "vm-999999"),
        )
    )


def _exaggerate(call: Node, random: Random) -> None:
    """Replace a number by one at a limit of its type or beyond the usual."""
    numbers = [node for node in call.walk() if isinstance(node.content, str) and _is_number(node.content)]
    random.choice(numbers).content = str(random.choice(_EXTREMES))


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


_EXTREMES: Final = (-1, -5, 0, 1, 10**6, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 2**53, 32767, 127, -128)


class Text(Node):
    """Text between elements, where none is allowed."""

    def __init__(self, text: str) -> None:
        super().__init__("", "", text)

    def __str__(self) -> str:
        return str(self.content)


_MUTATIONS: Final = (
    _drop,
    _duplicate,
    _shuffle,
    _rename,
    _respell,
    _retype,
    _flip,
    _nest,
    _mix,
    _misdirect,
    _exaggerate,
)


def exaggerate(call: Node, random: Random) -> None:
    """Change a call so that it remains one that a client can send: other numbers, objects and repetitions."""
    with suppress(IndexError):
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            random.choice((_exaggerate, _exaggerate, _misdirect, _misdirect, _duplicate, _drop))(call, random)


def mutate(call: Node, random: Random) -> None:
    """Change a call in one to three ways; most results are invalid."""
    with suppress(IndexError):  # nothing is left to choose from
        for _ in range(random.choice((1, 1, 2, 3))):
            random.choice(_MUTATIONS)(call, random)


# Bytes


def _truncate(document: bytes, random: Random) -> bytes:
    return document[: random.randrange(len(document))]


def _flip_byte(document: bytes, random: Random) -> bytes:
    place = random.randrange(len(document))
    return document[:place] + bytes((random.randrange(256),)) + document[place + 1 :]


def _bad_utf8(document: bytes, random: Random) -> bytes:
    place = random.randrange(len(document))
    return (
        document[:place] + random.choice((b"\xff", b"\xc3\x28", b"\x00", b"\xed\xa0\x80")) + document[place:]
    )


def _append(document: bytes, random: Random) -> bytes:
    return document + random.choice((b"junk", b"<x/>", document, b"\x00"))


def _reencode(document: bytes, random: Random) -> bytes:
    name = random.choice(("utf-16", "ascii", "x-nothing", "latin-1", "utf-7"))
    return document.replace(b"UTF-8", name.encode(), 1)


def _repeat(document: bytes, random: Random) -> bytes:
    start, end = sorted(random.randrange(len(document)) for _ in range(2))
    return document[:end] + document[start:]


BYTES: Final = (_truncate, _flip_byte, _bad_utf8, _append, _reencode, _repeat)
