"""pyVmomi over VI/JSON against the emulator: the same lines, the same values and faults as over SOAP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pyVim.task import WaitForTask
from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import Endpoint, EndpointClient, UnreachableError
from vim25_conformance.survey import view_of


@pytest.fixture
def client(server: Endpoint) -> Iterator[EndpointClient]:
    with EndpointClient(server, DEFAULT_VERSION, JSON) as client:
        yield client


def _requests(client: EndpointClient) -> list[tuple[str, int]]:
    root = f"/sdk/vim25/{DEFAULT_VERSION}/"
    return [(each.line.replace(root, ""), each.status) for each in client.stub.conversation.exchanges]


def test_methods_are_posted_properties_are_gotten_and_leaving_logs_out(server: Endpoint) -> None:
    with EndpointClient(server, DEFAULT_VERSION, JSON) as client:
        root = client.content.rootFolder
        assert (root.name, root.parent, root.overallStatus) == ("Datacenters", None, "green")
        assert [type(each) for each in root.childEntity] == [vim.Datacenter]
    assert _requests(client) == [
        ("POST ServiceInstance/ServiceInstance/RetrieveServiceContent", 200),
        ("POST SessionManager/SessionManager/Login", 200),
        ("GET Folder/group-d1/name", 200),
        ("GET Folder/group-d1/parent", 204),
        ("GET Folder/group-d1/overallStatus", 200),
        ("GET Folder/group-d1/childEntity", 200),
        ("POST SessionManager/SessionManager/Logout", 204),
    ]


def test_a_raised_fault_has_the_text_that_it_has_over_soap(server: Endpoint) -> None:
    texts = []
    for binding in (SOAP, JSON):
        with EndpointClient(server, DEFAULT_VERSION, binding) as client:
            with pytest.raises(vmodl.fault.ManagedObjectNotFound) as raised:
                vim.VirtualMachine("vm-0", client.stub).CreateSecondaryVM_Task()
            texts.append(raised.value.msg)
            assert raised.value.obj._moId == "vm-0"
    assert texts[0] == texts[1] != ""


def test_the_error_of_a_failed_task_has_its_text(client: EndpointClient) -> None:
    content = client.content
    with view_of(content, content.rootFolder, [vim.VirtualMachine]) as view:
        stopped = next(each for each in view.view if each.runtime.powerState == "poweredOff")
    service = vim.ServiceInstance("ServiceInstance", client.stub)
    with pytest.raises(vim.fault.InvalidPowerState) as raised:
        WaitForTask(stopped.PowerOffVM_Task(), si=service)
    assert (raised.value.existingState, bool(raised.value.msg)) == ("poweredOff", True)


def test_a_method_that_the_version_lacks_is_not_sent(server: Endpoint) -> None:
    client = EndpointClient(server, "8.0.1.0", JSON)
    newer = VmomiSupport.Object(
        wsdlName="X", name="x", version=VmomiSupport.newestVersions.GetName("vim"), params=(), result=str
    )
    with pytest.raises(vmodl.fault.MethodNotFound):
        client.stub.InvokeMethod(vim.ServiceInstance("ServiceInstance", client.stub), newer, ())
    assert client.stub.conversation.exchanges == []


def test_a_release_that_the_server_does_not_know_says_so(server: Endpoint) -> None:
    with (
        pytest.raises(UnreachableError, match=r"Unknown release ID 9\.0\.0\.0"),
        EndpointClient(server, "9.0.0.0", JSON),
    ):
        pass


def test_nobody_there(server: Endpoint) -> None:
    with (
        pytest.raises(UnreachableError, match="refused"),
        EndpointClient(replace(server, port=1), DEFAULT_VERSION, JSON),
    ):
        pass


def test_a_raw_request_to_nobody_is_an_exchange_without_answer(client: EndpointClient) -> None:
    client.stub.DropConnections()
    port, client.stub.port = client.stub.port, 1
    exchange = client.stub.request("GET", "Folder/group-d1/name", b"", {})  # type: ignore[attr-defined]
    client.stub.port = port
    assert (exchange.status, exchange.error) == (0, "ConnectionRefusedError")
    assert exchange.line.endswith("/Folder/group-d1/name")
