"""Evaluate the admission checks for a request."""

from __future__ import annotations

from collections.abc import Iterator

from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.check import Check, Scope, Stage
from vim25_emulator.fault_tolerance.fault_shape import Subject
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MethodFault


def require_eligible(request: SecondaryRequest) -> None:
    """Raise the first fault of the eligibility checks."""
    for fault in faults_of_vm(request, Stage.ELIGIBILITY):
        raise MethodFault(fault)


def require_no_issues(request: SecondaryRequest) -> None:
    """Raise VmFaultToleranceOpIssuesList with all errors and warnings, if there is an error.

    A single error about the VM's hardware is raised by itself, as the VmConfigFault that the method declares
    [derived]; the documents allow either. Warnings alone do not fail the request.
    """
    errors = tuple(issues(request, warning=False))
    if len(errors) == 1 and errors[0].is_a("VmConfigFault"):
        raise MethodFault(errors[0])
    if errors:
        warnings = tuple(issues(request, warning=True))
        raise MethodFault("VmFaultToleranceOpIssuesList", errors=errors, warnings=warnings)


def issues(request: SecondaryRequest, *, warning: bool) -> Iterator[DataObject]:
    """Yield the issues of the VM and the hosts: errors or warnings.

    The issues of hosts that the caller did not name count only if no host is free of errors: the system would
    choose that one [derived].
    """
    yield from faults_of_vm(request, Stage.ISSUES, warning=warning)
    if request.source is not None:
        yield from faults_of_host(request, Stage.ISSUES, request.source, Scope.SOURCE, warning=warning)
    targets = [host for host in request.candidates if host is not request.source]
    if all(any(faults_of_host(request, Stage.ISSUES, host, Scope.TARGET)) for host in targets):
        for host in targets:
            yield from faults_of_host(request, Stage.ISSUES, host, Scope.TARGET, warning=warning)


def faults_of_vm(request: SecondaryRequest, stage: Stage, *, warning: bool = False) -> Iterator[DataObject]:
    """Yield the faults of a stage's checks of the VM and its devices."""
    for check in applicable(request, stage, warning=warning):
        for subject in _of_vm(request, check.scope):
            yield from _faults(request, check, subject)


def faults_of_host(
    request: SecondaryRequest, stage: Stage, host: ManagedObject, role: Scope, *, warning: bool = False
) -> Iterator[DataObject]:
    """Yield the faults of a stage's checks of a host in a role (SOURCE or TARGET)."""
    for check in applicable(request, stage, warning=warning):
        if check.scope in (role, Scope.HOST):
            yield from _faults(request, check, host)


def applicable(request: SecondaryRequest, stage: Stage, *, warning: bool = False) -> Iterator[Check]:
    """Yield the checks of a stage that apply to a request, in their order."""
    for check in CHECKS:
        if check.stage is stage and check.warning is warning and check.applies(request):
            yield check


def _of_vm(request: SecondaryRequest, scope: Scope) -> tuple[Subject, ...]:
    if scope is Scope.DEVICE:
        return request.devices
    return (request.primary,) if scope is Scope.VM else ()


def _faults(request: SecondaryRequest, check: Check, subject: Subject) -> Iterator[DataObject]:
    if check.wrong(request, subject):
        yield check.fault.make(request, subject)
