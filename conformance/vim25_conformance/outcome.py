"""The outcome tree: what a case saw of a target, in a form that two targets can be compared by.

Rules kept here:

* Frozen and typed; everything that a log holds can be read back as the same tree.
* A reference carries the part that the object plays (`<VirtualMachine primary>`), never a counter, so that
one extra object on one side is one difference and not a hundred. * No message text: `localizedMessage`,
`faultstring` and `faultMessage[].message` are not part of a tree. * No clock and no serial number: see
`VOLATILE`.
"""

from __future__ import annotations

from typing import Final

import msgspec

VOLATILE: Final = frozenset(
    {
        "chainId",
        "changeVersion",
        "completeTime",
        "createdTime",
        "eventChainId",
        "fullFormattedMessage",
        "key",
        "lastActiveTime",
        "localizedMessage",
        "loginTime",
        "message",
        "modified",
        "msg",
        "parentTaskKey",
        "progress",
        "queueTime",
        "reasonText",
        "rootTaskKey",
        "startTime",
        "userName",
        "warningDetails",
        "warningText",
    }
)
"""Properties that say when, how often, or in which words; a tree keeps the name and drops the value."""

PRESENT: Final = "<present>"
"""Stands where a volatile property had a value."""


class Ref(msgspec.Struct, frozen=True, tag_field="kind", tag="ref"):
    """A managed object reference: its WSDL type and the part that it plays in the case."""

    type: str
    role: str

    def __str__(self) -> str:
        return f"<{self.type} {self.role}>" if self.role else f"<{self.type}>"


class Data(msgspec.Struct, frozen=True, tag_field="kind", tag="data"):
    """A data object: the WSDL name of its dynamic type, and its properties that were set."""

    type: str
    fields: dict[str, Value]


class Fault(msgspec.Struct, frozen=True, tag_field="kind", tag="fault"):
    """A fault: WSDL names from the leaf to `MethodFault`, whether the method declares it, and its
    properties."""

    lineage: tuple[str, ...]
    fields: dict[str, Value]
    declared: bool = False

    @property
    def type(self) -> str:
        """The leaf's name."""
        return self.lineage[0]


class Several(msgspec.Struct, frozen=True, tag_field="kind", tag="several"):
    """An array; compared without regard to order, because vim25 promises none."""

    items: tuple[Value, ...]


Value = None | bool | int | float | str | Ref | Data | Fault | Several


class Returned(msgspec.Struct, frozen=True, tag_field="kind", tag="returned"):
    """The call came back with a value (None for a void method or an unset property)."""

    value: Value = None


class Faulted(msgspec.Struct, frozen=True, tag_field="kind", tag="faulted"):
    """The call was answered with a SOAP fault that carries a typed detail."""

    fault: Fault


class Refused(msgspec.Struct, frozen=True, tag_field="kind", tag="refused"):
    """The call was answered with a SOAP fault without detail, or with another HTTP status."""

    why: str


class Unreadable(msgspec.Struct, frozen=True, tag_field="kind", tag="unreadable"):
    """The answer is not a vim25 document, or the client library could not decode it."""

    why: str


class Dropped(msgspec.Struct, frozen=True, tag_field="kind", tag="dropped"):
    """No answer: the connection was closed or timed out."""

    why: str


Reply = Returned | Faulted | Refused | Unreadable | Dropped


class Wire(msgspec.Struct, frozen=True):
    """What HTTP and SOAP said: status (0: none), faultcode, the detail element, and breaches of the type
    registry."""

    status: int = 0
    faultcode: str = ""
    detail: str = ""
    complaints: tuple[str, ...] = ()


class TaskSeen(msgspec.Struct, frozen=True):
    """A task that was followed to its end.

    `states` is what the long poll happened to show and depends on timing; it is reported and never compared.
    """

    state: str
    states: tuple[str, ...] = ()
    error: Fault | None = None
    result: Value = None
    info: dict[str, Value] = {}


class Step(msgspec.Struct, frozen=True):
    """One call of a case, the answer, and the task behind it when there was one."""

    name: str
    method: str
    reply: Reply
    wire: Wire = Wire()
    task: TaskSeen | None = None

    @property
    def failure(self) -> Fault | None:
        """The fault, whichever way it came: on the call or in the task."""
        if isinstance(self.reply, Faulted):
            return self.reply.fault
        return self.task.error if self.task else None

    @property
    def channel(self) -> str:
        """How the call ended: `call`, `task`, or `none` when nothing failed."""
        if not isinstance(self.reply, Returned):
            return "call"
        return "task" if self.task and self.task.state == "error" else "none"


class Outcome(msgspec.Struct, frozen=True):
    """Everything that one case saw on one target at one API version.

    `objects` is the last known state by role, `seen` the values that passed by on a property filter,
    `events` a multiset, `facts` what the steps worked out themselves.
    """

    steps: tuple[Step, ...] = ()
    objects: dict[str, dict[str, Value]] = {}
    seen: dict[str, dict[str, Several]] = {}
    events: dict[str, int] = {}
    facts: dict[str, Value] = {}

    def step(self, name: str) -> Step | None:
        """The step of that name, if the case got so far."""
        return next((step for step in self.steps if step.name == name), None)
