"""Dispatch a decoded request: run the checks of every call, then the operation.

The checks run in the order of a real vCenter (facts on CreateSecondaryVM_Task, rows 1 to 5): session, method
known at the client's version, existence of the object, existence of referenced arguments, privilege. Their
faults are returned by the call itself; a task is created only after the last check.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from inspect import iscoroutine
from typing import Any, Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.inventory.task import RunningTask, TaskOrigin
from vim25_emulator.vcenter.authorization import not_authenticated
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.guard import run_guards
from vim25_emulator.vcenter.implementation import Operation
from vim25_emulator.vcenter.privilege_by_content import required_by_content, required_by_references
from vim25_emulator.vcenter.property_writer import PropertyWriter
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.session_object import find_for, find_or_ref, require_for
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.type_description import Kind, Method, Property
from vim25_emulator.vmodl.value import MethodFault, MoRef, Tagged
from vim25_emulator.vmodl.version import Version

_LOG = logging.getLogger(__name__)

#: Methods that do what they can: they receive references that do not resolve, and return them [documented].
_UNRESOLVED: Final = frozenset({"ModifyListView", "ResetListView"})

#: Methods that do not change a session's `callCount` and `lastActiveTime` [observed: recordings].
_UNCOUNTED: Final = frozenset({"RetrieveServiceContent", "Fetch"})

#: Method whose privilege depends on the call, so the registry has none → that privilege [documented].
_CONDITIONAL: Final[dict[str, Callable[[ManagedObject, str], str | None]]] = {
    "ApplyRecommendation": lambda cluster, user: "Resource.ApplyRecommendation",
    "CancelTask": lambda task, user: (
        "Global.CancelTask" if task.get("info.reason.userName") != user else None
    ),
    "UpdateOptions": lambda manager, user: (
        "Global.Settings" if manager.ref.value == "VpxSettings" else "Host.Config.AdvancedConfig"
    ),
    "setCustomValue": lambda entity, user: "Global.SetCustomField",
}


@dataclass(slots=True)
class Invocation:
    """A decoded request: arguments by parameter name, references unresolved.

    `writer` writes properties for the client; methods that return some require it.
    """

    method: Method
    this: MoRef
    arguments: dict[str, Any]
    version: Version
    session: Session | None = None
    client: Client = field(default_factory=Client)
    operation_id: str | None = None
    writer: PropertyWriter | None = None


def invoke(vcenter: VCenter, request: Invocation) -> Any | Coroutine[Any, Any, Any]:
    """Run a call; return its result, or a coroutine of it for a method that waits.

    Raise the MethodFault of the call itself. Must run on the vCenter's event loop.
    """
    method = request.method
    anonymous = method.privilege == "System.Anonymous"
    if request.session is None and not anonymous:
        raise not_authenticated(vcenter.root_folder.ref)
    this = _this(vcenter, request)
    arguments = _resolved(vcenter, request)
    if request.session is not None:
        vcenter.sessions.touch(request.session)
        if not anonymous:
            authorize(vcenter, request.session.user, method, this, arguments)
    call = Call(
        vcenter,
        method,
        this,
        request.version,
        request.session,
        request.client,
        request.operation_id,
        request.writer,
    )
    vcenter.rules.check(method.name, "call", this)
    operation = vcenter.implementation.operation(this.type.name, method.name)
    if operation is None:
        _LOG.warning("%s on a %s is not implemented", method.name, this.type.name)
        raise MethodFault("NotImplemented")
    try:
        result = _run(operation, call, this, arguments)
    finally:
        if request.session is not None and method.name not in _UNCOUNTED:
            vcenter.sessions.count(request.session)
    if request.session is not None and iscoroutine(result):
        return vcenter.sessions.waiting_in(request.session, result)
    return result


def _this(vcenter: VCenter, request: Invocation) -> ManagedObject:
    """Return the object of a call; raise InvalidType if it is of another type than the request says."""
    session, inventory, ref = request.session, vcenter.inventory, request.this
    this = find_for(session, inventory, ref)
    if this is not None and this.is_a(request.method.owner):
        return this
    if session is None and request.method.name == "Fetch":  # without a session, nobody learns what exists
        raise not_authenticated(vcenter.root_folder.ref)
    if this is None and find_for(session, inventory, MoRef("ManagedObject", ref.value)) is None:
        raise MethodFault("ManagedObjectNotFound", obj=ref)
    raise MethodFault("InvalidType")


def _resolved(vcenter: VCenter, request: Invocation) -> dict[str, Any]:
    """Return the arguments, with references replaced by objects.

    A missing required array is empty: an empty array has no elements in the request.
    """
    method, session, arguments = request.method, request.session, request.arguments
    resolve = partial(find_or_ref if method.name in _UNRESOLVED else require_for, session, vcenter.inventory)
    return {
        parameter.name: _argument(resolve, parameter, arguments.get(parameter.name, ()))
        for parameter in method.parameters
        if parameter.name in arguments or (parameter.type.array and not parameter.optional)
    }


def _argument(resolve: Callable[[MoRef], Any], parameter: Property, value: Any) -> Any:
    if parameter.type.kind is not Kind.REFERENCE or value is None:
        return value
    if parameter.type.array:
        return tuple(map(resolve, value))
    return resolve(value)


def authorize(
    vcenter: VCenter, user: str, method: Method, this: ManagedObject, arguments: dict[str, Any]
) -> None:
    """Require the method's privilege on the object, and those of parameters on the objects they refer to.

    Where neither the registry nor the content of the call names a privilege, the object itself must be
    readable, and an object in a parameter visible [derived]: no call is about an object that its caller does
    not know.
    """
    authorization = vcenter.authorization
    if authorization.rights(user).unrestricted:
        return
    conditional = _CONDITIONAL.get(method.name)
    privilege = conditional(this, user) if conditional is not None else method.privilege
    authorization.require(user, this, privilege or _least(this))
    for parameter in method.parameters:
        argument = arguments.get(parameter.name)
        for entity in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(entity, ManagedObject):
                authorization.require(user, entity, parameter.privilege or "System.View")
    for entity, privilege in required_by_content(method.name, this, arguments):
        authorization.require(user, entity, privilege)
    for ref, privilege in required_by_references(tuple(arguments.values())):
        entity = vcenter.inventory.find(ref)
        if entity is not None:
            authorization.require(user, entity, privilege)


def _least(this: ManagedObject) -> str:
    """Return the privilege that every call on an object requires [derived]."""
    return "System.Read" if this.is_a("ManagedEntity") else "System.View"


def _run(operation: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any]) -> Any:
    if call.method.is_task:
        return _start(operation, call, this, arguments)
    run_guards(call, this, arguments)
    result = operation.function(call, this, **arguments)
    return _references(result) if call.method.result.kind is Kind.REFERENCE else result


def _start(operation: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any]) -> MoRef:
    """Start the task of an operation and return its reference."""
    if operation.admit is not None:
        operation.admit(call, this, **arguments)

    async def body(task: RunningTask) -> Any:
        running = replace(call, task=task)
        await call.vcenter.rules.begin(task, call.method.name)
        task.required = _require(operation, running, this, arguments)
        task.requirement = partial(_require, operation, running, this, arguments, again=True)
        result = await operation.function(running, this, **arguments)
        call.vcenter.rules.check(call.method.name, "end", this)
        return _result(call.method, result)

    origin = TaskOrigin(call.method.name, call.method.description_id, call.user)
    return call.vcenter.tasks.start(_entity(call.vcenter, this), origin, body, locks=operation.locks).ref


def _require(
    operation: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any], *, again: bool = False
) -> Any:
    """Check the requirements of a task; return the result of the operation's `requires`.

    `again`: this is the second check, after the task's work.
    """
    _require_present(call.vcenter.inventory, this, *arguments.values())
    run_guards(call, this, arguments, again=again)
    return operation.requires(call, this, **arguments) if operation.requires is not None else None


def _require_present(inventory: Inventory, *values: Any) -> None:
    """Raise ManagedObjectNotFound for an object that was destroyed after its reference was resolved."""
    for value in values:
        for entity in value if isinstance(value, tuple) else (value,):
            if isinstance(entity, ManagedObject):
                inventory.require(entity.ref)


def _entity(vcenter: VCenter, this: ManagedObject) -> ManagedObject:
    """Return the entity of a task on this object: of a snapshot, its VM."""
    return vcenter.inventory[this.get("vm")] if this.is_a("VirtualMachineSnapshot") else this


def _result(method: Method, result: Any) -> Any:
    """Return a task's result as a value of TaskInfo's anyType property, where arrays are tagged."""
    declared = method.task_result
    return Tagged(declared.array_name, result) if declared.array and isinstance(result, tuple) else result


def _references(result: Any) -> Any:
    """Return the references of the managed objects in an operation's result."""
    if isinstance(result, (tuple, list)) and not isinstance(result, MoRef):
        return tuple(_references(item) for item in result)
    return result.ref if isinstance(result, ManagedObject) else result
