"""Our description of the whole API at 8.0.1.0 is the published one, but for the differences listed here.

Compared are, by name: operations, parameters, required members, types of members and results, faults. The
generated client shows neither 204 nor the faults of methods without a result; its name for the common base of
a method's faults is compared with ours. Names are compared without case and underscores, which the generator
of the client changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.vijson_model import published
from vim25_emulator.vijson.openapi import document
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import version

Path = tuple[str, str]

#: The registry is that of 9.1.1; these came or went since 8.0.1.0.
NEW_OPERATIONS = {("POST", "/HostCertificateManager/{moId}/NotifyAffectedServices")}
LOST_OPERATIONS = {
    ("POST", "/HostProfileManager/{moId}/UpdateHostCustomizations_Task"),
    ("POST", "/SessionManager/{moId}/LoginExtension"),
}
NEW_FAULTS = {("POST", "/HostDatastoreSystem/{moId}/ResignatureUnresolvedVmfsVolume_Task")}
LATER_OPTIONAL = {("SSLVerifyFault", "thumbprint"), ("VMwareIpfixConfig", "idleFlowTimeout")}

#: The registry dates these to 8.0.1.0 or earlier: two that are younger, and types of the vSAN service.
DATED_TOO_EARLY = {"InvalidToken", "NotifyAffectedServicesRequestType"}
OF_VSAN = ("Vsan", "VimVsan", "VimClusterVsan", "ArrayOfVimClusterVsan")

#: Members that only one has. The published document shows a member of every object where a type happens to
#: declare it again; a fault's text is in no schema of it, though on the wire.
ONLY_PUBLISHED = "dynamicProperty"
ONLY_OURS = {("MethodFault", "faultstring")}

#: Values that differ: YAML reads yes and no as booleans; and a type of the vSAN service.
OTHER_VALUES = {
    "AutoStartWaitHeartbeatSetting_enum": {"true", "false", "yes", "no"},
    "MoTypes_enum": {"VsanSystemEx"},
}

#: Primitives by JSON type and format: names that the generator uses for them.
PRIMITIVES = {
    ("string", None): {"strictstr", "str"},
    ("string", "password"): {"secretstr"},
    ("string", "date-time"): {"datetime"},
    ("string", "byte"): {"union[strictbytes,strictstr]", "bytearray"},
    ("boolean", None): {"strictbool", "bool"},
    ("integer", "int32"): {"strictint", "int"},
    ("integer", "int64"): {"strictint", "int"},
    ("number", "float"): {"union[strictfloat,strictint]"},
    ("number", "double"): {"union[strictfloat,strictint]"},
}


def plain(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "")


@pytest.fixture(autouse=True)
def _installed() -> None:
    published.folder()


@cache
def described() -> dict[str, Any]:
    """Return our description of all operations, implemented or not."""
    types = map(registry.managed_type, registry.managed_type_names())
    operations = {(kind.name, method.name) for kind in types for method in kind.own_methods}
    return document(version(published.RELEASE), operations)


@cache
def ours() -> dict[Path, Any]:
    paths = described()["paths"].items()
    return {(v.upper(), path): item[v] for path, item in paths for v in ("get", "post") if v in item}


@cache
def both() -> list[tuple[Path, Any, published.Operation]]:
    theirs = published.operations()
    return [(path, operation, theirs[path]) for path, operation in ours().items() if path in theirs]


def content(answer: Any) -> Any:
    return answer["content"]["application/json"]["schema"] if answer else None


def referred(schema: Any) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def is_type(schema: Any, name: str) -> bool:
    """Whether a schema is what the generator of the client calls by this name."""
    name = plain(name)
    schema = schema["allOf"][0] if "allOf" in schema else schema
    if "$ref" in schema:
        return plain(referred(schema)) == name
    if schema["type"] == "array":
        return name.startswith("list[") and is_type(schema["items"], name[5:-1])
    bounded = f"annotated[int,field(le={schema.get('maximum')},strict=true,ge={schema.get('minimum')})]"
    return name in {*PRIMITIVES[schema["type"], schema.get("format")], bounded}


def test_the_operations_are_the_published_ones() -> None:
    theirs = published.operations().keys()
    assert ours().keys() - theirs == NEW_OPERATIONS
    assert theirs - ours().keys() == LOST_OPERATIONS
    assert len(both()) == 1707


def test_operations_have_the_published_ids() -> None:
    other = [
        (path, their.name) for path, our, their in both() if plain(our["operationId"]) != plain(their.name)
    ]
    assert other == []


def test_the_published_operations_are_deprecated() -> None:
    other = [path for path, our, their in both() if our.get("deprecated", False) is not their.deprecated]
    assert other == []


def test_bodies_have_the_published_types() -> None:
    """A difference that is not compared: the document of 8.0.1 requires each body, that of 9.1.1 does not."""
    bodies = ((path, content(our.get("requestBody")), their.body) for path, our, their in both())
    assert [
        path for path, our, their in bodies if (plain(referred(our)) if our else None) != plain_or_none(their)
    ] == []


def plain_or_none(name: str | None) -> str | None:
    return plain(name) if name else None


def test_results_have_the_published_types() -> None:
    results = [
        (path, content(our["responses"].get("200")), their.answers.get("200")) for path, our, their in both()
    ]
    assert [path for path, our, their in results if (our is None) != (their is None)] == []
    assert [row for row in results if row[1] and not is_type(row[1], row[2])] == []


def test_faults_have_the_published_common_base() -> None:
    other = set()
    for path, our, their in both():
        faults = [referred(fault) for fault in content(our["responses"]["500"])["anyOf"]]
        if "200" in our["responses"] and common_base(faults[:-1]) != their.answers.get("500"):
            other.add(path)
    assert other == NEW_FAULTS


def common_base(faults: list[str]) -> str | None:
    ancestors = [[base.name for base in registry.data_type(fault).ancestors] for fault in faults]
    return (
        next((name for name in ancestors[0] if all(name in names for names in ancestors)), None)
        if faults
        else None
    )


# ---- schemas -------------------------------------------------------------------------------------------


@cache
def schema_pairs() -> list[tuple[str, Any, published.Schema]]:
    """Return our schemas beside the published ones."""
    theirs = {plain(name): schema for name, schema in published.schemas().items()}
    schemas = described()["components"]["schemas"].items()
    return [(name, schema, theirs[plain(name)]) for name, schema in schemas if plain(name) in theirs]


def own_part(schema: Any) -> Any:
    return schema["allOf"][1] if "allOf" in schema else schema


def members() -> Iterator[tuple[str, str, Any, bool, published.Field]]:
    """Yield schema, member, our schema of it, whether we require it, and the published field."""
    for name, schema, theirs in schema_pairs():
        own = own_part(schema)
        for member, declared in own.get("properties", {}).items():
            if member in theirs.fields:
                yield name, member, declared, member in own.get("required", ()), theirs.fields[member]


def test_the_schemas_are_among_the_published_ones() -> None:
    missing = described()["components"]["schemas"].keys() - {name for name, _, _ in schema_pairs()}
    assert {name for name in missing if not name.startswith(OF_VSAN)} == DATED_TOO_EARLY
    assert len(schema_pairs()) > 4000


def test_schemas_extend_the_published_ones() -> None:
    pairs = [(name, schema, theirs) for name, schema, theirs in schema_pairs() if "allOf" in schema]
    assert [
        name for name, schema, theirs in pairs if plain(referred(schema["allOf"][0])) != plain(theirs.base)
    ] == []


def test_schemas_have_the_published_members() -> None:
    added, missing = set(), set()
    for name, schema, theirs in schema_pairs():
        own = own_part(schema).get("properties", {}).keys() - {"_typeName"}
        added |= {(name, member) for member in own - theirs.fields.keys()}
        missing |= {(name, member) for member in theirs.fields.keys() - own - {"_typeName"}}
    assert added == ONLY_OURS
    assert {member for _, member in missing} == {ONLY_PUBLISHED}


def test_the_published_members_and_parameters_are_required() -> None:
    other = {(name, member) for name, member, _, required, field in members() if required != field.required}
    assert other == LATER_OPTIONAL


def test_members_have_the_published_types() -> None:
    """A link is a key on the wire of SOAP [documented]; the published document declares the linked object."""
    other = [row for row in members() if not is_type(row[2], row[4].type) and not _is_link(*row[:2])]
    assert other == []
    assert len([row for row in members() if _is_link(*row[:2])]) == 26


def _is_link(owner: str, name: str) -> bool:
    if owner not in registry.data_type_names():
        return False
    declared = registry.data_type(owner).properties.get(name)
    return declared is not None and bool(declared.flags & 1)


def test_enumerations_have_the_published_values() -> None:
    other = {
        name: set(schema["enum"]) ^ set(theirs.values)
        for name, schema, theirs in schema_pairs()
        if "enum" in schema and set(schema["enum"]) != set(theirs.values)
    }
    assert other == OTHER_VALUES
