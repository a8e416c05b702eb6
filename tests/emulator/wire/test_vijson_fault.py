"""Privileges, fault rules of a scenario, guards and checks: over JSON as over SOAP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.emulator.wire.json_peer import JsonPeer, filter_spec, ref
from tests.emulator.wire.peer import Answer
from vim25_emulator import Emulator

COLLECTOR = "PropertyCollector/propertyCollector"
Written = Callable[[str], str]


@pytest.fixture(scope="module")
def restricted() -> Iterator[Emulator]:
    with Emulator("restricted-user") as started:
        yield started


@pytest.fixture
def reader(restricted: Emulator) -> Iterator[JsonPeer]:
    """Connect a user who may only read."""
    with JsonPeer(restricted) as peer:
        peer.login("readonly@vsphere.local", "vmware")
        yield peer


def find(peer: JsonPeer, path: str) -> str:
    return peer.ref_of("SearchIndex/SearchIndex/FindByInventoryPath", {"inventoryPath": path})


def fault(answer: Answer) -> str:
    assert answer.status == 500
    return str(answer.value["_typeName"])


def no_permission(target: str, privilege: str) -> dict[str, Any]:
    return {
        "_typeName": "NoPermission",
        "faultstring": "Permission to perform this operation was denied.",
        "object": ref(target),
        "privilegeId": privilege,
        "missingPrivileges": [
            {
                "_typeName": "NoPermissionEntityPrivileges",
                "entity": ref(target),
                "privilegeIds": [privilege],
            }
        ],
    }


# ---- privileges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "body", "privilege"),
    [
        ("Lab/vm/web01", "PowerOffVM_Task", None, "VirtualMachine.Interact.PowerOff"),
        ("Lab/vm/web01", "CreateSecondaryVM_Task", {}, "VirtualMachine.Interact.CreateSecondary"),
        ("Lab/vm/web01", "Rename_Task", {"newName": "x"}, "VirtualMachine.Config.Rename"),
        ("Lab", "Destroy_Task", None, "Datacenter.Delete"),
    ],
)
def test_a_missing_privilege_is_named_with_its_object(
    reader: JsonPeer, path: str, method: str, body: Any, privilege: str
) -> None:
    target = find(reader, path)
    answer = reader.call(f"{target}/{method}", body)
    assert (answer.status, answer.value) == (500, no_permission(target, privilege))


def test_a_property_that_may_not_be_read_is_a_fault_as_in_missing_set(reader: JsonPeer) -> None:
    manager = "SessionManager/SessionManager"
    body = {"specSet": [filter_spec(manager, "currentSession", "sessionList")]}
    (content,) = reader.result_of(f"{COLLECTOR}/RetrieveProperties", body)
    assert [entry["name"] for entry in content["propSet"]] == ["currentSession"]
    expected = no_permission(manager, "Sessions.TerminateSession")
    missing = {"_typeName": "MissingProperty", "path": "sessionList", "fault": expected}
    assert content["missingSet"] == [missing]
    answer = reader.read(f"{manager}/sessionList")
    assert (answer.status, answer.value) == (500, expected)
    assert reader.read(f"{manager}/currentSession").status == 200


# ---- rules of a scenario -------------------------------------------------------------------------------

RULES = """
title: Nothing works
extends: default
rules:
  - method: PowerOffVM_Task
    at: call
    fault: {InvalidPowerState: {requestedState: poweredOff, existingState: poweredOn}}
  - {method: CurrentTime, at: call, fault: {SystemError: {reason: The clock is broken.}}}
  - method: ReconfigVM_Task
    at: start
    fault: {VmFaultToleranceOpIssuesList: {errors: [FaultToleranceNotLicensed: {hostName: esx2}]}}
"""


def test_faults_of_a_scenario_are_flat_wherever_they_stand(written: Written) -> None:
    with Emulator(written(RULES), task_duration=0.0) as emulator, JsonPeer(emulator) as peer:
        peer.login()
        vm = find(peer, "Lab/vm/web01")
        answer = peer.call(f"{vm}/PowerOffVM_Task")
        assert fault(answer) == "InvalidPowerState"
        assert (answer.value["existingState"], answer.value["requestedState"]) == ("poweredOn", "poweredOff")
        broken = peer.call("ServiceInstance/ServiceInstance/CurrentTime")
        assert (fault(broken), broken.value["reason"]) == ("SystemError", "The clock is broken.")
        spec = {"spec": {"_typeName": "VirtualMachineConfigSpec", "annotation": "x"}}
        info = peer.done(peer.ref_of(f"{vm}/ReconfigVM_Task", spec))
        error = info["error"]
        assert error["_typeName"] == "VmFaultToleranceOpIssuesList"
        (inner,) = error["errors"]
        assert (inner["_typeName"], inner["hostName"]) == ("FaultToleranceNotLicensed", "esx2")
        assert inner["faultstring"]


def test_a_fault_has_the_fault_that_caused_it(written: Written) -> None:
    path = written(
        "title: A cause\nextends: default\nrules:\n"
        "  - {method: PowerOnVM_Task, at: call, fault: {VmConfigFault: {faultCause: {NotSupported: {}}}}}\n"
    )
    with Emulator(path) as emulator, JsonPeer(emulator) as peer:
        peer.login()
        answer = peer.call(f"{find(peer, 'Lab/vm/db01')}/PowerOnVM_Task")
        assert fault(answer) == "VmConfigFault"
        assert answer.value["faultCause"]["_typeName"] == "NotSupported"


# ---- checks --------------------------------------------------------------------------------------------


def test_checks_are_those_of_soap(json_peer: JsonPeer) -> None:
    web01, template = find(json_peer, "Lab/vm/web01"), find(json_peer, "Lab/vm/tpl01")
    assert (
        json_peer.done(json_peer.ref_of(f"{web01}/PowerOnVM_Task"))["error"]["_typeName"]
        == "InvalidPowerState"
    )
    started = json_peer.done(json_peer.ref_of(f"{template}/PowerOnVM_Task"))
    assert started["error"]["_typeName"] == "NotSupported"
    snapshot = json_peer.call(
        "VirtualMachineSnapshot/snapshot-0/RemoveSnapshot_Task", {"removeChildren": True}
    )
    assert fault(snapshot) == "ManagedObjectNotFound"


def test_a_guard_of_a_pair_holds_over_json() -> None:
    with Emulator("already-fault-tolerant", task_duration=0.0) as emulator, JsonPeer(emulator) as peer:
        peer.login()
        vm = find(peer, "Lab/vm/web01")
        task = peer.ref_of(f"{vm}/CreateSnapshot_Task", {"name": "s", "memory": True, "quiesce": False})
        assert peer.done(task)["error"]["_typeName"] == "NotSupported"
        assert fault(peer.call(f"{vm}/MarkAsTemplate")) == "NotSupported"


def test_a_method_that_nothing_implements_says_so(json_peer: JsonPeer) -> None:
    vm = find(json_peer, "Lab/vm/web01")
    assert fault(json_peer.call(f"{vm}/AcquireMksTicket")) == "NotImplemented"
