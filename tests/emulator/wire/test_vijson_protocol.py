"""Calls over JSON: names, values in their places, faults, and what belongs to a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.emulator.wire.json_peer import JsonPeer, filter_spec, ref
from vim25_emulator import Emulator

COLLECTOR = "PropertyCollector/propertyCollector"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve the default scenario with tasks of no duration."""
    with Emulator(task_duration=0.0) as started:
        yield started


@pytest.fixture
def vm(json_peer: JsonPeer) -> str:
    """Return web01 as `Type/moId`."""
    return find(json_peer, "Lab/vm/web01")


def find(peer: JsonPeer, path: str) -> str:
    return peer.ref_of("SearchIndex/SearchIndex/FindByInventoryPath", {"inventoryPath": path})


def read_boxed(peer: JsonPeer, target: str, *paths: str) -> dict[str, Any]:
    """Return properties as the property collector answers them: path → value in an anyType place."""
    body = {"specSet": [filter_spec(target, *paths)], "options": {"_typeName": "RetrieveOptions"}}
    (content,) = peer.result_of(f"{COLLECTOR}/RetrievePropertiesEx", body)["objects"]
    return {entry["name"]: entry["val"] for entry in content["propSet"]}


# ---- names ---------------------------------------------------------------------------------------------


def test_the_verb_decides_whether_a_member_is_a_method(json_peer: JsonPeer, vm: str) -> None:
    """`setCustomValue` begins in lower case [documented]."""
    field = json_peer.value_of("ServiceInstance/ServiceInstance/content")["customFieldsManager"]
    manager = f"{field['type']}/{field['value']}"
    json_peer.result_of(f"{manager}/AddCustomFieldDef", {"name": "owner", "moType": None})
    assert json_peer.call(f"{vm}/setCustomValue", {"key": "owner", "value": "us"}).status == 204
    (value,) = json_peer.value_of(f"{vm}/customValue")
    assert value["value"] == "us"
    assert json_peer.read(f"{vm}/setCustomValue").value["_typeName"] == "InvalidRequest"
    assert json_peer.call(f"{vm}/customValue").value["_typeName"] == "InvalidRequest"


def test_inherited_members_have_the_name_of_either_type(json_peer: JsonPeer, vm: str) -> None:
    """[documented; observed: clients, for the base type]"""
    mo_id = vm.partition("/")[2]
    for type_name in ("VirtualMachine", "ManagedEntity", "ExtensibleManagedObject"):
        assert json_peer.value_of(f"{type_name}/{mo_id}/value") is not None
    cluster = find(json_peer, "Lab/host/ft-cluster").partition("/")[2]
    body = {"spec": {"_typeName": "ClusterConfigSpecEx"}, "modify": True}
    for type_name in ("ComputeResource", "ClusterComputeResource"):
        task = json_peer.result_of(f"{type_name}/{cluster}/ReconfigureComputeResource_Task", body)
        assert task["type"] == "Task"


@pytest.mark.parametrize("safe", ["[]:", "", "[:", "]"])
def test_ids_of_a_session_may_be_encoded_or_not(json_peer: JsonPeer, vm: str, safe: str) -> None:
    """[observed: clients]"""
    body = {"spec": filter_spec(vm, "name"), "partialUpdates": False}
    opened = json_peer.result_of(f"{COLLECTOR}/CreateFilter", body)["value"]
    assert re.fullmatch(r"session\[[0-9a-f-]{36}\][0-9a-f-]{36}", opened)
    target = f"PropertyFilter/{quote(opened, safe=safe)}"
    assert json_peer.value_of(f"{target}/partialUpdates") is False
    assert json_peer.value_of(f"{target}/spec")["_typeName"] == "PropertyFilterSpec"
    with JsonPeer(json_peer.emulator) as other:  # to others it does not exist
        other.login()
        assert other.read(f"{target}/spec").value["_typeName"] == "ManagedObjectNotFound"
    assert json_peer.call(f"{target}/DestroyPropertyFilter").status == 204
    assert json_peer.read(f"{target}/spec").value["_typeName"] == "ManagedObjectNotFound"


# ---- values --------------------------------------------------------------------------------------------


def test_a_property_by_itself_is_bare(json_peer: JsonPeer, vm: str) -> None:
    """[documented]"""
    assert json_peer.read(f"{vm}/name").body == b'"web01"'
    assert json_peer.read(f"{vm}/guestHeartbeatStatus").body == b'"green"'
    assert json_peer.read(f"{vm}/recentTask").body.startswith(b"[")
    assert json_peer.value_of(f"{vm}/disabledMethod")[0].endswith("_Task")
    assert json_peer.read("Folder/group-d1/permission").body.startswith(b'[{"_typeName":"Permission"')
    assert json_peer.read(f"{vm}/resourcePool").body.startswith(b'{"_typeName":"ManagedObjectReference"')
    assert json_peer.read(f"{vm}/runtime").body.startswith(b'{"_typeName":"VirtualMachineRuntimeInfo"')
    assert json_peer.read("Folder/group-d1/childType").body == b'["Folder","Datacenter"]'
    license_ = json_peer.value_of("ServiceInstance/ServiceInstance/content")["licenseManager"]["value"]
    assert json_peer.read(f"LicenseManager/{license_}/licensedEdition").body.startswith(b'"')


