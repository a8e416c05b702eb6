"""suds loads the complete WSDL from the server, and works with its types."""

from __future__ import annotations

import logging
import ssl
from typing import Any
from urllib.request import HTTPSHandler

import pytest

from tests.clients.soap_client import LoggedIn
from vim25_emulator import Emulator

suds = pytest.importorskip("suds.client")
transport = pytest.importorskip("suds.transport.http")


class Tls(transport.HttpTransport):
    """suds' own transport, which trusts the server's certificate."""

    def __init__(self, authority: str) -> None:
        super().__init__()
        self.context = ssl.create_default_context(cafile=authority)

    def u2handlers(self) -> list[Any]:
        return [*super().u2handlers(), HTTPSHandler(context=self.context)]


def loaded(vcenter: Emulator) -> Any:
    """Return a suds client generated from the server's WSDL."""
    url, ours = f"{vcenter.url}/vimService.wsdl", Tls(str(vcenter.ca_file))
    return suds.Client(url, transport=ours, cache=None)


class Suds(LoggedIn):
    """suds, logged in."""

    def new(self, type_name: str, **named: Any) -> Any:
        value_object = self.client.factory.create(f"ns0:{type_name}")
        for name, value in named.items():
            setattr(value_object, name, value)
        return value_object

    def ref(self, type_name: str, mo_id: str) -> Any:
        return self.new("ManagedObjectReference", value=mo_id, _type=type_name)

    def kind(self, ref: Any) -> str:
        return str(ref._type)


@pytest.fixture(scope="module")
def client(vcenter: Emulator) -> Suds:
    return Suds(vcenter, loaded(vcenter))


def type_of(value: Any) -> str:
    """Return the name of a value's type in suds."""
    return type(value).__name__


@pytest.mark.parametrize("version", ["4.0", "9.1.0.0"])
def test_the_whole_api_is_loaded_without_errors(
    version: str, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    with caplog.at_level(logging.WARNING), Emulator(api_version=version, task_duration=0.0) as vcenter:
        client = loaded(vcenter)
        (port,) = client.wsdl.services[0].ports
        assert port.location == vcenter.url
        assert len(port.methods) > {"4.0": 400, "9.1.0.0": 900}[version]
    assert [record.getMessage() for record in caplog.records if record.name.startswith("suds")] == []
    assert [str(warning.message) for warning in recwarn] == []


def test_fault_tolerance_is_turned_on_or_the_fault_says_why_not(client: Suds) -> None:
    web01, esx3 = client.at("Lab/vm/web01"), client.at("Lab/host/ft-cluster/esx3.lab.example")
    assert client.get(web01, "runtime.powerState") == "poweredOn"
    devices = client.get(web01, "config.hardware.device").VirtualDevice
    assert {"VirtualDisk", "VirtualVmxnet3"} <= {type_of(device) for device in devices}

    failed = client.finished(client.call.CreateSecondaryVM_Task(web01, esx3))
    assert failed.state == "error"
    assert type_of(failed.error.fault) == "IncompatibleHostForFtSecondary"
    assert failed.error.fault.host.value == esx3.value

    done = client.finished(client.call.CreateSecondaryVM_Task(web01))
    assert done.state == "success"
    assert type_of(done.result) == "FaultToleranceSecondaryOpResult"


def test_a_fault_on_the_call_has_its_type(client: Suds) -> None:
    with pytest.raises(suds.WebFault) as caught:
        client.call.CreateSecondaryVM_Task(client.ref("VirtualMachine", "vm-gone"))
    fault = caught.value.fault.detail.ManagedObjectNotFoundFault  # suds identifies a fault by its element
    assert (fault.obj._type, fault.obj.value) == ("VirtualMachine", "vm-gone")
