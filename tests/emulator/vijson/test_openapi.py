"""The description of VI/JSON: what it says of members, values, faults and deprecation.

Whether it is valid and true is tested in `tests/fidelity/test_openapi.py`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from vim25_emulator.contract import description
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.type_names import PRIMITIVES
from vim25_emulator.vmodl.version import version

RELEASES = ("8.0.1.0", "8.0.2.0", "9.1.0.0")
VERBS = {"get", "post"}


@cache
def document(release: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(description(version(release)))
    return parsed


def operation(path: str, release: str = "8.0.2.0") -> Any:
    (verb,) = document(release)["paths"][path].keys() & VERBS
    return document(release)["paths"][path][verb]


def schema(name: str, release: str = "8.0.2.0") -> Any:
    return document(release)["components"]["schemas"][name]


def own(name: str, release: str = "8.0.2.0") -> Any:
    """Return what a schema adds to that of its base."""
    return schema(name, release)["allOf"][1]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_text_is_the_same_each_time(release: str) -> None:
    assert description(version(release)) == description(version(release))


@pytest.mark.parametrize("release", RELEASES)
def test_every_schema_that_is_referred_to_exists(release: str) -> None:
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document(release))))
    assert used - document(release)["components"]["schemas"].keys() == set()


@pytest.mark.parametrize("release", RELEASES)
def test_every_implemented_method_and_every_property_has_a_path_on_each_of_its_types(release: str) -> None:
    paths = document(release)["paths"]
    at = version(release).position
    types = [registry.managed_type(n) for n in registry.managed_type_names() if n != "ManagedObject"]
    types = [kind for kind in types if kind.since <= at]
    described = {
        (verb, *path.replace("/{moId}", "").strip("/").split("/"))
        for path, item in paths.items()
        for verb in item.keys() & VERBS
    }
    properties = {
        ("get", kind.name, prop.name)
        for kind in types
        for prop in kind.properties.values()
        if prop.since <= at
    }
    methods = {
        ("post", kind.name, method.name)
        for kind in types
        for method in kind.methods.values()
        if method.since <= at and IMPLEMENTATION.operation(kind.name, method.name)
    } - {("post", kind.name, "Fetch") for kind in types}
    assert described == properties | methods


@pytest.mark.parametrize("release", RELEASES)
def test_operation_ids_are_unique(release: str) -> None:
    ids = [operation(path, release)["operationId"] for path in document(release)["paths"]]
    assert len(ids) == len(set(ids)) > 900


def test_a_call_has_its_parameters_its_result_and_its_faults() -> None:
    call = operation("/VirtualMachine/{moId}/CreateSecondaryVM_Task")
    assert call["operationId"] == "VirtualMachine_CreateSecondaryVM_Task"
    body = call["requestBody"]
    assert body["required"] is False
    assert body["content"]["application/json"]["schema"] == ref("CreateSecondaryVMRequestType")
    request = schema("CreateSecondaryVMRequestType")
    assert request["properties"]["host"] == ref("ManagedObjectReference")
    assert "required" not in request
    assert request["additionalProperties"] is False
    answers = call["responses"]
    assert answers.keys() == {"200", "500"}
    assert answers["200"]["content"]["application/json"]["schema"] == ref("ManagedObjectReference")
    assert answers["500"]["content"]["application/json"]["schema"]["anyOf"] == [
        ref(name)
        for name in (
            "FileFault",
            "InsufficientResourcesFault",
            "InvalidState",
            "TaskInProgress",
            "VmConfigFault",
            "VmFaultToleranceIssue",
            "RuntimeFault",
        )
    ]


def test_a_required_parameter_makes_the_body_required() -> None:
    call = operation("/VirtualMachine/{moId}/Rename_Task")
    assert call["requestBody"]["required"] is True
    assert schema("RenameRequestType")["required"] == ["newName"]


def test_a_method_without_parameters_has_no_body_and_a_void_one_no_result() -> None:
    call = operation("/SessionManager/{moId}/Logout")
    assert "requestBody" not in call
    assert call["responses"].keys() == {"204", "500"}


def test_an_optional_result_may_be_missing() -> None:
    assert operation("/SearchIndex/{moId}/FindByInventoryPath")["responses"].keys() == {"200", "204", "500"}
    assert operation("/VirtualMachine/{moId}/snapshot")["responses"].keys() == {"200", "204", "500"}


def test_a_property_is_described_bare() -> None:
    content = operation("/VirtualMachine/{moId}/recentTask")["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {"type": "array", "items": ref("ManagedObjectReference")}
    assert operation("/VirtualMachine/{moId}/recentTask")["operationId"] == "VirtualMachine_get_recentTask"


def test_login_needs_no_session_and_answers_with_one() -> None:
    login = operation("/SessionManager/{moId}/Login")
    assert login["security"] == []
    assert login["responses"]["200"]["headers"].keys() == {"vmware-api-session-id"}
    assert "security" not in operation("/SessionManager/{moId}/Logout")
    assert "headers" not in operation("/SessionManager/{moId}/currentSession")["responses"]["200"]


def test_an_object_says_which_type_it_is() -> None:
    disk = schema("VirtualDisk")
    assert disk["allOf"][0] == ref("VirtualDevice")
    assert own("VirtualDisk")["properties"]["_typeName"] == {"type": "string", "enum": ["VirtualDisk"]}
    assert own("VirtualDevice")["discriminator"] == {"propertyName": "_typeName"}
    names = own("VirtualDevice")["properties"]["_typeName"]["enum"]
    assert {"VirtualDevice", "VirtualDisk", "VirtualE1000"} <= set(names)
    assert schema("Any")["discriminator"]["propertyName"] == "_typeName"


def test_a_member_is_required_unless_it_is_optional() -> None:
    assert own("TaskInfo")["required"][:4] == ["key", "task", "descriptionId", "state"]
    assert "required" not in own("WaitOptions")


def test_a_secret_is_marked() -> None:
    assert schema("LoginRequestType")["properties"]["password"] == {"type": "string", "format": "password"}


def test_an_any_type_place_holds_boxes_and_plain_objects() -> None:
    assert own("DynamicProperty")["properties"]["val"] == ref("Any")
    mapping = schema("Any")["discriminator"]["mapping"]
    for name in PRIMITIVES:
        box = mapping[name].rpartition("/")[2]
        assert own(box)["properties"]["_typeName"]["enum"] == [name]
        assert own(box)["required"] == ["_value"]
    assert own("ManagedEntityStatus")["properties"]["_value"] == ref("ManagedEntityStatus_enum")
    assert own("ArrayOfTag")["properties"]["_value"] == {"type": "array", "items": ref("Tag")}
    known = schema("Any")["properties"]["_typeName"]["enum"]
    assert {"int", "ArrayOfInt", "ArrayOfAnyType", "ManagedObjectReference", "VirtualDisk"} <= set(known)


@pytest.mark.parametrize("release", RELEASES)
def test_faults_are_flat(release: str) -> None:
    assert "LocalizedMethodFault" not in json.dumps(document(release))
    assert own("TaskInfo", release)["properties"]["error"] == ref("MethodFault")
    assert own("MissingProperty", release)["properties"]["fault"] == ref("MethodFault")
    assert own("MethodFault", release)["properties"]["faultstring"]["type"] == "string"
    assert "faultstring" not in own("MethodFault", release).get("required", ())


def test_what_is_deprecated_says_so_from_its_release_on() -> None:
    call = operation("/VirtualMachine/{moId}/CreateSecondaryVM_Task")
    assert call["deprecated"] is True
    assert call["description"] == "Deprecated as of 6.0; use VirtualMachine.CreateSecondaryVMEx_Task."
    size = own("VirtualDisk")["properties"]["capacityInKB"]
    assert (size["deprecated"], size["type"]) == (True, "integer")
    assert own("VirtualDisk")["properties"]["shares"]["allOf"] == [ref("SharesInfo")]
    assert schema("ClusterConfigSpec")["deprecated"] is True
    assert schema("VirtualMachineToolsStatus_enum")["deprecated"] is True
    assert "deprecated" not in schema("ClusterComputeResourceVcsSlots")
    assert schema("ClusterComputeResourceVcsSlots", "9.1.0.0")["deprecated"] is True
    values = schema("LatencySensitivitySensitivityLevel_enum")
    assert values["description"] == "custom: Deprecated; use LatencySensitivity.sensitivity."
    assert "deprecated" not in values


def test_a_property_of_a_managed_object_is_deprecated_on_the_types_that_inherit_it() -> None:
    assert operation("/ClusterComputeResource/{moId}/configuration")["deprecated"] is True
    assert operation("/VirtualApp/{moId}/summary").get("deprecated") is None
