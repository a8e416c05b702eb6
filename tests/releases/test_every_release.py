"""Every release: the whole inventory can be read, Fault Tolerance turned on, and nothing is too new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.releases.client import Client, client
from vim25_emulator import Emulator
from vim25_emulator.scenario import library
from vim25_emulator.vmodl.version import NEWEST, VERSIONS, Version, version

RELEASES = [release for release in VERSIONS if release >= version("4.0")]
SHARED_DISKS_BEFORE = version("6.0")


@pytest.fixture(params=RELEASES, ids=str)
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(api_version=request.param.id, task_duration=0.0) as started:
        yield started


def test_everything_can_be_read_and_a_vm_protected(emulator: Emulator) -> None:
    release = emulator.vcenter.release.version
    for asks in (release.id, NEWEST.id):
        with client(emulator, asks, served=release.id) as reader:
            _read_everything(reader, release)
    with client(emulator, release.id) as owner:
        _create_secondary(owner, release)
        _read_everything(owner, release, machines=6)


def _read_everything(reader: Client, release: Version, machines: int = 5) -> None:
    assert reader.content()["about"].findtext("{urn:vim25}apiVersion") == release.id
    kinds = Counter(content[0].get("type") for content in reader.everything())
    assert kinds["VirtualMachine"] == machines
    assert (kinds["HostSystem"], kinds["ClusterComputeResource"], kinds["Datastore"]) == (2, 1, 1)
    assert kinds["Network"] == 1


def _create_secondary(owner: Client, release: Version) -> None:
    names = owner.read("VirtualMachine", "name")
    primary = next(moid for moid, values in names.items() if values["name"].text == "web01")
    task = owner.call("CreateSecondaryVM_Task", "VirtualMachine", primary)[0].text
    info = owner.wait_for_task(task)
    assert info["state"].text == "success"
    assert info["name"].text == "CreateSecondaryVM_Task"
    secondary = info["result"][0].text
    files = {moid: _disk_files(owner, moid) for moid in (primary, secondary)}
    assert all(files.values())
    assert (files[primary] == files[secondary]) == (release < SHARED_DISKS_BEFORE)
    states = owner.read("VirtualMachine", "runtime.faultToleranceState")
    assert {states[moid]["runtime.faultToleranceState"].text for moid in files} == {"running"}


def _disk_files(owner: Client, machine: str) -> list[str]:
    devices = owner.read("VirtualMachine", "config.hardware.device")[machine]["config.hardware.device"]
    files = (device.findtext("{urn:vim25}backing/{urn:vim25}fileName") for device in devices)
    return [file for file in files if file and file.endswith(".vmdk")]


@pytest.mark.parametrize("release", ["4.0", NEWEST.id])
@pytest.mark.parametrize("scenario", [name for name in library.names() if not name.endswith("thousand-vms")])
def test_every_scenario_can_be_read_in_the_oldest_and_the_newest_release(scenario: str, release: str) -> None:
    described = library.load(scenario)
    with (
        Emulator(described, api_version=release, task_duration=0.0) as emulator,
        client(emulator, release) as reader,
    ):
        kinds = Counter(content[0].get("type") for content in reader.everything())
    machines = sum(vm.count for vm in described.vms.values())
    pairs = sum(vm.fault_tolerance is not None for vm in described.vms.values())
    assert kinds["VirtualMachine"] == machines + pairs
    assert kinds["HostSystem"] == sum(host.count for host in described.hosts.values())
