"""What building a scenario yields besides its inventory."""

from __future__ import annotations

from dataclasses import dataclass, field

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datacenter import Folders
from vim25_emulator.model.fault_rule import FaultRule
from vim25_emulator.scenario.format import FaultTolerance
from vim25_emulator.vmodl.value import DataObject, MoRef


@dataclass
class BuildResult:
    """What was built: the top of the tree, the service instance, and the objects by the names they have.

    `rules` are what else goes wrong. `pairs` are virtual machines that are to be fault tolerant from the
    start, each with the host of its secondary and how; `busy` those that a task holds, each with the method
    whose task it is. `licensed` are the hosts with the licenses that they have.
    """

    root_folder: ManagedObject
    service_instance: ManagedObject
    datacenters: dict[str, Folders] = field(default_factory=dict)
    datastores: dict[str, ManagedObject] = field(default_factory=dict)
    networks: dict[str, ManagedObject] = field(default_factory=dict)
    clusters: dict[str, ManagedObject] = field(default_factory=dict)
    hosts: dict[str, ManagedObject] = field(default_factory=dict)
    machines: dict[str, ManagedObject] = field(default_factory=dict)
    pairs: list[tuple[ManagedObject, ManagedObject, FaultTolerance]] = field(default_factory=list)
    busy: list[tuple[ManagedObject, str]] = field(default_factory=list)
    rules: list[FaultRule] = field(default_factory=list)
    licensed: dict[MoRef, DataObject] = field(default_factory=dict)
