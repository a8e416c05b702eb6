"""Semantic checks of where virtual machines are placed; they require that all names are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vim25_emulator.scenario.default_value import candidate_hosts, default_datastore, with_defaults
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.source import Path
from vim25_emulator.scenario.virtual_machine_section import VirtualMachine

_Errors = Iterator[tuple[Path, str]]


def placements(scenario: Scenario) -> _Errors:
    """Yield an error for every virtual machine without a host or without a datastore."""
    plan = with_defaults(scenario)
    for name, machine in plan.vms.items():
        hosts = candidate_hosts(plan, machine)
        if not hosts:
            yield ("vms", name), "expected a `host`, or a `cluster` with hosts"
        elif machine.datastore is None and default_datastore(plan, hosts) is None:
            yield ("vms", name), f"expected a `datastore`: none is mounted on all of {', '.join(hosts)}"
        else:
            yield from _inaccessible(plan, name, machine, hosts)


def _inaccessible(plan: Scenario, name: str, machine: VirtualMachine, hosts: Iterable[str]) -> _Errors:
    for section in ("datastores", "networks"):
        field = section.removesuffix("s") if section == "datastores" else section
        value = getattr(machine, field)
        for key in value if isinstance(value, tuple) else filter(None, (value,)):
            without = [host for host in hosts if host not in (getattr(plan, section)[key].hosts or ())]
            if without:
                yield ("vms", name, field), f"{key!r} is not available on {', '.join(without)}"


def secondaries(scenario: Scenario) -> _Errors:
    """Yield an error for every secondary on a host that cannot be the secondary's."""
    plan = with_defaults(scenario)
    for name, machine in plan.vms.items():
        if machine.fault_tolerance is None:
            continue
        path = ("vms", name, "fault_tolerance", "secondary_host")
        secondary_host = machine.fault_tolerance.secondary_host
        primary_host = candidate_hosts(plan, machine)[0]
        cluster = plan.hosts[secondary_host].cluster
        if secondary_host == primary_host:
            yield path, "expected another host than the primary's"
        elif cluster is None or cluster != plan.hosts[primary_host].cluster:
            yield path, "expected a host in the primary's cluster"
