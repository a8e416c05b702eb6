from __future__ import annotations

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


def test_a_field_of_a_type_is_offered_to_that_type_only(lab: Lab) -> None:
    field = lab.content.customFieldsManager.AddCustomFieldDef("owner", vim.VirtualMachine)
    assert (field.name, field.managedObjectType) == ("owner", vim.VirtualMachine)
    assert [each.key for each in lab.vm("web01").availableField] == [field.key]
    host = lab.all(vim.HostSystem)[0]
    assert host.availableField == []
    with pytest.raises(vmodl.fault.InvalidArgument):
        lab.content.customFieldsManager.SetField(host, field.key, "ann")


def test_a_value_is_shown_wherever_values_are(lab: Lab) -> None:
    vm, manager = lab.vm("web01"), lab.content.customFieldsManager
    field = manager.AddCustomFieldDef("owner")
    manager.SetField(vm, field.key, "ann")
    vm.SetCustomValue("owner", "bob")
    for shown in (vm.value, vm.customValue, vm.summary.customValue):
        assert [(each.key, each.value) for each in shown] == [(field.key, "bob")]
    spec = vim.event.EventFilterSpec(eventTypeId=["vim.event.CustomFieldValueChangedEvent"])
    events = lab.content.eventManager.QueryEvents(spec)
    assert [(event.prevState, event.value) for event in events] == [(None, "ann"), ("ann", "bob")]


def test_a_renamed_field_keeps_its_values_and_a_removed_one_takes_them_along(lab: Lab) -> None:
    vm, manager = lab.vm("web01"), lab.content.customFieldsManager
    field = manager.AddCustomFieldDef("owner")
    vm.SetCustomValue("owner", "ann")
    manager.RenameCustomFieldDef(field.key, "keeper")
    assert ([each.name for each in vm.availableField], len(vm.customValue)) == (["keeper"], 1)
    manager.RemoveCustomFieldDef(field.key)
    assert vm.availableField == vm.customValue == vm.summary.customValue == manager.field == []
    assert lab.events(
        "CustomFieldDefAddedEvent", "CustomFieldDefRenamedEvent", "CustomFieldDefRemovedEvent"
    ) == [
        "CustomFieldDefAddedEvent",
        "CustomFieldDefRenamedEvent",
        "CustomFieldDefRemovedEvent",
    ]


def test_a_name_is_taken_once_for_a_type(lab: Lab) -> None:
    manager = lab.content.customFieldsManager
    manager.AddCustomFieldDef("owner", vim.VirtualMachine)
    other = manager.AddCustomFieldDef("owner", vim.HostSystem)
    with pytest.raises(vim.fault.DuplicateName) as fault:
        manager.AddCustomFieldDef("owner", vim.VirtualMachine)
    assert fault.value.name == "owner"
    manager.AddCustomFieldDef("site", vim.HostSystem)
    with pytest.raises(vim.fault.DuplicateName):
        manager.RenameCustomFieldDef(other.key, "site")


def test_an_unknown_field_is_refused(lab: Lab) -> None:
    vm, manager = lab.vm("web01"), lab.content.customFieldsManager
    for call in (
        lambda: manager.SetField(vm, 7, "x"),
        lambda: manager.RemoveCustomFieldDef(7),
        lambda: vm.SetCustomValue("nothing", "x"),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument) as fault:
            call()
        assert fault.value.invalidProperty == "key"


def test_a_value_needs_its_privilege_on_the_entity() -> None:
    with open_lab("restricted-user") as opened:
        field = opened.content.customFieldsManager.AddCustomFieldDef("owner")
        reader = opened.login("readonly@vsphere.local", "vmware")
        vm = vim.VirtualMachine(opened.vm("web01")._moId, reader._stub)
        for call in (
            lambda: reader.content.customFieldsManager.SetField(vm, field.key, "ann"),
            lambda: vm.SetCustomValue("owner", "ann"),
        ):
            with pytest.raises(vim.fault.NoPermission) as fault:
                call()
            assert fault.value.privilegeId == "Global.SetCustomField"
            assert fault.value.object == vm
        Disconnect(reader)
