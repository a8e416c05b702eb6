"""Placement: choosing the host that holds the secondary, and the host that runs it.

Both are chosen by the rows of `admission`. The secondary is created on the host that the caller names, but
always runs on a host that the system selects, which may be another one [documented].
"""

from __future__ import annotations

from dataclasses import replace

from vim25_emulator.fault_tolerance.check import Scope, Stage
from vim25_emulator.fault_tolerance.check_evaluation import (
    faults_of_host,
    faults_of_vm,
    require_eligible,
    require_no_issues,
)
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.fault_tolerance.start_failure import on_host, start_failure
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy
from vim25_emulator.model.placement_rule import is_excluded
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef


def choose_host(request: SecondaryRequest) -> ManagedObject:
    """Return the host for the secondary after all checks that can fail the request.

    Raise NotSupported, InvalidState, or a subtype of VmFaultToleranceIssue, VmConfigFault,
    InsufficientResourcesFault or FileFault.
    """
    require_eligible(request)
    require_no_issues(request)
    fitting = _fitting_hosts(request)
    _require_resources(request)
    return _with_resources(request, fitting)


def _fitting_hosts(request: SecondaryRequest) -> list[ManagedObject]:
    """Return the hosts that can hold the secondary; raise if the named host, or no host, can."""
    if request.host is not None:
        errors = tuple(faults_of_host(request, Stage.COMPATIBILITY, request.host, Scope.TARGET))
        if errors:
            raise MethodFault("IncompatibleHostForFtSecondary", host=request.host.ref, error=errors)
        return [request.host]
    fitting = [host for host in _preferred(request) if _fits(request, host)]
    if not fitting:
        raise no_host(request)
    return fitting


def _preferred(request: SecondaryRequest, current: MoRef | None = None) -> list[ManagedObject]:
    """Return the other hosts of the cluster; those that a VM-Host rule excludes last, `current` first."""
    inventory, primary = request.inventory, request.primary
    return sorted(
        request.others, key=lambda host: (is_excluded(inventory, primary, host), host.ref != current)
    )


def _fits(request: SecondaryRequest, host: ManagedObject) -> bool:
    stages = (Stage.ISSUES, Stage.COMPATIBILITY)
    return not any(True for stage in stages for _ in faults_of_host(request, stage, host, Scope.TARGET))


def _require_resources(request: SecondaryRequest) -> None:
    """Raise the first fault about resources of the primary and its host."""
    for fault in faults_of_vm(request, Stage.RESOURCES):
        raise MethodFault(fault)
    if request.source is not None:
        for fault in faults_of_host(request, Stage.RESOURCES, request.source, Scope.SOURCE):
            raise MethodFault(fault)


def _with_resources(request: SecondaryRequest, fitting: list[ManagedObject]) -> ManagedObject:
    """Return the first host with enough resources; raise the fault of the first host if there is none."""
    shortages = []
    for host in fitting:
        faults = list(faults_of_host(request, Stage.RESOURCES, host, Scope.TARGET))
        if not faults:
            return host
        shortages.extend(faults)
    raise MethodFault(shortages[0])


def no_host(request: SecondaryRequest) -> MethodFault:
    """Return the fault of a primary without a suitable host for its secondary; it names the primary."""
    primary = request.primary
    return MethodFault("NoHostSuitableForFtSecondary", vm=primary.ref, vmName=primary.get("name"))


def choose_running_host(request: SecondaryRequest, secondary: ManagedObject, by: PowerOnBy) -> ManagedObject:
    """Return the host to run the secondary: its current host if possible, else the first that can.

    Raise NoHostSuitableForFtSecondary if the cluster has no other host, else PowerOnFtSecondaryFailed with
    the errors of each host. An error of the VM or of the primary's host rules out all hosts. Restarts by HA
    skip the power-on checks of the VM, because HA has reserved the capacity.
    """
    pair = replace(request, host=None, secondary=secondary)
    if not pair.others:
        raise no_host(pair)
    stages = (Stage.ISSUES,) if by is PowerOnBy.HA else (Stage.ISSUES, Stage.POWER_ON)
    for stage in stages:
        for fault in faults_of_vm(pair, stage):
            raise MethodFault(start_failure(pair.primary, fault, by))
    at_source = [(host, source_errors(pair, host)) for host in (pair.source,) if host is not None]
    issues = [on_host(host, *errors) for host, errors in at_source if errors]
    possible = not issues
    for host in _preferred(pair, secondary.get("runtime.host")):
        errors = running_errors(pair, host)
        if possible and not errors:
            return host
        issues += [on_host(host, *errors)] if errors else []
    raise MethodFault(start_failure(pair.primary, issues[0].errors[0], by, tuple(issues)))


def source_errors(request: SecondaryRequest, host: ManagedObject) -> tuple[DataObject, ...]:
    """Return the faults that keep the primary's host from running a fault tolerant VM."""
    stages = (Stage.ISSUES, Stage.POWER_ON)
    return tuple(f for stage in stages for f in faults_of_host(request, stage, host, Scope.SOURCE))


def running_errors(request: SecondaryRequest, host: ManagedObject) -> tuple[DataObject, ...]:
    """Return the faults that keep a host from running the secondary."""
    stages = (Stage.ISSUES, Stage.COMPATIBILITY, Stage.POWER_ON)
    return tuple(f for stage in stages for f in faults_of_host(request, stage, host, Scope.TARGET))
