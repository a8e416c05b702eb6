"""The outcome tree: what a case recorded of a target, in a form in which two targets can be compared.

Frozen and typed: everything in a log can be read back as the same tree.

A reference carries the role of its object (`<VirtualMachine primary>`), never a counter, so that one extra
object is one difference and not a hundred.

No message texts: `localizedMessage`, `faultstring` and `faultMessage[].message` are not part of a tree. No
times and no serial numbers: see `VOLATILE`.
"""

from __future__ import annotations

from typing import Final

import msgspec

#: Properties that are times, counters or texts; a tree contains their names without their values.
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

#: Stands for the value of a volatile property.
PRESENT: Final = "<present>"


#: The fact that a state was waited for in vain.
UNSETTLED: Final = "unsettled"


class Ref(msgspec.Struct, frozen=True, tag_field="kind", tag="ref"):
    """A managed object reference: its WSDL type and the role of the object in the case."""

    type: str
    role: str

    def __str__(self) -> str:
        return f"<{self.type} {self.role}>" if self.role else f"<{self.type}>"


class Data(msgspec.Struct, frozen=True, tag_field="kind", tag="data"):
    """A data object: the WSDL name of its dynamic type, and its set properties."""

    type: str
    fields: dict[str, Value]


class Fault(msgspec.Struct, frozen=True, tag_field="kind", tag="fault"):
    """A fault: WSDL names up to `MethodFault`, properties, and whether the method declares it."""

    lineage: tuple[str, ...]
    fields: dict[str, Value]
    declared: bool = False

    @property
    def type(self) -> str:
        """Return the name of its type."""
        return self.lineage[0]


class Several(msgspec.Struct, frozen=True, tag_field="kind", tag="several"):
    """An array, compared without regard to order, because vim25 guarantees none."""

    items: tuple[Value, ...]


Value = None | bool | int | float | str | Ref | Data | Fault | Several


class Returned(msgspec.Struct, frozen=True, tag_field="kind", tag="returned"):
    """The call returned a value; None for a void method or an unset property."""

    value: Value = None


class Faulted(msgspec.Struct, frozen=True, tag_field="kind", tag="faulted"):
    """The response is a typed fault."""

    fault: Fault


class Refused(msgspec.Struct, frozen=True, tag_field="kind", tag="refused"):
    """The response is a SOAP fault without detail, or has another HTTP status."""

    why: str


class Unreadable(msgspec.Struct, frozen=True, tag_field="kind", tag="unreadable"):
    """The response is not a vim25 document, or the client library could not decode it."""

    why: str


class Dropped(msgspec.Struct, frozen=True, tag_field="kind", tag="dropped"):
    """No response: the connection was closed or timed out."""

    why: str


Reply = Returned | Faulted | Refused | Unreadable | Dropped


class Wire(msgspec.Struct, frozen=True, omit_defaults=True):
    """The form of a response: HTTP status (0: none), and what violates the registry or the binding.

    SOAP has `faultcode` and `detail` (the name of the detail element), VI/JSON has `media_type`.
    """

    status: int = 0
    faultcode: str = ""
    detail: str = ""
    complaints: tuple[str, ...] = ()
    media_type: str = ""


class TaskSeen(msgspec.Struct, frozen=True):
    """A task that was followed to its end.

    `states` are those that the long poll happened to report; they depend on timing and are never compared.
    """

    state: str
    states: tuple[str, ...] = ()
    error: Fault | None = None
    result: Value = None
    info: dict[str, Value] = {}


class Step(msgspec.Struct, frozen=True):
    """One call of a case, the response, and its task if there is one."""

    name: str
    method: str
    reply: Reply
    wire: Wire = Wire()
    task: TaskSeen | None = None

    @property
    def is_raw(self) -> bool:
        """Whether the request was not made by pyVmomi: the method is an HTTP verb."""
        return self.method.isupper()

    @property
    def failure(self) -> Fault | None:
        """Return the fault, reported by the call or by the task."""
        if isinstance(self.reply, Faulted):
            return self.reply.fault
        return self.task.error if self.task else None

    @property
    def channel(self) -> str:
        """Return what failed: `call`, `task`, or `none`."""
        if not isinstance(self.reply, Returned):
            return "call"
        return "task" if self.task and self.task.state == "error" else "none"


class Outcome(msgspec.Struct, frozen=True):
    """Everything that one case recorded of one target at one API version.

    `objects` is the last known state by role, `seen` the values that a property filter reported, `events` a
    multiset, `facts` what the steps worked out. `broken` says how the connection failed, if it did: then the
    rest is not what the target would have answered.
    """

    steps: tuple[Step, ...] = ()
    objects: dict[str, dict[str, Value]] = {}
    seen: dict[str, dict[str, Several]] = {}
    events: dict[str, int] = {}
    facts: dict[str, Value] = {}
    broken: str = ""

    def step(self, name: str) -> Step | None:
        """Return the step of that name, None if the case did not reach it."""
        return next((step for step in self.steps if step.name == name), None)
