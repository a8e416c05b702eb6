from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import Lab
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock

LONG = 60.0  #: seconds of the site's clock after which every task has ended


class Site(Lab):
    """An emulator with a manual clock, and a client of it."""

    def find(self, name: str) -> Any:
        """Return the host or virtual machine with this name; of a pair, the primary."""
        kind = vim.HostSystem if name.startswith("esx") else vim.VirtualMachine
        return next(found for found in self.all(kind) if found.name == name and not is_secondary(found))

    @property
    def cluster(self) -> Any:
        """The cluster."""
        return self.named(vim.ClusterComputeResource, "ft-cluster")

    def finish(self, task: Any) -> Any:
        """Advance time until a task has ended; return its info."""
        self.emulator.advance(LONG)
        return task.info

    def create(self, name: str, host: str | None = None) -> Any:
        """Turn Fault Tolerance on and return the info of the ended task."""
        named = self.find(host) if host else None
        return self.finish(self.find(name).CreateSecondaryVM_Task(named))

    def fails(self, name: str, host: str | None = None) -> Any:
        """Return the fault of turning Fault Tolerance on; assert that no VM has changed."""
        before = self.looks()
        info = self.create(name, host)
        assert info.state == "error"
        assert self.looks() == before
        return info.error

    @property
    def latest(self) -> int:
        """The key of the latest event so far."""
        return max((event.key for event in self.told()), default=0)

    def twin(self, name: str) -> Any:
        """Return the secondary of the pair with this name."""
        return next(vm for vm in self.all(vim.VirtualMachine) if vm.name == name and is_secondary(vm))

    def looks(self) -> str:
        """Return the configuration and runtime state of all virtual machines, as text."""
        vms = self.all(vim.VirtualMachine)
        return str([(vm, vm.config, vm.runtime, vm.disabledMethod) for vm in vms])

    def told(self, *kinds: str) -> list[Any]:
        """Return the events of these types, or of all types, oldest first."""
        found = self.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        ordered = sorted(found, key=lambda event: event.key)
        return [event for event in ordered if not kinds or type(event).__name__.rsplit(".")[-1] in kinds]


def flow(site: Site, since: int = 0) -> list[str]:
    """Return the events about pairs after a key, abbreviated, oldest first."""
    told = []
    for event in site.told():
        kind = type(event).__name__.split(".")[-1]
        if event.key <= since:
            continue
        if kind == "TaskEvent":
            told.append(f"TaskEvent({event.info.descriptionId})")
        elif kind == "VmFaultToleranceStateChangedEvent":
            told.append(f"{event.host.name.split('.')[0]}:{event.oldState}→{event.newState}")
        elif kind in ("EventEx", "ExtendedEvent"):
            told.append(event.eventTypeId)
        elif kind.startswith(("Vm", "Drs")):
            told.append(kind)
    return told


def is_secondary(entity: Any) -> bool:
    config = entity.config if isinstance(entity, vim.VirtualMachine) else None
    return config is not None and config.ftInfo is not None and config.ftInfo.role != 1


Start = Callable[..., Site]


@pytest.fixture
def start() -> Iterator[Start]:
    with contextlib.ExitStack() as closing:

        def begin(scenario: str = "default", **options: Any) -> Site:
            emulator = Emulator(scenario, clock=ManualClock(), task_duration=1.0, **options)
            site = Site(closing.enter_context(emulator))
            closing.callback(Disconnect, site.service)
            return site

        yield begin
