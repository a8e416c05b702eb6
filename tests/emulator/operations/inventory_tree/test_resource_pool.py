from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def spec(cpu: dict[str, Any] | None = None, memory: dict[str, Any] | None = None) -> Any:
    return vim.ResourceConfigSpec(
        cpuAllocation=vim.ResourceAllocationInfo(**(cpu or {})),
        memoryAllocation=vim.ResourceAllocationInfo(**(memory or {})),
    )


def root(lab: Lab) -> Any:
    return lab.named(vim.ClusterComputeResource, "ft-cluster").resourcePool


def test_a_pool_is_made_configured_and_renamed(sound_lab: Lab) -> None:
    pool = root(sound_lab).CreateResourcePool(
        "gold", spec(memory={"reservation": 1024, "expandableReservation": False})
    )
    assert (pool.name, pool.parent, pool.owner) == ("gold", root(sound_lab), root(sound_lab).owner)
    assert pool in root(sound_lab).resourcePool
    assert pool.runtime.memory.unreservedForVm == 1024 << 20
    pool.UpdateConfig(name="silver", config=spec(cpu={"reservation": 500}))
    assert (pool.name, pool.summary.name) == ("silver", "silver")
    assert (pool.config.cpuAllocation.reservation, pool.config.memoryAllocation.reservation) == (500, 1024)


def test_statistics_are_those_of_the_machines_in_the_pool(lab: Lab) -> None:
    gold = root(lab).CreateResourcePool("gold", spec())
    assert gold.summary.quickStats.overallCpuUsage == gold.summary.configuredMemoryMB == 0
    gold.MoveIntoResourcePool([lab.vm("web01"), lab.vm("db01")])
    running = [vm.summary.quickStats for vm in lab.all(vim.VirtualMachine) if vm.resourcePool]
    for name in ("overallCpuUsage", "guestMemoryUsage", "hostMemoryUsage", "consumedOverheadMemory"):
        assert getattr(gold.summary.quickStats, name) == getattr(lab.vm("web01").summary.quickStats, name) > 0
        assert getattr(root(lab).summary.quickStats, name) == sum(getattr(stat, name) for stat in running)
    assert gold.summary.configuredMemoryMB == 4096 + 16384
    assert root(lab).summary.quickStats.compressedMemory == 0


def test_what_a_pool_cannot_have_is_refused(sound_lab: Lab) -> None:
    top = root(sound_lab)
    top.CreateResourcePool("gold", spec())
    with pytest.raises(vim.fault.DuplicateName):
        top.CreateResourcePool("gold", spec())
    with pytest.raises(vim.fault.InvalidName):
        top.CreateResourcePool("", spec())
    with pytest.raises(vim.fault.InsufficientMemoryResourcesFault):
        top.CreateResourcePool("big", spec(memory={"reservation": 1 << 30}))
    with pytest.raises(vmodl.fault.InvalidArgument):
        top.CreateResourcePool("odd", spec(cpu={"reservation": 100, "limit": 50}))
    assert [pool.name for pool in top.resourcePool] == ["gold"]


def test_vms_and_pools_move_between_pools(sound_lab: Lab) -> None:
    top, vm = root(sound_lab), sound_lab.vm("web01")
    one, two = (top.CreateResourcePool(name, spec()) for name in ("one", "two"))
    two.MoveIntoResourcePool([vm, one])
    assert (vm.resourcePool, one.parent) == (two, two)
    assert list(top.resourcePool) == [two]
    for wrong in ([two], [top], [sound_lab.all(vim.HostSystem)[0]]):
        with pytest.raises(vmodl.fault.InvalidArgument):
            one.MoveIntoResourcePool(wrong)
    with pytest.raises(vmodl.fault.NotSupported):
        one.MoveIntoResourcePool([sound_lab.vm("tpl01")])
    two.DestroyChildren()
    assert list(two.resourcePool) == []


def test_children_are_configured_from_above(sound_lab: Lab) -> None:
    top, vm = root(sound_lab), sound_lab.vm("db01")
    wanted = spec(memory={"reservation": 256})
    wanted.entity = vm
    top.UpdateChildResourceConfiguration([wanted])
    assert vm.config.memoryAllocation.reservation == vm.resourceConfig.memoryAllocation.reservation == 256
    wanted.entity = sound_lab.content.rootFolder
    with pytest.raises(vmodl.fault.InvalidArgument):
        top.UpdateChildResourceConfiguration([wanted])


@pytest.mark.parametrize("allocation", [{"reservation": 2**63 - 1}, {"reservation": -1}, {"limit": -2}])
def test_no_way_leads_to_an_impossible_allocation(sound_lab: Lab, allocation: dict[str, Any]) -> None:
    top, vm = root(sound_lab), sound_lab.vm("web01")
    pool = top.CreateResourcePool("gold", spec())
    impossible, possible = spec(memory=allocation), spec(cpu={"reservation": 1})
    impossible.entity, possible.entity = vm, pool
    for refused in (
        lambda: top.CreateResourcePool("odd", impossible),
        lambda: top.UpdateConfig(config=impossible),
        lambda: pool.UpdateConfig(config=impossible),
        lambda: top.UpdateChildResourceConfiguration([possible, impossible]),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument):
            refused()
    assert pool.config.cpuAllocation.reservation == 0
    assert vm.summary.config.memoryReservation == vm.config.memoryAllocation.reservation
