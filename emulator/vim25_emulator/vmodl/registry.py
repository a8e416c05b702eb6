"""pyVmomi's type registry read as data, by WSDL name.

pyVmomi stores its definitions as plain tuples until a class is first used. This module reads the tuples and
never makes pyVmomi build a class: creating one of its objects takes 37 µs, one of ours 0.7 µs. Descriptions
are built on first use and cached. Types of other services (eam, pbm, sms, vsan) are not part of vim25 and are
left out.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pyVmomi import VmomiSupport

from vim25_emulator.vmodl.type_description import (
    LINK,
    OPTIONAL,
    DataType,
    EnumType,
    Kind,
    ManagedType,
    Method,
    Property,
    TypeRef,
)
from vim25_emulator.vmodl.version import NEVER, position_of

#: VMODL name → (kind, WSDL name) of the types without a definition.
_BUILT_IN: Final[dict[str, tuple[Kind, str]]] = {
    "string": (Kind.PRIMITIVE, "string"),
    "boolean": (Kind.PRIMITIVE, "boolean"),
    "byte": (Kind.PRIMITIVE, "byte"),
    "short": (Kind.PRIMITIVE, "short"),
    "int": (Kind.PRIMITIVE, "int"),
    "long": (Kind.PRIMITIVE, "long"),
    "float": (Kind.PRIMITIVE, "float"),
    "double": (Kind.PRIMITIVE, "double"),
    "vmodl.DateTime": (Kind.PRIMITIVE, "dateTime"),
    "vmodl.Binary": (Kind.PRIMITIVE, "base64Binary"),
    "vmodl.URI": (Kind.PRIMITIVE, "anyURI"),
    "vmodl.TypeName": (Kind.PRIMITIVE, "TypeName"),
    "vmodl.MethodName": (Kind.PRIMITIVE, "MethodName"),
    "vmodl.PropertyPath": (Kind.PRIMITIVE, "PropertyPath"),
    "vmodl.ManagedObject": (Kind.REFERENCE, "ManagedObject"),
    "vmodl.DataObject": (Kind.DATA, "DataObject"),
    "anyType": (Kind.ANY, "anyType"),
    "void": (Kind.VOID, "void"),
}

#: Managed object types of the vSAN service: registered under vim's versions, but served at another endpoint.
_VSAN_SERVICE: Final = frozenset(
    {
        "HostVsanHealthSystem",
        "VimClusterVsanVcDiskManagementSystem",
        "VimClusterVsanVcStretchedClusterSystem",
        "VsanCapabilitySystem",
        "VsanClusterHealthSystem",
        "VsanClusterMgmtInternalSystem",
        "VsanIscsiTargetSystem",
        "VsanObjectSystem",
        "VsanPerformanceManager",
        "VsanSpaceReportSystem",
        "VsanUpgradeSystemEx",
        "VsanVcClusterConfigSystem",
        "VsanVcClusterHealthSystem",
        "VsanVcsaDeployerSystem",
    }
)


def _index(definitions: dict[str, Any], tag_at: int) -> dict[str, Any]:
    """Return WSDL name → definition of all types that exist in some vim25 version."""
    return {
        definition[1]: definition
        for definition in definitions.values()
        if position_of(definition[tag_at]) != NEVER and definition[1] not in _VSAN_SERVICE
    }


#: The only method that neither registry nor WSDL lists: every managed object has it, to read one property.
#: pyVmomi sends it for each attribute since 8.0; its result has the declared type of the property.
_FETCH: Final = (
    "fetchProperty",
    "Fetch",
    "vmodl.version.version0",
    (("prop", "vmodl.PropertyPath", "vmodl.version.version0", 0, None),),
    (OPTIONAL, "anyType", "anyType"),
    "System.Anonymous",
    ["vmodl.query.InvalidProperty"],
)
_ROOT: Final = ("vmodl.ManagedObject", "ManagedObject", None, "vmodl.version.version0", (), (_FETCH,))

_DATA: Final = _index(VmomiSupport._dataDefMap, 3)
_MANAGED: Final = {**_index(VmomiSupport._managedDefMap, 3), "ManagedObject": _ROOT}
_ENUMS: Final = _index(VmomiSupport._enumDefMap, 2)


@cache
def type_ref(vmodl_name: str) -> TypeRef:
    """Return the description of a type from its name in the registry (`vim.Datastore[]`, `string`)."""
    array = vmodl_name.endswith("[]")
    item = vmodl_name.removesuffix("[]")
    if item in _BUILT_IN:
        kind, name = _BUILT_IN[item]
        return TypeRef(kind, name, array)
    if item in VmomiSupport._managedDefMap:
        return TypeRef(Kind.REFERENCE, VmomiSupport._managedDefMap[item][1], array)
    if item in VmomiSupport._enumDefMap:
        return TypeRef(Kind.ENUM, VmomiSupport._enumDefMap[item][1], array)
    name = VmomiSupport._dataDefMap[item][1]
    return TypeRef(Kind.FAULT if _extends_method_fault(item) else Kind.DATA, name, array)


#: pyVmomi makes LocalizedMethodFault a fault so that it can be raised; in the schemas it is a data object.
_REBASED: Final = {"vmodl.LocalizedMethodFault": "vmodl.DynamicData"}


def _base(vmodl_name: str) -> str | None:
    """Return the VMODL name of a data object type's base, None for a root."""
    definition = VmomiSupport._dataDefMap.get(vmodl_name)
    return _REBASED.get(vmodl_name, definition[2]) if definition else None


