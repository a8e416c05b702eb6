"""The schemas of an OpenAPI description: how each type is written in JSON.

A data object extends the schema of its base, and its `_typeName` says which type it is. An anyType place
holds any such object; primitives, enumerations and arrays are boxed there, in schemas of their own. Names of
schemas are the API's, with those of the published document where the API has none [observed: the client that
was generated from it].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, Final

from vim25_emulator.vijson.deprecation import Deprecation, deprecation
from vim25_emulator.vijson.object_form import TEXT, TYPE_NAME, VALUE
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.api_subset import ApiSubset
from vim25_emulator.vmodl.scalar import INTEGER_RANGES
from vim25_emulator.vmodl.type_description import SECRET, DataType, EnumType, Kind, Method, Property, TypeRef
from vim25_emulator.vmodl.type_names import ANY, FAULT, LOCALIZED_FAULT, PRIMITIVES, REFERENCE
from vim25_emulator.vmodl.version import Version

Schema = dict[str, Any]

_ANY_SCHEMA: Final = "Any"
_DATA_OBJECT: Final = "DataObject"
_DYNAMIC_PROPERTY: Final = "DynamicProperty"  #: VMODL's own, so in no subset
_MANAGED_TYPES: Final = "MoTypes_enum"
#: Types of VMODL that have another schema, or none of their own.
_RENAMED: Final = {"DynamicData": _DATA_OBJECT, LOCALIZED_FAULT: FAULT}
#: Primitive → the last part of the names of its schemas, where it is not the capitalized name.
_BOX_NAMES: Final = {"anyURI": "URI", "base64Binary": "Binary", "PropertyPath": "PropPath"}

_STRING: Final[Schema] = {"type": "string"}
_PRIMITIVES: Final[dict[str, Schema]] = {
    **dict.fromkeys(PRIMITIVES, _STRING),
    **{
        name: {
            "type": "integer",
            "format": f"int{64 if name == 'long' else 32}",
            "minimum": low,
            "maximum": high,
        }
        for name, (low, high) in INTEGER_RANGES.items()
    },
    "boolean": {"type": "boolean"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "dateTime": {"type": "string", "format": "date-time"},
    "base64Binary": {"type": "string", "format": "byte"},
}

#: Arrays that can stand in an anyType place without being declared.
_ALWAYS: Final = (TypeRef(Kind.ANY, ANY, array=True), TypeRef(Kind.REFERENCE, REFERENCE, array=True))


def schema_of(declared: TypeRef) -> Schema:
    """Return the schema of a declared place."""
    item = _item_schema(declared)
    return {"type": "array", "items": item} if declared.array else item


def _item_schema(declared: TypeRef) -> Schema:
    match declared.kind:
        case Kind.PRIMITIVE:
            return _PRIMITIVES[declared.name]
        case Kind.ENUM:
            return _ref(f"{declared.name}_enum")
        case Kind.REFERENCE:
            return _ref(REFERENCE)
        case Kind.ANY:
            return _ref(_ANY_SCHEMA)
        case _:
            return _ref(_RENAMED.get(declared.name, declared.name))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def fault_schema(names: Iterable[str]) -> Schema:
    """Return the schema of an answer that is one of some faults."""
    return {"anyOf": [_ref(name) for name in names]}


def schemas(subset: ApiSubset) -> dict[str, Schema]:
    """Return the schemas of the types of a subset, and of the requests of its methods, by name."""
    members = {
        _ANY_SCHEMA: _any(subset),
        _DATA_OBJECT: _extension(_ANY_SCHEMA, {}),
        REFERENCE: _reference(),
        _MANAGED_TYPES: _enumeration(_managed_types(subset.version)),
        **dict(_data_schemas(subset)),
        **dict(_boxes(subset)),
        **{f"{enum.name}_enum": _described_enumeration(enum, subset.version) for enum in subset.enums},
        **{
            method.request_type: request for method in subset.methods if (request := _request(method, subset))
        },
    }
    return dict(sorted(members.items()))


# ---- objects -------------------------------------------------------------------------------------------


def _any(subset: ApiSubset) -> Schema:
    names = chain((kind.name for kind in _sent(subset)), (name for name, _, _ in _boxed(subset)))
    renamed = {name: schema for name, schema, _ in _boxed(subset) if name != schema}
    return {
        "type": "object",
        "properties": {TYPE_NAME: {"type": "string", "enum": sorted({REFERENCE, *names})}},
        "required": [TYPE_NAME],
        "discriminator": {
            "propertyName": TYPE_NAME,
            "mapping": {name: _ref(schema)["$ref"] for name, schema in sorted(renamed.items())},
        },
    }


def _sent(subset: ApiSubset) -> Iterator[DataType]:
    """Yield the data types that have a schema of their own."""
    types = (*subset.types, registry.data_type(_DYNAMIC_PROPERTY))
    return (kind for kind in types if kind.name not in _RENAMED)


def _extension(base: str, properties: Schema, required: Iterable[str] = ()) -> Schema:
    """Return the schema of an object that has these properties in addition to those of its base."""
    own: Schema = {"type": "object", "properties": properties}
    required = list(required)
    return {"allOf": [_ref(base), {**own, "required": required} if required else own]}


def _data_schemas(subset: ApiSubset) -> Iterator[tuple[str, Schema]]:
    below: dict[str, list[str]] = {}
    for kind in _sent(subset):
        for ancestor in kind.ancestors:
            below.setdefault(ancestor.name, []).append(kind.name)
    for kind in _sent(subset):
        yield kind.name, _data_schema(kind, sorted(below[kind.name]), subset.version)


def _data_schema(kind: DataType, names: list[str], version: Version) -> Schema:
    """Return the schema of a data type; `names` are those of itself and of its subtypes."""
    own = [prop for prop in kind.own if prop.since <= version.position]
    properties: Schema = {TYPE_NAME: {"type": "string", "enum": names}}
    properties.update((prop.name, _member(kind.name, prop, version)) for prop in own)
    if kind.name == FAULT:
        properties[TEXT] = {"type": "string", "description": "Text for the user; on the fault of an answer."}
    schema = _extension(_base(kind), properties, (prop.name for prop in own if not prop.optional))
    if len(names) > 1:  # not beside `allOf`: openapi-core would follow it from the subtype back to this one
        schema["allOf"][1]["discriminator"] = {"propertyName": TYPE_NAME}
    return {**schema, **_flag(deprecation(version, kind.name))}


def _base(kind: DataType) -> str:
    if kind.name == FAULT:
        return _ANY_SCHEMA
    return _RENAMED.get(kind.base.name, kind.base.name) if kind.base else _DATA_OBJECT


def _member(owner: str, prop: Property, version: Version) -> Schema:
    schema = schema_of(prop.type)
    if prop.flags & SECRET:
        schema = {**schema, "format": "password"}
    return flagged(schema, deprecation(version, owner, prop.name))


def flagged(schema: Schema, row: Deprecation | None) -> Schema:
    """Return a schema that says whether it is deprecated; a reference allows nothing beside it."""
    return {**({"allOf": [schema]} if "$ref" in schema else schema), **_flag(row)} if row else schema


def _flag(row: Deprecation | None) -> Schema:
    return {"deprecated": True, "description": str(row)} if row else {}


def _reference() -> Schema:
    properties = {TYPE_NAME: {"type": "string", "enum": [REFERENCE]}, "type": _ref(_MANAGED_TYPES)}
    return _extension(_ANY_SCHEMA, {**properties, "value": _STRING}, ("type", "value"))


def _request(method: Method, subset: ApiSubset) -> Schema | None:
    """Return the schema of the parameters of a method, None if there are none; any `_typeName` is ignored."""
    own = parameters(method, subset.version)
    if not own:
        return None
    properties = {
        TYPE_NAME: _STRING,
        **{prop.name: _member(method.name, prop, subset.version) for prop in own},
    }
    required = [prop.name for prop in own if not prop.optional]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def parameters(method: Method, version: Version) -> list[Property]:
    """Return the parameters that a method has at a version."""
    return [parameter for parameter in method.parameters if parameter.since <= version.position]


# ---- enumerations and boxes ----------------------------------------------------------------------------


def _enumeration(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _described_enumeration(enum: EnumType, version: Version) -> Schema:
    rows = ((value, deprecation(version, enum.name, value)) for value in enum.values)
    about = [f"{value}: {row}" for value, row in rows if row]
    described = {"description": " ".join(about)} if about else {}
    return {**_enumeration(enum.values), **described, **_flag(deprecation(version, enum.name))}


@cache
def _managed_types(version: Version) -> list[str]:
    names = registry.managed_type_names()
    return [name for name in names if registry.managed_type(name).since <= version.position]


def _boxes(subset: ApiSubset) -> Iterator[tuple[str, Schema]]:
    for name, schema, value in _boxed(subset):
        yield schema, _extension(_ANY_SCHEMA, {TYPE_NAME: _enumeration([name]), VALUE: value}, (VALUE,))


def _boxed(subset: ApiSubset) -> Iterator[tuple[str, str, Schema]]:
    """Yield `_typeName`, name of the schema and schema of the value of what is boxed in an anyType place."""
    for primitive in PRIMITIVES:
        box = _BOX_NAMES.get(primitive, primitive[0].upper() + primitive[1:])
        array = TypeRef(Kind.PRIMITIVE, primitive, array=True)
        yield primitive, f"Primitive{box}", _PRIMITIVES[primitive]
        yield array.array_name, f"ArrayOf{box}", schema_of(array)
    for enum in subset.enums:
        yield enum.name, enum.name, _ref(f"{enum.name}_enum")
    for array in _arrays(subset):
        yield array.array_name, array.array_name, schema_of(array)


def _arrays(subset: ApiSubset) -> Iterator[TypeRef]:
    """Yield the declared arrays of other items than primitives."""
    data = chain.from_iterable(kind.own for kind in subset.types)
    managed = chain.from_iterable(registry.managed_type(n).own for n in _managed_types(subset.version))
    declared = (prop.type for prop in chain(data, managed) if prop.since <= subset.version.position)
    results = (result for method in subset.methods for result in (method.result, method.task_result))
    arrays = {used.array_name: used for used in chain(declared, results) if used.array}
    for used in (*_ALWAYS, *arrays.values()):
        if used.kind is not Kind.PRIMITIVE and used.name not in _RENAMED:
            yield used
