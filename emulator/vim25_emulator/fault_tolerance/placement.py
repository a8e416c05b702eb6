"""Where the secondary goes: the host that holds it, and the host that runs it.

Both are chosen from the same candidates by the rows of `admission`. Creation uses the host that the caller
names; running it is always on a host that the system selects, which need not be the same one (documented).
"""

from __future__ import annotations

from dataclasses import replace

from vim25_emulator.fault_tolerance.check import Scope, Stage
from vim25_emulator.fault_tolerance.creation import Creation
from vim25_emulator.fault_tolerance.review import (
    faults_of_host,
    faults_of_vm,
    require_eligible,
    require_no_issues,
)
from vim25_emulator.fault_tolerance.start_failure import on_host, start_failure
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.cluster_policy import PowerOnBy
from vim25_emulator.vmodl.value import DataObject, MethodFault


def choose_host(creation: Creation) -> ManagedObject:
    """Return the host for the secondary, having made every check that can fail the creation.

    Raises NotSupported, InvalidState, VmFaultToleranceIssue, VmConfigFault, InsufficientResourcesFault and
    FileFault in their more particular forms; nothing is changed.
    """
    require_eligible(creation)
    require_no_issues(creation)
    fitting = _fitting_hosts(creation)
    _require_resources(creation)
    return _with_resources(creation, fitting)


def _fitting_hosts(creation: Creation) -> list[ManagedObject]:
    """Return the hosts that could hold the secondary; raise if the one that is named could not, or none."""
    if creation.host is not None:
        errors = tuple(faults_of_host(creation, Stage.COMPATIBILITY, creation.host, Scope.TARGET))
        if errors:
            raise MethodFault("IncompatibleHostForFtSecondary", host=creation.host.ref, error=errors)
        return [creation.host]
    fitting = [host for host in creation.others if _fits(creation, host)]
    if not fitting:
        raise no_host(creation)
    return fitting


def _fits(creation: Creation, host: ManagedObject) -> bool:
    stages = (Stage.ISSUES, Stage.COMPATIBILITY)
    return not any(True for stage in stages for _ in faults_of_host(creation, stage, host, Scope.TARGET))


def _require_resources(creation: Creation) -> None:
    """Raise the first lack of resources on the primary's side."""
    for fault in faults_of_vm(creation, Stage.RESOURCES):
        raise MethodFault(fault)
    if creation.source is not None:
        for fault in faults_of_host(creation, Stage.RESOURCES, creation.source, Scope.SOURCE):
            raise MethodFault(fault)


def _with_resources(creation: Creation, fitting: list[ManagedObject]) -> ManagedObject:
    """Return the first host that has the resources; raise what the first of them lacks."""
    lacking = []
    for host in fitting:
        faults = list(faults_of_host(creation, Stage.RESOURCES, host, Scope.TARGET))
        if not faults:
            return host
        lacking.extend(faults)
    raise MethodFault(lacking[0])


def no_host(creation: Creation) -> MethodFault:
    """Return the fault for a primary for whose secondary no host can be found. It names the primary."""
    primary = creation.primary
    return MethodFault("NoHostSuitableForFtSecondary", vm=primary.ref, vmName=primary.get("name"))


def choose_running_host(creation: Creation, secondary: ManagedObject, by: PowerOnBy) -> ManagedObject:
    """Return where the secondary can run: where it is, if that will do, else the first host that will.

    Raises NoHostSuitableForFtSecondary if there is no other host, else PowerOnFtSecondaryFailed with what is
    wrong on each. An error of the VM or of the primary's own host rules out all others. What HA restarts, it
    has kept room for.
    """
    pair = replace(creation, host=None, secondary=secondary)
    if not pair.others:
        raise no_host(pair)
    stages = (Stage.ISSUES,) if by is PowerOnBy.HA else (Stage.ISSUES, Stage.POWER_ON)
    for stage in stages:
        for fault in faults_of_vm(pair, stage):
            raise MethodFault(start_failure(pair.primary, fault, by))
    at_home = [(host, source_errors(pair, host)) for host in (pair.source,) if host is not None]
    told = [on_host(host, *errors) for host, errors in at_home if errors]
    possible = not told
    for host in sorted(pair.others, key=lambda host: host.ref != secondary.get("runtime.host")):
        errors = running_errors(pair, host)
        if possible and not errors:
            return host
        told += [on_host(host, *errors)] if errors else []
    raise MethodFault(start_failure(pair.primary, told[0].errors[0], by, tuple(told)))


def source_errors(creation: Creation, host: ManagedObject) -> tuple[DataObject, ...]:
    """Return what keeps the primary's host from running a fault tolerant VM."""
    stages = (Stage.ISSUES, Stage.POWER_ON)
    return tuple(f for stage in stages for f in faults_of_host(creation, stage, host, Scope.SOURCE))


def running_errors(creation: Creation, host: ManagedObject) -> tuple[DataObject, ...]:
    """Return what keeps a host from running the secondary."""
    stages = (Stage.ISSUES, Stage.COMPATIBILITY, Stage.POWER_ON)
    return tuple(f for stage in stages for f in faults_of_host(creation, stage, host, Scope.TARGET))