def _extends_method_fault(vmodl_name: str) -> bool:
    ancestor: str | None = vmodl_name
    while ancestor and ancestor != "vmodl.MethodFault":
        ancestor = _base(ancestor)
    return ancestor is not None


def _property(definition: Any) -> Property:
    name, vmodl_type, tag, flags, *privilege = definition
    declared = type_ref(vmodl_type)
    if flags & LINK and declared.kind is Kind.DATA:
        declared = TypeRef(Kind.PRIMITIVE, "string", declared.array)
    return Property(name, declared, position_of(tag), flags, privilege[0] if privilege else None)


def _method(owner: str, definition: Any) -> Method:
    vmodl_name, name, tag, parameters, (flags, result, task_result), privilege, faults = definition
    return Method(
        owner=owner,
        name=name,
        vmodl_name=vmodl_name,
        since=position_of(tag),
        parameters=tuple(_property(parameter) for parameter in parameters),
        result=type_ref(result),
        task_result=type_ref(task_result),
        optional_result=bool(flags & OPTIONAL),
        privilege=privilege,
        faults=tuple(VmomiSupport._dataDefMap[fault][1] for fault in faults or ()),
    )


#: Registered properties that are never sent: dynamic ones, and the message, which LocalizedMethodFault has.
_UNSENT: Final = {
    "DynamicData": {"dynamicType", "dynamicProperty"},
    "DynamicArray": {"dynamicType"},
    "MethodFault": {"msg"},
}


@cache
def data_type(name: str) -> DataType:
    """Return the data object type with this WSDL name; raise KeyError if it does not exist."""
    vmodl_name, _, _, tag, properties = _DATA[name]
    unsent = _UNSENT.get(name, ())
    base = _base(vmodl_name)
    base_name = VmomiSupport._dataDefMap[base][1] if base in VmomiSupport._dataDefMap else None
    return DataType(
        name=name,
        vmodl_name=vmodl_name,
        since=position_of(tag),
        base=data_type(base_name) if base_name and base_name != name else None,
        own=tuple(_property(p) for p in properties or () if p[0] not in unsent),
    )


@cache
def managed_type(name: str) -> ManagedType:
    """Return the managed object type with this WSDL name; raise KeyError if it does not exist."""
    vmodl_name, _, base, tag, properties, methods = _MANAGED[name]
    base_definition = VmomiSupport._managedDefMap.get(base)
    base_name = base_definition[1] if base_definition else "ManagedObject"
    return ManagedType(
        name=name,
        vmodl_name=vmodl_name,
        since=position_of(tag),
        base=managed_type(base_name) if base_name != name else None,
        own=tuple(_property(p) for p in properties or ()),
        describe_methods=lambda: tuple(_method(name, definition) for definition in methods or ()),
    )


@cache
def enum_type(name: str) -> EnumType:
    """Return the enumeration with this WSDL name; raise KeyError if it does not exist."""
    vmodl_name, _, tag, values = _ENUMS[name]
    return EnumType(name, vmodl_name, position_of(tag), tuple(values))


def data_type_names() -> tuple[str, ...]:
    """Return the WSDL names of all data object types and faults."""
    return tuple(_DATA)


def data_type_names_below(name: str) -> tuple[str, ...]:
    """Return the WSDL names of the data object types that extend this one, without building descriptions."""
    below: set[str] = set()
    unvisited = [name]
    while unvisited:
        new = _direct_subtypes().get(unvisited.pop(), set()) - below
        below |= new
        unvisited += new
    return tuple(candidate for candidate in _DATA if candidate in below)


@cache
def _direct_subtypes() -> dict[str, set[str]]:
    """Return the WSDL names of data object types by that of the type that they extend."""
    definitions = VmomiSupport._dataDefMap.values()
    wsdl_names = {definition[0]: definition[1] for definition in definitions}
    subtypes: dict[str, set[str]] = {}
    for definition in definitions:
        subtypes.setdefault(wsdl_names.get(definition[2], ""), set()).add(definition[1])
    return subtypes


def task_description_ids() -> tuple[str, ...]:
    """Return the description ids (`VirtualMachine.powerOn`) of all methods that return a Task."""
    return tuple(
        f"{owner}.{method[0]}"
        for owner, managed in _MANAGED.items()
        for method in managed[5] or ()
        if method[4][1] == "vim.Task"
    )


def managed_type_names() -> tuple[str, ...]:
    """Return the WSDL names of all managed object types."""
    return tuple(_MANAGED)


def enum_type_names() -> tuple[str, ...]:
    """Return the WSDL names of all enumerations."""
    return tuple(_ENUMS)


@cache
def _method_owners() -> dict[str, str]:
    return {method[1]: owner for owner, managed in _MANAGED.items() for method in managed[5] or ()}


def method(name: str) -> Method | None:
    """Return the method with this WSDL name, or None; names are unique across all managed object types."""
    owner = _method_owners().get(name)
    return managed_type(owner).methods[name] if owner else None


def method_names() -> tuple[str, ...]:
    """Return the WSDL names of all methods."""
    return tuple(_method_owners())


@cache
def privileges() -> frozenset[str]:
    """Return every privilege that a method or parameter requires."""
    methods = [method for managed in _MANAGED.values() for method in managed[5] or ()]
    of_methods = {method[5] for method in methods}
    of_parameters = {parameter[4] for method in methods for parameter in method[3] if len(parameter) > 4}
    return frozenset(filter(None, of_methods | of_parameters))
