"""Every release is whole: all can be read, Fault Tolerance be turned on, and nothing is ahead of its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.releases.client import Client, client
from vim25_emulator import Emulator
from vim25_emulator.scenario import library
from vim25_emulator.vmodl.version import NEWEST, VERSIONS, Version, version

RELEASES = [each for each in VERSIONS if each >= version("4.0")]
SHARED_DISKS_BEFORE = version("6.0")


@pytest.fixture(params=RELEASES, ids=str)
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(api_version=request.param.id, task_duration=0.0) as started:
        yield started


def test_all_can_be_read_and_a_machine_made_fault_tolerant(emulator: Emulator) -> None:
    release = emulator.vcenter.release.version
    for asks in (release.id, NEWEST.id):
        with client(emulator, asks, served=release.id) as reader:
            _read_everything(reader, release)
    with client(emulator, release.id) as owner:
        _create_secondary(owner, release)
        _read_everything(owner, release, machines=6)


def _read_everything(reader: Client, release: Version, machines: int = 5) -> None:
    assert reader.content()["about"].findtext("{urn:vim25}apiVersion") == release.id
    kinds = Counter(each[0].get("type") for each in reader.everything())
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
    found = (each.findtext("{urn:vim25}backing/{urn:vim25}fileName") for each in devices)
    return [name for name in found if name and name.endswith(".vmdk")]


@pytest.mark.parametrize("release", ["4.0", NEWEST.id])
@pytest.mark.parametrize("scenario", [name for name in library.names() if not name.endswith("thousand-vms")])
def test_every_scenario_can_be_read_in_the_oldest_and_the_newest_release(scenario: str, release: str) -> None:
    described = library.load(scenario)
    with (
        Emulator(described, api_version=release, task_duration=0.0) as emulator,
        client(emulator, release) as reader,
    ):
        kinds = Counter(each[0].get("type") for each in reader.everything())
    machines = sum(each.count for each in described.vms.values())
    pairs = sum(each.fault_tolerance is not None for each in described.vms.values())
    assert kinds["VirtualMachine"] == machines + pairs
    assert kinds["HostSystem"] == sum(each.count for each in described.hosts.values())
