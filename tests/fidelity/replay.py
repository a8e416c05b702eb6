"""Replay a recorded conversation: load its inventory into an emulator, and send its requests again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.wire.peer import Peer
from tests.fidelity.recordings import Exchange
from vim25_emulator import Emulator
from vim25_emulator.scenario.saved_inventory import SavedScenario, property_values, saved, untagged
from vim25_emulator.soap.soap_decoder import DecodedCall, decode_call, parse_envelope
from vim25_emulator.soap.soap_reader import reader
from vim25_emulator.soap.xml_tree import parse
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.type_description import Kind
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import NEWEST

Values = Iterator[tuple[MoRef, str, Any]]  #: an object, a property path, and its value

# ---- the inventory of a conversation -------------------------------------------------------------------


def call_of(exchange: Exchange) -> DecodedCall:
    return decode_call(parse_envelope(exchange.request), exchange.client, release(NEWEST.id))


def result_of(exchange: Exchange, call: DecodedCall) -> Any:
    """Return the result of a call, None for a fault or no result."""
    answer = parse(exchange.answer)[0][0]
    if answer.name == "Fault" or call.method.result.kind is Kind.VOID:
        return None
    values = tuple(map(reader(call.method.result, exchange.client.position), answer))
    return values if call.method.result.array else next(iter(values), None)


def _content(call: DecodedCall, result: Any) -> Values:
    yield call.this, "content", result


def _objects(call: DecodedCall, result: Any) -> Values:
    for content in result.objects if result is not None else ():
        yield from ((content.obj, path, value) for path, value in property_values(content).items())


def _property(call: DecodedCall, result: Any) -> Values:
    path = call.arguments["prop"]
    yield call.this, path, untagged(call.this.type, path, result)


def _found(call: DecodedCall, result: Any) -> Values:
    """Yield the UUID of an object that was found by it, although no call reads it."""
    arguments = call.arguments
    of_vm = "config.instanceUuid" if arguments.get("instanceUuid") else "config.uuid"
    if result is not None:
        yield result, of_vm if arguments["vmSearch"] else "hardware.systemInfo.uuid", arguments["uuid"]


_VALUES_OF: dict[str, Callable[[DecodedCall, Any], Values]] = {
    "RetrieveServiceContent": _content,
    "RetrievePropertiesEx": _objects,
    "Fetch": _property,
    "FindByUuid": _found,
}


def situation(conversation: tuple[Exchange, ...]) -> SavedScenario:
    """Return the inventory that a conversation reveals; the objects of a view are put into its container."""
    contents: dict[MoRef, dict[str, Any]] = {}
    containers: dict[MoRef, MoRef] = {}
    for exchange in conversation:
        call = call_of(exchange)
        result = result_of(exchange, call)
        values_of = _VALUES_OF.get(call.method.name)
        for ref, path, value in values_of(call, result) if values_of else ():
            contents.setdefault(ref, {})[path] = value
        if call.method.name == "CreateContainerView":
            containers[result] = call.arguments["container"]
    for view, container in containers.items():
        shown = contents.pop(view)["view"]
        contents.setdefault(container, {}).setdefault("childEntity", shown)
    return saved(contents, conversation[0].source)


# ---- the replay ----------------------------------------------------------------------------------------


@dataclass
class Replay:
    """The client of a conversation, with the views and the session of this replay."""

    peer: Peer
    cookie: str = ""
    names: dict[bytes, bytes] = field(default_factory=dict)

    def ask(self, exchange: Exchange) -> bytes:
        """Send a recorded request; return the response element, with the names of the recording."""
        request = exchange.request
        for recorded, now in self.names.items():
            request = request.replace(recorded, now)
        headers = [f'SOAPAction: "{exchange.soap_action}"', f"Cookie: {self.cookie}"]
        headers += [f"User-Agent: {exchange.agent}"] if exchange.agent else []
        answer = self.peer.post(request, *headers)
        self.cookie = answer.headers.get("set-cookie", self.cookie)
        if b"<CreateContainerView " in request:
            self.names[_returned(exchange.answer)] = _returned(answer.body)
        element = in_body(answer.body)
        for recorded, now in self.names.items():
            element = element.replace(now, recorded)
        return element


def _returned(answer: bytes) -> bytes:
    return answer.partition(b"<returnval")[2].partition(b">")[2].partition(b"</returnval>")[0]


def in_body(document: bytes) -> bytes:
    """Return the content of an envelope's body."""
    return document.partition(b":Body>\n")[2].rpartition(b"\n</soapenv:Body>")[0]


def replayed(conversation: tuple[Exchange, ...]) -> Iterator[tuple[Exchange, bytes]]:
    """Yield every exchange of a conversation with the emulator's response element."""
    user, password = _credentials(conversation)
    emulator = Emulator(situation(conversation), tls=False, user=user, password=password)
    with emulator, Peer(emulator) as peer:
        replay = Replay(peer)
        for exchange in conversation:
            yield exchange, replay.ask(exchange)


def _credentials(conversation: tuple[Exchange, ...]) -> tuple[str, str]:
    """Return the user name and password of a conversation's successful login."""
    for call, exchange in zip(map(call_of, conversation), conversation, strict=True):
        if call.method.name == "Login" and result_of(exchange, call) is not None:
            return call.arguments["userName"], call.arguments["password"]
    return "my_user", "my_password"
