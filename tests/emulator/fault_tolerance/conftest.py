from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

from emulator.inventory.clock import ManualClock
from emulator.server import Emulator

LONG = 60.0  #: seconds of the lab's clock after which every task has ended


class Lab:
    """An emulator in a scenario, called by a real client over TLS. Its time moves when a test moves it."""

    def __init__(self, emulator: Emulator, client: vim.ServiceInstance) -> None:
        self.emulator = emulator
        self.client = client
        self.content = client.RetrieveContent()

    def find(self, name: str) -> Any:
        """Return the host or virtual machine with this name; of a pair, the primary."""
        kinds = [vim.HostSystem, vim.VirtualMachine, vim.ClusterComputeResource]
        view = self.content.viewManager.CreateContainerView(self.content.rootFolder, kinds, True)
        found = [each for each in view.view if each.name == name]
        view.DestroyView()
        return next(each for each in found if not isinstance(each, vim.VirtualMachine) or not secondary(each))

    @property
    def cluster(self) -> vim.ClusterComputeResource:
        return self.find("ft-cluster")

    def finish(self, task: vim.Task) -> vim.TaskInfo:
        """Let time pass until a task has ended; return what it says then."""
        self.emulator.advance(LONG)
        return task.info

    def create(self, name: str, host: str | None = None) -> vim.TaskInfo:
        """Turn Fault Tolerance on and return the ended task."""
        named = self.find(host) if host else None
        return self.finish(self.find(name).CreateSecondaryVM_Task(named))

    def fails(self, name: str, host: str | None = None) -> Any:
        """Return the fault with which turning Fault Tolerance on ends; the VM is as it was before."""
        before = self.looks()
        info = self.create(name, host)
        assert info.state == "error"
        assert self.looks() == before
        return info.error

    def looks(self) -> str:
        """Return how every virtual machine looks and what stands where, as text."""
        return str([(vm, vm.config, vm.runtime, vm.disabledMethod) for vm in self.everything()])

    def everything(self) -> list[vim.VirtualMachine]:
        """Return all virtual machines."""
        view = self.content.viewManager.CreateContainerView(
            self.content.rootFolder, [vim.VirtualMachine], True
        )
        found = list(view.view)
        view.DestroyView()
        return found

    def events(self, *types: str) -> list[Any]:
        """Return the events of these types (all), oldest first."""
        found = self.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        ordered = sorted(found, key=lambda event: event.key)
        return [event for event in ordered if not types or type(event).__name__.split(".")[-1] in types]


def secondary(vm: vim.VirtualMachine) -> bool:
    info = vm.config.ftInfo if vm.config else None
    return info is not None and info.role != 1


def connect(emulator: Emulator, user: str | None = None, password: str | None = None) -> vim.ServiceInstance:
    address = urlsplit(emulator.url)
    return SmartConnect(
        host=address.hostname,
        port=address.port,
        user=user or emulator.username,
        pwd=password or emulator.password,
        sslContext=ssl.create_default_context(cafile=str(emulator.ca_file)),
    )


@pytest.fixture
def lab() -> Iterator[Callable[..., Lab]]:
    with contextlib.ExitStack() as closing:

        def start(scenario: str = "default", **options: Any) -> Lab:
            emulator = Emulator(scenario, clock=ManualClock(), task_duration=1.0, **options)
            closing.enter_context(emulator)
            client = connect(emulator)
            closing.callback(Disconnect, client)
            return Lab(emulator, client)

        yield start
