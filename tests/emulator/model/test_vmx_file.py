from __future__ import annotations

import re
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import add, create, disk, machine, scsi
from vim25_emulator.model.datastore_listing import small_file
from vim25_emulator.model.vmx_file import guest_os


def settings(lab: Lab, vm: Any) -> dict[str, str]:
    """Return the keys and values of a machine's .vmx file."""
    vcenter, path = lab.emulator.vcenter, vm.config.files.vmPathName
    content = small_file(vcenter.inventory, vcenter.leftovers, path)
    assert content is not None
    return dict(re.findall(r'^(\S+) = "(.*)"$', content.decode(), re.MULTILINE))


@pytest.mark.parametrize(
    ("guest_id", "name"),
    [
        ("ubuntu64Guest", "ubuntu-64"),
        ("rhel9_64Guest", "rhel9-64"),
        ("windows9Server64Guest", "windows9srv-64"),
        ("windows2019srv_64Guest", "windows2019srv-64"),
        ("otherGuest", "other"),
        ("otherGuest64", "other-64"),
    ],
)
def test_guests_have_names_of_their_own_in_files(guest_id: str, name: str) -> None:
    assert guest_os(guest_id) == name


def test_what_would_end_a_value_is_escaped(lab: Lab) -> None:
    option = vim.option.OptionValue(key="guestinfo.text", value='a "b"|c')
    vm = create(lab, machine(annotation="first\nsecond", extraConfig=[option]))
    vmx = settings(lab, vm)
    assert vmx["annotation"] == "first|0Asecond"
    assert vmx["guestinfo.text"] == "a |22b|22|7Cc"


def test_changes_of_a_machine_show_in_its_file(lab: Lab) -> None:
    vm = create(
        lab, machine(firmware="efi", deviceChange=[add(scsi(-1)), add(disk(1, controller=-1), "create")])
    )
    assert (settings(lab, vm)["firmware"], settings(lab, vm)["scsi0:0.fileName"]) == ("efi", "new.vmdk")
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=1024, numCPUs=2)))
    assert (settings(lab, vm)["memSize"], settings(lab, vm)["numvcpus"]) == ("1024", "2")


def test_the_file_of_an_unregistered_machine_remains(lab: Lab) -> None:
    vm, vcenter = lab.vm("db01"), lab.emulator.vcenter
    path = vm.config.files.vmPathName
    vm.UnregisterVM()
    content = small_file(vcenter.inventory, vcenter.leftovers, path)
    assert content is not None
    assert b'displayName = "db01"' in content


def test_every_machine_of_unusual_scenarios_has_a_file() -> None:
    for scenario in ("unusual-hardware", "already-fault-tolerant", "default"):
        with open_lab(scenario) as opened:
            for vm in opened.all(vim.VirtualMachine):
                if vm.config is not None:
                    assert settings(opened, vm)["displayName"] == vm.name
