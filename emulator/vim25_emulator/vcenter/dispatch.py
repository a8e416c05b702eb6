"""From a decoded request to the operation's result, through the checks that every call passes.

The order is that of a real vCenter (facts on CreateSecondaryVM_Task, rows 1 to 5): session, method known at
the client's version, object found, argument references found, privilege. All of them answer on the call; a
task exists only after the last.
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
from vim25_emulator.vcenter.guard import ask_guards
from vim25_emulator.vcenter.implementation import Operation
from vim25_emulator.vcenter.privilege_by_content import required_by_content
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.type_description import Kind, Method, Property
from vim25_emulator.vmodl.value import MethodFault, MoRef, Tagged
from vim25_emulator.vmodl.version import Version

_LOG = logging.getLogger(__name__)

#: Methods that anybody may call although the registry names a privilege (seen: clients ask the time first).
_ANONYMOUS_METHODS: Final = frozenset({"CurrentTime"})

#: Methods that a session's `callCount` and `lastActiveTime` take no notice of (seen).
_UNCOUNTED: Final = frozenset({"RetrieveServiceContent", "Fetch"})

#: Methods for which the registry names no privilege because it depends on the call → which one (documented).
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
    """A decoded call: arguments by parameter name, references unresolved."""

    method: Method
    this: MoRef
    arguments: dict[str, Any]
    version: Version
    session: Session | None = None
    client: Client = field(default_factory=Client)
    operation_id: str | None = None


def invoke(vcenter: VCenter, request: Invocation) -> Any | Coroutine[Any, Any, Any]:
    """Run a call; return its result, or a coroutine of it for a method that waits.

    Raises MethodFault for what is answered on the call. Must run on the vCenter's event loop.
    """
    method = request.method
    anonymous = method.privilege == "System.Anonymous" or method.name in _ANONYMOUS_METHODS
    if request.session is None and not anonymous:
        raise not_authenticated(vcenter.root_folder.ref)
    this = vcenter.inventory.require(request.this)
    if not this.is_a(method.owner):
        raise MethodFault("InvalidType")
    arguments = _resolved(vcenter, method, request.arguments)
    if request.session is not None:
        vcenter.sessions.touch(request.session)
        if not anonymous:
            _authorize(vcenter, request.session, method, this, arguments)
    call = Call(vcenter, method, this, request.version, request.session, request.client, request.operation_id)
    vcenter.rules.check(method.name, "call", this)
    found = vcenter.implementation.operation(this.type.name, method.name)
    if found is None:
        _LOG.warning("%s on a %s is not implemented", method.name, this.type.name)
        raise MethodFault("NotImplemented")
    try:
        result = _run(found, call, this, arguments)
    finally:
        if request.session is not None and method.name not in _UNCOUNTED:
            vcenter.sessions.count(request.session)
    if request.session is not None and iscoroutine(result):
        return vcenter.sessions.waiting_in(request.session, result)
    return result


def _resolved(vcenter: VCenter, method: Method, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with the references among them replaced by objects.

    A required array that is not there is empty, since an empty one leaves no trace.
    """
    return {
        parameter.name: _argument(vcenter, parameter, arguments.get(parameter.name, ()))
        for parameter in method.parameters
        if parameter.name in arguments or (parameter.type.array and not parameter.optional)
    }


def _argument(vcenter: VCenter, parameter: Property, value: Any) -> Any:
    if parameter.type.kind is not Kind.REFERENCE or value is None:
        return value
    if parameter.type.array:
        return tuple(vcenter.inventory.require(ref) for ref in value)
    return vcenter.inventory.require(value)


def _authorize(
    vcenter: VCenter, session: Session, method: Method, this: ManagedObject, arguments: dict[str, Any]
) -> None:
    """Require the method's privilege on the object, and a parameter's own on the object it names."""
    user, authorization = session.user, vcenter.authorization
    if authorization.rights(user).unrestricted:
        return
    conditional = _CONDITIONAL.get(method.name)
    privilege = conditional(this, user) if conditional is not None else method.privilege
    if privilege:
        authorization.require(user, this, privilege)
    for parameter in method.parameters:
        named = arguments.get(parameter.name) if parameter.privilege else None
        for entity in named if isinstance(named, tuple) else (named,):
            if isinstance(entity, ManagedObject) and parameter.privilege:
                authorization.require(user, entity, parameter.privilege)
    for entity, needed in required_by_content(method.name, this, arguments):
        authorization.require(user, entity, needed)


def _run(found: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any]) -> Any:
    if call.method.is_task:
        return _start(found, call, this, arguments)
    ask_guards(call, this, arguments)
    result = found.function(call, this, **arguments)
    return _referred(result) if call.method.result.kind is Kind.REFERENCE else result


def _start(found: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any]) -> MoRef:
    """Start the task of an operation and return its reference."""
    if found.admit is not None:
        found.admit(call, this, **arguments)

    async def body(task: RunningTask) -> Any:
        running = replace(call, task=task)
        await call.vcenter.rules.begin(task, call.method.name)
        task.required = _require(found, running, this, arguments)
        task.requirement = partial(_require, found, running, this, arguments, again=True)
        result = await found.function(running, this, **arguments)
        call.vcenter.rules.check(call.method.name, "end", this)
        return _result(call.method, result)

    origin = TaskOrigin(call.method.name, call.method.description_id, call.user)
    return call.vcenter.tasks.start(_subject(call.vcenter, this), origin, body, locks=found.locks).ref


def _require(
    found: Operation, call: Call, this: ManagedObject, arguments: dict[str, Any], *, again: bool = False
) -> Any:
    """Raise the fault of what a task must not do now; return what the operation's `requires` returns.

    `again`: the task has done its work.
    """
    _require_present(call.vcenter.inventory, this, *arguments.values())
    ask_guards(call, this, arguments, again=again)
    return found.requires(call, this, **arguments) if found.requires is not None else None


def _require_present(inventory: Inventory, *named: Any) -> None:
    """Raise ManagedObjectNotFound for an object that was destroyed after its reference was resolved."""
    for value in named:
        for entity in value if isinstance(value, tuple) else (value,):
            if isinstance(entity, ManagedObject):
                inventory.require(entity.ref)


def _subject(vcenter: VCenter, this: ManagedObject) -> ManagedObject:
    """Return what a task on this object is about: of a snapshot, its VM."""
    return vcenter.inventory[this.get("vm")] if this.is_a("VirtualMachineSnapshot") else this


def _result(method: Method, result: Any) -> Any:
    """Return a task's result as it stands in the anyType place of TaskInfo, where arrays tell their type."""
    declared = method.task_result
    return Tagged(declared.array_name, result) if declared.array and isinstance(result, tuple) else result


def _referred(result: Any) -> Any:
    """Return references for the managed objects that an operation answers with."""
    if isinstance(result, (tuple, list)) and not isinstance(result, MoRef):
        return tuple(_referred(one) for one in result)
    return result.ref if isinstance(result, ManagedObject) else result
