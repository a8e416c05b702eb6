"""One call, as an operation sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.task import RunningTask
from vim25_emulator.vcenter.authorization import Rights
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.version import Version


@dataclass(slots=True)
class Call:
    """One call: the vCenter, who calls, what is called, at which API version."""

    vcenter: VCenter
    method: Method
    this: ManagedObject
    version: Version
    session: Session | None
    client: Client
    operation_id: str | None = None
    task: RunningTask | None = None

    @property
    def user(self) -> str:
        """The name of the user who calls; empty for an anonymous one."""
        return self.session.user if self.session else ""

    @property
    def own_session(self) -> Session:
        """The caller's session; only a method that requires one may ask."""
        if self.session is None:
            raise RuntimeError(f"dispatch lets nobody call {self.method.name} without a session")
        return self.session

    @property
    def rights(self) -> Rights:
        """What the caller may do, as of now."""
        return self.vcenter.authorization.rights(self.session.user if self.session else None)

    @property
    def running(self) -> RunningTask:
        """The task that this call runs as; only the body of a task operation may ask."""
        if self.task is None:
            raise RuntimeError(f"{self.method.name} does not run as a task")
        return self.task

    @property
    def required(self) -> Any:
        """What the operation's requirement returned when its task began."""
        return self.running.required

    def require(self) -> Any:
        """Ask again what the operation requires, and return what that returns; raise its fault."""
        return self.running.requirement()

    async def work(self) -> Any:
        """Do the task's work, then ask again what the operation requires, and return what that returns."""
        await self.running.work()
        return self.require()
