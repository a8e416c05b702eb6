"""From what was heard to a step of the outcome: a call, a body as it is, a task that was followed."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from pyVmomi import VmomiSupport, vmodl

from vim25_conformance.conversation import Exchange, declared_faults
from vim25_conformance.outcome import Fault, Returned, Step, TaskSeen, Unreadable, Value

ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)

ARRANGE: Final = "arrange"
"""The name of the step that stands for a call of the suite itself that failed before or after the steps."""


def step_of(name: str, method: str, exchange: Exchange, error: Exception | None) -> Step:
    """What came of an exchange; `error` is what pyVmomi made of it, if it was not content."""
    reply, wire = exchange.read()
    if error is not None and isinstance(reply, Returned):
        reply = Unreadable(f"pyVmomi stopped: {type(error).__name__}")
    return Step(name, method, reply, wire)


def unsent(name: str, method: str, error: Exception | None) -> Step:
    """A call that pyVmomi did not send."""
    return Step(name, method, Unreadable(f"pyVmomi did not send it: {type(error).__name__}"))


def stopped_by(error: Exception, exchange: Exchange) -> Step:
    """The step that stands for a call of the suite's own that did not work; `exchange` is the last one."""
    if isinstance(error, vmodl.fault.MethodNotFound) and not exchange.failed:
        return Step(
            ARRANGE, str(error.method), Unreadable("pyVmomi knows no such method at this API version")
        )
    return step_of(ARRANGE, exchange.method, exchange, error)


def followed(step: Step, info: dict[str, Value], states: list[Value], *, ended: bool) -> Step:
    """The step with its task as TaskInfo describes it; `states` are those that passed by."""
    state = str(info.get("state", "")) if ended else "unfinished"
    rest = {name: value for name, value in info.items() if name not in ("state", "error", "result")}
    error = info.get("error")
    found = _declared(error, step.method) if isinstance(error, Fault) else None
    seen = TaskSeen(state, tuple(str(each) for each in states), found, info.get("result"), rest)
    return msgspec.structs.replace(step, task=seen)


def _declared(error: Fault, method: str) -> Fault:
    declared = set(declared_faults(VmomiSupport.GetWsdlMethod("urn:vim25", method).info))
    return msgspec.structs.replace(error, declared=bool(declared & set(error.lineage)))


class PropertyRead:
    """A property read, shaped like a method call."""

    def __init__(self, target: Any, path: str) -> None:
        self._target, self._path = target, path

    def value(self) -> Any:
        """The property as pyVmomi reads it."""
        return getattr(self._target, self._path)
