"""The operations that are implemented, and what each is told about the call.

`@operation("VirtualMachine", "PowerOnVM_Task")` binds a function to a method of a managed object type; types
that extend it inherit the function. Keyword arguments are the method's parameters, with managed object
references already resolved. All else about the method is read from the registry.

The modules that implement operations are imported when the first is called, so a new one only has to be added
to the folder. What every client calls first is imported by itself: the first answer is there sooner.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.vmodl.registry import managed_type
from emulator.vmodl.type_description import Method
from emulator.vmodl.version import Version

if TYPE_CHECKING:
    from emulator.inventory.store import ManagedObject
    from emulator.inventory.task import RunningTask
    from emulator.vcenter.authorization import Rights
    from emulator.vcenter.session import Client, Session
    from emulator.vcenter.state import VCenter

Function = Callable[..., Any]


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
    def rights(self) -> Rights:
        """What the caller may do, as of now."""
        return self.vcenter.authorization.rights(self.session.user if self.session else None)

    @property
    def running(self) -> RunningTask:
        """The task that this call runs as; only the body of a task operation may ask."""
        if self.task is None:
            raise RuntimeError(f"{self.method.name} does not run as a task")
        return self.task


@dataclass(frozen=True)
class Operation:
    """An implemented method.

    `admit` runs on the call, before a task exists, with the same arguments: what it raises, the caller gets
    at once. `locks`: the task holds its entity, and a busy entity fails it with TaskInProgress.
    """

    function: Function
    is_async: bool
    admit: Function | None
    locks: bool


_OPERATIONS: Final[dict[tuple[str, str], Operation]] = {}
_FIRST: Final = "ServiceInstance"  #: where every client begins; no other type extends it


def operation(
    type_name: str, method_name: str, *, admit: Function | None = None, locks: bool = False
) -> Callable[[Function], Function]:
    """Bind a function to a method of a managed object type; raise KeyError if the type has no such method."""
    method = managed_type(type_name).methods[method_name]

    def bind(function: Function) -> Function:
        is_async = asyncio.iscoroutinefunction(function)
        if method.is_task and not is_async:
            raise TypeError(f"{method_name} is a task: its function must be async")
        _OPERATIONS[type_name, method_name] = Operation(function, is_async, admit, locks)
        return function

    return bind


@cache
def load_operations() -> None:
    """Import every module of this package, which registers the operations that it implements."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)], f"{__package__}."):
        importlib.import_module(module.name)


@cache
def find_operation(type_name: str, method_name: str) -> Operation | None:
    """Return what implements a method on this type: its own function, else its nearest ancestor's."""
    if type_name == _FIRST:
        importlib.import_module(f"{__package__}.service_instance")
    if type_name != _FIRST or (type_name, method_name) not in _OPERATIONS:
        load_operations()
    for ancestor in managed_type(type_name).ancestors:
        found = _OPERATIONS.get((ancestor.name, method_name))
        if found is not None:
            return found
    return None


def implemented() -> frozenset[tuple[str, str]]:
    """Return what is implemented: managed object type and method."""
    load_operations()
    return frozenset(_OPERATIONS)
