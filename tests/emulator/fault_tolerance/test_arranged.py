"""Obstacles to Fault Tolerance that a client creates through the API alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import add, disks, edit, reconfigure

SOUND = vim.vm.device.VirtualHdAudioCard(
    key=-1, backing=vim.vm.device.VirtualSoundCard.DeviceBackingInfo(deviceName="", useAutoDetect=True)
)


def snapshot(lab: Lab, vm: Any) -> None:
    lab.run(vm.CreateSnapshot_Task(name="one", memory=False, quiesce=False))


def backing(**changes: Any) -> Callable[[Lab, Any], None]:
    def arrange(lab: Lab, vm: Any) -> None:
        (held,) = disks(vm)
        for name, value in changes.items():
            setattr(held.backing, name, value)
        reconfigure(lab, vm, deviceChange=[edit(held)])

    return arrange


def config(**changes: Any) -> Callable[[Lab, Any], None]:
    return lambda lab, vm: reconfigure(lab, vm, **changes)


def running_with_sound(lab: Lab, vm: Any) -> None:
    reconfigure(lab, vm, deviceChange=[add(SOUND)])  # devices are checked once the VM runs [documented]
    lab.run(vm.PowerOnVM_Task())


def restart_disabled(lab: Lab, vm: Any) -> None:
    override = vim.cluster.DasVmConfigInfo(key=vm, restartPriority="disabled")
    change = vim.cluster.DasVmConfigSpec(operation="add", info=override)
    spec = vim.cluster.ConfigSpecEx(dasVmConfigSpec=[change])
    cluster = lab.named(vim.ClusterComputeResource, "ft-cluster")
    lab.run(cluster.ReconfigureComputeResource_Task(spec=spec, modify=True))


@pytest.mark.parametrize(
    "arrange",
    [
        snapshot,
        backing(diskMode="independent_persistent"),
        backing(sharing="sharingMultiWriter"),
        config(numCPUs=16),
        config(nestedHVEnabled=True),
        config(flags=vim.vm.FlagInfo(vbsEnabled=True)),
        running_with_sound,
        restart_disabled,
    ],
    ids=["snapshot", "disk mode", "multi-writer", "vcpus", "nested", "vbs", "device", "priority"],
)
def test_a_client_can_bring_a_refusal_about(lab: Lab, arrange: Callable[[Lab, Any], None]) -> None:
    vm = lab.vm("mail01")
    arrange(lab, vm)
    with pytest.raises(vmodl.MethodFault):
        lab.run(vm.CreateSecondaryVM_Task())
    assert vm.config.ftInfo is None


def test_a_vm_made_through_the_api_can_be_protected(lab: Lab) -> None:
    beside = lab.vm("web01")
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), template=False, powerOn=True)
    vm = lab.run(beside.CloneVM_Task(folder=beside.parent, name="copy", spec=spec))
    lab.run(vm.CreateSecondaryVM_Task())
    assert vm.config.ftInfo.role == 1
