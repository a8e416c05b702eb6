"""Situations that a case sets up for itself through the API, on the emulator and on a real system alike.

An arrangement creates a VM beside the one that was found (same folder, resource pool, datastore and host) and
then applies a list of actions to it. Nothing that existed before is changed, except that the cluster may get
an override for the new VM, which is removed with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyVmomi import vim

from vim25_conformance.preparation import Preparation
from vim25_conformance.task_runner import NotArrangedError

Action = Callable[[Preparation], object]

#: Device key of a created VM's disk.
DISK: Final = 2000


@dataclass(frozen=True)
class Arrangement:
    """A named list of actions on a newly created VM."""

    id: str
    title: str
    actions: tuple[Action, ...] = ()

    def make(self, preparation: Preparation) -> None:
        """Create the VM and apply the actions; raise as `Preparation.call` does."""
        _make_machine(preparation)
        for action in self.actions:
            action(preparation)
        _refresh(preparation)


def _make_machine(preparation: Preparation) -> None:
    model = preparation.roles.machine
    folder, pool = preparation.property(model.ref, "parent"), preparation.property(model.ref, "resourcePool")
    if folder is None or pool is None:
        raise NotArrangedError(
            f"{model.name} is in no folder or resource pool where another VM could be created"
        )
    datastore = model.identity.get("path", "").partition("]")[0] + "]"
    name = preparation.journal.mark()
    specification = _specification(name, preparation.journal.annotation, datastore)
    created = preparation.create(name, folder, "CreateVM_Task", specification, pool, model.host)
    preparation.roles.adopt(
        dataclasses.replace(model, ref=created, name=name, power="poweredOff", template=False)
    )
    _refresh(preparation)


def _specification(name: str, annotation: str, datastore: str) -> Any:
    """Return a VM (one vCPU, a small eager-zeroed disk) that every release can protect."""
    controller = vim.vm.device.VirtualLsiLogicController(key=1000, busNumber=0, sharedBus="noSharing")
    backing = vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
        fileName=datastore, diskMode="persistent", thinProvisioned=False, eagerlyScrub=True
    )
    disk = vim.vm.device.VirtualDisk(
        key=DISK, controllerKey=1000, unitNumber=0, capacityInKB=64 * 1024, backing=backing
    )
    change = vim.vm.device.VirtualDeviceSpec
    return vim.vm.ConfigSpec(
        name=name,
        annotation=annotation,
        guestId="otherGuest64",
        numCPUs=1,
        memoryMB=128,
        files=vim.vm.FileInfo(vmPathName=datastore),
        deviceChange=[
            change(operation="add", device=controller),
            change(operation="add", fileOperation="create", device=disk),
        ],
    )


def _refresh(preparation: Preparation) -> None:
    """Update what is known about the VM."""
    machine = preparation.roles.machine
    paths = {"uuid": "config.uuid", "instanceUuid": "config.instanceUuid", "path": "config.files.vmPathName"}
    values = {what: preparation.property(machine.ref, path) for what, path in paths.items()}
    preparation.roles.adopt(
        dataclasses.replace(
            machine,
            host=preparation.property(machine.ref, "runtime.host"),
            power=str(preparation.property(machine.ref, "runtime.powerState")),
            identity={"name": machine.name, **{what: str(word) for what, word in values.items() if word}},
        )
    )


def _task(method: str, *arguments: Any) -> Action:
    """Return an action that runs a task of the VM."""
    return lambda preparation: preparation.complete(preparation.roles.primary, method, *arguments)


def _protect(preparation: Preparation) -> None:
    preparation.complete(preparation.roles.primary, "CreateSecondaryVM_Task", None)
    preparation.settle(preparation.roles.primary, "running", "enabled")


def _suspend(preparation: Preparation) -> None:
    preparation.complete(preparation.roles.primary, "DisableSecondaryVM_Task", preparation.roles.secondary)


def _mark_as_template(preparation: Preparation) -> None:
    preparation.call(preparation.roles.primary, "MarkAsTemplate")


def _snapshot(preparation: Preparation) -> None:
    machine = preparation.roles.primary
    preparation.intend("snapshot", "its snapshot still exists")
    preparation.complete(machine, "CreateSnapshot_Task", "conformance", "", False, False)


def _make_disk_independent(preparation: Preparation) -> None:
    devices = preparation.property(preparation.roles.primary, "config.hardware.device")
    disk: Any = next(each for each in devices if isinstance(each, vim.vm.device.VirtualDisk))
    disk.backing.diskMode = "independent_persistent"
    change = vim.vm.device.VirtualDeviceSpec(operation="edit", device=disk)
    preparation.complete(
        preparation.roles.primary, "ReconfigVM_Task", vim.vm.ConfigSpec(deviceChange=[change])
    )


def restart_priority(machine: Any, priority: str) -> Any:
    """Return a change of a cluster that overrides the restart priority of a VM."""
    settings = vim.cluster.DasVmSettings(restartPriority=priority)
    info = vim.cluster.DasVmConfigInfo(key=machine, dasSettings=settings)
    return vim.cluster.ConfigSpecEx(dasVmConfigSpec=[vim.cluster.DasVmConfigSpec(operation="add", info=info)])


def _disable_restart(preparation: Preparation) -> None:
    cluster, machine = preparation.roles.machine.cluster, preparation.roles.primary
    if cluster is None:
        raise NotArrangedError("the VM is in no cluster")
    preparation.intend("restart-priority", "its HA override still exists")
    change = restart_priority(machine, "disabled")
    preparation.complete(cluster.ref, "ReconfigureComputeResource_Task", change, True)


_POWER_ON: Final = _task("PowerOnVM_Task", None)

_ALL: Final = (
    Arrangement("machine", "a powered-off VM of its own"),
    Arrangement("running", "a powered-on VM of its own", (_POWER_ON,)),
    Arrangement("snapshot", "a VM of its own, with a snapshot", (_snapshot,)),
    Arrangement("template", "a template of its own", (_mark_as_template,)),
    Arrangement("independent-disk", "a VM of its own, with an independent disk", (_make_disk_independent,)),
    Arrangement(
        "many-vcpus",
        "a VM of its own, with 32 vCPUs",
        (_task("ReconfigVM_Task", vim.vm.ConfigSpec(numCPUs=32)),),
    ),
    Arrangement("no-restart", "a VM of its own whose restart priority is disabled", (_disable_restart,)),
    Arrangement("pair", "a powered-off pair of its own", (_protect,)),
    Arrangement("running-pair", "a running pair of its own", (_POWER_ON, _protect)),
    Arrangement(
        "suspended-pair",
        "a powered-off pair of its own, suspended",
        (_protect, _suspend),
    ),
    Arrangement(
        "running-suspended-pair",
        "a pair of its own whose primary runs, suspended",
        (_POWER_ON, _protect, _suspend),
    ),
)
ARRANGEMENTS: Final = {arrangement.id: arrangement for arrangement in _ALL}
