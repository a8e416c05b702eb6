"""Network cards on distributed port groups: added, edited, cloned, moved, and refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.consistency import contradictions
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

Card = vim.vm.device.VirtualEthernetCard


@pytest.fixture
def switched() -> Iterator[Lab]:
    with open_lab("distributed-switch") as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []


def group_of(lab: Lab, name: str) -> Any:
    return lab.named(vim.dvs.DistributedVirtualPortgroup, name)


def backing(group: Any, **changes: Any) -> Any:
    uuid = group.config.distributedVirtualSwitch.uuid
    port = {"switchUuid": uuid, "portgroupKey": group.key, **changes}
    return Card.DistributedVirtualPortBackingInfo(port=vim.dvs.PortConnection(**port))


def cards(vm: Any) -> list[Any]:
    return [device for device in vm.config.hardware.device if isinstance(device, Card)]


def change(operation: str, device: Any) -> Any:
    return vim.vm.device.VirtualDeviceSpec(operation=operation, device=device)


def reconfigure(lab: Lab, vm: Any, *changes: Any) -> None:
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=list(changes))))


def new_card(to: Any) -> Any:
    return vim.vm.device.VirtualVmxnet3(key=-1, backing=to)


def ports_in_use(group: Any) -> list[str]:
    return [card.backing.port.portKey for vm in group.vm for card in cards(vm) if is_on(card, group)]


def is_on(card: Any, group: Any) -> bool:
    return (
        isinstance(card.backing, Card.DistributedVirtualPortBackingInfo)
        and card.backing.port.portgroupKey == group.key
    )


def test_an_added_card_gets_a_free_port(switched: Lab) -> None:
    vm, app = switched.vm("mail01"), group_of(switched, "app")
    before = set(ports_in_use(app))
    reconfigure(switched, vm, change("add", new_card(backing(app))), change("add", new_card(backing(app))))
    added = cards(vm)[-2:]
    assert app in vm.network
    assert vm in app.vm
    ports = [card.backing.port.portKey for card in added]
    assert len({*ports, *before}) == 2 + len(before)
    assert set(ports) <= set(app.portKeys)
    assert {card.deviceInfo.summary for card in added} == {
        f"DVSwitch: {app.config.distributedVirtualSwitch.uuid}"
    }
    assert [state.key for state in vm.runtime.device] == [card.key for card in cards(vm)]


def test_a_full_port_group_gets_another_port(switched: Lab) -> None:
    vm, db = switched.vm("mail01"), group_of(switched, "db")
    assert (len(db.portKeys), db.config.autoExpand) == (1, True)
    reconfigure(switched, vm, change("add", new_card(backing(db))))
    assert len(db.portKeys) == db.config.numPorts == 2
    assert sorted(ports_in_use(db)) == sorted(db.portKeys)
    assert db.config.distributedVirtualSwitch.config.numPorts == 14


def test_a_card_is_moved_to_a_distributed_port_group_and_back(switched: Lab) -> None:
    vm, app = switched.vm("mail01"), group_of(switched, "app")
    standard = next(network for network in switched.all(vim.Network) if network.name == "VM Network")
    (card,) = cards(vm)
    card.backing = backing(app)
    reconfigure(switched, vm, change("edit", card))
    assert (list(vm.network), vm in app.vm, vm in standard.vm) == ([app], True, False)
    (card,) = cards(vm)
    assert card.deviceInfo.summary.startswith("DVSwitch: ")
    card.backing = Card.NetworkBackingInfo(deviceName="VM Network")
    reconfigure(switched, vm, change("edit", card))
    assert (list(vm.network), vm in app.vm) == ([standard], False)
    assert cards(vm)[0].deviceInfo.summary == "VM Network"


def test_an_edited_card_retains_its_port(switched: Lab) -> None:
    vm = switched.vm("db01")
    (card,) = cards(vm)
    port = card.backing.port.portKey
    for sent in (card.backing, backing(group_of(switched, "db"))):
        card.backing, card.wakeOnLanEnabled = sent, not card.wakeOnLanEnabled
        reconfigure(switched, vm, change("edit", card))
        assert cards(vm)[0].backing.port.portKey == port


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"switchUuid": "00 11 22"}, "spec.deviceChange.device.port.switchUuid"),
        ({"portgroupKey": "dvportgroup-0"}, "spec.deviceChange.device.port.portgroupKey"),
        ({"portgroupKey": None}, "spec.deviceChange.device.port.portgroupKey"),
        ({"portgroupKey": None, "portKey": "999"}, "spec.deviceChange.device.port.portgroupKey"),
    ],
)
def test_what_does_not_exist_is_an_invalid_argument(
    switched: Lab, changes: dict[str, Any], refused: str
) -> None:
    wrong = new_card(backing(group_of(switched, "app"), **changes))
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        reconfigure(switched, switched.vm("mail01"), change("add", wrong))
    assert fault.value.invalidProperty == refused


def test_a_port_is_taken_by_its_key_once(switched: Lab) -> None:
    vm, app = switched.vm("mail01"), group_of(switched, "app")
    free = next(key for key in app.portKeys if key not in ports_in_use(app))
    reconfigure(switched, vm, change("add", new_card(backing(app, portKey=free, portgroupKey=None))))
    assert cards(vm)[-1].backing.port.portKey == free
    for key in (free, "999"):
        with pytest.raises(vim.fault.InvalidDeviceBacking):
            reconfigure(switched, vm, change("add", new_card(backing(app, portKey=key))))


def test_the_uplinks_and_a_distributed_name_are_no_networks(switched: Lab) -> None:
    vm, app = switched.vm("mail01"), group_of(switched, "app")
    uplinks = app.config.distributedVirtualSwitch.config.uplinkPortgroup[0]
    with pytest.raises(vmodl.fault.InvalidArgument):
        reconfigure(switched, vm, change("add", new_card(backing(uplinks))))
    with pytest.raises(vim.fault.InvalidDeviceBacking):
        reconfigure(switched, vm, change("add", new_card(Card.NetworkBackingInfo(deviceName="app"))))


def test_new_machines_get_ports_of_their_own(switched: Lab) -> None:
    source, app = switched.vm("web01"), group_of(switched, "app")
    location = vim.vm.RelocateSpec(pool=source.resourcePool)
    clone = switched.run(
        source.CloneVM_Task(source.parent, "copy", vim.vm.CloneSpec(location=location, powerOn=False))
    )
    config = vim.vm.ConfigSpec(
        name="made",
        files=vim.vm.FileInfo(vmPathName="[shared-1]"),
        deviceChange=[change("add", new_card(backing(app)))],
    )
    created = switched.run(source.parent.CreateVM_Task(config, source.resourcePool))
    path = created.config.files.vmPathName
    created.UnregisterVM()
    registered = switched.run(
        source.parent.RegisterVM_Task(path, "made", False, source.resourcePool, source.runtime.host)
    )
    assert {clone, registered} <= set(app.vm)
    in_use = ports_in_use(app)
    assert len(in_use) == len(set(in_use)) == 4


def test_a_machine_is_protected_and_migrated_where_its_port_group_is(switched: Lab) -> None:
    host = switched.named(vim.HostSystem, "esx2.lab.example")
    switched.run(switched.vm("app01").MigrateVM_Task(host=host, priority="defaultPriority"))
    switched.run(switched.vm("db01").CreateSecondaryVM_Task(host=host))
    assert switched.vm("app01").runtime.host == host
