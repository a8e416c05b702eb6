"""Normalized outcomes: moRefs become roles in the case, identifiers become their owners.

`host-21` on one target and `host-1044` on another both become `<HostSystem own>`; the string `web01` becomes
`<name of primary>` wherever it occurs. That makes trees comparable, and it makes equality visible: a
secondary whose `name` reads `<name of primary>` has the primary's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vim25_conformance.outcome import PRESENT, Data, Fault, Faulted, Ref, Reply, Returned, Several, Value

PRIMARY: Final = "primary"
SECONDARY: Final = "secondary"
#: Role of a reference that resolves to nothing.
NONEXISTENT: Final = "nowhere"

#: Types with many objects: one without a role is `other`. Any other type identifies its object by itself.
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

#: Opaque properties: a client only passes them back.
OPAQUE: Final = {"UpdateSet": frozenset({"version"}), "RetrieveResult": frozenset({"token"})}


def shape(value: Value) -> Value:
    """Return which properties are set, without their values, which depend on the inventory or the client."""
    match value:
        case Data():
            return Data(value.type, {name: shape(inner) for name, inner in value.fields.items()})
        case Ref() | Fault() | None:
            return value
    return PRESENT


class Normalizer:
    """Roles of objects and owners of strings.

    They are assigned while a case runs; trees are normalized when all are known.
    """

    def __init__(self) -> None:
        self._roles: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}

    def assign(self, kind: str, moid: str, role: str) -> None:
        """Assign a role to the object; the first role of an object stays."""
        self._roles.setdefault((kind, moid), role)

    def identify(self, role: str, words: Mapping[str, str]) -> None:
        """Register strings that belong to a role, such as a name; the first owner of a string stays."""
        for what, word in words.items():
            if word:
                self._words.setdefault(word, f"<{what} of {role}>")

    def ref(self, ref: Ref) -> Ref:
        """Return the reference with its role."""
        default = "other" if ref.type in INVENTORY else ""
        return Ref(ref.type, self._roles.get((ref.type, ref.role), default))

    def value(self, value: Value) -> Value:
        """Return the same tree with every reference and identifier normalized."""
        match value:
            case str():
                return self._words.get(value, value)
            case Ref():
                return self.ref(value)
            case Data():
                opaque = dict.fromkeys(OPAQUE.get(value.type, frozenset()) & value.fields.keys(), PRESENT)
                return Data(value.type, {**self.fields(value.fields), **opaque})
            case Fault():
                return self.fault(value)
            case Several():
                return Several(tuple(self.value(item) for item in value.items))
        return value

    def fields(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        """Return the properties, normalized."""
        return {name: self.value(value) for name, value in fields.items()}

    def fault(self, fault: Fault) -> Fault:
        """Return a fault with normalized properties."""
        return Fault(fault.lineage, self.fields(fault.fields), fault.declared)

    def reply(self, reply: Reply) -> Reply:
        """Return a reply with normalized content."""
        match reply:
            case Returned(value):
                return Returned(self.value(value))
            case Faulted(fault):
                return Faulted(self.fault(fault))
        return reply
