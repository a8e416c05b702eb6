"""VirtualMachine: recording and replaying execution, which no release supports.

ESX records and replays for legacy Fault Tolerance only; other products of that time implemented the methods.
The faults are [derived] from those that the methods declare: recording is disabled while the VM's flag is off
(the default), the host is incompatible while it is on, and from 6.5 on the methods are not supported.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault
from vim25_emulator.vmodl.version import version


@operation("VirtualMachine", "StartRecording_Task", locks=True)
async def start_recording(call: Call, vm: ManagedObject, name: str, description: str | None = None) -> None:
    """Raise RecordReplayDisabled, HostIncompatibleForRecordReplay, or from 6.5 on NotSupported."""
    raise _start_fault(call, vm)


@operation("VirtualMachine", "StartReplaying_Task", locks=True)
async def start_replaying(call: Call, vm: ManagedObject, replaySnapshot: ManagedObject) -> None:
    """Raise the fault of `start_recording`."""
    raise _start_fault(call, vm)


@operation("VirtualMachine", "StopRecording_Task", locks=True)
@operation("VirtualMachine", "StopReplaying_Task", locks=True)
async def stop(call: Call, vm: ManagedObject) -> None:
    """Raise InvalidState, as nothing is recorded or replayed, or from 6.5 on NotSupported."""
    raise MethodFault("InvalidState" if _is_supported(call) else "NotSupported")


def _start_fault(call: Call, vm: ManagedObject) -> MethodFault:
    if not _is_supported(call):
        return MethodFault("NotSupported")
    if not vm.get("config.flags.recordReplayEnabled"):
        return MethodFault("RecordReplayDisabled")
    host = call.vcenter.inventory[vm.get("runtime.host")]
    return MethodFault("HostIncompatibleForRecordReplay", hostName=host.get("name"), reason="product")


def _is_supported(call: Call) -> bool:
    return call.vcenter.release.version < version("6.5")
