"""What the form of a scenario cannot show: names that nothing has, values that fit nothing, clashes.

Every mistake is found in one pass; each check is a generator of problems over a scenario of the right form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from vim25_emulator.model.virtual_hardware import MAX_DISKS
from vim25_emulator.model.virtual_machine_config import guest_ids
from vim25_emulator.scenario.default_value import (
    candidate_hosts,
    default_datastore,
    expand_name,
    with_defaults,
)
from vim25_emulator.scenario.fault_notation import ANY_OBJECT, BadFaultError, fault_of
from vim25_emulator.scenario.format import Scenario, VirtualMachine
from vim25_emulator.scenario.source import Document, Path, Problem
from vim25_emulator.scenario.structure import suggestion
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import UnknownVersionError

Found = Iterator[tuple[Path, str]]

#: Section and field that name another thing → the section where it must be declared.
_REFERENCES: Final = (
    ("clusters", "datacenter", "datacenters"),
    ("hosts", "cluster", "clusters"),
    ("hosts", "datacenter", "datacenters"),
    ("datastores", "datacenter", "datacenters"),
    ("datastores", "hosts", "hosts"),
    ("networks", "datacenter", "datacenters"),
    ("networks", "hosts", "hosts"),
    ("vms", "host", "hosts"),
    ("vms", "cluster", "clusters"),
    ("vms", "datastore", "datastores"),
    ("vms", "networks", "networks"),
)

SYSTEM_ROLES: Final = ("NoAccess", "Anonymous", "View", "ReadOnly", "Admin")

#: Managed object type → the section that has objects of it by their names.
_SECTION_OF: Final = {
    "Datacenter": "datacenters",
    "ClusterComputeResource": "clusters",
    "HostSystem": "hosts",
    "Datastore": "datastores",
    "Network": "networks",
    "VirtualMachine": "vms",
}


def check(scenario: Scenario, document: Document) -> list[Problem]:
    """Return what is wrong with a scenario of the right form, in the order of the files."""
    found = [entry for one in _CHECKS for entry in one(scenario)]
    if not found:  # the rest rests on names that exist
        found = [entry for one in _LATER_CHECKS for entry in one(scenario)]
    return sorted(document.problem(path, message) for path, message in found)


def expanded(scenario: Scenario, section: str) -> list[str]:
    """Return the names that a section's things have, each of several by its own."""
    things: dict[str, Any] = getattr(scenario, section)
    return [each for name, thing in things.items() for each in expand_name(name, getattr(thing, "count", 1))]


def _releases(scenario: Scenario) -> Found:
    try:
        release(str(scenario.release))
    except UnknownVersionError as error:
        yield ("release",), str(error)


def _datacenters(scenario: Scenario) -> Found:
    if not scenario.datacenters:
        yield ("datacenters",), "expected at least one"


def _references(scenario: Scenario) -> Found:
    for section, field, declared in _REFERENCES:
        for name, thing in getattr(scenario, section).items():
            yield from _named(scenario, getattr(thing, field), declared, (section, name, field))


def _disk_references(scenario: Scenario) -> Found:
    for name, machine in scenario.vms.items():
        for index, disk in enumerate(machine.disks):
            on_disk = ("vms", name, "disks", index, "datastore")
            yield from _named(scenario, disk.datastore, "datastores", on_disk)
        for index, device in enumerate(machine.devices):
            on_device = ("vms", name, "devices", index, "file")
            yield from _named(scenario, _datastore_in(device.file), "datastores", on_device)
        yield from _named(scenario, _datastore_in(machine.iso), "datastores", ("vms", name, "iso"))
        if machine.fault_tolerance is not None:
            host = machine.fault_tolerance.secondary_host
            place = ("vms", name, "fault_tolerance", "secondary_host")
            yield from _named(scenario, host, "hosts", place)


def _datastore_in(path: str | None) -> str | None:
    """Return the datastore that a datastore path begins with."""
    return path[1:].partition("]")[0] if path is not None else None


