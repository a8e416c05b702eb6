"""Going through the checks: which of them apply to a request, and the faults that they find."""

from __future__ import annotations

from collections.abc import Iterator

from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.check import Check, Scope, Stage, Subject
from vim25_emulator.fault_tolerance.creation import Creation
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_eligible(creation: Creation) -> None:
    """Raise the first reason why the VM cannot become fault tolerant at all."""
    for fault in faults_of_vm(creation, Stage.ELIGIBILITY):
        raise MethodFault(fault)


def require_no_issues(creation: Creation) -> None:
    """Raise VmFaultToleranceOpIssuesList with every error, and with the warnings beside them.

    A single error about the VM's hardware travels by itself, as the VmConfigFault that the method declares
    (derived: the documents allow either). Warnings alone stop nothing.
    """
    errors = tuple(issues(creation, warning=False))
    if len(errors) == 1 and errors[0].is_a("VmConfigFault"):
        raise MethodFault(errors[0])
    if errors:
        warnings = tuple(issues(creation, warning=True))
        raise MethodFault("VmFaultToleranceOpIssuesList", errors=errors, warnings=warnings)


def issues(creation: Creation, *, warning: bool) -> Iterator[DataObject]:
    """Yield what stands in the way on the VM and the hosts: errors or warnings.

    A host that the caller did not name brings its issues in only if no other host is free of errors
    (derived: the system would choose that other one).
    """
    yield from faults_of_vm(creation, Stage.ISSUES, warning=warning)
    if creation.source is not None:
        yield from faults_of_host(creation, Stage.ISSUES, creation.source, Scope.SOURCE, warning=warning)
    targets = [host for host in creation.candidates if host is not creation.source]
    if all(any(faults_of_host(creation, Stage.ISSUES, host, Scope.TARGET)) for host in targets):
        for host in targets:
            yield from faults_of_host(creation, Stage.ISSUES, host, Scope.TARGET, warning=warning)


def faults_of_vm(creation: Creation, stage: Stage, *, warning: bool = False) -> Iterator[DataObject]:
    """Yield what a stage's checks find wrong with the VM and its devices."""
    for check in applicable(creation, stage, warning=warning):
        for subject in _of_vm(creation, check.scope):
            yield from _found(creation, check, subject)


def faults_of_host(
    creation: Creation, stage: Stage, host: ManagedObject, role: Scope, *, warning: bool = False
) -> Iterator[DataObject]:
    """Yield what a stage's checks find wrong with a host in a role (SOURCE or TARGET)."""
    for check in applicable(creation, stage, warning=warning):
        if check.scope in (role, Scope.HOST):
            yield from _found(creation, check, host)


def applicable(creation: Creation, stage: Stage, *, warning: bool = False) -> Iterator[Check]:
    """Yield the checks of a stage that this release makes for such a VM, in their order."""
    for check in CHECKS:
        if check.stage is stage and check.warning is warning and check.applies(creation):
            yield check


def _of_vm(creation: Creation, scope: Scope) -> tuple[Subject, ...]:
    if scope is Scope.DEVICE:
        return creation.devices
    return (creation.primary,) if scope is Scope.VM else ()


def _found(creation: Creation, check: Check, subject: Subject) -> Iterator[DataObject]:
    if check.wrong(creation, subject):
        yield check.fault.make(creation, subject)
