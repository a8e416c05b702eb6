"""Names for what a target numbers: moRefs become parts in the case, identifiers become whose they are.

`host-21` on one target and `host-1044` on another are both `<HostSystem own>`; the string `web01` is
`<name of primary>` wherever it turns up. That makes trees comparable, and makes equality visible: a
secondary whose `name` reads `<name of primary>` has the primary's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vim25_conformance.outcome import PRESENT, Data, Fault, Faulted, Ref, Reply, Returned, Several, Value

PRIMARY: Final = "primary"
SECONDARY: Final = "secondary"
NOWHERE: Final = "nowhere"
"""The part of a reference that was made up to resolve to nothing."""

INVENTORY: Final = frozenset(
    {
        "ClusterComputeResource",
        "ComputeResource",
        "Datacenter",
        "Datastore",
        "Folder",
        "HostSystem",
        "Network",
        "ResourcePool",
        "VirtualMachine",
    }
)
"""Types of which there are many; one without a part is `other`. Anything else is known by its type alone."""

GIVEN: Final = {"UpdateSet": frozenset({"version"}), "RetrieveResult": frozenset({"token"})}
"""Properties that a client hands back as they are; their values mean nothing to anybody else."""


def shape(value: Value) -> Value:
    """Which properties are set, without their values: for what depends on the inventory or the client."""
    match value:
        case Data():
            return Data(value.type, {name: shape(inner) for name, inner in value.fields.items()})
        case Ref() | Fault() | None:
            return value
    return PRESENT


class Naming:
    """Who plays which part. Parts are given while a case runs; trees are named when all parts are known."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}

    def part(self, kind: str, moid: str, role: str) -> None:
        """The object plays `role`; the first part given to an object stays."""
        self._parts.setdefault((kind, moid), role)

    def identity(self, role: str, words: Mapping[str, str]) -> None:
        """Strings that belong to a part, such as its name; the first owner of a string stays."""
        for what, word in words.items():
            if word:
                self._words.setdefault(word, f"<{what} of {role}>")

    def ref(self, ref: Ref) -> Ref:
        """The reference by its part."""
        default = "other" if ref.type in INVENTORY else ""
        return Ref(ref.type, self._parts.get((ref.type, ref.role), default))

    def value(self, value: Value) -> Value:
        """The same tree with every reference and identifier named."""
        match value:
            case str():
                return self._words.get(value, value)
            case Ref():
                return self.ref(value)
            case Data():
                given = dict.fromkeys(GIVEN.get(value.type, frozenset()) & value.fields.keys(), PRESENT)
                return Data(value.type, {**self.fields(value.fields), **given})
            case Fault():
                return self.fault(value)
            case Several():
                return Several(tuple(self.value(item) for item in value.items))
        return value

    def fields(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        """Properties, each named."""
        return {name: self.value(value) for name, value in fields.items()}

    def fault(self, fault: Fault) -> Fault:
        """A fault with its properties named."""
        return Fault(fault.lineage, self.fields(fault.fields), fault.declared)

    def reply(self, reply: Reply) -> Reply:
        """A reply with what it carries named."""
        match reply:
            case Returned(value):
                return Returned(self.value(value))
            case Faulted(fault):
                return Faulted(self.fault(fault))
        return reply
