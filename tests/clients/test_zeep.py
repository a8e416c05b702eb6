"""zeep loads the complete WSDL from the server, and works with its types."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.clients.soap_client import LoggedIn
from vim25_emulator import Emulator

zeep = pytest.importorskip("zeep")
requests = pytest.importorskip("requests")


def loaded(vcenter: Emulator) -> Any:
    """Return a zeep client generated from the server's WSDL."""
    session = requests.Session()
    session.trust_env = False  # the environment must not override the certificate to trust
    session.verify = str(vcenter.ca_file)
    return zeep.Client(f"{vcenter.url}/vimService.wsdl", transport=zeep.Transport(session=session))


class Zeep(LoggedIn):
    """zeep, logged in."""

    def new(self, type_name: str, **named: Any) -> Any:
        return self.client.get_type(f"{{urn:vim25}}{type_name}")(**named)

    def ref(self, type_name: str, mo_id: str) -> Any:
        return self.client.get_type("{urn:vim25}ManagedObjectReference")(mo_id, type=type_name)

    def kind(self, ref: Any) -> str:
        return str(ref.type)


@pytest.fixture(scope="module")
def client(vcenter: Emulator) -> Zeep:
    return Zeep(vcenter, loaded(vcenter))


def type_of(value: Any) -> str:
    """Return the name of a value's type in zeep."""
    return str(value._xsd_type.name)


@pytest.mark.parametrize("version", ["4.0", "9.1.0.0"])
def test_the_whole_api_is_loaded_without_errors(
    version: str, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    with caplog.at_level(logging.INFO), Emulator(api_version=version, task_duration=0.0) as vcenter:
        client = loaded(vcenter)
        (port,) = client.wsdl.services["VimService"].ports.values()
        assert port.binding_options["address"] == vcenter.url
        assert len(port.binding._operations) > {"4.0": 400, "9.1.0.0": 900}[version]
    assert [record.getMessage() for record in caplog.records if record.name.startswith("zeep")] == []
    assert [str(warning.message) for warning in recwarn] == []


def test_properties_come_as_typed_objects(client: Zeep) -> None:
    web01 = client.at("Lab/vm/web01")
    assert client.get(web01, "name") == "web01"
    assert client.get(web01, "runtime.powerState") == "poweredOn"
    devices = client.get(web01, "config.hardware.device").VirtualDevice
    assert {"VirtualDisk", "VirtualVmxnet3"} <= {type_of(device) for device in devices}


def test_fault_tolerance_is_turned_on_or_the_fault_says_why_not(client: Zeep) -> None:
    web01, esx3 = client.at("Lab/vm/web01"), client.at("Lab/host/ft-cluster/esx3.lab.example")
    failed = client.finished(client.call.CreateSecondaryVM_Task(web01, esx3))
    assert failed.state == "error"
    assert type_of(failed.error.fault) == "IncompatibleHostForFtSecondary"
    assert failed.error.fault.host._value_1 == esx3._value_1

    done = client.finished(client.call.CreateSecondaryVM_Task(web01))
    assert done.state == "success"
    assert type_of(done.result) == "FaultToleranceSecondaryOpResult"
    assert done.result.vm._value_1 != web01._value_1


def test_a_fault_on_the_call_has_its_type(client: Zeep) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.call.CreateSecondaryVM_Task(client.ref("VirtualMachine", "vm-gone"))
    assert client.client.get_element("{urn:vim25}NotAuthenticatedFault").type.name == "NotAuthenticated"
    (detail,) = caught.value.detail
    fault = client.client.wsdl.types.deserialize(detail)
    assert type_of(fault) == "ManagedObjectNotFound"
    assert fault.obj._value_1 == "vm-gone"
