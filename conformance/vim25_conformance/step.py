"""Create the steps of an outcome: a call, a raw request, a followed task."""

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

#: Name of the step that stands for a failed call of the suite itself.
ARRANGE: Final = "arrange"


def step_of(name: str, method: str, exchange: Exchange, error: Exception | None) -> Step:
    """Return the step of an exchange; `error` is what pyVmomi raised, if anything."""
    reply, wire = exchange.read()
    if error is not None and isinstance(reply, Returned):
        reply = Unreadable(f"pyVmomi stopped: {type(error).__name__}")
    return Step(name, method, reply, wire)


def unsent(name: str, method: str, error: Exception | None) -> Step:
    """Return the step of a call that pyVmomi did not send."""
    return Step(name, method, Unreadable(f"pyVmomi did not send it: {type(error).__name__}"))


def stopped_by(error: Exception, exchange: Exchange) -> Step:
    """Return the step that stands for a failed call of the suite's own; `exchange` is the latest one."""
    if isinstance(error, vmodl.fault.MethodNotFound) and not exchange.failed:
        return Step(ARRANGE, str(error.method), Unreadable("pyVmomi has no such method at this API version"))
    return step_of(ARRANGE, exchange.method, exchange, error)


def followed(step: Step, info: dict[str, Value], states: list[Value], *, ended: bool) -> Step:
    """Return the step with its task as TaskInfo describes it; `states` are those that were reported."""
    state = str(info.get("state", "")) if ended else "unfinished"
    rest = {name: value for name, value in info.items() if name not in ("state", "error", "result")}
    error = info.get("error")
    fault = _declared(error, step.method) if isinstance(error, Fault) else None
    seen = TaskSeen(state, tuple(str(each) for each in states), fault, info.get("result"), rest)
    return msgspec.structs.replace(step, task=seen)


def _declared(error: Fault, method: str) -> Fault:
    declared = set(declared_faults(VmomiSupport.GetWsdlMethod("urn:vim25", method).info))
    return msgspec.structs.replace(error, declared=bool(declared & set(error.lineage)))


class PropertyRead:
    """A property read in the shape of a method call."""

    def __init__(self, target: Any, path: str) -> None:
        self._target, self._path = target, path

    def value(self) -> Any:
        """Return the property as pyVmomi reads it."""
        return getattr(self._target, self._path)
