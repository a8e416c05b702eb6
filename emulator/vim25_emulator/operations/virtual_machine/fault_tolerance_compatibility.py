"""VirtualMachine: asking in advance what keeps a VM from Fault Tolerance.

Only what lies in the VM itself is looked at; hosts, networks and licenses are not (documented). The plain
method asks about legacy Fault Tolerance, the other one about what is made now unless told otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from vim25_emulator.fault_tolerance import vm_condition
from vim25_emulator.fault_tolerance.check import Stage
from vim25_emulator.fault_tolerance.check_evaluation import faults_of_vm
from vim25_emulator.fault_tolerance.fault_shape import config_issue
from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("VirtualMachine", "QueryFaultToleranceCompatibility")
def query(call: Call, vm: ManagedObject) -> tuple[DataObject, ...]:
    """Return what keeps the VM from legacy Fault Tolerance. NotSupported for a template; InvalidState."""
    return _faults(call, vm, PairKind.LEGACY)


@operation("VirtualMachine", "QueryFaultToleranceCompatibilityEx")
def query_either(call: Call, vm: ManagedObject, forLegacyFt: bool | None = None) -> tuple[DataObject, ...]:
    """Return what keeps the VM from Fault Tolerance, legacy or not. Raises what `query` raises."""
    return _faults(call, vm, PairKind.LEGACY if forLegacyFt else PairKind.CHECKPOINTING)


def _faults(call: Call, vm: ManagedObject, kind: PairKind) -> tuple[DataObject, ...]:
    asked = replace(
        SecondaryRequest(call.vcenter.inventory, vm, call.vcenter.release.version), requested_kind=kind
    )
    if vm_condition.is_template(asked, vm):
        raise MethodFault("NotSupported")
    if vm_condition.lacks_configuration(asked, vm):
        raise MethodFault("InvalidState")
    errors = faults_of_vm(asked, Stage.ISSUES)
    warnings = faults_of_vm(asked, Stage.ISSUES, warning=True)
    return (*_of_a_pair(asked, vm), *errors, *warnings)


def _of_a_pair(asked: SecondaryRequest, vm: ManagedObject) -> tuple[DataObject, ...]:
    """Return what a VM says that has its part in a pair already (derived)."""
    if vm_condition.is_secondary(asked, vm):
        return (config_issue("ftSecondaryVm", vm),)
    return (config_issue("moreThanOneSecondary", vm),) if vm_condition.has_secondary(asked, vm) else ()
