"""The task of a create and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyVmomi import vim

from vim25_conformance.case import case
from vim25_conformance.cases.protection import CREATED, PRIMARY, SECONDARY, protect
from vim25_conformance.expectation import documented, observed
from vim25_conformance.matcher import Absent, Is, Present, data, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PAIR = ("primary", "secondary")


@case(
    "FT.RESULT.001",
    "the method returns a task whose result is a FaultToleranceSecondaryOpResult",
    ["create.task", "result.vm"],
    *CREATED,
    documented("create.reply.value", Is(Ref("Task", "of create"))),
    documented("create.result", data("FaultToleranceSecondaryOpResult", vm=Is(SECONDARY))),
    needs="powered-off",
    touches=PAIR,
)
def _type_of_result(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.RESULT.002",
    "no powerOnResult for a powered-off primary",
    ["result.attempted", "result.power-on-result"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(False)),
    documented("create.result.powerOnResult", Absent()),
    needs="powered-off",
    touches=PAIR,
)
def _without_power_on(drive: Driver) -> None:
    protect(drive)


@case(
    "FT.RESULT.003",
    "an attempted power-on has a result",
    ["result.attempted", "result.power-on-result"],
    *CREATED,
    documented("create.result.powerOnAttempted", Is(True)),
    documented("create.result.powerOnResult", data("ClusterPowerOnVmResult")),
    needs="powered-on",
    touches=PAIR,
)
def _with_power_on(drive: Driver) -> None:
    protect(drive)


@case(
    "TASK.001",
    "TaskInfo of a create names method, description and VM",
    ["task.shape"],
    observed("create.task.info.name", Is("CreateSecondaryVM_Task")),
    documented("create.task.info.descriptionId", Is("VirtualMachine.createSecondary")),
    documented("create.task.info.entity", Is(PRIMARY)),
    documented("create.task.info.entityName", Is("<name of primary>")),
    documented("create.task.info.reason", data("TaskReasonUser", userName=Present())),
    documented("create.task.info.queueTime", Present()),
    documented("create.task.info.startTime", Present()),
    documented("create.task.info.completeTime", Present()),
    documented("create.task.info.cancelled", Is(False)),
    needs="powered-off",
    touches=PAIR,
)
def _shape(drive: Driver) -> None:
    protect(drive)


@case(
    "TASK.002",
    "a failed task has an error and no result",
    ["task.shape"],
    documented("create.task.state", Is("error")),
    documented("create.task.error", fault("MethodFault")),
    documented("create.task.result", Absent()),
    documented("create.task.info.completeTime", Present()),
    needs="has-snapshots",
    touches=("primary",),
)
def _failed(drive: Driver) -> None:
    protect(drive)


@case(
    "TASK.003",
    "a task that does not exist is a ManagedObjectNotFound",
    ["pc.object-not-found"],
    observed("info.failure", fault("ManagedObjectNotFound", obj=Is(Ref("Task", NONEXISTENT)))),
    observed("info.soap.faultcode", Is("ServerFaultCode")),
)
def _gone(drive: Driver) -> None:
    drive.read("info", drive.nonexistent(vim.Task), "info")


@case(
    "TASK.004",
    "a new task is among the recent tasks",
    ["create.task"],
    documented("facts.recent", Is(True)),
    needs="powered-off",
    touches=PAIR,
)
def _recent(drive: Driver) -> None:
    drive.watch()
    task = drive.call("create", drive.primary, "CreateSecondaryVM_Task")
    listed = drive.read("recent", drive.content.taskManager, "recentTask") or []
    drive.note("recent", task in listed if task is not None else None)
    drive.follow("create")
    drive.capture()
