from __future__ import annotations

from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject


def test_an_event_names_the_ancestors_of_its_entity() -> None:
    inventory = Inventory()
    datacenter = inventory.create("Datacenter", name="Lab")
    folder = inventory.create("Folder", name="host", parent=datacenter.ref)
    cluster = inventory.create("ClusterComputeResource", name="ft", parent=folder.ref)
    host = inventory.create("HostSystem", name="esx1", parent=cluster.ref)
    runtime = DataObject("VirtualMachineRuntimeInfo", host=host.ref)
    vm = inventory.create("VirtualMachine", name="web01", parent=folder.ref, runtime=runtime)
    events = Events(inventory, ManualClock())
    received: list[DataObject] = []
    stop = events.listen(received.append)

    event = events.post("VmPoweredOnEvent", vm, user="root", template=False)
    stop()
    events.post("VmPoweredOffEvent", vm, template=False)

    assert (event.vm.vm, event.host.host) == (vm.ref, host.ref)
    assert (event.computeResource.computeResource, event.datacenter.datacenter) == (
        cluster.ref,
        datacenter.ref,
    )
    assert (event.userName, event.key, event.chainId) == ("root", 1, 1)
    assert event.fullFormattedMessage == "Vm powered on: web01 on esx1"
    assert received == [event]


def test_an_event_without_an_entity_names_no_object() -> None:
    event = Events(Inventory(), ManualClock()).post("GeneralUserEvent", message="hello", user="root")
    assert (event.vm, event.host, event.message) == (None, None, "hello")
