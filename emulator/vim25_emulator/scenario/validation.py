"""Semantic checks of a scenario: unknown names, inconsistent values, duplicates.

Each check is a generator of errors in a structurally valid scenario, so errors are reported together. Checks
that require valid names run only if the others find no error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, Final

from vim25_emulator.model.guest_os import guest_ids
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.virtual_hardware import MAX_DISKS
from vim25_emulator.scenario.default_value import (
    expand_name,
)
from vim25_emulator.scenario.fault_notation import ANY_OBJECT, BadFaultError, fault_of
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.placement_validation import placements, secondaries
from vim25_emulator.scenario.source import Document, Path, Problem
from vim25_emulator.scenario.structure import suggestion
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import UnknownVersionError

#: Errors: the path of a value, and the message.
_Errors = Iterator[tuple[Path, str]]

#: Section and field that contain names, and the section in which these must be declared.
_REFERENCES: Final = (
    ("clusters", "datacenter", "datacenters"),
    ("hosts", "cluster", "clusters"),
    ("hosts", "datacenter", "datacenters"),
    ("datastores", "datacenter", "datacenters"),
    ("datastores", "hosts", "hosts"),
    ("networks", "datacenter", "datacenters"),
    ("networks", "hosts", "hosts"),
    ("networks", "switch", "distributed_switches"),
    ("distributed_switches", "datacenter", "datacenters"),
    ("distributed_switches", "hosts", "hosts"),
    ("vms", "host", "hosts"),
    ("vms", "cluster", "clusters"),
    ("vms", "datastore", "datastores"),
    ("vms", "networks", "networks"),
)

#: Roles of every vCenter.
_SYSTEM_ROLES: Final = ("NoAccess", "Anonymous", "View", "ReadOnly", "Admin")

#: Managed object type → section.
_SECTIONS: Final = {
    "Datacenter": "datacenters",
    "ClusterComputeResource": "clusters",
    "HostSystem": "hosts",
    "Datastore": "datastores",
    "Network": "networks",
    "VmwareDistributedVirtualSwitch": "distributed_switches",
    "VirtualMachine": "vms",
}


def check(scenario: Scenario, document: Document) -> list[Problem]:
    """Return the errors of a structurally valid scenario, sorted by file and line."""
    errors = [error for generator in _CHECKS for error in generator(scenario)]
    if not errors:
        errors = [error for generator in _CHECKS_OF_VALID_NAMES for error in generator(scenario)]
    return sorted(document.problem(path, message) for path, message in errors)


def _names(scenario: Scenario, section: str) -> list[str]:
    """Return the names of all objects of a section, with `{n}` expanded."""
    objects: dict[str, Any] = getattr(scenario, section)
    expanded = (expand_name(name, getattr(spec, "count", 1)) for name, spec in objects.items())
    return list(chain.from_iterable(expanded))


def _releases(scenario: Scenario) -> _Errors:
    try:
        release(str(scenario.release))
    except UnknownVersionError as error:
        yield ("release",), str(error)


def _datacenters(scenario: Scenario) -> _Errors:
    if not scenario.datacenters:
        yield ("datacenters",), "expected at least one"


def _references(scenario: Scenario) -> _Errors:
    for section, field, declared in _REFERENCES:
        for name, spec in getattr(scenario, section).items():
            yield from _unknown_names(scenario, getattr(spec, field), declared, (section, name, field))


def _disk_references(scenario: Scenario) -> _Errors:
    for name, machine in scenario.vms.items():
        for index, disk in enumerate(machine.disks):
            disk_path = ("vms", name, "disks", index, "datastore")
            yield from _unknown_names(scenario, disk.datastore, "datastores", disk_path)
        for index, device in enumerate(machine.devices):
            device_path = ("vms", name, "devices", index, "file")
            yield from _unknown_names(scenario, _datastore_in(device.file), "datastores", device_path)
        yield from _unknown_names(scenario, _datastore_in(machine.iso), "datastores", ("vms", name, "iso"))
        if machine.fault_tolerance is not None:
            host = machine.fault_tolerance.secondary_host
            host_path = ("vms", name, "fault_tolerance", "secondary_host")
            yield from _unknown_names(scenario, host, "hosts", host_path)


def _datastore_in(path: str | None) -> str | None:
    """Return the datastore name in a datastore path."""
    return path[1:].partition("]")[0] if path is not None else None


def _cluster_references(scenario: Scenario) -> _Errors:
    for name, cluster in scenario.clusters.items():
        path: Path = ("clusters", name)
        failover_path = (*path, "ha", "failover_hosts")
        yield from _unknown_names(scenario, cluster.ha.failover_hosts, "hosts", failover_path)
        for group, hosts in cluster.host_groups.items():
            yield from _unknown_names(scenario, hosts, "hosts", (*path, "host_groups", group))


def _unknown_names(scenario: Scenario, value: Any, section: str, path: Path) -> _Errors:
    """Yield an error for a name, or for every name in a list, that is not declared in a section."""
    declared = _names(scenario, section)
    is_list = isinstance(value, tuple)
    for index, name in enumerate(value if is_list else (value,)):
        if name is not None and name not in declared:
            name_path = (*path, index) if is_list else path
            yield name_path, f"unknown {_singular(section)} {name!r}{suggestion(name, declared)}"


def _singular(section: str) -> str:
    return section.removesuffix("es" if section.endswith("ches") else "s").replace("_", " ")


def _counts(scenario: Scenario) -> _Errors:
    for section in ("hosts", "vms"):
        for name, spec in getattr(scenario, section).items():
            if "{n}" in name and spec.count == 1:
                yield (section, name), "`{n}` in a name requires `count`"
            elif "{n}" not in name and spec.count > 1:
                yield (section, name), "`count` requires `{n}` in the name"
        for name, times in Counter(_names(scenario, section)).items():
            if times > 1:
                yield (section,), f"duplicate name {name!r}, due to `count`"


def _guests(scenario: Scenario) -> _Errors:
    valid = guest_ids()
    for name, machine in scenario.vms.items():
        if machine.guest not in valid:
            hint = suggestion(machine.guest, list(valid))
            yield ("vms", name, "guest"), f"unknown guest operating system {machine.guest!r}{hint}"


def _machines(scenario: Scenario) -> _Errors:
    for name, machine in scenario.vms.items():
        path = ("vms", name)
        if machine.cpus % machine.cores_per_socket:
            yield (*path, "cores_per_socket"), f"expected a divisor of `cpus`, {machine.cpus}"
        if len(machine.disks) > MAX_DISKS:
            yield (*path, "disks"), f"expected at most {MAX_DISKS} disks"
        if machine.template and machine.power != OFF:
            yield (*path, "power"), "a template cannot be powered on; expected poweredOff"
        if machine.template and machine.fault_tolerance:
            yield (*path, "fault_tolerance"), "a template cannot be fault tolerant"
        if machine.count > 1 and machine.fault_tolerance:
            yield (*path, "fault_tolerance"), "cannot be combined with `count`"
        if machine.snapshots and machine.connection in {"inaccessible", "invalid"}:
            yield (*path, "snapshots"), f"cannot be combined with `connection: {machine.connection}`"


def _busy(scenario: Scenario) -> _Errors:
    for name, machine in scenario.vms.items():
        method = registry.method(machine.busy) if machine.busy else None
        if machine.busy and (method is None or not method.is_task):
            methods = registry.managed_type("VirtualMachine").methods.values()
            hint = suggestion(machine.busy, [candidate.name for candidate in methods if candidate.is_task])
            yield ("vms", name, "busy"), f"expected a method that starts a task{hint}"


def _port_groups(scenario: Scenario) -> _Errors:
    for name, network in scenario.networks.items():
        for field in ("datacenter", "hosts") if network.switch else ():
            if getattr(network, field) is not None:
                yield ("networks", name, field), "cannot be combined with `switch`, which has its own"


def _free_space(scenario: Scenario) -> _Errors:
    for name, store in scenario.datastores.items():
        if store.free_gb is not None and store.free_gb > store.capacity_gb:
            yield ("datastores", name, "free_gb"), f"expected at most `capacity_gb`, {store.capacity_gb:g}"


def _users(scenario: Scenario) -> _Errors:
    roles = [*_SYSTEM_ROLES, *scenario.roles]
    for name in set(scenario.roles) & set(_SYSTEM_ROLES):
        yield ("roles", name), "name of a system role"
    entities = [entity for section in _SECTIONS.values() for entity in _names(scenario, section)]
    for name, user in scenario.users.items():
        if user.role not in roles:
            yield ("users", name, "role"), f"unknown role {user.role!r}{suggestion(user.role, roles)}"
        if user.on is not None and user.on not in entities:
            yield ("users", name, "on"), f"unknown entity {user.on!r}{suggestion(user.on, entities)}"


def _privileges(scenario: Scenario) -> _Errors:
    valid = privileges()
    for name, role in scenario.roles.items():
        for index, privilege in enumerate(role.privileges):
            if privilege not in valid:
                hint = suggestion(privilege, list(valid))
                yield ("roles", name, "privileges", index), f"unknown privilege {privilege!r}{hint}"


def _rules(scenario: Scenario) -> _Errors:
    def find(type_name: str, name: str) -> MoRef | None:
        return _declared(scenario, type_name, name)

    for index, rule in enumerate(scenario.rules):
        if not any(fnmatchcase(method, rule.method) for method in registry.method_names()):
            hint = suggestion(rule.method, list(registry.method_names()))
            yield ("rules", index, "method"), f"unknown method {rule.method!r}{hint}"
        if rule.delay and rule.at != "start":
            yield ("rules", index, "delay"), "`delay` requires `at: start`"
        try:
            fault_of(rule.fault, find)
        except BadFaultError as error:
            yield ("rules", index, "fault", *error.path), str(error)


def _declared(scenario: Scenario, type_name: str, name: str) -> MoRef | None:
    for declared, section in _SECTIONS.items():
        is_type = type_name == ANY_OBJECT or registry.managed_type(declared).is_a(type_name)
        if is_type and name in _names(scenario, section):
            return MoRef(declared, name)
    return None


_CHECKS: Final[tuple[Callable[[Scenario], _Errors], ...]] = (
    _releases,
    _datacenters,
    _references,
    _disk_references,
    _cluster_references,
    _counts,
    _guests,
    _machines,
    _busy,
    _free_space,
    _port_groups,
    _users,
    _privileges,
    _rules,
)

#: Checks that require all names to be declared.
_CHECKS_OF_VALID_NAMES: Final[tuple[Callable[[Scenario], _Errors], ...]] = (placements, secondaries)
