"""Paths that name nothing, or something that is not there, over JSON."""

from __future__ import annotations

import pytest

from tests.emulator.wire.json_peer import JsonPeer, ref
from tests.emulator.wire.peer import Answer
from vim25_emulator import Emulator

NAME = "Folder/group-d1/name"
TIME = "ServiceInstance/ServiceInstance/CurrentTime"


def fault(answer: Answer) -> tuple[int, str]:
    """Return status and type of a fault."""
    return answer.status, answer.value["_typeName"]


@pytest.mark.parametrize(
    "path",
    [
        # releases: unknown, newer, and other names of releases
        "/sdk/vim25/9.0.0.0/ServiceInstance/ServiceInstance/content",
        "/sdk/vim25/6.7/ServiceInstance/ServiceInstance/content",
        "/sdk/vim25/8.0.2/ServiceInstance/ServiceInstance/content",
        "/sdk/vim25/v8_0_2_0/ServiceInstance/ServiceInstance/content",
        "/sdk/vim25/vim.version.v8_0_2_0/ServiceInstance/ServiceInstance/content",
        "/sdk/vim25/%20/ServiceInstance/ServiceInstance/content",
        # types, members, parts
        "Nobody/group-d1/name",
        "Tag/group-d1/key",
        "folder/group-d1/name",
        "vim.Folder/group-d1/name",
        "Folder/group-d1/runtime",
        "Folder/group-d1/Name",
        "Folder/group-d1/Rename_Task",
        "Folder/group-d1/Fetch",
        "Folder/group-d1",
        "Folder/group-d1/",
        "Folder//name",
        "Folder",
        "",
        "/sdk/vim25",
        "/sdk/vim25/",
        "Folder/group-d1/name/",
        "VirtualMachine/vm-1/runtime/powerState",
        "VirtualMachine/vm-1/runtime.powerState",
        "VirtualMachine/vm-1/config%2Fhardware",
        "Folder/group-d1/%00",
        "Folder/group-d1/%ff",
        "Folder/group-d1/" + "n" * 5000,
    ],
)
def test_a_path_that_names_nothing_is_an_invalid_request(json_peer: JsonPeer, path: str) -> None:
    answers = [json_peer.read(path), *([] if "_Task" in path else [json_peer.call(path, {})])]
    for answer in answers:
        assert fault(answer) == (500, "InvalidRequest")
        assert "Invalid URI" in answer.value["faultstring"]
        assert len(answer.body) < 1000
    assert json_peer.call(TIME).status == 200


@pytest.mark.parametrize(
    "target", [NAME, "Folder/group-d1/rename_task", "Folder/group-d1/PowerOnVM_Task", "Folder/group-d1/Fetch"]
)
def test_no_method_is_called_by_another_name(json_peer: JsonPeer, target: str) -> None:
    answer = json_peer.call(target, {})
    assert fault(answer) == (500, "InvalidRequest")
    assert "Invalid URI" in answer.value["faultstring"]


def test_what_is_newer_than_the_release_of_the_path_is_unknown() -> None:
    with Emulator(api_version="9.1.1.0") as emulator, JsonPeer(emulator) as peer:
        peer.login()
        for member, since, before in (
            ("Folder/group-d1/externallyManagedFolderInfo", "9.0.0.0", "8.0.3.1"),
            ("SearchIndex/SearchIndex/QueryNext", "9.1.0.0", "9.0.0.0"),
            ("DirectPathProfileManager/x/DirectPathProfileManagerList", "9.0.0.0", "8.0.3.1"),
        ):
            for send in (peer.read, peer.call):
                answer = send(f"/sdk/vim25/{before}/{member}")
                assert fault(answer) == (500, "InvalidRequest")
                assert "Invalid URI" in answer.value["faultstring"]
            answers = [send(f"/sdk/vim25/{since}/{member}") for send in (peer.read, peer.call)]
            types = [(answer.value or {}).get("_typeName") for answer in answers]
            assert sorted(name == "InvalidRequest" for name in types) == [False, True]  # the verb decides


def test_a_member_of_a_value_that_is_newer_than_the_release_is_unknown() -> None:
    body = {"spec": {"_typeName": "VirtualMachineConfigSpec", "metroFtEnabled": True}}
    with Emulator(api_version="9.1.1.0") as emulator, JsonPeer(emulator) as peer:
        peer.login()
        target = "VirtualMachine/vm-0/ReconfigVM_Task"
        answer = peer.call(f"/sdk/vim25/8.0.2.0/{target}", body)
        assert fault(answer) == (500, "InvalidArgument")
        assert answer.value["invalidProperty"] == "spec.metroFtEnabled"
        assert fault(peer.call(f"/sdk/vim25/8.0.3.0/{target}", body))[1] == "ManagedObjectNotFound"


def test_an_object_that_is_not_there_is_named(json_peer: JsonPeer) -> None:
    vm = "VirtualMachine/vm-0"
    for answer in (json_peer.read(f"{vm}/name"), json_peer.call(f"{vm}/PowerOnVM_Task")):
        assert fault(answer) == (500, "ManagedObjectNotFound")
        assert answer.value["obj"] == ref(vm)
        text = "The object 'vim.VirtualMachine:vm-0' has already been deleted or has not been completely"
        assert answer.value["faultstring"] == f"{text} created"
    host = {"host": ref("HostSystem/host-0")}
    vm = json_peer.ref_of("SearchIndex/SearchIndex/FindByInventoryPath", {"inventoryPath": "Lab/vm/web01"})
    answer = json_peer.call(f"{vm}/CreateSecondaryVM_Task", host)
    assert fault(answer) == (500, "ManagedObjectNotFound")
    assert answer.value["obj"] == host["host"]


def test_an_object_of_another_type_is_refused_and_a_base_type_is_right(json_peer: JsonPeer) -> None:
    for type_name in ("VirtualMachine", "HostSystem", "Datacenter"):
        assert fault(json_peer.read(f"{type_name}/group-d1/name")) == (500, "InvalidType")
        answer = json_peer.call(f"{type_name}/group-d1/Rename_Task", {"newName": "x"})
        assert fault(answer) == (500, "InvalidType")
    assert json_peer.value_of("ManagedEntity/group-d1/name") == "Datacenters"
    assert json_peer.call("ManagedEntity/group-d1/Reload").status == 204
