"""The context of a call, passed to its operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.task import RunningTask
from vim25_emulator.vcenter.authorization import Rights
from vim25_emulator.vcenter.property_writer import PropertyWriter
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.version import Version


@dataclass(slots=True)
class Call:
    """The context of a call: vCenter, method, object, API version, session and client."""

    vcenter: VCenter
    method: Method
    this: ManagedObject
    version: Version
    session: Session | None
    client: Client
    operation_id: str | None = None
    writer: PropertyWriter | None = None
    task: RunningTask | None = None

    @property
    def user(self) -> str:
        """The user name of the caller; empty for an anonymous call."""
        return self.session.user if self.session else ""

    @property
    def own_session(self) -> Session:
        """The caller's session; for methods that require a session."""
        if self.session is None:
            raise RuntimeError(f"{self.method.name} was called without a session")
        return self.session

    @property
    def property_writer(self) -> PropertyWriter:
        """What writes properties for the caller; for methods that return some."""
        if self.writer is None:
            raise RuntimeError(f"{self.method.name} was called without a property writer")
        return self.writer

    @property
    def rights(self) -> Rights:
        """The current privileges of the caller."""
        return self.vcenter.authorization.rights(self.session.user if self.session else None)

    @property
    def running(self) -> RunningTask:
        """The task of this call; for the body of a task operation."""
        if self.task is None:
            raise RuntimeError(f"{self.method.name} does not run as a task")
        return self.task

    @property
    def required(self) -> Any:
        """The result of the operation's `requires` when the task began."""
        return self.running.required

    def require(self) -> Any:
        """Check the operation's requirement again: return its result or raise its fault."""
        return self.running.requirement()

    async def work(self) -> Any:
        """Perform the task's work, then check the operation's requirement again and return its result."""
        await self.running.work()
        return self.require()
