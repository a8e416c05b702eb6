"""Calls over JSON that wait: a change, the end of the time, a client that is gone, a server that stops."""

from __future__ import annotations

from typing import Any

from tests.emulator.wire.json_peer import JsonPeer, filter_spec
from tests.emulator.wire.parked_call import is_there_soon
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock

COLLECTOR = "PropertyCollector/propertyCollector"
TIME = "ServiceInstance/ServiceInstance/CurrentTime"


def poll(peer: JsonPeer, **options: int) -> tuple[str, dict[str, Any]]:
    """Return a poll that waits: that of a collector with one filter, on the name of the root folder."""
    collector = peer.ref_of(f"{COLLECTOR}/CreatePropertyCollector")
    spec = {"spec": filter_spec("Folder/group-d1", "name"), "partialUpdates": False}
    peer.result_of(f"{collector}/CreateFilter", spec)
    first = peer.result_of(f"{collector}/WaitForUpdatesEx", {"version": ""})
    (update,) = first["filterSet"][0]["objectSet"]
    assert update["kind"] == "enter"
    assert update["changeSet"][0]["val"]["_typeName"] == "string"
    waiting = {"_typeName": "WaitOptions", **options}
    return f"{collector}/WaitForUpdatesEx", {"version": first["version"], "options": waiting}


def test_a_poll_waits_for_a_change(json_peer: JsonPeer, emulator: Emulator) -> None:
    json_peer.send_call(*poll(json_peer, maxWaitSeconds=600))
    assert is_there_soon(emulator, a_call=True)
    emulator.call(lambda: emulator.vcenter.root_folder.set("name", "Renamed"))
    (update,) = json_peer.answer().value["filterSet"][0]["objectSet"]
    changed = {"_typeName": "PropertyChange", "name": "name", "op": "assign"}
    assert update["changeSet"] == [{**changed, "val": {"_typeName": "string", "_value": "Renamed"}}]
    emulator.call(lambda: emulator.vcenter.root_folder.set("name", "Datacenters"))


def test_a_poll_that_ran_out_of_time_has_no_body(json_peer: JsonPeer) -> None:
    answer = json_peer.call(*poll(json_peer, maxWaitSeconds=0))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (204, b"", "0")
    with Emulator(clock=ManualClock()) as emulator, JsonPeer(emulator) as peer:
        peer.login()
        peer.send_call(*poll(peer, maxWaitSeconds=30))
        assert is_there_soon(emulator, a_call=True)
        emulator.advance(31)
        assert peer.answer().status == 204


def test_a_client_that_disconnects_ends_its_poll(json_peer: JsonPeer, emulator: Emulator) -> None:
    target, body = poll(json_peer, maxWaitSeconds=600)
    with JsonPeer(emulator) as other:
        other.session = json_peer.session
        other.send_call(target, body)
        assert is_there_soon(emulator, a_call=True)
        assert json_peer.call(TIME).status == 200  # others are served meanwhile
    assert is_there_soon(emulator, a_call=False)


def test_a_poll_is_canceled_when_the_server_stops() -> None:
    with Emulator() as emulator, JsonPeer(emulator) as peer:
        peer.login()
        peer.send_call(*poll(peer, maxWaitSeconds=600))
        assert is_there_soon(emulator, a_call=True)
        emulator.stop()
        answer = peer.answer()
        assert (answer.status, answer.value["_typeName"]) == (500, "RequestCanceled")
