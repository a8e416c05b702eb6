from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


@pytest.fixture(scope="module")
def shared() -> Iterator[Lab]:
    """Yield a lab that the tests only read."""
    with open_lab() as opened:
        yield opened


@pytest.fixture
def index(shared: Lab) -> Any:
    return shared.content.searchIndex


@pytest.mark.parametrize(
    "path",
    [
        "Lab",
        "Lab/vm",
        "Lab/vm/web01",
        "/Lab/vm/web01",
        "Lab/host/ft-cluster",
        "Lab/host/ft-cluster/esx1.lab.example",
        "Lab/host/ft-cluster/Resources",
        "Lab/datastore/shared-1",
        "Lab/network/VM Network",
        "Lab/network/VM%20Network",
    ],
)
def test_everything_has_a_path(index: Any, path: str) -> None:
    assert index.FindByInventoryPath(path).name == path.rsplit("/", 1)[-1].replace("%20", " ")


def test_the_empty_path_is_the_root(shared: Lab, index: Any) -> None:
    assert index.FindByInventoryPath("/") == shared.content.rootFolder


@pytest.mark.parametrize("path", ["Nowhere", "Lab/vm/nobody", "Lab/vm/web01/below", "vm/web01"])
def test_nothing_is_at_other_paths(index: Any, path: str) -> None:
    assert index.FindByInventoryPath(path) is None


def test_a_slash_in_a_name_is_escaped() -> None:
    with open_lab() as lab:
        vm = lab.vm("db01")
        lab.emulator.call(lambda: lab.emulator.vcenter.inventory[vm._moId].set("name", "db/01"))
        assert lab.content.searchIndex.FindByInventoryPath("Lab/vm/db%2f01") == vm
        assert lab.content.searchIndex.FindByInventoryPath("Lab/vm/db/01") is None


def test_children_by_name(shared: Lab, index: Any) -> None:
    assert index.FindChild(shared.content.rootFolder, "Lab").name == "Lab"
    assert index.FindChild(shared.content.rootFolder, "web01") is None


def test_machines_by_uuid(shared: Lab, index: Any) -> None:
    vm = shared.vm("web01")
    here = shared.named(vim.Datacenter, "Lab")
    assert index.FindByUuid(here, vm.config.uuid.upper(), True) == vm
    assert index.FindByUuid(None, vm.config.instanceUuid, True, True) == vm
    assert index.FindByUuid(None, vm.config.instanceUuid, True, False) is None
    assert index.FindByUuid(None, vm.config.uuid, False) is None
    assert index.FindAllByUuid(None, vm.config.uuid, True, False) == [vm]


def test_hosts_by_uuid_name_and_address(shared: Lab, index: Any) -> None:
    host = shared.named(vim.HostSystem, "esx1.lab.example")
    address = host.config.network.vnic[0].spec.ip.ipAddress
    assert index.FindByUuid(None, host.hardware.systemInfo.uuid, False) == host
    assert index.FindByDnsName(None, "ESX1.lab.example", False) == host
    assert index.FindByIp(None, address, False) == host
    assert index.FindAllByIp(None, address, False) == [host]


def test_machines_by_what_their_guests_say(shared: Lab, index: Any) -> None:
    vm = shared.vm("web01")
    assert index.FindByDnsName(None, vm.guest.hostName, True) == vm
    assert index.FindByIp(None, vm.guest.ipAddress, True) == vm
    assert index.FindAllByDnsName(None, vm.guest.hostName, True) == [vm]
    assert index.FindByDnsName(None, "nobody", True) is None


def test_machines_by_their_file(shared: Lab, index: Any) -> None:
    vm, here = shared.vm("web01"), shared.named(vim.Datacenter, "Lab")
    assert index.FindByDatastorePath(here, vm.config.files.vmPathName) == vm
    assert index.FindByDatastorePath(here, "[shared-1] nobody/nobody.vmx") is None
    with pytest.raises(vim.fault.InvalidDatastore) as fault:
        index.FindByDatastorePath(here, "[elsewhere] a/a.vmx")
    assert fault.value.name == "elsewhere"
    with pytest.raises(vim.fault.InvalidDatastorePath):
        index.FindByDatastorePath(here, "no datastore")


@pytest.mark.parametrize(("release", "is_found"), [("6.0", False), ("6.5", True)])
def test_templates_are_found_by_uuid_from_6_5_on(release: str, is_found: bool) -> None:
    """[observed: reports of users]"""
    with open_lab(api_version=release) as lab:
        template, vm, index = lab.vm("tpl01"), lab.vm("db01"), lab.content.searchIndex
        for of_instance in (False, True):
            uuid = template.config.instanceUuid if of_instance else template.config.uuid
            found = [template] if is_found else []
            assert index.FindAllByUuid(None, uuid, True, of_instance) == found
            assert index.FindByUuid(None, uuid, True, of_instance) == (template if is_found else None)
        assert index.FindByUuid(None, vm.config.uuid, True, False) == vm
