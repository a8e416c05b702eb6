"""Validate JSON answers with our description of the binding, as a client that was generated from it would.

A JSON schema cannot follow a discriminator, so each object of an answer is validated by itself, with the
schema of the type that it names: the members of that type and of its bases, and no others. Each is looked at
once, by a validator that is made when its type is first met: about 1 ms for an answer, so that all answers of
all tests can be validated. openapi-core takes the document as it is, but validates an object as the declared
type only; `test_openapi_tools.py` has it look at some exchanges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import jsonschema

from tests.fidelity.answers import Exchange
from tests.fidelity.declared_faults import is_declared
from tests.fidelity.json_answers import is_json_call, release_of
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vijson.openapi import document
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import version

_TYPE: Final = "_typeName"
_ANY: Final = "Any"


class Description:
    """The description of a release."""

    def __init__(self, release: str) -> None:
        described = document(version(release), IMPLEMENTATION.implemented())
        self._paths = described["paths"]
        self._schemas = described["components"]["schemas"]
        self._renamed = self._schemas[_ANY]["discriminator"]["mapping"]

    def flaws(self, verb: str, path: tuple[str, str], status: int, body: bytes) -> Iterator[str]:
        """Yield the flaws of an answer to a member of a type."""
        operation = self._paths.get("/{}/{{moId}}/{}".format(*path), {}).get(verb.lower())
        answers = operation["responses"] if operation else {"500": None}
        if str(status) not in answers:
            yield f"status {status} is none of {', '.join(answers)}"
        elif status == 500:
            yield from self._fault_flaws(verb, path[1], json.loads(body))
        elif body:
            schema = answers[str(status)]["content"]["application/json"]["schema"]
            yield from self.value_flaws(schema, json.loads(body))

    def value_flaws(self, schema: Any, value: Any) -> Iterator[str]:
        """Yield the flaws of a value in a declared place."""
        yield from _errors(_compiled(json.dumps(self._shallow(schema))), value, "")
        yield from self._flaws_inside(value, "")

    def _fault_flaws(self, verb: str, member: str, fault: Any) -> Iterator[str]:
        yield from self.value_flaws({"$ref": "#/components/schemas/MethodFault"}, fault)
        name = fault.get(_TYPE, "")
        if not (
            is_declared(member, name) if verb == "POST" else registry.data_type(name).is_a("RuntimeFault")
        ):
            yield f"{member} does not declare {name}"

    def _flaws_inside(self, value: Any, path: str) -> Iterator[str]:
        """Yield the flaws of all objects in a value."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._flaws_inside(item, f"{path}/{index}")
        elif isinstance(value, dict):
            name = str(value.get(_TYPE))
            try:
                validator = self._validator(name)
            except KeyError:
                yield f"{path}: {_TYPE} {name!r} is not described"
            else:
                yield from _errors(validator, value, path)
            for member, inner in value.items():
                yield from self._flaws_inside(inner, f"{path}/{member}")

    @cache  # noqa: B019  # one instance for each release
    def _validator(self, type_name: str) -> jsonschema.Draft4Validator:
        """Return the validator of objects of exactly this type; raise KeyError for an unknown one."""
        exact = self._exact(self._renamed.get(type_name, type_name).rpartition("/")[2])
        return jsonschema.Draft4Validator(exact)

    def _exact(self, name: str) -> Any:
        """Return the schema of an object with the members of a type and of its bases, and no others."""
        properties: dict[str, Any] = {}
        required: set[str] = set()
        part = self._schemas[name]
        while True:
            base, own = part.get("allOf", (None, part))
            properties = {
                **{member: self._shallow(s) for member, s in own["properties"].items()},
                **properties,
            }
            required.update(own.get("required", ()))
            if base is None:
                break
            part = self._schemas[_referred(base)]
        return {"properties": properties, "required": sorted(required), "additionalProperties": False}

    def _shallow(self, schema: Any) -> Any:
        """Return a schema that says of an object only which types it may be."""
        if "allOf" in schema:  # a reference that says more of the member
            return self._shallow(schema["allOf"][0])
        if "$ref" not in schema:
            return {**schema, "items": self._shallow(schema["items"])} if "items" in schema else schema
        name = _referred(schema)
        target = self._schemas[name]
        if "enum" in target:
            return {"enum": target["enum"]}
        own = target["allOf"][1] if "allOf" in target else target
        names = own["properties"].get(_TYPE) if name != _ANY else None
        return {"type": "object", "required": [_TYPE], "properties": {_TYPE: names or {"type": "string"}}}


def _referred(schema: Any) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


@cache
def _compiled(schema: str) -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads(schema))


def _errors(validator: jsonschema.Draft4Validator, value: Any, path: str) -> Iterator[str]:
    if not validator.is_valid(value):
        yield from (f"{path}: {error.message}" for error in validator.iter_errors(value))


@cache
def description(release: str) -> Description:
    """Return the description of a release."""
    return Description(release)


def description_flaws(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield what the description does not allow in the answers of the JSON binding."""
    for request, reply in exchanges:
        is_call = request.method in {"GET", "POST"} and is_json_call(request, reply)
        release = release_of(request) if is_call else None
        _, kind, *_, member = ("", "", *request.path.split("/"))[-4:]
        if release is not None and release.is_released:
            judge = description(release.id)
            for flaw in judge.flaws(request.method, (kind, member), reply.status, reply.body):
                yield f"{request.method} {request.path}: {reply.status}: {flaw}"
