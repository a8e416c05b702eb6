"""VirtualMachine: QueryFaultToleranceCompatibility and QueryFaultToleranceCompatibilityEx.

Both check the VM's own configuration only, not hosts, networks or licenses [documented]. The first checks for
legacy Fault Tolerance, the second for current Fault Tolerance unless `forLegacyFt` is true.
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
    """Return the faults that prevent legacy Fault Tolerance; raise NotSupported (template), InvalidState."""
    return _faults(call, vm, PairKind.LEGACY)


@operation("VirtualMachine", "QueryFaultToleranceCompatibilityEx")
def query_either(call: Call, vm: ManagedObject, forLegacyFt: bool | None = None) -> tuple[DataObject, ...]:
    """Return the faults that prevent Fault Tolerance, current or legacy; raises like `query`."""
    return _faults(call, vm, PairKind.LEGACY if forLegacyFt else PairKind.CHECKPOINTING)


def _faults(call: Call, vm: ManagedObject, kind: PairKind) -> tuple[DataObject, ...]:
    request = replace(
        SecondaryRequest(call.vcenter.inventory, vm, call.vcenter.release.version), requested_kind=kind
    )
    if vm_condition.is_template(request, vm):
        raise MethodFault("NotSupported")
    if vm_condition.lacks_configuration(request, vm):
        raise MethodFault("InvalidState")
    errors = faults_of_vm(request, Stage.ISSUES)
    warnings = faults_of_vm(request, Stage.ISSUES, warning=True)
    return (*_pair_faults(request, vm), *errors, *warnings)


def _pair_faults(request: SecondaryRequest, vm: ManagedObject) -> tuple[DataObject, ...]:
    """Return the fault for a VM that is in a pair already [derived]."""
    if vm_condition.is_secondary(request, vm):
        return (config_issue("ftSecondaryVm", vm),)
    return (config_issue("moreThanOneSecondary", vm),) if vm_condition.has_secondary(request, vm) else ()
