"""`@operation("VirtualMachine", "PowerOnVM_Task")` declares that a function implements a method.

Types that extend the managed object type inherit the function. Keyword arguments are the method's parameters,
with managed object references resolved. The registry defines everything else about the method.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from vim25_emulator.vcenter.implementation import Function, Operation, declare
from vim25_emulator.vmodl.registry import managed_type

F = TypeVar("F", bound=Callable[..., Any])


def operation(
    type_name: str,
    method_name: str,
    *,
    admit: Function | None = None,
    requires: Function | None = None,
    locks: bool = False,
) -> Callable[[F], F]:
    """Declare a function as the implementation of a method; see `Operation` for the options.

    Raise KeyError if the type has no such method; TypeError if the function of a task is not async, or for
    an option of tasks on another method.
    """
    method = managed_type(type_name).methods[method_name]

    def bind(function: F) -> F:
        is_async = inspect.iscoroutinefunction(function)
        if method.is_task and not is_async:
            raise TypeError(f"{method_name} is a task: its function must be async")
        if not method.is_task and (admit or requires or locks):
            raise TypeError(f"{method_name} is no task: admit, requires and locks are not allowed")
        declare(function, Operation(type_name, method_name, function, is_async, admit, requires, locks))
        return function

    return bind
