"""suds reads the WSDL that the server serves, all of it, and works with the types that it found there."""

from __future__ import annotations

import logging
import ssl
from typing import Any
from urllib.request import HTTPSHandler

import pytest

from emulator import Emulator

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
    """A suds client made from what the server says of itself."""
    url, ours = f"{vcenter.url}/vimService.wsdl", Tls(str(vcenter.ca_file))
    return suds.Client(url, transport=ours, cache=None)


class LoggedIn:
    """A client that is logged in."""

    def __init__(self, vcenter: Emulator) -> None:
        self.client = loaded(vcenter)
        self.call = self.client.service
        self.content = self.call.RetrieveServiceContent(self.ref("ServiceInstance", "ServiceInstance"))
        self.call.Login(self.content.sessionManager, vcenter.username, vcenter.password)

    def new(self, type_name: str, **named: Any) -> Any:
        """A value of a type of the API."""
        made = self.client.factory.create(f"ns0:{type_name}")
        for name, value in named.items():
            setattr(made, name, value)
        return made

    def ref(self, type_name: str, mo_id: str) -> Any:
        """A reference to a managed object."""
        return self.new("ManagedObjectReference", value=mo_id, _type=type_name)

    def at(self, path: str) -> Any:
        """The entity at an inventory path."""
        return self.call.FindByInventoryPath(self.content.searchIndex, path)

    def get(self, ref: Any, path: str) -> Any:
        """A property of an object."""
        properties = self.new("PropertySpec", type=ref._type, pathSet=[path])
        spec = self.new(
            "PropertyFilterSpec", propSet=[properties], objectSet=[self.new("ObjectSpec", obj=ref)]
        )
        (found,) = self.call.RetrieveProperties(self.content.propertyCollector, [spec])
        return found.propSet[0].val

    def finished(self, task: Any) -> Any:
        """The TaskInfo of a task that has come to its end."""
        info = self.get(task, "info")
        while info.state in ("queued", "running"):
            info = self.get(task, "info")
        return info


@pytest.fixture(scope="module")
def client(vcenter: Emulator) -> LoggedIn:
    return LoggedIn(vcenter)


def type_of(value: Any) -> str:
    """The name of the type that suds gave a value."""
    return type(value).__name__


@pytest.mark.parametrize("version", ["4.0", "9.1.0.0"])
def test_the_whole_api_is_loaded_without_complaint(
    version: str, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    with caplog.at_level(logging.WARNING), Emulator(api_version=version, task_duration=0.0) as vcenter:
        client = loaded(vcenter)
        (port,) = client.wsdl.services[0].ports
        assert port.location == vcenter.url
        assert len(port.methods) > {"4.0": 400, "9.1.0.0": 900}[version]
    assert [record.getMessage() for record in caplog.records if record.name.startswith("suds")] == []
    assert [str(warning.message) for warning in recwarn] == []


def test_fault_tolerance_is_turned_on_or_the_fault_says_why_not(client: LoggedIn) -> None:
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


def test_a_fault_on_the_call_has_its_type(client: LoggedIn) -> None:
    with pytest.raises(suds.WebFault) as caught:
        client.call.CreateSecondaryVM_Task(client.ref("VirtualMachine", "vm-gone"))
    fault = caught.value.fault.detail.ManagedObjectNotFoundFault  # suds tells a fault by its element
    assert (fault.obj._type, fault.obj.value) == ("VirtualMachine", "vm-gone")
