"""Inventories that lack something: what is dropped from a whole one, and what is then done with it.

    python -m tests.fidelity.losses --losses 2000 --seed 7

drops a property, or a value inside one, from all objects of a type, starts an emulator with the rest, and
runs operations of every kind. None may end in an unexpected error, and everything can be read afterwards.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from tests.emulator.everything import read_of, refs_of
from tests.emulator.wire.peer import Peer, call, login
from tests.fidelity.walk import Findings, findings
from vim25_emulator import Emulator
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario.saved_inventory import Contents, SavedScenario, saved
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged

#: A loss: type, property, and the steps to the value inside it; 0 is the first element of an array.
Loss = tuple[str, str, tuple[str | int, ...]]

_TYPES: Final = frozenset(
    {
        "VirtualMachine",
        "VirtualMachineSnapshot",
        "HostSystem",
        "ClusterComputeResource",
        "ResourcePool",
        "Datastore",
        "Network",
        "Folder",
        "Datacenter",
        "EnvironmentBrowser",
        "HostDatastoreBrowser",
    }
)

# ---- losses --------------------------------------------------------------------------------------------


def whole(scenario: str) -> Contents:
    """Return the objects of a scenario and their properties."""
    with Emulator(scenario, tls=False) as emulator:
        inventory = emulator.vcenter.inventory
        return emulator.call(lambda: {managed.ref: dict(managed.properties) for managed in inventory})


def losses(contents: Contents) -> list[Loss]:
    """Return all losses, each once per type."""
    found = {
        (ref.type, name, path)
        for ref, properties in contents.items()
        if ref.type in _TYPES
        for name, value in properties.items()
        for path in ((), *_inside(value))
    }
    return sorted(found, key=str)


def _inside(value: Any) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, DataObject):
        for name, inner in value.__dict__.items():
            yield (name,)
            yield from ((name, *path) for path in _inside(inner))
    elif isinstance(value, tuple) and value and not isinstance(value, MoRef | Tagged):
        yield from ((0, *path) for path in _inside(value[0]))


def without(contents: Contents, loss: Loss) -> SavedScenario:
    """Return the scenario of an inventory in which all objects of a type lack something."""
    kind, name, path = loss
    lacking = {
        ref: _lacking(properties, name, path) if ref.type == kind else properties
        for ref, properties in contents.items()
    }
    return replace(saved(lacking, "a loss"), completed=True)


def _lacking(properties: Mapping[str, Any], name: str, path: tuple[str | int, ...]) -> dict[str, Any]:
    rest = {each: value for each, value in properties.items() if each != name}
    return {**rest, name: _dropped(properties[name], path)} if path and name in properties else rest


def _dropped(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return a value without what is at a path inside it, if there is anything."""
    head, *rest = path
    if isinstance(value, tuple) and value and head == 0:
        return (_dropped(value[0], tuple(rest)), *value[1:])
    if not isinstance(value, DataObject) or head not in value.__dict__:
        return value
    members = dict(value.__dict__)
    inner = members.pop(str(head))
    return DataObject.trusted(
        value.type_, {**members, str(head): _dropped(inner, tuple(rest))} if rest else members
    )


# ---- operations ----------------------------------------------------------------------------------------


def _ref(tag: str, ref: MoRef) -> str:
    return f'<{tag} type="{ref.type}">{ref.value}</{tag}>'


_DEVICES: Final = (
    '<deviceChange><operation>add</operation><device xsi:type="VirtualVmxnet3"><key>-1</key>'
    '<backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>VM Network</deviceName></backing>'
    "</device></deviceChange><deviceChange><operation>add</operation><fileOperation>create</fileOperation>"
    '<device xsi:type="VirtualDisk"><key>-2</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo">'
    "<fileName></fileName><diskMode>persistent</diskMode></backing><controllerKey>1000</controllerKey>"
    "<unitNumber>3</unitNumber><capacityInKB>1024</capacityInKB></device></deviceChange>"
)
_ALLOCATION: Final = (
    "<{0}><reservation>1</reservation><expandableReservation>true</expandableReservation><limit>-1</limit>"
    "<shares><shares>0</shares><level>normal</level></shares></{0}>"
)
_CLUSTER: Final = (
    '<spec xsi:type="ClusterConfigSpecEx"><dasConfig><enabled>true</enabled></dasConfig>'
    "<drsConfig><enabled>true</enabled></drsConfig></spec><modify>true</modify>"
)
_NEW_HOST: Final = (
    "<spec><hostName>new.lab.example</hostName><userName>root</userName><password>x</password>"
    "<force>false</force></spec><asConnected>true</asConnected>"
)

#: A call: method, object, arguments.
Step = tuple[str, MoRef, str]


