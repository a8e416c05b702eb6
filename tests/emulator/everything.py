"""Read all properties of all objects of an emulator in one answer."""

from __future__ import annotations

from collections.abc import Iterable

from tests.emulator.wire.peer import Peer, call, login
from vim25_emulator import Emulator
from vim25_emulator.vmodl.value import MoRef

#: What is about the past: it may name what is gone.
HISTORY = frozenset({"Task", "TaskManager", "EventManager", "EventHistoryCollector", "TaskHistoryCollector"})


def read_of(refs: Iterable[MoRef]) -> str:
    """Return the document that asks for all properties of these objects."""
    objects = tuple(refs)
    kinds = "".join(
        f"<propSet><type>{kind}</type><all>true</all></propSet>"
        for kind in sorted({ref.type for ref in objects})
    )
    wanted = "".join(f'<objectSet><obj type="{ref.type}">{ref.value}</obj></objectSet>' for ref in objects)
    missing = "<reportMissingObjectsInResults>true</reportMissingObjectsInResults>"
    spec = f"<specSet>{kinds}{wanted}{missing}</specSet>"
    return call("RetrieveProperties", "PropertyCollector", "propertyCollector", spec)


def refs_of(emulator: Emulator) -> list[MoRef]:
    """Return the references of all objects."""
    inventory = emulator.vcenter.inventory
    return emulator.call(lambda: [managed.ref for managed in inventory])


def present(emulator: Emulator) -> str:
    """Return what a client reads of all objects, without what is about the past."""
    refs = [ref for ref in refs_of(emulator) if ref.type not in HISTORY]
    with Peer(emulator) as peer:
        cookie = peer.post(login(emulator)).headers["set-cookie"]
        answer = peer.post(read_of(refs), f"Cookie: {cookie}")
    assert answer.status == 200, answer.text
    return answer.text
