"""The property paths that objects have in a property collector's answers, read from the elements themselves.

A path walks through arrays. An element of an array property adds its type: `declaredAlarmState.AlarmState`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.emulator.wire.peer import ENVELOPE, Peer
from tests.fidelity.recordings import Exchange
from tests.fidelity.replay import call_of
from vim25_emulator import Emulator
from vim25_emulator.soap.xml_tree import Element, parse
from vim25_emulator.vmodl.value import MoRef

Paths = dict[MoRef, set[str]]

_ALL = (
    '<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this>'
    "<specSet><propSet><type>ManagedObject</type><all>true</all></propSet>{}</specSet>"
    "<options><maxObjects>100000</maxObjects></options></RetrievePropertiesEx>"
)
_LOGIN = (
    '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this>'
    "<userName>{}</userName><password>{}</password></Login>"
)


def served_paths(scenario: str, version: str) -> Paths:
    """Return the paths that a client of a version gets of every object of a scenario, by reference."""
    with Emulator(scenario, api_version=version) as emulator, Peer(emulator) as peer:
        action = f'SOAPAction: "urn:vim25/{version}"'
        login = peer.post(ENVELOPE.format(_LOGIN.format(emulator.username, emulator.password)), action)
        refs = [managed.ref for managed in emulator.vcenter.inventory]
        objects = (f'<objectSet><obj type="{ref.type}">{ref.value}</obj></objectSet>' for ref in refs)
        request = ENVELOPE.format(_ALL.format("".join(objects)))
        answer = peer.post(request, action, f"Cookie: {login.headers['set-cookie']}")
    return paths_in(parse(answer.body))


def recorded_paths(exchange: Exchange) -> Paths:
    """Return the paths of all objects in a recorded answer, by reference."""
    call, document = call_of(exchange), parse(exchange.answer)
    names = {"RetrieveServiceContent": "content", "Fetch": call.arguments.get("prop")}
    name = names.get(call.method.name)
    values = [value for value in document.walk() if value.name == "returnval"] if name else []
    return (
        {call.this: {path for value in values for path in _value(name, value)}}
        if name
        else paths_in(document)
    )


def paths_in(element: Element) -> Paths:
    """Return the paths of every ObjectContent in an element, by reference."""
    paths: Paths = defaultdict(set)
    for content in _contents(element):
        ref = content.child("obj")
        assert ref is not None
        owner = MoRef(ref.attributes["type"], ref.text or "")
        for entry in content:
            if entry.name == "propSet":
                name, value = entry.child("name"), entry.child("val")
                paths[owner].update(
                    _value(name.text, value) if name is not None and value is not None else ()
                )
    return paths


def _contents(element: Element) -> Iterator[Element]:
    if element.child("obj") is not None and element.child("propSet") is not None:
        yield element
    else:
        for child in element:
            yield from _contents(child)


def _value(name: str, value: Element) -> Iterator[str]:
    """Yield the paths of a property: its own, and those below its value."""
    if not value.attributes.get("xsi:type", "").startswith("ArrayOf"):
        yield from _below(name, value)
        return
    yield name
    for item in value:
        yield f"{name}.{item.name}"
        yield from _below(name, item)


def _below(path: str, element: Element) -> Iterator[str]:
    """Yield a path and those below; a name that repeats (`child.child.child`) is written twice."""
    yield path
    for child in element:
        repeated = path.endswith(f".{child.name}.{child.name}")
        yield from _below(path if repeated else f"{path}.{child.name}", child)


def by_type(paths: Iterable[Paths]) -> dict[str, set[str]]:
    """Return the paths that any object of a type has."""
    collected: dict[str, set[str]] = defaultdict(set)
    for one in paths:
        for ref, found in one.items():
            collected[ref.type] |= found
    return collected
