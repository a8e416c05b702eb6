"""How each kind of change is undone, in a run and by `reap` alike, from what the journal says about it.

Undoing is safe to repeat, and if the change never happened: what is not there, is not removed. Nothing is
touched that does not have the name that the journal gives it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.journal import Change
from vim25_conformance.task_runner import AT_REST, NotArrangedError, TaskRunner

#: Seconds in which undoing is tried again: the connection may come back, and another task may end.
PATIENCE: Final = 60.0
_LONGEST_PAUSE: Final = 5.0

#: Faults of a VM that another task uses, or that is between two states.
PASSING: Final = (vim.fault.TaskInProgress, vim.fault.InvalidState)


def deadline() -> float:
    """Return the time until which undoing that begins now is tried again."""
    return time.monotonic() + PATIENCE


def undone(runner: TaskRunner, change: Change, until: float) -> str:
    """Undo a change, trying until it succeeds or the time is over; return why it failed, or nothing."""
    pause = 0.1
    while True:
        try:
            runner.log_in_again()
            KINDS[change.kind].undo(runner, change)
        except Exception as error:  # whatever it is, it must not keep others from being undone
            if not _passes(error) or time.monotonic() + pause > until:
                return f"{change.still}: {_reason(error)}"
            runner.client.stub.DropConnections()
        else:
            return ""
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _passes(error: Exception) -> bool:
    """Whether another attempt may succeed: no answer, or none that can be read, or a fault that passes."""
    refused = isinstance(error, (vmodl.MethodFault, NotArrangedError))
    return not refused or isinstance(error.__cause__ or error, PASSING)


def _reason(error: Exception) -> str:
    if isinstance(error, vmodl.MethodFault):
        return str(VmomiSupport.GetWsdlName(type(error)))
    return str(error) if isinstance(error, NotArrangedError) else f"{type(error).__name__}: {error}"


def subject(runner: TaskRunner, change: Change) -> Any:
    """Return the VM of a change, at the end of its tasks; None if it does not exist.

    If its reference is unknown, because the answer was lost, it is looked up by its mark: its name in the
    folder where it was to be created. Raise NotArrangedError if the reference is now that of another VM.
    """
    stub, content = runner.client.stub, runner.client.content
    try:
        if change.managed is None:
            folder = change.parent.to(stub) if change.parent else content.rootFolder
            runner.finish(folder)
            return content.searchIndex.FindChild(folder, change.name)
        machine = change.managed.to(stub)
        runner.finish(machine)
        name = runner.property(machine, "name")
    except vmodl.fault.ManagedObjectNotFound:
        return None
    if name != change.name:
        raise NotArrangedError(f"{change.managed.id} is {name!r} now, not {change.name!r}; not touched")
    return machine


def turn_off(runner: TaskRunner, machine: Any) -> None:
    """Turn Fault Tolerance off if the VM is the primary of a pair."""
    info = runner.property(machine, "config.ftInfo")
    if getattr(info, "role", 0) == 1:
        runner.settle(machine, *AT_REST)
        runner.complete(machine, "TurnOffFaultToleranceForVM_Task")


def _remove_machine(runner: TaskRunner, change: Change) -> None:
    """Delete a VM that was created, with its secondary and its snapshots."""
    machine = subject(runner, change)
    if machine is None:
        return
    turn_off(runner, machine)
    if str(runner.property(machine, "runtime.powerState")) == "poweredOn":
        runner.complete(machine, "PowerOffVM_Task")
    runner.complete(machine, "Destroy_Task")


def _remove_snapshots(runner: TaskRunner, change: Change) -> None:
    if machine := subject(runner, change):
        runner.complete(machine, "RemoveAllSnapshots_Task")


def _restore_machine(runner: TaskRunner, change: Change) -> None:
    """Turn Fault Tolerance off, and give a named VM the memory settings and overrides that it had."""
    machine = subject(runner, change)
    if machine is None:
        return
    turn_off(runner, machine)
    if memory(runner, machine) != change.former["memory"]:
        runner.complete(machine, "ReconfigVM_Task", _memory_spec(change.former["memory"]))
    if change.parent is not None:
        _restore_override(runner, change.parent.to(runner.client.stub), machine, change.former["override"])


def memory(runner: TaskRunner, machine: Any) -> dict[str, Any]:
    """Return the memory settings that protecting a VM changes."""
    allocation = runner.property(machine, "config.memoryAllocation")
    numbers = {name: getattr(allocation, name, None) for name in ("reservation", "limit")}
    return {
        **{name: number if number is None else int(number) for name, number in numbers.items()},
        "locked": runner.property(machine, "config.memoryReservationLockedToMax"),
    }


def _memory_spec(former: dict[str, Any]) -> Any:
    allocation = vim.ResourceAllocationInfo(reservation=former["reservation"], limit=former["limit"])
    return vim.vm.ConfigSpec(memoryAllocation=allocation, memoryReservationLockedToMax=former["locked"])


def override(runner: TaskRunner, cluster: Any, machine: Any) -> dict[str, Any] | None:
    """Return the VM's override of DRS, None if it has none."""
    for info in getattr(runner.property(cluster, "configurationEx"), "drsVmConfig", ()):
        if info.key == machine:
            return {"enabled": info.enabled, "behavior": info.behavior and str(info.behavior)}
    return None


