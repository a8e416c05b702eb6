"""A scenario built into an inventory, for tests without a server."""

from __future__ import annotations

from dataclasses import dataclass

from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario import library
from vim25_emulator.scenario.build import build
from vim25_emulator.scenario.build_result import BuildResult
from vim25_emulator.vmodl.release import release


@dataclass(frozen=True)
class Site:
    """An inventory and the result of building it."""

    inventory: Inventory
    built: BuildResult

    @classmethod
    def of(cls, name: str, version: str | None = None) -> Site:
        """Build a packaged scenario, or one in a file, for its own or another release."""
        scenario = library.load(name)
        inventory = Inventory()
        profile = release(version or str(scenario.release))
        return cls(inventory, build(scenario, inventory, profile, ManualClock()))

    def vm(self, name: str) -> ManagedObject:
        """The virtual machine with this name."""
        return self.built.machines[name]

    def host(self, number: int) -> ManagedObject:
        """The host `esx{number}.lab.example`."""
        return self.built.hosts[f"esx{number}.lab.example"]

    @property
    def cluster(self) -> ManagedObject:
        """The cluster of the default scenario."""
        return self.built.clusters["ft-cluster"]
