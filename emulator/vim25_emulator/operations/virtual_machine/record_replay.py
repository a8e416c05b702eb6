"""VirtualMachine: recording and replaying execution by request, which no release here carries out.

ESX records and replays for legacy Fault Tolerance only; the operations are from other products of the time.
What each release answers is derived from their declared faults: while the VM's own switch is off (always,
unless somebody reconfigured it) recording is disabled, with it on the host is incompatible; from 6.5 on there
is no record and replay at all.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import version


@operation("VirtualMachine", "StartRecording_Task", locks=True)
async def start_recording(call: Call, vm: ManagedObject, name: str, description: str | None = None) -> None:
    """Raise why nothing is recorded: RecordReplayDisabled, HostIncompatibleForRecordReplay, NotSupported."""
    raise _refusal(call, vm)


@operation("VirtualMachine", "StartReplaying_Task", locks=True)
async def start_replaying(call: Call, vm: ManagedObject, replaySnapshot: ManagedObject) -> None:
    """Raise why nothing is replayed, as `start_recording` does."""
    raise _refusal(call, vm)


@operation("VirtualMachine", "StopRecording_Task", locks=True)
@operation("VirtualMachine", "StopReplaying_Task", locks=True)
async def stop(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidState: there is nothing to stop. From 6.5 on NotSupported."""
    raise MethodFault("NotSupported" if _is_gone(call) else "InvalidState")


def _refusal(call: Call, vm: ManagedObject) -> MethodFault:
    if _is_gone(call):
        return MethodFault("NotSupported")
    if not vm.get("config.flags.recordReplayEnabled"):
        return MethodFault("RecordReplayDisabled")
    host = call.vcenter.inventory[vm.get("runtime.host")]
    return MethodFault("HostIncompatibleForRecordReplay", hostName=host.get("name"), reason="product")


def _is_gone(call: Call) -> bool:
    return call.vcenter.release.version >= version("6.5")