def _restore_override(runner: TaskRunner, cluster: Any, machine: Any, former: dict[str, Any] | None) -> None:
    now = override(runner, cluster, machine)
    if now == former:
        return
    spec = vim.cluster.DrsVmConfigSpec(operation="remove", removeKey=machine)
    if former is not None:
        info = vim.cluster.DrsVmConfigInfo(key=machine, **former)
        spec = vim.cluster.DrsVmConfigSpec(operation="edit" if now else "add", info=info)
    change = vim.cluster.ConfigSpecEx(drsVmConfigSpec=[spec])
    runner.complete(cluster, "ReconfigureComputeResource_Task", change, True)


def _remove_restart_priority(runner: TaskRunner, change: Change) -> None:
    """Remove the VM's override of HA, if the VM and the override still exist."""
    machine = subject(runner, change)
    cluster = change.parent.to(runner.client.stub) if change.parent else None
    overrides = getattr(runner.property(cluster, "configurationEx"), "dasVmConfig", ()) if cluster else ()
    if machine and any(each.key == machine for each in overrides):
        gone = vim.cluster.DasVmConfigSpec(operation="remove", removeKey=machine)
        spec = vim.cluster.ConfigSpecEx(dasVmConfigSpec=[gone])
        runner.complete(cluster, "ReconfigureComputeResource_Task", spec, True)


def _differs(runner: TaskRunner, machine: Any, change: Change) -> bool:
    """Whether a named VM is in a pair, or has other settings than before."""
    info = runner.property(machine, "config.ftInfo")
    cluster = change.parent.to(runner.client.stub) if change.parent else None
    return (
        info is not None
        or memory(runner, machine) != change.former["memory"]
        or (cluster is not None and override(runner, cluster, machine) != change.former["override"])
    )


class Kind(NamedTuple):
    """A kind of change: what undoes it, and whether something remains of it while the VM exists."""

    undo: Callable[[TaskRunner, Change], None]
    remains: Callable[[TaskRunner, Any, Change], bool] = lambda runner, machine, change: True


KINDS: Final = {
    "machine": Kind(_remove_machine),
    "snapshot": Kind(_remove_snapshots),
    "restart-priority": Kind(_remove_restart_priority),
    "named-machine": Kind(_restore_machine, _differs),
}


def remains(runner: TaskRunner, change: Change) -> bool:
    """Whether something remains of a change; raise NotArrangedError if the VM is not the one it was."""
    machine = subject(runner, change)
    return machine is not None and KINDS[change.kind].remains(runner, machine, change)
