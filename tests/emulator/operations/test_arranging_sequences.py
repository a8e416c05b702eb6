"""After any sequence of operations, the inventory is consistent and every task has ended."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.emulator.consistency import contradictions
from vim25_emulator.assemble import assemble
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.scenario.library import load
from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

PICK = st.integers(0, 30)
NAMES = st.sampled_from(["web01", "new", "other", ""])


class Site(RuleBasedStateMachine):
    """A cluster whose VMs, folders, pools, snapshots and hosts are created, changed, moved and destroyed."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.tasks: list[MoRef] = []
        self.loop.run_until_complete(self.open())

    async def open(self) -> None:
        self.vcenter = assemble(
            load("three-hosts"),
            release("8.0.2.0"),
            self.clock,
            administrators={"root": "vmware"},
            task_duration=1.0,
        )
        self.session = self.vcenter.sessions.open("root", Client())

    def teardown(self) -> None:
        self.loop.run_until_complete(self.clock.advance(1000))
        inventory = self.vcenter.inventory
        assert {inventory[ref].get("info.state") for ref in self.tasks} <= {"success", "error"}
        errors = [inventory[ref].get("info.error") for ref in self.tasks]
        assert not [error for error in errors if error is not None and error.is_a("SystemError")]
        self.agrees()
        self.loop.run_until_complete(self.vcenter.tasks.stop())
        self.loop.close()

    def call(self, this: ManagedObject | None, method: str, **arguments: Any) -> None:
        described = registry.method(method)
        if this is None or described is None:
            return
        request = Invocation(described, this.ref, arguments, self.vcenter.release.version, self.session)

        async def run() -> Any:
            return invoke(self.vcenter, request)

        try:
            answer = self.loop.run_until_complete(run())
        except MethodFault:
            return
        if isinstance(answer, MoRef) and answer.type == "Task":
            self.tasks.append(answer)
        self.loop.run_until_complete(self.clock.advance(10.0))

    def pick(self, kind: str, number: int) -> ManagedObject | None:
        held = list(self.vcenter.inventory.of_type(kind))
        return held[number % len(held)] if held else None

    def ref(self, kind: str, number: int) -> MoRef | None:
        found = self.pick(kind, number)
        return found.ref if found is not None else None

    @rule(name=NAMES, folder=PICK, pool=PICK, gib=st.integers(1, 50))
    def create(self, name: str, folder: int, pool: int, gib: int) -> None:
        scsi = DataObject("ParaVirtualSCSIController", key=-1, busNumber=0, sharedBus="noSharing")
        disk = self.disk(gib).replace(controllerKey=-1)
        config = DataObject(
            "VirtualMachineConfigSpec",
            name=name,
            files=DataObject("VirtualMachineFileInfo", vmPathName="[shared-1]"),
            deviceChange=(self.change("add", scsi), self.change("add", disk, "create")),
        )
        self.call(
            self.pick("Folder", folder), "CreateVM_Task", config=config, pool=self.ref("ResourcePool", pool)
        )

    @staticmethod
    def disk(gib: int) -> DataObject:
        backing = DataObject("VirtualDiskFlatVer2BackingInfo", fileName="", diskMode="persistent")
        return DataObject("VirtualDisk", key=-2, backing=backing, capacityInKB=gib << 20)

    @staticmethod
    def change(operation: str, device: DataObject, file_operation: str | None = None) -> DataObject:
        return DataObject(
            "VirtualDeviceConfigSpec", operation=operation, device=device, fileOperation=file_operation
        )

    @rule(vm=PICK, name=NAMES, folder=PICK, template=st.booleans(), on=st.booleans(), linked=st.booleans())
    def clone(self, vm: int, name: str, folder: int, template: bool, on: bool, linked: bool) -> None:
        location = DataObject(
            "VirtualMachineRelocateSpec",
            pool=self.ref("ResourcePool", folder),
            diskMoveType="createNewChildDiskBacking" if linked else None,
        )
        spec = DataObject("VirtualMachineCloneSpec", location=location, template=template, powerOn=on)
        self.call(
            self.pick("VirtualMachine", vm),
            "CloneVM_Task",
            folder=self.ref("Folder", folder),
            name=name,
            spec=spec,
        )

    @rule(vm=PICK, add=st.booleans(), destroy=st.booleans(), gib=st.integers(1, 9000))
    def change_disks(self, vm: int, add: bool, destroy: bool, gib: int) -> None:
        chosen = self.pick("VirtualMachine", vm)
        held = [d for d in chosen.get("config.hardware.device") if d.is_a("VirtualDisk")] if chosen else []
        change = self.change("add", self.disk(gib), "create")
        if not add and held:
            change = self.change("remove", held[-1], "destroy" if destroy else None)
        spec = DataObject("VirtualMachineConfigSpec", deviceChange=(change,))
        self.call(chosen, "ReconfigVM_Task", spec=spec)

    @rule(
        vm=PICK,
        method=st.sampled_from(["PowerOnVM_Task", "PowerOffVM_Task", "SuspendVM_Task", "UnregisterVM"]),
    )
    def on_vm(self, vm: int, method: str) -> None:
        self.call(self.pick("VirtualMachine", vm), method)

    @rule(vm=PICK, memory=st.booleans())
    def take_snapshot(self, vm: int, memory: bool) -> None:
        arguments = {"name": "s", "memory": memory, "quiesce": False}
        self.call(self.pick("VirtualMachine", vm), "CreateSnapshot_Task", **arguments)

    @rule(snapshot=PICK, children=st.booleans())
    def remove_snapshot(self, snapshot: int, children: bool) -> None:
        found = self.pick("VirtualMachineSnapshot", snapshot)
        self.call(found, "RemoveSnapshot_Task", removeChildren=children)

    @rule(snapshot=PICK)
    def revert(self, snapshot: int) -> None:
        self.call(self.pick("VirtualMachineSnapshot", snapshot), "RevertToSnapshot_Task")

    @rule(vm=PICK)
    def remove_all_snapshots(self, vm: int) -> None:
        self.call(self.pick("VirtualMachine", vm), "RemoveAllSnapshots_Task")

    @rule(number=PICK, folder=PICK)
    def register(self, number: int, folder: int) -> None:
        paths = list(self.vcenter.leftovers.configs) or ["[shared-1] none/none.vmx"]
        arguments = {"asTemplate": False, "pool": self.ref("ResourcePool", number)}
        self.call(
            self.pick("Folder", folder), "RegisterVM_Task", path=paths[number % len(paths)], **arguments
        )

    @rule(
        kind=st.sampled_from(["VirtualMachine", "Folder", "ResourcePool", "HostSystem", "VirtualMachine"]),
        number=PICK,
    )
    def destroy(self, kind: str, number: int) -> None:
        self.call(self.pick(kind, number), "Destroy_Task")

    @rule(parent=PICK, name=NAMES)
    def create_folder(self, parent: int, name: str) -> None:
        self.call(self.pick("Folder", parent), "CreateFolder", name=name)

    @rule(parent=PICK, name=NAMES)
    def create_pool(self, parent: int, name: str) -> None:
        spec = DataObject("ResourceConfigSpec")
        self.call(self.pick("ResourcePool", parent), "CreateResourcePool", name=name, spec=spec)

    @rule(folder=PICK, kind=st.sampled_from(["VirtualMachine", "Folder", "HostSystem"]), number=PICK)
    def move_into_folder(self, folder: int, kind: str, number: int) -> None:
        moved = self.ref(kind, number)
        self.call(self.pick("Folder", folder), "MoveIntoFolder_Task", list=(moved,) if moved else ())

    @rule(pool=PICK, kind=st.sampled_from(["VirtualMachine", "ResourcePool"]), number=PICK)
    def move_into_pool(self, pool: int, kind: str, number: int) -> None:
        moved = self.ref(kind, number)
        self.call(self.pick("ResourcePool", pool), "MoveIntoResourcePool", list=(moved,) if moved else ())

    @rule(vm=PICK, host=PICK, folder=PICK)
    def relocate(self, vm: int, host: int, folder: int) -> None:
        spec = DataObject(
            "VirtualMachineRelocateSpec", host=self.ref("HostSystem", host), folder=self.ref("Folder", folder)
        )
        self.call(self.pick("VirtualMachine", vm), "RelocateVM_Task", spec=spec)

    @rule(vm=PICK)
    def turn_fault_tolerance_on(self, vm: int) -> None:
        self.call(self.pick("VirtualMachine", vm), "CreateSecondaryVM_Task")

    @rule(host=PICK, method=st.sampled_from(["DisconnectHost_Task", "ReconnectHost_Task"]))
    def connect(self, host: int, method: str) -> None:
        self.call(self.pick("HostSystem", host), method)

    @rule(host=PICK, enter=st.booleans())
    def maintain(self, host: int, enter: bool) -> None:
        method = "EnterMaintenanceMode_Task" if enter else "ExitMaintenanceMode_Task"
        self.call(self.pick("HostSystem", host), method, timeout=5)

    @rule(
        entity=st.sampled_from(["VirtualMachine", "Folder", "Datastore", "Network"]), number=PICK, name=NAMES
    )
    def rename(self, entity: str, number: int, name: str) -> None:
        self.call(self.pick(entity, number), "Rename_Task", newName=name)

    @invariant()
    def agrees(self) -> None:
        assert contradictions(self.vcenter.inventory) == []


TestArranging = Site.TestCase
TestArranging.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
