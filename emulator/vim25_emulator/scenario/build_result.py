"""The result of building a scenario, in addition to its inventory."""

from __future__ import annotations

from dataclasses import dataclass, field

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.fault_rule import FaultRule
from vim25_emulator.scenario.virtual_machine_section import FaultTolerance
from vim25_emulator.vmodl.value import DataObject, MoRef


@dataclass
class BuildResult:
    """The root folder, the service instance, and the objects of a scenario by name.

    `pairs`: virtual machines to protect at startup, with the secondary's host and settings. `busy`: virtual
    machines that a task locks, with the task's method. `licensed`: the licenses of hosts.
    """

    root_folder: ManagedObject
    service_instance: ManagedObject
    datacenters: dict[str, Folders] = field(default_factory=dict)
    datastores: dict[str, ManagedObject] = field(default_factory=dict)
    switches: dict[str, ManagedObject] = field(default_factory=dict)
    networks: dict[str, ManagedObject] = field(default_factory=dict)
    clusters: dict[str, ManagedObject] = field(default_factory=dict)
    hosts: dict[str, ManagedObject] = field(default_factory=dict)
    machines: dict[str, ManagedObject] = field(default_factory=dict)
    pairs: list[tuple[ManagedObject, ManagedObject, FaultTolerance]] = field(default_factory=list)
    busy: list[tuple[ManagedObject, str]] = field(default_factory=list)
    rules: list[FaultRule] = field(default_factory=list)
    licensed: dict[MoRef, DataObject] = field(default_factory=dict)
