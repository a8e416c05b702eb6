"""A description of the VI/JSON binding at one version, generated from the registry: an OpenAPI 3.0 document.

The published document of a vCenter comes with its SDK, and no vCenter serves it; neither does the emulator.
As there, each type has a path for each of its members, inherited ones included. The answers are 200, 204
without a result, and 500 for any fault [documented].
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from vim25_emulator.vijson.deprecation import deprecation
from vim25_emulator.vijson.openapi_schema import (
    fault_schema,
    flagged,
    parameters,
    schema_of,
    schemas,
)
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.api_subset import reachable
from vim25_emulator.vmodl.type_description import Kind, ManagedType, Method, Property, TypeRef
from vim25_emulator.vmodl.version import Version

Member = dict[str, Any]

_SESSION: Final = "Session"
_HEADER: Final = "vmware-api-session-id"
_SESSION_HEADER: Final = {"schema": {"type": "string", "pattern": "^[0-9a-f]{40}$"}}
_NO_CONTENT: Final = {"description": "Nothing: no result, or an unset one."}
_MO_ID: Final = {"$ref": "#/components/parameters/moId"}
_JSON: Final = "application/json"


def description(at: Version, operations: Collection[tuple[str, str]]) -> bytes:
    """Return the document of some operations; an operation is a managed object type and a method.

    Properties of all types are described: one operation, Fetch, reads any.
    """
    return _text(document(at, operations), depth=3).encode() + b"\n"


def _text(value: Any, depth: int) -> str:
    """Return a JSON text with a line for each path and each schema, which makes differences readable."""
    if not depth or not isinstance(value, dict):
        return json.dumps(value)
    lines = (f"{json.dumps(name)}: {_text(member, depth - 1)}" for name, member in value.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def document(at: Version, operations: Collection[tuple[str, str]]) -> Member:
    """Return the document as a value."""
    types = [kind for kind in map(registry.managed_type, _addressed()) if kind.since <= at.position]
    types.sort(key=lambda kind: kind.name)
    subset = reachable(at, operations, readable=[kind.name for kind in types], subtypes=True)
    return {
        "openapi": "3.0.3",
        "info": {"title": "VI/JSON as vim25-emulator implements it", "version": at.id},
        "servers": [
            {
                "url": f"https://{{host}}/sdk/vim25/{at.id}",
                "variables": {"host": {"default": "localhost"}},
            }
        ],
        "security": [{_SESSION: []}],
        "paths": {path: item for kind in types for path, item in _paths(kind, at, frozenset(operations))},
        "components": {
            "securitySchemes": {_SESSION: {"type": "apiKey", "in": "header", "name": _HEADER}},
            "parameters": {
                "moId": {"name": "moId", "in": "path", "required": True, "schema": {"type": "string"}}
            },
            "schemas": schemas(subset),
        },
    }


def _addressed() -> Iterable[str]:
    """Return the names of the types that a path can have; no object is of the root type."""
    return (name for name in registry.managed_type_names() if name != "ManagedObject")


def _paths(
    kind: ManagedType, at: Version, operations: frozenset[tuple[str, str]]
) -> Iterator[tuple[str, Member]]:
    """Yield path and content of the members of a type."""
    for prop in kind.properties.values():
        if prop.since <= at.position:
            yield _path(kind, prop.name), {"parameters": [_MO_ID], "get": _reading(kind, prop, at)}
    for method in kind.methods.values():
        implemented = any((base.name, method.name) in operations for base in kind.ancestors)
        if implemented and method.since <= at.position and method.name != "Fetch":
            yield _path(kind, method.name), {"parameters": [_MO_ID], "post": _call(kind, method, at)}


def _path(kind: ManagedType, member: str) -> str:
    return f"/{kind.name}/{{moId}}/{member}"


def _reading(kind: ManagedType, prop: Property, at: Version) -> Member:
    owner = next(base.name for base in kind.ancestors if prop in base.own)
    return {
        "operationId": f"{kind.name}_get_{prop.name}",
        "tags": [kind.name],
        **flagged({}, deprecation(at, owner, prop.name)),
        "responses": _responses(prop.type, optional=prop.optional, faults=()),
    }


def _call(kind: ManagedType, method: Method, at: Version) -> Member:
    known = [fault for fault in method.faults if registry.data_type(fault).since <= at.position]
    responses = _responses(method.result, optional=method.optional_result, faults=known)
    anonymous = method.privilege == "System.Anonymous"
    if anonymous and method.result.name == "UserSession":
        responses["200"]["headers"] = {_HEADER: _SESSION_HEADER}
    own = parameters(method, at)
    call: Member = {
        "operationId": f"{kind.name}_{method.name}",
        "tags": [kind.name],
        **flagged({}, deprecation(at, method.owner, method.name)),
    }
    if own:
        needed = any(not parameter.optional for parameter in own)
        reference = {"$ref": f"#/components/schemas/{method.request_type}"}
        call["requestBody"] = {"required": needed, "content": {_JSON: {"schema": reference}}}
    if anonymous:
        call["security"] = []
    return {**call, "responses": responses}


def _responses(result: TypeRef, *, optional: bool, faults: Iterable[str]) -> Member:
    """Return the answers of a member: its result, nothing, a fault. Any member may answer a runtime fault."""
    answers: Member = {}
    if result.kind is not Kind.VOID:
        answers["200"] = _answer("The result.", schema_of(result))
    if optional or result.kind is Kind.VOID:
        answers["204"] = _NO_CONTENT
    answers["500"] = _answer("A fault.", fault_schema([*sorted(faults), "RuntimeFault"]))
    return answers


def _answer(text: str, schema: Member) -> Member:
    return {"description": text, "content": {_JSON: {"schema": schema}}}
