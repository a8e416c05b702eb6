"""govc with a distributed switch: its ports, network cards on its port groups, and the saved inventory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.test_govc import Govc, pytestmark  # noqa: F401  # the mark skips where there is no govc
from vim25_emulator import Emulator


@pytest.fixture
def govc(tmp_path: Path) -> Iterator[Govc]:
    with Emulator("distributed-switch", task_duration=0.0) as vcenter:
        yield Govc(vcenter, tmp_path)


def test_ports_are_listed(govc: Govc) -> None:
    listed = govc("dvs.portgroup.info -pg app dvs-lab")
    connected = govc("dvs.portgroup.info -pg app -connected -active dvs-lab")
    counts = [len(re.findall(r"^VlanId: +10$", text, re.MULTILINE)) for text in (listed, connected)]
    assert counts == [6, 2]
    uuid = re.findall(r"^DvsUuid: +(.+)$", listed, re.MULTILINE)[0]
    assert re.fullmatch(r"([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2}", uuid)


def test_cards_are_added_and_changed(govc: Govc) -> None:
    govc("vm.network.add -vm mail01 -net app")
    assert re.search(r"Summary: +DVSwitch: ", govc("device.info -vm mail01 ethernet-*"))
    govc("vm.network.change -vm mail01 -net db ethernet-0")
    assert govc("vm.info -r mail01").count("app") == govc("vm.info -r mail01").count("db") == 1
    status, _, errors = govc.ran("vm.network.add -vm mail01 -net dvs-lab")
    assert status == 1
    assert "cannot be used for EthernetCardBackingInfo" in errors


def test_a_saved_inventory_has_the_ports(govc: Govc, tmp_path: Path) -> None:
    folder, commands = (
        tmp_path / "saved",
        ("ls -l -i /Lab/network", "vm.info -r web01", "device.ls -vm web01"),
    )
    govc(f"object.save -l -d {folder}")
    (ports,) = folder.glob("VmwareDistributedVirtualSwitch-*/FetchDVPorts.xml")
    assert ports.read_text("utf-8").count("<dvsUuid>") == 13
    outputs = {command: govc(command) for command in commands}
    with Emulator(str(folder), task_duration=0.0) as restored:
        again = Govc(restored, tmp_path)
        assert {command: again(command) for command in commands} == outputs
        assert govc("dvs.portgroup.info dvs-lab") == again("dvs.portgroup.info dvs-lab")