def _cluster_references(scenario: Scenario) -> Found:
    for name, cluster in scenario.clusters.items():
        place: Path = ("clusters", name)
        yield from _named(scenario, cluster.ha.failover_hosts, "hosts", (*place, "ha", "failover_hosts"))
        for group, hosts in cluster.host_groups.items():
            yield from _named(scenario, hosts, "hosts", (*place, "host_groups", group))


def _named(scenario: Scenario, value: Any, section: str, path: Path) -> Found:
    """Find a name, or names in a list, that no thing of a section has."""
    known = expanded(scenario, section)
    several = isinstance(value, tuple)
    for index, name in enumerate(value if several else (value,)):
        if name is not None and name not in known:
            place = (*path, index) if several else path
            yield place, f"there is no {_SINGULAR[section]} {name!r}{suggestion(name, known)}"


_SINGULAR: Final = {
    "datacenters": "datacenter",
    "clusters": "cluster",
    "hosts": "host",
    "datastores": "datastore",
    "networks": "network",
}


def _counts(scenario: Scenario) -> Found:
    for section in ("hosts", "vms"):
        for name, thing in getattr(scenario, section).items():
            if ("{n}" in name) != (thing.count > 1):
                what = (
                    "`{n}` in a name needs a `count`"
                    if thing.count == 1
                    else "`count` needs `{n}` in the name"
                )
                yield (section, name), what
        for name, times in Counter(expanded(scenario, section)).items():
            if times > 1:
                yield (section,), f"{name!r} comes {times} times, by counting"


def _guests(scenario: Scenario) -> Found:
    known = guest_ids()
    for name, machine in scenario.vms.items():
        if machine.guest not in known:
            hint = suggestion(machine.guest, list(known))
            yield ("vms", name, "guest"), f"there is no guest operating system {machine.guest!r}{hint}"


def _shapes(scenario: Scenario) -> Found:
    for name, machine in scenario.vms.items():
        place = ("vms", name)
        if machine.cpus % machine.cores_per_socket:
            yield (*place, "cores_per_socket"), f"{machine.cpus} vCPUs do not fill sockets of that many cores"
        if len(machine.disks) > MAX_DISKS:
            yield (*place, "disks"), f"expected at most {MAX_DISKS} disks"
        if machine.template and machine.power != "poweredOff":
            yield (*place, "power"), "a template cannot run; expected poweredOff"
        if machine.template and machine.fault_tolerance:
            yield (*place, "fault_tolerance"), "a template cannot be fault tolerant"
        if machine.count > 1 and machine.fault_tolerance:
            yield (*place, "fault_tolerance"), "expected on a virtual machine without `count`"
        if machine.snapshots and machine.connection in {"inaccessible", "invalid"}:
            yield (*place, "snapshots"), f"nothing is known of an {machine.connection} virtual machine"


def _busy(scenario: Scenario) -> Found:
    for name, machine in scenario.vms.items():
        method = registry.method(machine.busy) if machine.busy else None
        if machine.busy and (method is None or not method.is_task):
            tasks = [
                each.name for each in registry.managed_type("VirtualMachine").methods.values() if each.is_task
            ]
            yield ("vms", name, "busy"), f"expected a method with a task{suggestion(machine.busy, tasks)}"


def _free_space(scenario: Scenario) -> Found:
    for name, store in scenario.datastores.items():
        if store.free_gb is not None and store.free_gb > store.capacity_gb:
            yield ("datastores", name, "free_gb"), f"more than the capacity, {store.capacity_gb:g}"


