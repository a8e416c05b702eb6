"""What a property path reads: a value, nothing, or an error."""

from __future__ import annotations

from typing import Any

import pytest

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import DataObject, MoRef

DISK = DataObject(
    "VirtualDisk", key=2000, backing=DataObject("VirtualDiskFlatVer2BackingInfo", fileName="[ds] a/a.vmdk")
)
HARDWARE = DataObject("VirtualHardware", numCPU=2, device=[DISK])


@pytest.fixture
def bare() -> ManagedObject:
    return Inventory().create("VirtualMachine", name="web01")


@pytest.fixture
def vm() -> ManagedObject:
    config = DataObject("VirtualMachineConfigInfo", hardware=HARDWARE)
    return Inventory().create(
        "VirtualMachine", name="web01", config=config, network=(MoRef("Network", "n-1"),)
    )


@pytest.mark.parametrize(
    "path",
    [
        "nonsense",
        "config.nonsense",
        "config.hardware.numCpu",
        "config.hardware.device[2000].backing.nonsense",
        "config.hardware.numCPU.nonsense",
        "network.name",
        "name[web01]",
        "config..hardware",
    ],
)
def test_a_path_that_the_type_does_not_have_is_an_error(
    vm: ManagedObject, bare: ManagedObject, path: str
) -> None:
    for machine in (vm, bare):
        with pytest.raises((KeyError, ValueError), match=r"has no property|is not a step"):
            machine.get(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("parent", None),
        ("datastore", ()),
        ("guest.net", None),
        ("config.ftInfo", None),
        ("config.ftInfo.secondaries", None),
        ("config.hardware.device[4000]", None),
        ("network[n-2]", None),
        ("config.hardware.device[2000].backing.parent", None),
        ("config.hardware.device[2000].backing.parent.grainSize", None),
    ],
)
def test_an_unset_path_reads_none_and_an_unset_array_property_is_empty(
    vm: ManagedObject, path: str, value: Any
) -> None:
    assert vm.get(path) == value
    assert vm.get(path) == value  # the second answer comes from a cache


def test_a_path_reaches_the_members_of_every_extending_type() -> None:
    inventory = Inventory()
    volume = DataObject("HostNasVolume", remoteHost="nas")
    nas = inventory.create("Datastore", info=DataObject("NasDatastoreInfo", nas=volume))
    assert nas.get("info.nas.remoteHost") == "nas"
    assert nas.get("info.vmfs.uuid") is None
    with pytest.raises(KeyError, match=r"Datastore has no property 'info.vmfs.uid'"):
        nas.get("info.vmfs.uid")


def test_what_only_some_types_have_is_an_error_for_the_others() -> None:
    inventory = Inventory()
    assert inventory.create("HostSystem").get("vm") == ()
    with pytest.raises(KeyError, match="ServiceInstance has no property 'name'"):
        inventory.create("ServiceInstance").get("name")


@pytest.mark.parametrize("path", ["config.nonsense", "config.hardware.numCpu", "nonsense"])
def test_nothing_can_be_put_where_the_type_has_no_place(vm: ManagedObject, path: str) -> None:
    for change in (vm.set, vm.add, vm.remove):
        with pytest.raises(KeyError, match="has no property"):
            change(path, "x")
