"""The inventory of a scenario is complete, consistent, and the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.emulator.scenario.site import Site
from tests.emulator.scenario.validity import flaws_of
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.mirrored_property import MIRRORS
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario import library
from vim25_emulator.vmodl.value import DataObject, MoRef

site_of = cache(Site.of)  # for tests that only read
SMALL = [name for name in library.names() if not name.endswith("thousand-vms")]


@pytest.mark.parametrize("name", SMALL)
def test_every_required_property_is_set_and_every_value_is_of_its_type(name: str) -> None:
    assert [flaw for managed in site_of(name).inventory for flaw in flaws_of(managed)] == []


def test_the_check_of_values_finds_errors() -> None:
    site = Site.of("default")
    vm = site.vm("web01")
    vm.set("runtime.powerState", "on")
    vm.set("config.hardware.numCPU", "two")
    vm.set("config.guestId", None)
    paths = [flaw.partition(".")[2].split(" ")[0] for flaw in flaws_of(vm)]
    assert {"runtime.powerState", "config.hardware.numCPU", "config.guestId"} <= set(paths)


@pytest.mark.parametrize("name", SMALL)
def test_properties_that_repeat_others_agree_with_them(name: str) -> None:
    for managed in site_of(name).inventory:
        for source, target in _mirrors(managed):
            values = (managed.get(target) or None, managed.get(source) or None)
            assert values[0] == values[1], f"{managed} {source} → {target}"


def _mirrors(managed: ManagedObject) -> list[tuple[str, str]]:
    """Return the mirrors whose source is set: inaccessible machines have no configuration."""
    pairs = [pair for ancestor in managed.type.ancestors for pair in MIRRORS.get(ancestor.name, ())]
    has_config = not managed.is_a("VirtualMachine") or managed.get("config") is not None
    return [(source, target) for source, target in pairs if has_config or "config" not in source + target]


@pytest.mark.parametrize("name", SMALL)
def test_all_references_name_existing_objects(name: str) -> None:
    inventory = site_of(name).inventory
    for managed in inventory:
        for prop, value in managed.properties.items():
            for ref in _references(value):
                assert ref in inventory, f"{managed}.{prop} refers to {ref}"


def _references(value: Any) -> list[MoRef]:
    if isinstance(value, MoRef):
        return [value]
    if isinstance(value, DataObject):
        return [ref for part in value.__dict__.values() for ref in _references(part)]
    return [ref for part in value for ref in _references(part)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("name", SMALL)
def test_lists_and_what_they_list_agree(name: str) -> None:
    inventory = site_of(name).inventory
    for vm in inventory.of_type("VirtualMachine"):
        assert vm.ref in inventory[vm.get("parent")].get("childEntity")
        assert vm.ref in inventory[vm.get("runtime.host")].get("vm")
        for path in ("datastore", "network"):
            assert all(vm.ref in inventory[ref].get("vm") for ref in vm.get(path))
        assert vm.get("config.template") or vm.ref in inventory[vm.get("resourcePool")].get("vm")
    for host in inventory.of_type("HostSystem"):
        assert host.ref in inventory[host.get("parent")].get("host")
        assert all(host.ref in inventory[ref].get("host") for ref in host.get("network"))
        mount_lists = [inventory[ref].get("host") for ref in host.get("datastore")]
        assert all(host.ref in [mount.key for mount in mounts] for mounts in mount_lists)


def contents(inventory: Inventory) -> dict[MoRef, dict[str, Any]]:
    return {managed.ref: managed.properties for managed in inventory}


def test_two_runs_are_the_same() -> None:
    assert contents(Site.of("standalone-host").inventory) == contents(Site.of("standalone-host").inventory)


def test_the_tree_has_the_mo_ids_of_a_real_one(default: Site) -> None:
    lab = default.built.datacenters["Lab"]
    folders = [getattr(lab, kind).ref.value for kind in ("vm", "host", "datastore", "network")]
    assert default.built.root_folder.ref == MoRef("Folder", "group-d1")
    assert folders == ["group-v3", "group-h4", "group-s5", "group-n6"]
    assert default.cluster.ref.value == "domain-c9"


def test_identifiers_are_unique(default: Site) -> None:
    vms = list(default.built.machines.values())
    for path in ("config.instanceUuid", "config.uuid", "config.files.vmPathName", "environmentBrowser"):
        assert len({vm.get(path) for vm in vms}) == len(vms)


def test_counted_machines_are_numbered_and_distributed_over_the_hosts() -> None:
    site = Site.of("hundred-vms")
    assert len(site.built.machines) == 100
    assert [len(host.get("vm")) for host in site.built.hosts.values()] == [27, 26, 24, 23]
    assert {site.vm("vm-1").get("runtime.host"), site.vm("vm-5").get("runtime.host")} == {site.host(1).ref}
    addresses = [vm.get("guest.ipAddress") for vm in site.built.machines.values()]
    assert len({address for address in addresses if address}) == 97


def test_machines_are_not_placed_on_hosts_out_of_service(written: Callable[..., str]) -> None:
    out = "  esx1.lab.example: {in_maintenance_mode: true}\n  esx3.lab.example: {cluster: ft-cluster}\n"
    text = f"title: x\nextends: default\nhosts:\n{out}vms:\n  'a{{n}}': {{count: 4}}\n"
    site = Site.of(written(text))
    hosts = {site.vm(f"a{n}").get("runtime.host") for n in range(1, 5)}
    assert hosts == {site.host(2).ref, site.host(3).ref}


def test_a_datastores_free_space_is_its_capacity_less_committed_space(default: Site) -> None:
    store = default.built.datastores["shared-1"]
    committed = sum(
        used.committed
        for vm in default.built.machines.values()
        for used in vm.get("storage.perDatastoreUsage")
    )
    assert store.get("summary.capacity") - store.get("summary.freeSpace") == committed
    assert store.get("info.freeSpace") == store.get("summary.freeSpace")


def test_a_folder_path_is_created_once(written: Callable[..., str]) -> None:
    text = "title: x\nextends: default\nvms:\n  web01: {folder: prod/web}\n  app01: {folder: prod/app}\n"
    site = Site.of(written(text))
    web, app = (site.inventory[site.vm(name).get("parent")] for name in ("web01", "app01"))
    assert (web.get("name"), app.get("name"), web.get("parent")) == ("web", "app", app.get("parent"))


def test_a_host_without_cluster_is_in_its_own_compute_resource() -> None:
    site = Site.of("standalone-host")
    owner = site.inventory[site.host(9).get("parent")]
    assert (owner.type.name, owner.get("name"), owner.get("host")) == (
        "ComputeResource",
        "esx9.lab.example",
        (site.host(9).ref,),
    )


def test_rules_name_the_objects_that_were_built(written: Callable[..., str]) -> None:
    fault = "{PowerOnFtSecondaryTimedout: {vm: web01, vmName: web01, timeout: 60}}"
    rule = f"rules:\n- {{method: '*', object: web*, at: call, skip: 1, count: 2, fault: {fault}}}\n"
    site = Site.of(written(f"title: x\nextends: default\n{rule}"))
    (built,) = site.built.rules
    assert (built.stage, built.object, built.skip, built.count) == ("call", "web*", 1, 2)
    assert built.fault.vm == site.vm("web01").ref


def test_busy_machines_and_pairs_are_in_the_result() -> None:
    busy = Site.of("vm-busy").built.busy
    assert [(vm.get("name"), method) for vm, method in busy] == [("web01", "ReconfigVM_Task")]
    pairs = Site.of("already-fault-tolerant").built.pairs
    assert {(vm.get("name"), host.get("name")) for vm, host, _ in pairs} == {
        ("web01", "esx2.lab.example"),
        ("db01", "esx1.lab.example"),
    }


def test_machines_share_equal_values() -> None:
    site = Site.of("thousand-vms")
    one, other = site.vm("vm-1").get("config"), site.vm("vm-2").get("config")
    for name in ("flags", "tools", "bootOptions", "cpuAllocation", "defaultPowerOps"):
        assert getattr(one, name) is getattr(other, name)
    assert one.hardware.device[0] is other.hardware.device[0]
    assert site.vm("vm-1").get("runtime") is site.vm("vm-9").get("runtime")
