"""The requirement of a task is checked when it begins and again when its work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.wire.peer import Peer, call, login
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.registry import managed_type

WORK: Final = 5.0  #: seconds that every task works
STEP: Final = 1.0  #: seconds after which a test changes something
BOOT: Final = 20 * WORK  #: seconds that a host takes to boot
SECRET: Final = "secret"
_TURNS: Final = 20  #: looks at a task that should be over

#: Task operations that require nothing but that what the call names exists → why.
WITHOUT_REQUIREMENT: Final = {
    "PowerOnMultiVM_Task": "each VM has its own outcome, which the result contains",
    "RetrieveKmipServersStatus_Task": "always the same answer, at once",
    "StartRecording_Task": "always refused, at once",
    "StartReplaying_Task": "always refused, at once",
    "StopRecording_Task": "always refused, at once",
    "StopReplaying_Task": "always refused, at once",
}


class SlowLab(Lab):
    """A lab whose tasks run until the test advances the clock."""

    @property
    def vm_folder(self) -> Any:
        """The folder of the virtual machines."""
        return self.all(vim.Datacenter)[0].vmFolder

    @property
    def cluster(self) -> Any:
        """The cluster."""
        return self.all(vim.ClusterComputeResource)[0]

    def host(self, number: int) -> Any:
        """Return the first or second host."""
        return self.named(vim.HostSystem, f"esx{number}.lab.example")

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.emulator.advance(seconds)

    def finish(self, task: Any) -> Any:
        """Wait for a task to end; return its result or raise its fault."""
        self.advance(WORK + STEP)
        for _ in range(_TURNS):  # waiting for a changed object takes a few turns of the event loop
            if task.info.state in ("success", "error"):
                return self.run(task)
            self.advance(0)
        raise AssertionError(f"{task.info.key} is {task.info.state}")

    def change(self, entity: Any, path: str, value: Any) -> None:
        """Set a property in the inventory, bypassing the API."""
        self.emulator.call(self.emulator.vcenter.inventory[entity._moId].set, path, value)

    def remove(self, entity: Any) -> None:
        """Remove an object from the inventory."""
        inventory = self.emulator.vcenter.inventory
        self.emulator.call(inventory.destroy, inventory[entity._moId])

    def protect(self, vm: Any) -> Any:
        """Turn Fault Tolerance on, wait for the secondary to run, and return it."""
        secondary = self.finish(vm.CreateSecondaryVM_Task(None)).vm
        self.advance(10 * WORK)
        assert vm.runtime.faultToleranceState == "running"
        return secondary


@pytest.fixture
def slow() -> Iterator[SlowLab]:
    with open_lab(clock=ManualClock(), task_duration=WORK) as opened:
        yield SlowLab(opened.emulator)


def snapshot(lab: SlowLab) -> Any:
    """Create a snapshot of db01."""
    return lab.finish(lab.vm("db01").CreateSnapshot_Task("before", "", False, False))


def config_of(name: str) -> Any:
    files = vim.vm.FileInfo(vmPathName="[shared-1]")
    return vim.vm.ConfigSpec(name=name, files=files, memoryMB=64, numCPUs=1)


def connection(name: str) -> Any:
    return vim.host.ConnectSpec(hostName=name, userName="root", password=SECRET, force=False)


def clone(lab: SlowLab) -> Any:
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), powerOn=False, template=False)
    return lab.vm("db01").CloneVM_Task(lab.vm_folder, "taken", spec)


def unregistered(lab: SlowLab) -> str:
    """Unregister a VM and return the path of its .vmx file."""
    db01 = lab.vm("db01")
    path: str = db01.config.files.vmPathName
    db01.UnregisterVM()
    return path


def take_name(lab: SlowLab) -> None:
    lab.vm_folder.CreateFolder("taken")


def terminate(name: str) -> Callable[[SlowLab], None]:
    return lambda lab: lab.vm(name).TerminateVM()


def show(name: str, path: str, value: Any) -> Callable[[SlowLab], None]:
    return lambda lab: lab.change(lab.vm(name), path, value)


def show_host(number: int, path: str, value: Any) -> Callable[[SlowLab], None]:
    return lambda lab: lab.change(lab.host(number), path, value)


def mark_as_template(lab: SlowLab) -> None:
    lab.change(lab.vm("db01"), "config.template", True)


LOST: Final = ("runtime.connectionState", "notResponding")
UNREACHABLE: Final = ("runtime.connectionState", "disconnected")
MAINTAINED: Final = ("runtime.inMaintenanceMode", True)

#: A task, a change during its work, and the fault that ends the task.
CHANGES: Final[dict[str, tuple[Callable[[SlowLab], Any], Callable[[SlowLab], None], Any]]] = {
    "power-on": (
        lambda lab: lab.vm("db01").PowerOnVM_Task(),
        show_host(1, *MAINTAINED),
        vim.fault.InvalidHostState,
    ),
    "power-off": (
        lambda lab: lab.vm("web01").PowerOffVM_Task(),
        terminate("web01"),
        vim.fault.InvalidPowerState,
    ),
    "suspend": (
        lambda lab: lab.vm("web01").SuspendVM_Task(),
        terminate("web01"),
        vim.fault.InvalidPowerState,
    ),
    "reset": (lambda lab: lab.vm("web01").ResetVM_Task(), terminate("web01"), vim.fault.InvalidPowerState),
    "snapshot": (
        lambda lab: lab.vm("db01").CreateSnapshot_Task("now", "", False, False),
        show("db01", "config.flags.snapshotDisabled", True),
        vim.fault.SnapshotDisabled,
    ),
    "remove-all-snapshots": (
        lambda lab: lab.vm("db01").RemoveAllSnapshots_Task(),
        show("db01", *UNREACHABLE),
        vim.fault.InvalidState,
    ),
    "consolidate": (
        lambda lab: lab.vm("db01").ConsolidateVMDisks_Task(),
        show("db01", *UNREACHABLE),
        vim.fault.InvalidState,
    ),
    "revert": (
        lambda lab: snapshot(lab).RevertToSnapshot_Task(),
        show_host(1, *MAINTAINED),
        vim.fault.InvalidHostState,
    ),
    "revert-to-current": (
        lambda lab: (snapshot(lab), lab.vm("db01").RevertToCurrentSnapshot_Task())[1],
        show("db01", "snapshot.currentSnapshot", None),
        vim.fault.NotFound,
    ),
    "reconfigure": (
        lambda lab: lab.vm("db01").ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=512)),
        mark_as_template,
        vmodl.fault.NotSupported,
    ),
    "reconfigure-name": (
        lambda lab: lab.vm("db01").ReconfigVM_Task(vim.vm.ConfigSpec(name="taken")),
        take_name,
        vim.fault.DuplicateName,
    ),
    "rename": (lambda lab: lab.vm("db01").Rename_Task("taken"), take_name, vim.fault.DuplicateName),
    "destroy": (
        lambda lab: lab.vm("db01").Destroy_Task(),
        show("db01", "runtime.powerState", "poweredOn"),
        vim.fault.InvalidPowerState,
    ),
    "clone": (clone, take_name, vim.fault.DuplicateName),
    "create": (
        lambda lab: lab.vm_folder.CreateVM_Task(config_of("taken"), lab.cluster.resourcePool),
        take_name,
        vim.fault.DuplicateName,
    ),
    "register": (
        lambda lab: lab.vm_folder.RegisterVM_Task(
            unregistered(lab), "taken", False, lab.cluster.resourcePool
        ),
        take_name,
        vim.fault.DuplicateName,
    ),
    "migrate": (
        lambda lab: lab.vm("web01").MigrateVM_Task(None, lab.host(2), "defaultPriority"),
        show_host(2, *MAINTAINED),
        vim.fault.InvalidHostState,
    ),
    "relocate": (
        lambda lab: lab.vm("web01").RelocateVM_Task(vim.vm.RelocateSpec(host=lab.host(2))),
        show_host(2, *MAINTAINED),
        vim.fault.InvalidHostState,
    ),
    "move-into-folder": (
        lambda lab: lab.vm_folder.CreateFolder("below").MoveIntoFolder_Task([lab.vm("db01")]),
        lambda lab: lab.named(vim.Folder, "below").CreateFolder("db01"),
        vim.fault.DuplicateName,
    ),
    "unregister-and-destroy": (
        lambda lab: lab.vm_folder.CreateFolder("below").UnregisterAndDestroy_Task(),
        lambda lab: lab.change(lab.named(vim.Folder, "below"), "childType", ("Folder",)),
        vmodl.fault.NotSupported,
    ),
    "add-host": (
        lambda lab: lab.cluster.AddHost_Task(connection("esx2.lab.example.net"), True),
        lambda lab: lab.change(lab.host(2), "name", "esx2.lab.example.net"),
        vim.fault.DuplicateName,
    ),
    "disconnect": (
        lambda lab: lab.host(1).DisconnectHost_Task(),
        show_host(1, *LOST),
        vim.fault.InvalidState,
    ),
    "shut-down": (
        lambda lab: lab.host(1).ShutdownHost_Task(True),
        show_host(1, *LOST),
        vim.fault.InvalidState,
    ),
    "enter-maintenance": (
        lambda lab: lab.host(1).EnterMaintenanceMode_Task(0),
        show_host(1, *LOST),
        vim.fault.InvalidState,
    ),
    "exit-maintenance": (
        lambda lab: (
            lab.finish(lab.host(1).EnterMaintenanceMode_Task(0)),
            lab.host(1).ExitMaintenanceMode_Task(0),
        )[1],
        show_host(1, "runtime.inMaintenanceMode", False),
        vim.fault.InvalidState,
    ),
    "enter-standby": (
        lambda lab: lab.host(1).PowerDownHostToStandBy_Task(0),
        show_host(1, *LOST),
        vim.fault.InvalidState,
    ),
    "leave-standby": (
        lambda lab: (
            lab.finish(lab.host(1).PowerDownHostToStandBy_Task(0)),
            lab.host(1).PowerUpHostFromStandBy_Task(0),
        )[1],
        show_host(1, *LOST),
        vim.fault.InvalidState,
    ),
    "search": (
        lambda lab: lab.host(1).datastoreBrowser.SearchDatastore_Task("[shared-1] db01"),
        lambda lab: lab.vm("db01").UnregisterVM(),
        vim.fault.FileNotFound,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_during_the_work_fails_the_task(name: str, slow: SlowLab) -> None:
    begin, change, fault = CHANGES[name]
    task = begin(slow)
    slow.advance(STEP)
    assert task.info.state == "running"
    change(slow)
    with pytest.raises(fault):
        slow.finish(task)


#: The same for a pair: web01 and its secondary.
PAIR_CHANGES: Final[dict[str, tuple[Callable[[Any, Any], Any], Callable[[SlowLab, Any], None], Any]]] = {
    "turn-off": (
        lambda vm, secondary: vm.TurnOffFaultToleranceForVM_Task(),
        lambda lab, secondary: lab.change(secondary.runtime.host, *MAINTAINED),
        vim.fault.InvalidState,
    ),
    "make-primary": (
        lambda vm, secondary: vm.MakePrimaryVM_Task(secondary),
        lambda lab, secondary: secondary.TerminateVM(),
        vim.fault.InvalidState,
    ),
    "terminate": (
        lambda vm, secondary: vm.TerminateFaultTolerantVM_Task(secondary),
        lambda lab, secondary: secondary.TerminateVM(),
        vim.fault.InvalidState,
    ),
    "suspend": (
        lambda vm, secondary: vm.DisableSecondaryVM_Task(secondary),
        lambda lab, secondary: lab.change(lab.vm("web01"), *UNREACHABLE),
        vim.fault.InvalidState,
    ),
}


@pytest.mark.parametrize("name", PAIR_CHANGES)
def test_what_changes_during_the_work_of_a_pair_fails_the_task(name: str, slow: SlowLab) -> None:
    begin, change, fault = PAIR_CHANGES[name]
    web01 = slow.vm("web01")
    secondary = slow.protect(web01)
    task = begin(web01, secondary)
    slow.advance(STEP)
    change(slow, secondary)
    with pytest.raises(fault):
        slow.finish(task)


def test_what_fault_tolerance_forbids_since_the_work_began_fails_the_task(slow: SlowLab) -> None:
    creation = slow.vm("web01").CreateSecondaryVM_Task(None)
    slow.advance(STEP)
    disconnection = slow.host(1).DisconnectHost_Task()
    with pytest.raises(vim.fault.CannotDisconnectHostWithFaultToleranceVm):
        slow.finish(disconnection)
    assert creation.info.state == "success"


def test_a_task_that_comes_later_does_not_take_a_pair_from_one_that_works(slow: SlowLab) -> None:
    web01 = slow.vm("web01")
    secondary = slow.protect(web01)
    working = web01.ResetVM_Task()
    slow.advance(STEP)
    later = secondary.RelocateVM_Task(vim.vm.RelocateSpec())
    slow.advance(STEP)
    assert isinstance(later.info.error, vim.fault.FailToLockFaultToleranceVMs)
    assert working.info.state == "running"
    slow.finish(working)


def test_a_host_that_does_not_leave_standby_stays_in_it(slow: SlowLab) -> None:
    host = slow.host(1)
    slow.finish(host.PowerDownHostToStandBy_Task(0))
    task = host.PowerUpHostFromStandBy_Task(0)
    slow.advance(STEP)
    assert host.runtime.standbyMode == "exiting"
    slow.change(host, *LOST)
    with pytest.raises(vim.fault.InvalidState):
        slow.finish(task)
    assert host.runtime.standbyMode == "in"


def rebooting(lab: SlowLab) -> Any:
    """Reboot a host and reconnect it at once; the end of its boot recovers it if it fails again."""
    lab.change(lab.cluster, "configurationEx.drsConfig.enabled", False)
    host = lab.host(1)
    lab.finish(host.RebootHost_Task(True))
    lab.finish(host.ReconnectHost_Task())
    assert (host.runtime.connectionState, host.runtime.standbyMode) == ("connected", "none")
    return host


def test_a_host_that_fails_and_recovers_while_it_waits_does_not_enter_standby(slow: SlowLab) -> None:
    host, db01 = rebooting(slow), slow.vm("db01")
    slow.change(db01, "runtime.powerState", "poweredOn")
    task = host.PowerDownHostToStandBy_Task(0)
    slow.advance(STEP)
    assert host.runtime.standbyMode == "entering"  # it waits for db01
    slow.change(host, *LOST)
    slow.advance(BOOT)
    assert (host.runtime.connectionState, host.runtime.standbyMode) == ("connected", "none")
    slow.change(db01, "runtime.powerState", "poweredOff")
    with pytest.raises(vim.fault.InvalidState):
        slow.finish(task)
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("poweredOn", "none")


def test_a_host_that_fails_and_recovers_while_it_leaves_standby_is_not_in_standby(slow: SlowLab) -> None:
    host = rebooting(slow)
    slow.finish(host.PowerDownHostToStandBy_Task(0))
    elapsed = 3 * (WORK + STEP)  # three finished tasks; the host failed at the end of the first one's work
    slow.advance(WORK + BOOT - elapsed - 3 * STEP)
    task = host.PowerUpHostFromStandBy_Task(0)
    slow.advance(STEP)
    assert host.runtime.standbyMode == "exiting"
    slow.change(host, *LOST)
    slow.advance(2.5 * STEP)
    assert task.info.state == "running"
    assert (host.runtime.connectionState, host.runtime.standbyMode) == ("connected", "none")
    with pytest.raises(vim.fault.InvalidState):
        slow.finish(task)
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("poweredOn", "none")


def test_a_host_that_is_lost_while_it_waits_does_not_enter_maintenance_mode(slow: SlowLab) -> None:
    slow.change(slow.cluster, "configurationEx.drsConfig.enabled", False)
    host, db01 = slow.host(1), slow.vm("db01")
    slow.finish(slow.vm("web01").PowerOffVM_Task())
    task = host.EnterMaintenanceMode_Task(0)
    slow.advance(STEP)
    slow.change(db01, "runtime.powerState", "poweredOn")
    slow.advance(WORK)
    assert task.info.state == "running"  # it waits for db01
    slow.change(host, *LOST)
    slow.change(db01, "runtime.powerState", "poweredOff")
    with pytest.raises(vim.fault.InvalidState):
        slow.finish(task)
    assert not host.runtime.inMaintenanceMode


def test_a_snapshot_that_is_gone_cannot_be_removed(slow: SlowLab) -> None:
    taken = snapshot(slow)
    task = taken.RemoveSnapshot_Task(False)
    slow.advance(STEP)
    slow.remove(taken)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as fault:
        slow.finish(task)
    assert fault.value.obj == taken


def test_an_object_that_is_destroyed_during_the_work_is_not_found(slow: SlowLab) -> None:
    folder = slow.vm_folder.CreateFolder("below")
    destruction = folder.Destroy_Task()
    slow.advance(STEP)
    creation = folder.CreateVM_Task(config_of("new"), slow.cluster.resourcePool)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as fault:
        slow.finish(creation)
    assert destruction.info.state == "success"
    assert fault.value.obj == folder


def test_an_argument_that_is_destroyed_during_the_work_is_not_found(slow: SlowLab) -> None:
    folder, into = slow.vm_folder.CreateFolder("moved"), slow.vm_folder.CreateFolder("into")
    folder.Destroy_Task()
    slow.advance(STEP)
    move = into.MoveIntoFolder_Task([folder])
    with pytest.raises(vmodl.fault.ManagedObjectNotFound) as fault:
        slow.finish(move)
    assert fault.value.obj == folder
    assert list(into.childEntity) == []


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("CreateSnapshot_Task", "<name>a</name><memory>false</memory><quiesce>false</quiesce>"),
        ("PowerOnVM_Task", ""),
        ("Destroy_Task", ""),
    ],
)
def test_a_task_that_gets_the_lock_of_a_destroyed_vm_does_not_find_it(method: str, arguments: str) -> None:
    with open_lab() as lab, Peer(lab.emulator) as peer:
        db01 = lab.vm("db01")
        cookie = peer.post(login(lab.emulator)).headers["set-cookie"].partition(";")[0]
        asked = (
            call("Destroy_Task", "VirtualMachine", db01._moId),
            call(method, "VirtualMachine", db01._moId, arguments),
        )
        heads = (
            peer.head("POST", "/sdk", f"Cookie: {cookie}", f"Content-Length: {len(each)}") for each in asked
        )
        peer.send(b"".join(head + each.encode() for head, each in zip(heads, asked, strict=True)))
        first, second = (
            vim.Task(peer.answer().between('<returnval type="Task">', "<"), lab.service._stub) for _ in asked
        )
        lab.run(first)
        with pytest.raises(vmodl.fault.ManagedObjectNotFound) as fault:
            lab.run(second)
        assert fault.value.obj == db01


def test_what_changes_while_one_of_several_vms_is_powered_on_fails_its_own_task(slow: SlowLab) -> None:
    db01 = slow.vm("db01")
    many = slow.all(vim.Datacenter)[0].PowerOnMultiVM_Task([db01])
    slow.advance(WORK + STEP)
    assert [attempt.vm for attempt in slow.run(many).attempted] == [db01]
    task = db01.recentTask[-1]
    slow.advance(STEP)
    assert task.info.state == "running"
    slow.change(slow.host(1), *MAINTAINED)
    with pytest.raises(vim.fault.InvalidHostState):
        slow.finish(task)


def test_every_task_operation_says_what_it_requires() -> None:
    tasks = {
        name: IMPLEMENTATION.operation(type_name, name)
        for type_name, name in IMPLEMENTATION.implemented()
        if managed_type(type_name).methods[name].is_task
    }
    assert {name for name, task in tasks.items() if task and not task.requires} == WITHOUT_REQUIREMENT.keys()
    named = {task.requires.__name__ for task in tasks.values() if task and task.requires}
    assert {name for name in named if not name.startswith("require_")} == set()


@pytest.mark.parametrize("option", [{"requires": print}, {"admit": print}, {"locks": True}])
def test_an_operation_that_is_no_task_has_no_options_of_one(option: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="ShutdownGuest is no task"):
        operation("VirtualMachine", "ShutdownGuest", **option)(lambda call, vm: None)
