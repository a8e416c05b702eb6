"""A recorded conversation had again: its inventory in an emulator, and its questions asked anew."""

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

Told = Iterator[tuple[MoRef, str, Any]]  #: an object, a property path, the value there

# ---- what a conversation tells of the inventory --------------------------------------------------------


def call_of(exchange: Exchange) -> DecodedCall:
    return decode_call(parse_envelope(exchange.request), exchange.client, release(NEWEST.id))


def result_of(exchange: Exchange, call: DecodedCall) -> Any:
    """What a call was answered: None for a fault and for nothing."""
    answer = parse(exchange.answer)[0][0]
    if answer.name == "Fault" or call.method.result.kind is Kind.VOID:
        return None
    values = tuple(map(reader(call.method.result, exchange.client.position), answer))
    return values if call.method.result.array else next(iter(values), None)


def _content(call: DecodedCall, result: Any) -> Told:
    yield call.this, "content", result


def _objects(call: DecodedCall, result: Any) -> Told:
    for found in result.objects if result is not None else ():
        yield from ((found.obj, path, value) for path, value in property_values(found).items())


def _property(call: DecodedCall, result: Any) -> Told:
    path = call.arguments["prop"]
    yield call.this, path, untagged(call.this.type, path, result)


def _found(call: DecodedCall, result: Any) -> Told:
    """What is found by a UUID has it, though nobody asked for it."""
    asked = call.arguments
    of_vm = "config.instanceUuid" if asked.get("instanceUuid") else "config.uuid"
    if result is not None:
        yield result, of_vm if asked["vmSearch"] else "hardware.systemInfo.uuid", asked["uuid"]


_TELLING: dict[str, Callable[[DecodedCall, Any], Told]] = {
    "RetrieveServiceContent": _content,
    "RetrievePropertiesEx": _objects,
    "Fetch": _property,
    "FindByUuid": _found,
}


def situation(conversation: tuple[Exchange, ...]) -> SavedScenario:
    """The inventory that a conversation tells of, and no more; what a view showed is in its container."""
    contents: dict[MoRef, dict[str, Any]] = {}
    containers: dict[MoRef, MoRef] = {}
    for exchange in conversation:
        call = call_of(exchange)
        result = result_of(exchange, call)
        tell = _TELLING.get(call.method.name)
        for ref, path, value in tell(call, result) if tell else ():
            contents.setdefault(ref, {})[path] = value
        if call.method.name == "CreateContainerView":
            containers[result] = call.arguments["container"]
    for view, container in containers.items():
        shown = contents.pop(view)["view"]
        contents.setdefault(container, {}).setdefault("childEntity", shown)
    return saved(contents, conversation[0].source)


# ---- asking again --------------------------------------------------------------------------------------


@dataclass
class Replay:
    """One conversation's client. It uses the views and the session that it is given now."""

    peer: Peer
    cookie: str = ""
    names: dict[bytes, bytes] = field(default_factory=dict)

    def ask(self, exchange: Exchange) -> bytes:
        """Ask a recorded question; return the response element, in the names of the recording."""
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
    """What an envelope's body holds."""
    return document.partition(b":Body>\n")[2].rpartition(b"\n</soapenv:Body>")[0]


def replayed(conversation: tuple[Exchange, ...]) -> Iterator[tuple[Exchange, bytes]]:
    """Yield each exchange of a conversation with the element that the emulator answers now."""
    user, password = _credentials(conversation)
    emulator = Emulator(situation(conversation), tls=False, user=user, password=password)
    with emulator, Peer(emulator) as peer:
        replay = Replay(peer)
        for exchange in conversation:
            yield exchange, replay.ask(exchange)


def _credentials(conversation: tuple[Exchange, ...]) -> tuple[str, str]:
    """The name and password that a conversation's client was let in with."""
    for call, exchange in zip(map(call_of, conversation), conversation, strict=True):
        if call.method.name == "Login" and result_of(exchange, call) is not None:
            return call.arguments["userName"], call.arguments["password"]
    return "my_user", "my_password"