def test_in_an_any_type_place_only_data_objects_and_references_are_plain(
    json_peer: JsonPeer, vm: str
) -> None:
    """[observed: 8.0.3]"""
    read = read_boxed(
        json_peer,
        vm,
        "name",
        "runtime.powerState",
        "config.hardware.numCPU",
        "config.hardware.device[4000]",
        "config.template",
        "runtime.bootTime",
        "disabledMethod",
        "tag",
        "datastore",
        "resourcePool",
        "config.files",
    )
    assert read["name"] == {"_typeName": "string", "_value": "web01"}
    assert read["runtime.powerState"] == {"_typeName": "VirtualMachinePowerState", "_value": "poweredOn"}
    assert read["config.hardware.numCPU"] == {"_typeName": "int", "_value": 1}
    assert read["config.hardware.device[4000]"]["backing"]["_typeName"].startswith("VirtualEthernetCard")
    assert read["config.template"] == {"_typeName": "boolean", "_value": False}
    assert read["runtime.bootTime"]["_typeName"] == "dateTime"
    assert read["disabledMethod"]["_typeName"] == "ArrayOfString"  # [observed: 8.0.3]
    assert read["tag"] == {"_typeName": "ArrayOfTag", "_value": []}
    assert read["datastore"]["_typeName"] == "ArrayOfManagedObjectReference"
    assert read["datastore"]["_value"][0]["_typeName"] == "ManagedObjectReference"
    assert read["resourcePool"].keys() == {"_typeName", "type", "value"}
    assert read["config.files"]["vmPathName"].endswith("web01.vmx")


def test_options_are_boxed_in_both_directions(json_peer: JsonPeer) -> None:
    setting = json_peer.value_of("ServiceInstance/ServiceInstance/content")["setting"]["value"]
    manager, name = f"OptionManager/{setting}", "config.vpxd.filter.hostRescanFilter"
    option = {"_typeName": "OptionValue", "key": name, "value": {"_typeName": "string", "_value": "false"}}
    changed = json_peer.call(f"{manager}/UpdateOptions", {"changedValue": [option]})
    assert changed.status == 204
    assert json_peer.result_of(f"{manager}/QueryOptions", {"name": name}) == [option]


# ---- faults --------------------------------------------------------------------------------------------


def test_a_fault_is_flat_with_its_text(json_peer: JsonPeer) -> None:
    body = {"specSet": [filter_spec("Folder/group-d1", "nothing")]}
    answer = json_peer.call(f"{COLLECTOR}/RetrieveProperties", body)
    assert answer.status == 500
    assert answer.text.startswith('{"_typeName":"InvalidProperty"')
    assert answer.value["name"] == "nothing"
    assert answer.value.keys() <= {"_typeName", "faultstring", "name"}


def test_the_error_of_a_task_is_a_flat_fault(json_peer: JsonPeer, vm: str) -> None:
    """[documented; observed: 8.0.3]"""
    task = json_peer.ref_of(f"{vm}/PowerOnVM_Task")
    error = json_peer.done(task)["error"]
    assert error["_typeName"] == "InvalidPowerState"
    assert error["faultstring"]
    assert error["existingState"] == "poweredOn"
    assert "fault" not in error
    assert read_boxed(json_peer, task, "info.error")["info.error"] == error


# ---- what a client works with --------------------------------------------------------------------------


def test_a_view_and_its_objects_are_read_page_by_page(json_peer: JsonPeer) -> None:
    view = json_peer.ref_of(
        "ViewManager/ViewManager/CreateContainerView",
        {"container": ref("Folder/group-d1"), "type": ["VirtualMachine"], "recursive": True},
    )
    assert len(json_peer.value_of(f"{view}/view")) == 5
    spec = filter_spec(view, "view") | {
        "propSet": [{"_typeName": "PropertySpec", "type": "VirtualMachine", "pathSet": ["name"]}],
        "objectSet": [
            {
                "_typeName": "ObjectSpec",
                "obj": ref(view),
                "skip": True,
                "selectSet": [
                    {"_typeName": "TraversalSpec", "type": "ContainerView", "path": "view", "skip": False}
                ],
            }
        ],
    }
    options = {"_typeName": "RetrieveOptions", "maxObjects": 2}
    page = json_peer.result_of(f"{COLLECTOR}/RetrievePropertiesEx", {"specSet": [spec], "options": options})
    sizes = [len(page["objects"])]
    while "token" in page:
        page = json_peer.result_of(f"{COLLECTOR}/ContinueRetrievePropertiesEx", {"token": page["token"]})
        sizes.append(len(page["objects"]))
    assert sizes == [2, 2, 1]
    assert json_peer.call(f"{view}/DestroyView").status == 204


def test_a_machine_is_protected_and_its_history_read(json_peer: JsonPeer, vm: str) -> None:
    task = json_peer.ref_of(f"{vm}/CreateSecondaryVM_Task")
    info = json_peer.done(task)
    assert (info["state"], info["descriptionId"]) == ("success", "VirtualMachine.createSecondary")
    assert info["result"]["_typeName"] == "FaultToleranceSecondaryOpResult"
    assert info["result"]["vm"]["type"] == "VirtualMachine"
    managed = {"_typeName": "EventFilterSpecByEntity", "entity": ref(vm), "recursion": "self"}
    body = {"filter": {"_typeName": "EventFilterSpec", "entity": managed}}
    names = [
        event["_typeName"] for event in json_peer.result_of("EventManager/EventManager/QueryEvents", body)
    ]
    assert "VmSecondaryAddedEvent" in names
    collector = json_peer.ref_of("EventManager/EventManager/CreateCollectorForEvents", body)
    assert json_peer.call(f"{collector}/RewindCollector").status == 204
    read = json_peer.result_of(f"{collector}/ReadNextEvents", {"maxCount": 1000})
    assert [event["_typeName"] for event in read] == names
    assert json_peer.call(f"{collector}/DestroyCollector").status == 204
    assert json_peer.value_of(f"{vm}/config")["ftInfo"]["_typeName"] == "FaultTolerancePrimaryConfigInfo"
    assert json_peer.ref_of(f"{vm}/TurnOffFaultToleranceForVM_Task").startswith("Task/")
