"""Where the secondary goes: the host that holds it, and the host that runs it.

Both are chosen from the same candidates by the rows of `admission`. Creation uses the host that the caller
names; running it is always on a host that the system selects, which need not be the same one (documented).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator.fault_tolerance.check import Scope, Stage
from emulator.fault_tolerance.creation import Creation
from emulator.fault_tolerance.review import faults_of_host, faults_of_vm, require_eligible, require_no_issues
from emulator.inventory.store import ManagedObject
from emulator.vmodl.value import DataObject, MethodFault


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


@dataclass(frozen=True)
class PowerOnPlacement:
    """Where a secondary can run: a host, or none, and what is wrong with which of those considered."""

    host: ManagedObject | None
    errors: tuple[DataObject, ...]


def choose_running_host(creation: Creation, secondary: ManagedObject) -> PowerOnPlacement:
    """Return where the secondary can run: where it is, if that will do, else the first host that will.

    `errors` holds a FtIssuesOnHost for each host that will not do; an error of the primary's own host rules
    out all others, since the pair needs both.
    """
    anywhere = replace(creation, host=None)
    source = _issues_on(anywhere, anywhere.source, Scope.SOURCE, Stage.POWER_ON)
    stages = (Stage.ISSUES, Stage.COMPATIBILITY, Stage.POWER_ON)
    hosts = sorted(anywhere.others, key=lambda host: host.ref != secondary.get("runtime.host"))
    found = {host.ref: _issues_on(anywhere, host, Scope.TARGET, *stages) for host in hosts}
    usable = [host for host in hosts if found[host.ref] is None and source is None]
    errors = tuple(issues for issues in (source, *found.values()) if issues is not None)
    return PowerOnPlacement(usable[0] if usable else None, errors)


def _issues_on(
    creation: Creation, host: ManagedObject | None, role: Scope, *stages: Stage
) -> DataObject | None:
    """Return FtIssuesOnHost, or None for a host without issues."""
    if host is None:
        return None
    errors = tuple(fault for stage in stages for fault in faults_of_host(creation, stage, host, role))
    return (
        DataObject("FtIssuesOnHost", host=host.ref, hostName=host.get("name"), errors=errors)
        if errors
        else None
    )
