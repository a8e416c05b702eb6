"""The hosts that can run a VM of a pair: to start the secondary there, or to move either VM."""

from __future__ import annotations

from dataclasses import replace

from vim25_emulator.behavior.host_availability import entering_maintenance
from vim25_emulator.fault_tolerance.check import Scope, Stage
from vim25_emulator.fault_tolerance.check_evaluation import faults_of_host
from vim25_emulator.fault_tolerance.pair import Pair, pair_of
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.power_state import is_powered_on
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vmodl.value import DataObject, MethodFault


def start_request(call: Call, pair: Pair) -> SecondaryRequest:
    """Return the request to run the existing secondary of a pair."""
    release = call.vcenter.release.version
    entering = entering_maintenance(call, pair.primary)
    return SecondaryRequest(
        call.vcenter.inventory, pair.primary, release, secondary=pair.secondary, entering=entering
    )


def moving_errors(call: Call, vm: ManagedObject, host: ManagedObject) -> tuple[DataObject, ...]:
    """Return the faults that keep a VM of a pair off a host while both VMs run; none for any other VM.

    The host must be able to run a secondary of the other VM [derived]; that it must be able to encrypt the
    traffic that the pair requires to be encrypted is [documented].
    """
    pair = pair_of(call.vcenter.inventory, vm)
    if pair is None or not (is_powered_on(pair.primary) and is_powered_on(pair.secondary)):
        return ()
    request = start_request(call, pair)
    if vm is pair.primary:
        request = replace(request, primary=pair.secondary, secondary=pair.primary)
    stages = (Stage.ISSUES, Stage.POWER_ON)  # the rest is asked of every migration
    return tuple(fault for stage in stages for fault in faults_of_host(request, stage, host, Scope.TARGET))


def require_movable(call: Call, vm: ManagedObject, host: ManagedObject) -> None:
    """Raise the first fault that keeps a VM of a pair off a host."""
    for error in moving_errors(call, vm, host):
        raise MethodFault(error)
