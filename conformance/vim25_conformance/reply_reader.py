"""What reading a response into the outcome tree has in common over all bindings: the type registry's checks.

A reader never stops: whatever the registry does not allow becomes a complaint with its path, and the value is
preserved as far as possible.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from pyVmomi import VmomiSupport, vmodl

from vim25_conformance.outcome import PRESENT, VOLATILE, Data, Fault, Value

#: Properties of pyVmomi's classes that are never transmitted.
BARE: Final = frozenset({"dynamicType", "dynamicProperty", "msg"})


def lineage(fault: type) -> tuple[str, ...]:
    """Return WSDL names from a fault's class up to MethodFault."""
    chain = fault.__mro__[: fault.__mro__.index(vmodl.MethodFault) + 1]
    return tuple(VmomiSupport.GetWsdlName(base) for base in chain)


def known(name: str) -> type | None:
    """Return the class of a WSDL name of vim25, None if there is none."""
    try:
        return VmomiSupport.GetWsdlType("urn:vim25", name)  # type: ignore[no-any-return]
    except KeyError:
        return None


def is_fault(kind: Any) -> bool:
    """Whether the class is one of a fault."""
    return isinstance(kind, type) and issubclass(kind, vmodl.MethodFault)


def is_list(kind: Any) -> bool:
    """Whether the class is one of an array."""
    return isinstance(kind, type) and issubclass(kind, list)


def wsdl_name(kind: Any) -> str:
    """Return the WSDL name of a class, empty for None, anyType and what has none."""
    if kind is None or kind is object:
        return ""
    try:
        return str(VmomiSupport.GetWsdlName(kind))
    except KeyError:
        return ""


def members(kind: Any) -> dict[str, Any]:
    """Return the properties of a data object's class that can be transmitted, none without a class."""
    return {info.name: info for info in kind._GetPropertyList() if info.name not in BARE} if kind else {}


def settled(name: str, value: Value) -> Value:
    """Return the value of a property, without what differs from run to run."""
    return PRESENT if name in VOLATILE and not isinstance(value, Data | Fault) else value


class ReplyReader:
    """Reader of one response; `complaints` lists what the registry does not allow.

    `declared_faults` are WSDL names, `version` is the VMODL name of the API version whose properties to
    expect (None: any).
    """

    def __init__(self, declared_faults: tuple[str, ...] = (), version: str | None = None) -> None:
        self.declared_faults = frozenset(declared_faults)
        self._version = version
        self.complaints: list[str] = []

    def distinct_complaints(self) -> tuple[str, ...]:
        """Return the complaints without duplicates."""
        return tuple(dict.fromkeys(self.complaints))

    def check_members(self, names: Collection[str], kind: Any, path: str) -> None:
        """Complain of properties that the class does not have, or that it requires and that are missing."""
        every = members(kind)
        served = {name: info for name, info in every.items() if self._served(info)}
        for name in sorted(set(names) - served.keys()) if kind else ():
            why = "is newer than the client's version" if name in every else "is not in vim25"
            self.complaints.append(f"{path}: property {name} of {VmomiSupport.GetWsdlName(kind)} {why}")
        for name, info in served.items():
            if name not in names and not info.flags & VmomiSupport.F_OPTIONAL and not is_list(info.type):
                self.complaints.append(f"{path}: required property {name} is missing")

    def _served(self, info: Any) -> bool:
        """Whether the property exists at the client's version."""
        return self._version is None or bool(VmomiSupport.IsChildVersion(self._version, info.version))

    def fault_of(self, name: str, kind: type | None, fields: dict[str, Value], path: str) -> Fault:
        """Return a fault of the class, or of the name if it is no fault of vim25."""
        if kind is None or not is_fault(kind):
            self.complaints.append(f"{path}: {name or 'a fault without a type'} is not a fault of vim25")
            return Fault((name or "?", "MethodFault"), fields)
        chain = lineage(kind)
        return Fault(chain, fields, bool(self.declared_faults & set(chain)))
