"""What was loaded can be worked with, whatever a saved inventory lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.specs import reconfigure
from tests.fidelity.losses import losses, whole, without, work
from tests.fidelity.walk import findings
from vim25_emulator.scenario.saved_inventory import Contents, saved
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Changes the properties of one object; None removes it.
Edit = Callable[[MoRef, dict[str, Any]], dict[str, Any] | None]


@pytest.fixture(scope="module")
def contents() -> Contents:
    return whole("snapshots")


@pytest.fixture
def loaded(contents: Contents) -> Iterator[Callable[[Edit], Lab]]:
    """Return a function that loads an edited inventory as if it had been saved, and logs in."""
    opened = []

    def load(edit: Edit) -> Lab:
        edited: Mapping[MoRef, dict[str, Any] | None] = {
            ref: edit(ref, dict(properties)) for ref, properties in contents.items()
        }
        present = {ref: properties for ref, properties in edited.items() if properties is not None}
        context = open_lab(replace(saved(present, "edited"), completed=True))  # type: ignore[arg-type]
        opened.append(context)
        return context.__enter__()

    yield load
    for context in opened:
        context.__exit__(None, None, None)


def test_snapshots_that_were_not_saved_are_those_of_their_vm(loaded: Callable[[Edit], Lab]) -> None:
    lab = loaded(lambda ref, values: None if ref.type == "VirtualMachineSnapshot" else values)
    vm = next(vm for vm in lab.all(vim.VirtualMachine) if vm.snapshot is not None)
    snapshot = vm.snapshot.rootSnapshotList[0].snapshot
    assert (snapshot.vm, snapshot.config.name) == (vm, vm.name)
    reconfigure(lab, vm, annotation="written")
    lab.run(snapshot.RemoveSnapshot_Task(True))
    assert vm.snapshot is None


def test_hosts_without_hardware_and_capability_run_machines(loaded: Callable[[Edit], Lab]) -> None:
    def edit(ref: MoRef, values: dict[str, Any]) -> dict[str, Any]:
        lost = ("hardware", "capability") if ref.type == "HostSystem" else ()
        return {name: value for name, value in values.items() if name not in lost}

    lab = loaded(edit)
    vm = next(vm for vm in lab.all(vim.VirtualMachine) if vm.runtime.powerState == "poweredOff")
    assert vm.runtime.host.hardware.cpuInfo.numCpuCores > 0
    reconfigure(lab, vm, memoryMB=2048)
    lab.run(vm.PowerOnVM_Task())
    lab.run(vm.runtime.host.EnterMaintenanceMode_Task(0))


@pytest.mark.parametrize("state", ["inaccessible", "orphaned", "connected"])
def test_a_vm_without_configuration_stays_inaccessible(loaded: Callable[[Edit], Lab], state: str) -> None:
    def edit(ref: MoRef, values: dict[str, Any]) -> dict[str, Any]:
        if ref.value != "vm-13":
            return values
        runtime = values["runtime"].replace(connectionState=state)
        return {**{n: v for n, v in values.items() if n != "config"}, "runtime": runtime}

    lab = loaded(edit)
    vm = next(vm for vm in lab.all(vim.VirtualMachine) if vm._moId == "vm-13")
    host, expected = vm.runtime.host, "inaccessible" if state == "connected" else state
    assert vm.runtime.connectionState == expected
    lab.run(host.DisconnectHost_Task())
    lab.run(host.ReconnectHost_Task())
    assert vm.runtime.connectionState == expected
    for attempt in (
        lambda: vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="x")),
        lambda: vm.CreateSnapshot_Task("s", "", False, False),
        lambda: vm.MigrateVM_Task(host=host, priority="defaultPriority"),
        lambda: vm.RelocateVM_Task(vim.vm.RelocateSpec(host=host)),
        lambda: vm.CloneVM_Task(vm.parent, "copy", vim.vm.CloneSpec(location=vim.vm.RelocateSpec())),
    ):
        with pytest.raises(vim.fault.InvalidState):
            lab.run(attempt())


def test_a_nic_on_a_distributed_port_group_is_cloned_and_registered(loaded: Callable[[Edit], Lab]) -> None:
    group = MoRef("DistributedVirtualPortgroup", "dvportgroup-77")
    port = DataObject("DistributedVirtualSwitchPortConnection", switchUuid="50", portgroupKey=group.value)
    backing = DataObject("VirtualEthernetCardDistributedVirtualPortBackingInfo", port=port)

    def connected(device: DataObject) -> DataObject:
        return device.replace(backing=backing) if device.is_a("VirtualEthernetCard") else device

    def edit(ref: MoRef, values: dict[str, Any]) -> dict[str, Any]:
        if ref.type != "VirtualMachine":
            return values
        hardware = values["config"].hardware
        devices = tuple(map(connected, hardware.device))
        config = values["config"].replace(hardware=hardware.replace(device=devices))
        return {**values, "config": config, "network": (group,)}

    lab = loaded(edit)
    vm = next(vm for vm in lab.all(vim.VirtualMachine) if vm.runtime.powerState == "poweredOff")
    copy = lab.run(
        vm.CloneVM_Task(vm.parent, "copy", vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), powerOn=False))
    )
    assert [network._moId for network in copy.network] == [group.value]
    path, folder, pool = copy.config.files.vmPathName, copy.parent, copy.resourcePool
    copy.UnregisterVM()
    again = lab.run(folder.RegisterVM_Task(path, None, False, pool))
    assert again in again.network[0].vm


def test_roles_are_restored_with_the_permissions_that_refer_to_them(
    loaded: Callable[[Edit], Lab], caplog: pytest.LogCaptureFixture
) -> None:
    role = DataObject(
        "AuthorizationRole",
        roleId=10,
        system=False,
        name="Starter",
        info=DataObject("Description", label="Starter", summary="Starter"),
        privilege=("System.View", "VirtualMachine.Interact.PowerOn"),
    )

    def edit(ref: MoRef, values: dict[str, Any]) -> dict[str, Any]:
        if ref.type == "AuthorizationManager":
            return {**values, "roleList": (role,)}
        if ref.type != "Datacenter":
            return values
        entries = (
            DataObject("Permission", entity=ref, principal=name, group=False, roleId=number, propagate=True)
            for name, number in (("LAB\\one", 10), ("LAB\\two", 11))
        )
        return {**values, "permission": tuple(entries)}

    manager = loaded(edit).content.authorizationManager
    roles = {role.roleId: role for role in manager.roleList}
    assert (roles[10].name, "VirtualMachine.Interact.PowerOn" in roles[10].privilege) == ("Starter", True)
    assert set(roles[11].privilege) == {"System.Anonymous", "System.View", "System.Read"}
    assert "role 11 of a permission was not saved" in caplog.text
    assert manager.AddAuthorizationRole("Another", []) == 12


@pytest.mark.parametrize("seed", range(5))
def test_no_loss_makes_an_operation_fail_unexpectedly(contents: Contents, seed: int) -> None:
    loss = Random(seed).choice(losses(contents))  # noqa: S311  # a repeatable choice, no secret
    with findings() as found:
        work(without(contents, loss), found)
    assert found.found == {}, loss
