"""A real emulator on a real TLS socket, with a real pyVmomi logged in: what the tests of behavior drive."""

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


def connect(emulator: Emulator, user: str | None = None, password: str | None = None) -> Any:
    """Log in with a pyVmomi that checks the certificate, as who may do everything unless told otherwise."""
    user = emulator.username if user is None else user
    password = emulator.password if password is None else password
    return SmartConnect(user=user, pwd=password, **_place(emulator))


def stub(emulator: Emulator, version: str) -> SoapStubAdapter:
    """A client that has not logged in and speaks a version (`vim.version.v8_0_2_0`)."""
    return SoapStubAdapter(version=version, **_place(emulator))


def _place(emulator: Emulator) -> dict[str, Any]:
    at, context = urlsplit(emulator.url), ssl.create_default_context(cafile=str(emulator.ca_file))
    return {"host": at.hostname, "port": at.port, "sslContext": context}


class Lab:
    """One vCenter and one client of it."""

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
        """Every object of a managed object type."""
        views = self.content.viewManager
        view = views.CreateContainerView(self.content.rootFolder, [kind], True)
        try:
            return list(view.view)
        finally:
            view.DestroyView()

    def named(self, kind: Any, name: str) -> Any:
        """The first object of a type with this name."""
        return next(held for held in self.all(kind) if held.name == name)

    def vm(self, name: str) -> Any:
        """The virtual machine with this name."""
        return self.named(vim.VirtualMachine, name)

    @staticmethod
    def run(task: Any) -> Any:
        """Wait for a task and return its result; raises its fault."""
        WaitForTask(task)
        return task.info.result

    def events(self, *kinds: str) -> list[str]:
        """The types of the events so far, oldest first; only these kinds if any are named."""
        events = self.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        names = [type(event).__name__.rsplit(".", 1)[-1] for event in events]
        return [name for name in names if not kinds or name in kinds]


@contextmanager
def lab(scenario: str = "default", **options: Any) -> Iterator[Lab]:
    """Start an emulator with tasks that take no time, log in, and stop it at the end."""
    release = os.environ.get("VIM25_TEST_RELEASE")
    with Emulator(scenario, **{"task_duration": 0.0, "api_version": release, **options}) as emulator:
        opened = Lab(emulator)
        try:
            yield opened
        finally:
            Disconnect(opened.service)
