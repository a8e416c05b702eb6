from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.implementation import Operation
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.registry import managed_type, method_names
from vim25_emulator.vmodl.registry import method as method_named
from vim25_emulator.vmodl.type_description import Method

OPERATIONS = [IMPLEMENTATION.operation(*key) for key in sorted(IMPLEMENTATION.implemented())]
GUARDED = [
    method for name in method_names() if (method := method_named(name)) and IMPLEMENTATION.guards(name)
]


def misfit(function: Callable[..., Any], method: Method) -> str | None:
    """Return the error of a function that does not accept all or only the required arguments of a method."""
    signature = inspect.signature(function)
    every = [parameter.name for parameter in method.parameters]
    required = [parameter.name for parameter in method.parameters if not parameter.optional]
    try:
        signature.bind("call", "this", **dict.fromkeys(every))
        signature.bind("call", "this", **dict.fromkeys(required))
    except TypeError as error:
        return f"{function.__module__}.{function.__name__} for {method.name}: {error}"
    return None


def test_functions_take_what_their_methods_send() -> None:
    """A test, not a check of the decorator, which would slow down every start."""
    functions = [
        (function, managed_type(found.type_name).methods[found.method_name])
        for found in OPERATIONS
        if found is not None
        for function in (found.function, found.admit, found.requires)
        if function is not None
    ]
    functions += [
        (guard.function, method) for method in GUARDED for guard in IMPLEMENTATION.guards(method.name)
    ]
    assert len(functions) > 200
    assert list(filter(None, (misfit(*pair) for pair in functions))) == []


def test_every_parameter_of_a_function_is_one_of_its_methods() -> None:
    known: dict[Callable[..., Any], set[str]] = {}
    for found in filter(None, OPERATIONS):
        method = managed_type(found.type_name).methods[found.method_name]
        known.setdefault(found.function, set()).update(parameter.name for parameter in method.parameters)
    unknown = {
        function.__name__: extra
        for function, names in known.items()
        if (extra := _keywords(function) - names)
    }
    assert unknown == {}


def _keywords(function: Callable[..., Any]) -> set[str]:
    parameters = list(inspect.signature(function).parameters.values())[2:]
    return {parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD}


def test_what_does_not_fit_is_found() -> None:
    method = managed_type("Folder").methods["CreateFolder"]

    def fits(call: Call, folder: ManagedObject, name: str) -> None: ...
    def unknown(call: Call, folder: ManagedObject, name: str, nmae: str) -> None: ...
    def missing(call: Call, folder: ManagedObject) -> None: ...

    assert misfit(fits, method) is None
    assert "missing a required argument: 'nmae'" in (misfit(unknown, method) or "")
    assert "got an unexpected keyword argument 'name'" in (misfit(missing, method) or "")

    def without_default(call: Call, vm: ManagedObject, host: ManagedObject) -> None: ...

    power_on = managed_type("VirtualMachine").methods["PowerOnVM_Task"]
    assert "missing a required argument: 'host'" in (misfit(without_default, power_on) or "")


def test_a_task_is_async() -> None:
    with pytest.raises(TypeError, match="PowerOnVM_Task is a task"):

        @operation("VirtualMachine", "PowerOnVM_Task")
        def power_on(call: Call, vm: ManagedObject, host: ManagedObject | None = None) -> None: ...


def test_a_method_that_the_type_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError):
        operation("Folder", "PowerOnVM_Task")


def test_the_declaration_says_what_was_declared() -> None:
    found = IMPLEMENTATION.operation("VirtualMachine", "CreateSnapshot_Task")
    assert isinstance(found, Operation)
    assert (found.type_name, found.is_async, found.locks) == ("VirtualMachine", True, True)


def test_no_guard_is_for_a_method_that_is_answered_before_the_guards_are_loaded() -> None:
    assert {method.name for method in GUARDED}.isdisjoint(managed_type("ServiceInstance").methods)
