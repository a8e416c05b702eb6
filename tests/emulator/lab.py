"""A real emulator on a real TLS socket, with a real pyVmomi logged in, for the tests of behavior."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import SoapStubAdapter, vim

from vim25_emulator import Emulator

ADMINISTRATOR = "VSPHERE.LOCAL\\Administrator"  #: what a vCenter shows for the administrator's user name


def connect(emulator: Emulator, user: str | None = None, password: str | None = None) -> Any:
    """Log in with a pyVmomi that verifies the certificate, as the administrator by default."""
    user = emulator.username if user is None else user
    password = emulator.password if password is None else password
    return SmartConnect(user=user, pwd=password, **_place(emulator))


def stub(emulator: Emulator, version: str) -> SoapStubAdapter:
    """Return a client of a version (`vim.version.v8_0_2_0`) that is not logged in."""
    return SoapStubAdapter(version=version, **_place(emulator))


def _place(emulator: Emulator) -> dict[str, Any]:
    at, context = urlsplit(emulator.url), ssl.create_default_context(cafile=str(emulator.ca_file))
    return {"host": at.hostname, "port": at.port, "sslContext": context}


class Lab:
    """A vCenter and a client of it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.service = self.login(emulator.username, emulator.password)

    def login(self, user: str, password: str) -> Any:
        """Log another user in; the caller disconnects."""
        return connect(self.emulator, user, password)

    @property
    def content(self) -> Any:
        """The service content."""
        return self.service.content

    def all(self, kind: Any) -> list[Any]:
        """Return all objects of a managed object type."""
        views = self.content.viewManager
        view = views.CreateContainerView(self.content.rootFolder, [kind], True)
        try:
            return list(view.view)
        finally:
            view.DestroyView()

    def named(self, kind: Any, name: str) -> Any:
        """Return the first object of a type with this name."""
        return next(managed for managed in self.all(kind) if managed.name == name)

    def vm(self, name: str) -> Any:
        """Return the virtual machine with this name."""
        return self.named(vim.VirtualMachine, name)

    @staticmethod
    def run(task: Any) -> Any:
        """Wait for a task and return its result; raise its fault."""
        WaitForTask(task)
        return task.info.result

    def events(self, *kinds: str) -> list[str]:
        """Return the types of the events so far, oldest first; only of these kinds if there are any."""
        events = self.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        names = [type(event).__name__.rsplit(".", 1)[-1] for event in events]
        return [name for name in names if not kinds or name in kinds]


@contextmanager
def lab(scenario: str = "default", **options: Any) -> Iterator[Lab]:
    """Start an emulator with tasks of zero duration, log in, and stop it at the end."""
    release = os.environ.get("VIM25_TEST_RELEASE")
    with Emulator(scenario, **{"task_duration": 0.0, "api_version": release, **options}) as emulator:
        opened = Lab(emulator)
        try:
            yield opened
        finally:
            Disconnect(opened.service)