def steps(inventory: Inventory) -> list[Step]:
    """Return calls of every kind of operation, on the first and the last VM and on what is around them."""
    first = {
        kind: managed.ref for managed in reversed(list(inventory)) for kind in managed.type.ancestor_names
    }
    hosts = [host.ref for host in inventory.of_type("HostSystem")]
    machines = [vm.ref for vm in inventory.of_type("VirtualMachine")]
    folder = inventory[first["Datacenter"]].get("vmFolder") or first["Folder"]
    store = first["Datastore"]
    name = inventory[store].get("name")
    pool = _ref("pool", first["ResourcePool"])
    config = f"<config><name>made</name><files><vmPathName>[{name}]</vmPathName></files></config>{pool}"
    spec = "".join(map(_ALLOCATION.format, ("cpuAllocation", "memoryAllocation")))
    cluster = first["ClusterComputeResource"]
    return [
        *(step for vm in (machines[-1], machines[0]) for step in _machine(vm, folder, hosts, store, pool)),
        *(step for host in hosts[:2] for step in _host(host)),
        ("CreateResourcePool", first["ResourcePool"], f"<name>p1</name><spec>{spec}</spec>"),
        ("ReconfigureComputeResource_Task", cluster, _CLUSTER),
        ("RefreshRecommendation", cluster, ""),
        ("CreateVM_Task", folder, config),
        ("CreateFolder", folder, "<name>f1</name>"),
        *(("Rename_Task", first[kind], f"<newName>n{kind}</newName>") for kind in ("Datastore", "Network")),
        ("AddHost_Task", cluster, _NEW_HOST),
        ("QueryConfigTarget", first["EnvironmentBrowser"], ""),
        (
            "SearchDatastoreSubFolders_Task",
            first["HostDatastoreBrowser"],
            "<datastorePath>[nDatastore]</datastorePath>",
        ),
        ("DisconnectHost_Task", hosts[-1], ""),
        *(("Destroy_Task", ref, "") for ref in (hosts[-1], first["ResourcePool"], store, cluster)),
    ]


def _machine(vm: MoRef, folder: MoRef, hosts: list[MoRef], store: MoRef, pool: str) -> list[Step]:
    place = f"{_ref('datastore', store)}{pool}{_ref('host', hosts[-1])}"
    clone = f"{_ref('folder', folder)}<name>copy-{vm.value}</name><spec><location/>"
    snapshot = "<name>s</name><memory>{}</memory><quiesce>false</quiesce>"
    migration = "<priority>defaultPriority</priority>"
    rows = (
        ("ReconfigVM_Task", "<spec><annotation>x</annotation><numCPUs>1</numCPUs></spec>"),
        ("ReconfigVM_Task", f"<spec><name>new-{vm.value}</name>{_DEVICES}</spec>"),
        ("CreateSnapshot_Task", snapshot.format("false")),
        ("CreateSnapshot_Task", snapshot.format("true")),
        ("RevertToCurrentSnapshot_Task", ""),
        *(
            (method, "")
            for method in ("PowerOffVM_Task", "PowerOnVM_Task", "SuspendVM_Task", "PowerOnVM_Task")
        ),
        ("ResetVM_Task", ""),
        ("CloneVM_Task", f"{clone}<template>false</template><powerOn>true</powerOn></spec>"),
        ("RelocateVM_Task", f"<spec>{place}</spec>"),
        *(("MigrateVM_Task", f"{_ref('host', host)}{migration}") for host in (hosts[0], hosts[-1])),
        ("QueryFaultToleranceCompatibilityEx", ""),
        ("CreateSecondaryVM_Task", ""),
        ("TurnOffFaultToleranceForVM_Task", ""),
        ("RemoveAllSnapshots_Task", ""),
        ("PowerOffVM_Task", ""),
        ("MarkAsTemplate", ""),
        ("MarkAsVirtualMachine", pool),
        ("UnregisterVM", ""),
    )
    return [(method, vm, arguments) for method, arguments in rows]


def _host(host: MoRef) -> list[Step]:
    now, soon = "<timeout>0</timeout>", "<timeoutSec>0</timeoutSec>"
    rows = (
        ("EnterMaintenanceMode_Task", now),
        ("ExitMaintenanceMode_Task", now),
        ("DisconnectHost_Task", ""),
        ("ReconnectHost_Task", ""),
        ("PowerDownHostToStandBy_Task", soon),
        ("PowerUpHostFromStandBy_Task", soon),
        ("RebootHost_Task", "<force>true</force>"),
    )
    return [(method, host, arguments) for method, arguments in rows]


def work(scenario: SavedScenario, found: Findings) -> None:
    """Run all steps, and read everything before and after them."""
    with Emulator(scenario, tls=False, task_duration=0.0) as emulator, Peer(emulator) as peer:
        cookie = f"Cookie: {peer.post(login(emulator)).headers['set-cookie']}"
        planned = emulator.call(lambda: steps(emulator.vcenter.inventory))
        documents = [call(method, ref.type, ref.value, arguments) for method, ref, arguments in planned]
        for document in (read_of(refs_of(emulator)), *documents):
            found.recent.append(document)
            if b"SystemErrorFault" in (answer := peer.post(document, cookie)).body:
                found.add("SystemError", answer.text)
        found.recent.append("everything")
        if b"SystemErrorFault" in (answer := peer.post(read_of(refs_of(emulator)), cookie)).body:
            found.add("SystemError", answer.text)


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--losses", type=int, default=1000)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--scenario", default="snapshots")
    arguments = parser.parse_args()
    contents = whole(arguments.scenario)
    possible = losses(contents)
    chosen = Random(arguments.seed).sample(possible, min(arguments.losses, len(possible)))  # noqa: S311  # no secret
    with findings() as found:
        for loss in chosen:
            known = len(found.found)
            work(without(contents, loss), found)
            for kind in list(found.found)[known:]:
                print(loss, kind, flush=True)  # noqa: T201  # a program
    print(  # noqa: T201  # a program
        f"{len(chosen)} of {len(possible)} losses, seed {arguments.seed}: {found.times.total()} errors"
    )


if __name__ == "__main__":
    main()
