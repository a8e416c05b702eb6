"""PropertyFilterSpecs: the nodes of the traversal, the paths per type, and the faults for invalid specs."""

from __future__ import annotations

from typing import Any

import pytest

from vim25_emulator.inventory import filter_spec
from vim25_emulator.inventory.filter_spec import FilterSpec
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import NEWEST, Version, version

ROOT = MoRef("Folder", "group-d1")


def spec_of(*selections: DataObject, properties: tuple[DataObject, ...] = ()) -> DataObject:
    root = DataObject("ObjectSpec", obj=ROOT, selectSet=selections)
    return DataObject("PropertyFilterSpec", objectSet=(root,), propSet=properties)


def read(*selections: DataObject, client: Version = NEWEST, **properties: Any) -> FilterSpec:
    specs = tuple(DataObject("PropertySpec", **properties) for _ in range(bool(properties)))
    return filter_spec.read(spec_of(*selections, properties=specs), client)


def traversal(**properties: Any) -> DataObject:
    return DataObject("TraversalSpec", **{"type": "Folder", "path": "childEntity", **properties})


def test_a_name_refers_to_the_node_of_its_traversal_even_from_inside() -> None:
    inner = DataObject("SelectionSpec", name="below")
    ((_, start),) = read(traversal(name="below", selectSet=(inner,))).roots
    (hop,) = start.hops
    assert hop.to.hops == [hop]


def test_a_traversal_applies_to_its_type_and_subtypes() -> None:
    ((_, start),) = read(traversal(type="ComputeResource", path="host")).roots
    assert start.hops_of(managed_type("ClusterComputeResource")) == tuple(start.hops)
    assert start.hops_of(managed_type("Folder")) == ()


def test_all_specs_that_match_a_type_are_combined() -> None:
    specs = (
        DataObject("PropertySpec", type="ManagedEntity", pathSet=("name",)),
        DataObject("PropertySpec", type="VirtualMachine", pathSet=("runtime.powerState", "name")),
    )
    sets = filter_spec.read(spec_of(properties=specs), NEWEST).property_sets
    assert sets.paths_of(managed_type("VirtualMachine")) == ("name", "runtime.powerState")
    assert sets.paths_of(managed_type("HostSystem")) == ("name",)
    assert sets.paths_of(managed_type("Task")) is None


def test_managed_object_matches_every_type() -> None:
    sets = read(type="ManagedObject").property_sets
    assert sets.paths_of(managed_type("Task")) == ()


def test_all_means_all_of_the_clients_version() -> None:
    newest, oldest = (
        read(type="VirtualMachine", all=True, client=client).property_sets
        for client in (NEWEST, version("2.5"))
    )
    kind = managed_type("VirtualMachine")
    assert set(newest.paths_of(kind) or ()) == set(kind.properties)
    assert set(newest.paths_of(kind) or ()) - set(oldest.paths_of(kind) or ()) >= {"parentVApp", "storage"}


@pytest.mark.parametrize(
    ("kind", "path", "client"),
    [
        ("VirtualMachine", "nonsense", NEWEST),
        ("VirtualMachine", "runtime.nonsense", NEWEST),
        ("VirtualMachine", "name.length", NEWEST),
        ("VirtualMachine", "config.hardware.device.key", NEWEST),
        ("VirtualMachine", "not a path", NEWEST),
        ("VirtualMachine", "", NEWEST),
        ("ManagedEntity", "runtime", NEWEST),
        ("VirtualMachine", "config.ftInfo", version("2.5")),
    ],
)
def test_an_invalid_path_is_an_invalid_property(kind: str, path: str, client: Version) -> None:
    with pytest.raises(MethodFault) as raised:
        read(type=kind, pathSet=(path,), client=client)
    assert (raised.value.data.type_.name, raised.value.data.name) == ("InvalidProperty", path)


@pytest.mark.parametrize(
    "path", ["config.hardware.device[4000]", 'config.extraConfig["a.b"].value', "runtime"]
)
def test_a_path_may_select_an_element_by_its_key(path: str) -> None:
    assert read(type="VirtualMachine", pathSet=(path,)).property_sets.paths_of(
        managed_type("VirtualMachine")
    ) == (path,)


@pytest.mark.parametrize(
    ("kind", "whole", "path"),
    [
        ("VirtualMachine", "config.ftInfo", "config.ftInfo.secondaries"),
        (
            "VirtualMachine",
            "config.hardware.device[2000].backing",
            "config.hardware.device[2000].backing.fileName",
        ),
        ("ClusterComputeResource", "configurationEx", "configurationEx.drsConfig"),
        ("ClusterComputeResource", "summary.numHosts", "summary.currentFailoverLevel"),
        ("Datastore", "info.url", "info.vmfs.uuid"),
    ],
)
def test_a_path_leads_through_declared_types_only(kind: str, whole: str, path: str) -> None:
    """[observed: output of 8.0.3, three client projects]"""
    read(type=kind, pathSet=(whole,))
    with pytest.raises(MethodFault) as raised:
        read(type=kind, pathSet=(path,))
    assert (raised.value.data.type_.name, raised.value.data.name) == ("InvalidProperty", path)


@pytest.mark.parametrize("path", ["nonsense", "name"])
def test_a_traversal_follows_references_only(path: str) -> None:
    with pytest.raises(MethodFault, match="InvalidProperty"):
        read(traversal(path=path))


@pytest.mark.parametrize(
    ("selection", "place"),
    [
        (DataObject("SelectionSpec", name="nowhere"), "selectSet.name"),
        (traversal(type="Nonsense"), "selectSet.type"),
    ],
)
def test_an_unknown_name_or_type_is_an_invalid_argument(selection: DataObject, place: str) -> None:
    with pytest.raises(MethodFault) as raised:
        read(selection)
    assert raised.value.data == DataObject("InvalidArgument", invalidProperty=place)


def test_a_chain_of_names_may_be_longer_than_the_interpreters_stack() -> None:
    length = 20_000
    chain = (
        traversal(name=str(number), selectSet=(DataObject("SelectionSpec", name=str(number + 1)),))
        for number in range(length)
    )
    ((_, node),) = read(*chain, traversal(name=str(length))).roots
    for _ in range(length):
        node = node.hops[0].to
    assert [hop.path for hop in node.hops] == ["childEntity"]