def _users(scenario: Scenario) -> Found:
    roles = [*SYSTEM_ROLES, *scenario.roles]
    for name in set(scenario.roles) & set(SYSTEM_ROLES):
        yield ("roles", name), "there is a role of this name in every vCenter"
    entities = [each for section in _SECTION_OF.values() for each in expanded(scenario, section)]
    for name, user in scenario.users.items():
        if user.role not in roles:
            yield ("users", name, "role"), f"there is no role {user.role!r}{suggestion(user.role, roles)}"
        if user.on is not None and user.on not in entities:
            yield ("users", name, "on"), f"there is no entity {user.on!r}{suggestion(user.on, entities)}"


def _privileges(scenario: Scenario) -> Found:
    known = privileges()
    for name, role in scenario.roles.items():
        for index, privilege in enumerate(role.privileges):
            if privilege not in known:
                hint = suggestion(privilege, list(known))
                yield ("roles", name, "privileges", index), f"there is no privilege {privilege!r}{hint}"


def _rules(scenario: Scenario) -> Found:
    def find(type_name: str, name: str) -> MoRef | None:
        return _declared(scenario, type_name, name)

    for index, rule in enumerate(scenario.rules):
        if not any(fnmatchcase(method, rule.method) for method in registry.method_names()):
            hint = suggestion(rule.method, list(registry.method_names()))
            yield ("rules", index, "method"), f"no method is called {rule.method!r}{hint}"
        if rule.delay and rule.at != "start":
            yield ("rules", index, "delay"), "only a fault `at: start` can be delayed"
        try:
            fault_of(rule.fault, find)
        except BadFaultError as error:
            yield ("rules", index, "fault", *error.path), str(error)


def _declared(scenario: Scenario, type_name: str, name: str) -> MoRef | None:
    for declared, section in _SECTION_OF.items():
        fits = type_name == ANY_OBJECT or registry.managed_type(declared).is_a(type_name)
        if fits and name in expanded(scenario, section):
            return MoRef(declared, name)
    return None


def _homes(scenario: Scenario) -> Found:
    """Find virtual machines that have no host to stand on, or no datastore to lie on."""
    plan = with_defaults(scenario)
    for name, machine in plan.vms.items():
        hosts = candidate_hosts(plan, machine)
        if not hosts:
            yield ("vms", name), "expected a `host`, or a `cluster` that has hosts"
        elif machine.datastore is None and default_datastore(plan, hosts) is None:
            yield ("vms", name), "expected a `datastore`: none is mounted on every host that it may stand on"
        else:
            yield from _unreachable(plan, name, machine, hosts)


def _unreachable(plan: Scenario, name: str, machine: VirtualMachine, hosts: Iterable[str]) -> Found:
    for section in ("datastores", "networks"):
        field = section.removesuffix("s") if section == "datastores" else section
        value = getattr(machine, field)
        for each in value if isinstance(value, tuple) else filter(None, (value,)):
            apart = [host for host in hosts if host not in (getattr(plan, section)[each].hosts or ())]
            if apart:
                yield ("vms", name, field), f"{each!r} is not on {', '.join(apart)}"


def _secondaries(scenario: Scenario) -> Found:
    plan = with_defaults(scenario)
    for name, machine in plan.vms.items():
        if machine.fault_tolerance is None:
            continue
        place, host = (
            ("vms", name, "fault_tolerance", "secondary_host"),
            machine.fault_tolerance.secondary_host,
        )
        own = candidate_hosts(plan, machine)[0]
        if host == own:
            yield place, "expected another host than the primary's"
        elif plan.hosts[host].cluster is None or plan.hosts[host].cluster != plan.hosts[own].cluster:
            yield place, "expected a host of the primary's cluster"


_CHECKS: Final[tuple[Callable[[Scenario], Found], ...]] = (
    _releases,
    _datacenters,
    _references,
    _disk_references,
    _cluster_references,
    _counts,
    _guests,
    _shapes,
    _busy,
    _free_space,
    _users,
    _privileges,
    _rules,
)

#: Checks that need every name to be found.
_LATER_CHECKS: Final[tuple[Callable[[Scenario], Found], ...]] = (_homes, _secondaries)
