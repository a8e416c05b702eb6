"""What the running VMs of a host reserve is the same, whether it is added up or kept up to date."""

from __future__ import annotations

from pyVmomi import vim

from tests.emulator.lab import Lab
from vim25_emulator.model.related_object import running_vms
from vim25_emulator.model.reserved_resources import Reserved, ReservedResources, reserved_by


def check(lab: Lab) -> int:
    """Compare the index with the sums over all hosts; return the MB reserved on all of them."""
    inventory, memory = lab.emulator.vcenter.inventory, 0
    for host in inventory.of_type("HostSystem"):
        total = Reserved()
        for vm in running_vms(inventory, host):
            total = total.plus(reserved_by(vm))
        assert inventory.index(ReservedResources).on(host) == total
        memory += total.memory
    return memory


def reserve(lab: Lab, vm: vim.VirtualMachine, mb: int) -> None:
    allocation = vim.ResourceAllocationInfo(reservation=mb)
    lab.run(vm.ReconfigVM_Task(vim.vm.ConfigSpec(memoryAllocation=allocation, cpuAllocation=allocation)))


def test_reservations_follow_every_change(lab: Lab) -> None:
    before, vm = check(lab), lab.vm("db01")
    reserve(lab, vm, 100)
    assert check(lab) == before
    lab.run(vm.PowerOnVM_Task())
    assert check(lab) == before + 100
    reserve(lab, vm, 300)
    assert check(lab) == before + 300
    target = next(host for host in lab.all(vim.HostSystem) if host != vm.runtime.host)
    lab.run(vm.MigrateVM_Task(None, target, "defaultPriority"))
    assert check(lab) == before + 300
    inventory, managed = lab.emulator.vcenter.inventory, lab.emulator.vcenter.inventory[vm._moId]
    host = inventory[target._moId]
    index = inventory.index(ReservedResources)
    assert index.on(host).memory - index.on(host, (managed,)).memory == 300
    lab.run(vm.SuspendVM_Task())
    assert check(lab) == before
    lab.run(vm.PowerOnVM_Task())
    lab.run(vm.PowerOffVM_Task())
    lab.run(vm.Destroy_Task())
    assert check(lab) == before
