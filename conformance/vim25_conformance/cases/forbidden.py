"""Operations that Fault Tolerance forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyVmomi import vim

from vim25_conformance.arrangement import restart_priority
from vim25_conformance.case import case
from vim25_conformance.cases.protection import PRIMARY, SECONDARY, act, not_done
from vim25_conformance.expectation import Rule, contested, derived
from vim25_conformance.matcher import Is, Matcher, fault
from vim25_conformance.survey import property_of

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR: Final = ("primary", "secondary")
SNAPSHOT: Final = "CreateSnapshot_Task"
RECONFIGURE: Final = "ReconfigVM_Task"
CHANGE_CLUSTER: Final = "ReconfigureComputeResource_Task"


def _refused(matcher: Matcher) -> tuple[Rule, ...]:
    return not_done(matcher, state="enabled")


@case(
    "FT.FORBID.001",
    "a disk-only snapshot of the primary, as a backup takes and removes it",
    ["forbid.disk-snapshot"],
    contested("act.task.state", Is("success")),
    contested("remove.task.state", Is("success")),
    arranges="pair",
    touches=PAIR,
    since="6.0",
)
def _snapshot(drive: Driver) -> None:
    act(drive, SNAPSHOT, "backup", "", False, False)
    drive.complete("remove", drive.primary, "RemoveAllSnapshots_Task")


@case(
    "FT.FORBID.002",
    "a disk-only snapshot of the secondary",
    ["forbid.disk-snapshot"],
    contested("act.failure", fault("NotSupported")),
    arranges="pair",
    touches=PAIR,
    since="6.0",
)
def _snapshot_of_the_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, SNAPSHOT, "no", "", False, False)
    drive.capture()


@case(
    "FT.FORBID.010",
    "a snapshot of a running primary, memory included",
    ["forbid.snapshot"],
    *not_done(fault("NotSupported"), state="running"),
    derived("act.channel", Is("task")),
    arranges="running-pair",
    touches=PAIR,
)
def _memory_snapshot(drive: Driver) -> None:
    act(drive, SNAPSHOT, "no", "", True, False)


@case(
    "FT.FORBID.011",
    "a snapshot of a running secondary, memory included",
    ["forbid.snapshot"],
    *not_done(fault("NotSupported"), state="running"),
    arranges="running-pair",
    touches=PAIR,
)
def _memory_snapshot_of_the_secondary(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.secondary, SNAPSHOT, "no", "", True, False)
    drive.capture()


@case(
    "FT.FORBID.012",
    "a disk-only snapshot of the primary of a legacy pair",
    ["forbid.snapshot"],
    *_refused(fault("NotSupported")),
    arranges="pair",
    touches=PAIR,
    until="5.5",
)
def _legacy_snapshot(drive: Driver) -> None:
    act(drive, SNAPSHOT, "no", "", False, False)


@case(
    "FT.FORBID.003",
    "changing the memory size",
    ["forbid.memory"],
    *_refused(fault("FaultToleranceCannotEditMem", vm=Is(PRIMARY), vmName=Is("<name of primary>"))),
    arranges="pair",
    touches=PAIR,
    since="4.1",
)
def _memory(drive: Driver) -> None:
    act(drive, RECONFIGURE, vim.vm.ConfigSpec(memoryMB=256))


@case(
    "FT.FORBID.004",
    "changing the number of vCPUs",
    ["forbid.vcpus"],
    *_refused(fault("MethodFault")),
    arranges="pair",
    touches=PAIR,
)
def _vcpus(drive: Driver) -> None:
    act(drive, RECONFIGURE, vim.vm.ConfigSpec(numCPUs=2))


@case(
    "FT.FORBID.005",
    "disabling the primary's restart priority",
    ["forbid.priority"],
    *_refused(fault("InvalidDasRestartPriorityForFtVm", vm=Is(PRIMARY), vmName=Is("<name of primary>"))),
    arranges="pair",
    touches=PAIR,
    since="4.1",
)
def _priority(drive: Driver) -> None:
    drive.watch()
    change = restart_priority(drive.primary, "disabled")
    drive.complete("act", drive.cluster, CHANGE_CLUSTER, change, True)
    drive.capture()


@case(
    "FT.FORBID.006",
    "changing the secondary's restart priority",
    ["forbid.ha-secondary"],
    *_refused(fault("CannotChangeHaSettingsForFtSecondary", vm=Is(SECONDARY))),
    arranges="pair",
    touches=PAIR,
    since="4.1",
)
def _priority_of_the_secondary(drive: Driver) -> None:
    drive.watch()
    change = restart_priority(drive.secondary, "high")
    drive.complete("act", drive.cluster, CHANGE_CLUSTER, change, True)
    drive.capture()


@case(
    "FT.FORBID.007",
    "changing the secondary's DRS automation level",
    ["forbid.drs-secondary"],
    *_refused(fault("CannotChangeDrsBehaviorForFtSecondary", vm=Is(SECONDARY))),
    arranges="pair",
    touches=PAIR,
    since="4.1",
)
def _automation_of_the_secondary(drive: Driver) -> None:
    drive.watch()
    info = vim.cluster.DrsVmConfigInfo(key=drive.secondary, enabled=True, behavior="manual")
    change = vim.cluster.DrsVmConfigSpec(operation="add", info=info)
    drive.complete(
        "act", drive.cluster, CHANGE_CLUSTER, vim.cluster.ConfigSpecEx(drsVmConfigSpec=[change]), True
    )
    drive.capture()


@case(
    "FT.FORBID.008",
    "setting permissions on the secondary",
    ["forbid.permissions"],
    *_refused(fault("InvalidArgument")),
    derived("act.channel", Is("call")),
    arranges="pair",
    touches=PAIR,
)
def _permissions(drive: Driver) -> None:
    drive.watch()
    user = drive.content.sessionManager.currentSession.userName
    permission = vim.AuthorizationManager.Permission(principal=user, group=False, roleId=-1, propagate=True)
    manager = drive.content.authorizationManager
    drive.call("act", manager, "SetEntityPermissions", drive.secondary, [permission])
    drive.capture()


@case(
    "FT.FORBID.009",
    "disconnecting the primary's host",
    ["forbid.disconnect"],
    *not_done(fault("CannotDisconnectHostWithFaultToleranceVm"), state="running"),
    arranges="running-pair",
    touches=(*PAIR, "host"),
)
def _disconnect(drive: Driver) -> None:
    drive.watch()
    drive.complete("act", drive.own_host, "DisconnectHost_Task")
    drive.capture()


@case(
    "FT.FORBID.013",
    "a VM group that holds a secondary",
    ["forbid.vm-group"],
    *_refused(fault("MethodFault")),
    arranges="pair",
    touches=(*PAIR, "cluster"),
    since="4.1",
)
def _group_of_the_secondary(drive: Driver) -> None:
    drive.watch()
    group = vim.cluster.VmGroup(name="conformance", vm=[drive.secondary])
    change = vim.cluster.ConfigSpecEx(groupSpec=[vim.cluster.GroupSpec(operation="add", info=group)])
    drive.complete("act", drive.cluster, CHANGE_CLUSTER, change, True)
    drive.capture()


@case(
    "FT.FORBID.016",
    "moving the files of a running pair's primary to another datastore",
    ["forbid.storage"],
    *not_done(fault("MethodFault"), state="running"),
    derived("act.failure", fault("NotSupported")),
    needs="two-datastores",
    arranges="running-pair",
    touches=PAIR,
    since="5.5",
)
def _storage(drive: Driver) -> None:
    act(drive, "RelocateVM_Task", vim.vm.RelocateSpec(datastore=drive.other_datastore), None)


@case(
    "FT.FORBID.014",
    "adding a controller to the primary of a running pair",
    ["forbid.hot-plug"],
    *not_done(fault("MethodFault"), state="running"),
    derived("act.failure", fault("DeviceHotPlugNotSupported")),
    arranges="running-pair",
    touches=PAIR,
)
def _hot_plug(drive: Driver) -> None:
    controller = vim.vm.device.ParaVirtualSCSIController(key=-1, busNumber=1, sharedBus="noSharing")
    change = vim.vm.device.VirtualDeviceSpec(operation="add", device=controller)
    act(drive, RECONFIGURE, vim.vm.ConfigSpec(deviceChange=[change]))


@case(
    "FT.FORBID.015",
    "a linked clone of the primary",
    ["forbid.linked-clone"],
    *_refused(fault("MethodFault")),
    derived("act.failure", fault("NotSupported")),
    arranges="pair",
    touches=PAIR,
)
def _linked_clone(drive: Driver) -> None:
    name = f"{drive.machine.name}-clone"
    linked = vim.vm.RelocateSpec(diskMoveType="moveChildMostDiskBacking")
    folder = property_of(drive.content, drive.primary, "parent")
    drive.preparation.intend_machine(name, folder)
    act(drive, "CloneVM_Task", folder, name, vim.vm.CloneSpec(location=linked))
