"""Situations that a case arranges for itself through the API, on the emulator and on a real system alike.

An arrangement is a machine of the case's own, made beside the one that was found (its folder, resource
pool, datastore and host), and then a list of deeds that are done to it. Nothing that was there before is
changed, except that the cluster may get an override for the new machine, which goes with it.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyVmomi import vim

from vim25_conformance.workshop import NotArrangedError, Workshop

Deed = Callable[[Workshop], object]

PREFIX: Final = "vim25-conformance-"
"""Names of machines that are made begin so; what a broken connection left behind is found by it."""

DISK: Final = 2000
"""Device key of the disk of a machine that is made."""


@dataclass(frozen=True)
class Arrangement:
    """A named list of deeds; the first makes the machine."""

    id: str
    title: str
    deeds: tuple[Deed, ...] = ()

    def make(self, shop: Workshop) -> None:
        """Make the machine and do the deeds; raises NotArrangedError and the faults of `Workshop.call`."""
        _make_machine(shop)
        for deed in self.deeds:
            deed(shop)
        _look_again(shop)


def _make_machine(shop: Workshop) -> None:
    model = shop.parts.machine
    folder, pool = shop.property(model.ref, "parent"), shop.property(model.ref, "resourcePool")
    if folder is None or pool is None:
        raise NotArrangedError(f"{model.name} is in no folder or pool in which another could be made")
    datastore = model.identity.get("path", "").partition("]")[0] + "]"
    name = PREFIX + secrets.token_hex(4)
    made = shop.complete(folder, "CreateVM_Task", _specification(name, datastore), pool, model.host)
    shop.undo_with(f"{name} was made and is still there", lambda: shop.remove(made))
    shop.parts.adopt(dataclasses.replace(model, ref=made, name=name, power="poweredOff", template=False))
    _look_again(shop)


def _specification(name: str, datastore: str) -> Any:
    """One vCPU and a small disk without holes, which Fault Tolerance of every release accepts."""
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
        guestId="otherGuest64",
        numCPUs=1,
        memoryMB=128,
        files=vim.vm.FileInfo(vmPathName=datastore),
        deviceChange=[
            change(operation="add", device=controller),
            change(operation="add", fileOperation="create", device=disk),
        ],
    )


def _look_again(shop: Workshop) -> None:
    """Bring what is known about the machine up to date."""
    machine = shop.parts.machine
    paths = {"uuid": "config.uuid", "instanceUuid": "config.instanceUuid", "path": "config.files.vmPathName"}
    said = {what: shop.property(machine.ref, path) for what, path in paths.items()}
    shop.parts.adopt(
        dataclasses.replace(
            machine,
            host=shop.property(machine.ref, "runtime.host"),
            power=str(shop.property(machine.ref, "runtime.powerState")),
            identity={"name": machine.name, **{what: str(word) for what, word in said.items() if word}},
        )
    )


def _done(method: str, *arguments: Any) -> Deed:
    """A task of the machine."""
    return lambda shop: shop.complete(shop.parts.primary, method, *arguments)


def _protect(shop: Workshop) -> None:
    shop.complete(shop.parts.primary, "CreateSecondaryVM_Task", None)
    shop.settle(shop.parts.primary, "running", "enabled")


def _suspend(shop: Workshop) -> None:
    shop.complete(shop.parts.primary, "DisableSecondaryVM_Task", shop.parts.secondary)


def _mark_as_template(shop: Workshop) -> None:
    shop.call(shop.parts.primary, "MarkAsTemplate")


def _snapshot(shop: Workshop) -> None:
    machine = shop.parts.primary
    shop.complete(machine, "CreateSnapshot_Task", "conformance", "", False, False)
    shop.undo_with("its snapshot is still there", lambda: shop.complete(machine, "RemoveAllSnapshots_Task"))


def _make_disk_independent(shop: Workshop) -> None:
    devices = shop.property(shop.parts.primary, "config.hardware.device")
    disk: Any = next(each for each in devices if isinstance(each, vim.vm.device.VirtualDisk))
    disk.backing.diskMode = "independent_persistent"
    change = vim.vm.device.VirtualDeviceSpec(operation="edit", device=disk)
    shop.complete(shop.parts.primary, "ReconfigVM_Task", vim.vm.ConfigSpec(deviceChange=[change]))


def restart_priority(machine: Any, priority: str) -> Any:
    """A change of a cluster that overrides how HA restarts the machine."""
    settings = vim.cluster.DasVmSettings(restartPriority=priority)
    info = vim.cluster.DasVmConfigInfo(key=machine, dasSettings=settings)
    return vim.cluster.ConfigSpecEx(dasVmConfigSpec=[vim.cluster.DasVmConfigSpec(operation="add", info=info)])


def _disable_restart(shop: Workshop) -> None:
    cluster, machine = shop.parts.machine.cluster, shop.parts.primary
    if cluster is None:
        raise NotArrangedError("the machine is in no cluster")
    change = restart_priority(machine, "disabled")
    shop.complete(cluster.ref, "ReconfigureComputeResource_Task", change, True)
    gone = vim.cluster.DasVmConfigSpec(operation="remove", removeKey=machine)
    undo = vim.cluster.ConfigSpecEx(dasVmConfigSpec=[gone])
    shop.undo_with(
        "its HA override is still there",
        lambda: shop.complete(cluster.ref, "ReconfigureComputeResource_Task", undo, True),
    )


_POWER_ON: Final = _done("PowerOnVM_Task", None)

_ALL: Final = (
    Arrangement("machine", "a powered-off machine of its own"),
    Arrangement("running", "a powered-on machine of its own", (_POWER_ON,)),
    Arrangement("snapshot", "a machine of its own, with a snapshot", (_snapshot,)),
    Arrangement("template", "a template of its own", (_mark_as_template,)),
    Arrangement(
        "independent-disk", "a machine of its own, with an independent disk", (_make_disk_independent,)
    ),
    Arrangement(
        "many-vcpus",
        "a machine of its own, with 32 vCPUs",
        (_done("ReconfigVM_Task", vim.vm.ConfigSpec(numCPUs=32)),),
    ),
    Arrangement("no-restart", "a machine of its own, which HA is told not to restart", (_disable_restart,)),
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
