"""A client of any version with a server of any release: it is served in its version.

In addition to the assertions here, `Client` checks that no response contains anything newer than the client.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.emulator.wire.peer import CONTENT, call
from tests.releases.client import Client, RefusedError, client, local
from vim25_emulator import Emulator
from vim25_emulator.vmodl.version import Version, version

SERVERS = ("4.0", "5.5", "6.0", "6.5", "6.7", "7.0.3.2", "8.0.3.0", "9.0.0.0", "9.1.1.0")
CLIENTS = (
    "2.5",
    "4.0",
    "4.1",
    "5.1",
    "5.5",
    "6.0",
    "6.5",
    "6.7.3",
    "7.0.0.0",
    "8.0.2.0",
    "9.0.0.0",
    "9.1.1.0",
)
PAIRS = [(server, asks) for server in SERVERS for asks in CLIENTS]

SCENARIO = """
title: a fault of 6.0, on the call and in a task
extends: default
rules:
  - method: Destroy_Task
    at: call
    fault: &fault {InaccessibleFTMetadataDatastore: {datastore: shared-1, name: shared-1, detail: lost}}
  - {method: Reset*, fault: *fault}
  - {method: Suspend*, fault: {InvalidArgument: {invalidProperty: spec.x}}}
"""


class Servers(dict[str, Emulator]):
    """A server per release, started on first use."""

    def __init__(self, scenario: Path) -> None:
        super().__init__()
        self._scenario = scenario

    def __missing__(self, release: str) -> Emulator:
        emulator = self[release] = Emulator(self._scenario, api_version=release, task_duration=0.0)
        emulator.start()
        return emulator


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    path = tmp_path_factory.mktemp("scenario") / "faults.yaml"
    path.write_text(SCENARIO)
    started = Servers(path)
    yield started
    for emulator in started.values():
        emulator.stop()


class Pair(NamedTuple):
    """A client that is logged in, and both versions; `served` is the version that the client is served in."""

    client: Client
    server: Version
    asks: Version
    served: Version

    def knows(self, since: str) -> bool:
        return self.served >= version(since)

    def machine(self, name: str) -> str:
        names = self.client.read("VirtualMachine", "name")
        return next(moid for moid, values in names.items() if values["name"].text == name)


@pytest.fixture(params=PAIRS, ids="-at-".join)
def pair(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Pair]:
    server, asks = map(version, request.param)
    served = min(asks, server)
    with client(servers[server.id], asks.id, served.id) as opened:
        yield Pair(opened, server, asks, served)


def _refused(pair: Pair, name: str, this_type: str, this: str, arguments: str = "") -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        pair.client.send(call(name, this_type, this, arguments))
    return caught.value


def test_is_served_in_its_version_or_informed_of_another(pair: Pair) -> None:
    about = pair.client.content()["about"]
    assert about.findtext("{urn:vim25}apiVersion") == pair.server.id
    assert ("{urn:vim25}instanceUuid" in {part.tag for part in about}) == pair.knows("4.0")
    reported = pair.client.last.headers.get("x-applied-soapaction") if pair.client.last else None
    newer = pair.asks.position > pair.server.position
    says_so = newer and pair.server >= version("9.0.0.0")
    assert reported == (f"urn:vim25/{pair.server.id}" if says_so else None)


def test_reads_all_objects_without_newer_properties(pair: Pair) -> None:
    assert len(pair.client.everything()) >= 15


def test_a_newer_method_is_unknown(pair: Pair) -> None:
    machine = pair.machine("tpl01")
    if pair.knows("6.0"):
        assert (
            _refused(pair, "CreateSecondaryVMEx_Task", "VirtualMachine", "vm-0").name
            == "ManagedObjectNotFound"
        )
        return
    fault = _refused(pair, "CreateSecondaryVMEx_Task", "VirtualMachine", machine)
    assert fault.name == "InvalidRequest"
    where = f"in {pair.served.name}" if pair.server >= version("8.0.0.0") else "for namespace name urn:vim25"
    assert (
        fault.text.splitlines()[0] == f"Unable to resolve WSDL method name CreateSecondaryVMEx_Task {where}"
    )
    assert ("while parsing SOAP body" in fault.text) == (pair.server < version("8.0.0.0"))


def test_a_newer_parameter_is_unexpected(pair: Pair) -> None:
    host = next(iter(pair.client.read("HostSystem", "name")))
    newer = "<timeout>0</timeout><maintenanceSpec></maintenanceSpec>"
    document = call("EnterMaintenanceMode_Task", "HostSystem", f"{host}0", newer)
    with pytest.raises(RefusedError) as caught:
        pair.client.send(document)
    if pair.knows("5.5"):
        assert caught.value.name == "ManagedObjectNotFound"
    else:
        assert caught.value.name == "InvalidRequest"
        assert caught.value.text.startswith('Unexpected element tag "maintenanceSpec" seen')


def test_a_newer_property_of_a_data_object_is_unexpected(pair: Pair) -> None:
    spec = (
        "<specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet>"
        '<objectSet><obj type="Folder">group-d1</obj></objectSet>'
        "<reportMissingObjectsInResults>true</reportMissingObjectsInResults></specSet>"
    )
    document = call("RetrieveProperties", "PropertyCollector", "propertyCollector", spec)
    if pair.knows("4.1"):
        assert len(pair.client.send(document)) == 1
    else:
        with pytest.raises(RefusedError, match="reportMissingObjectsInResults"):
            pair.client.send(document)


def test_a_newer_property_of_a_managed_object_is_invalid(pair: Pair) -> None:
    if pair.knows("6.0"):
        read = pair.client.read("VirtualMachine", "config.flags.faultToleranceType")
        assert len(read) == 5
        return
    with pytest.raises(RefusedError) as caught:
        pair.client.read("VirtualMachine", "config.flags.faultToleranceType")
    fault = caught.value
    assert (fault.name, fault.text) == ("InvalidProperty", "")
    assert fault.detail.findtext("{urn:vim25}name") == "config.flags.faultToleranceType"


def _as_known(pair: Pair) -> tuple[str, list[str]]:
    """Return the fault of the scenario as the client must receive it: type and own properties."""
    name = "InaccessibleFTMetadataDatastore" if pair.knows("6.0") else "InaccessibleDatastore"
    return name, ["datastore", "name", *(["detail"] if pair.knows("5.0") else [])]


def test_a_newer_fault_is_sent_as_its_nearest_ancestor(pair: Pair) -> None:
    fault = _refused(pair, "Destroy_Task", "VirtualMachine", pair.machine("db01"))
    name, properties = _as_known(pair)
    assert local(fault.detail) == f"{name}Fault"
    assert fault.detail.get("{http://www.w3.org/2001/XMLSchema-instance}type") == name
    assert [local(part) for part in fault.detail] == properties


def test_a_newer_fault_of_a_task_is_sent_as_its_nearest_ancestor(pair: Pair) -> None:
    started = pair.client.call("ResetVM_Task", "VirtualMachine", pair.machine("web01"))
    info = pair.client.wait_for_task(started[0].text)
    name, properties = _as_known(pair)
    fault = info["error"][0]
    assert fault.get("{http://www.w3.org/2001/XMLSchema-instance}type") == name
    assert [local(part) for part in fault] == properties
    assert local(info["error"][1]) == "localizedMessage"


def test_texts_are_those_of_the_server_whatever_the_client(pair: Pair) -> None:
    started = pair.client.call("SuspendVM_Task", "VirtualMachine", pair.machine("web01"))
    reported = pair.client.wait_for_task(started[0].text)["error"][1].text
    before = "A specified parameter was not correct.\nspec.x"
    assert reported == (
        "A specified parameter was not correct: spec.x" if pair.server >= version("6.0") else before
    )


# Missing or wrong versions, and the old namespace


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("asks", [None, "vim25", "urn:vim25/99.0", "urn:vim25/7.0", "urn:vim25#Login"])
def test_for_an_unknown_version_a_server_uses_its_own(
    server: str, asks: str | None, servers: Servers
) -> None:
    opened = Client(servers[server], asks, server)
    try:
        references = [part for part in opened.content().values() if part.get("type")]
        reported = opened.last.headers.get("x-applied-soapaction") if opened.last else None
    finally:
        opened.close()
    with client(servers[server], server) as own:
        assert len(references) == len([part for part in own.content().values() if part.get("type")])
    assert reported == (f"urn:vim25/{server}" if version(server) >= version("9.0.0.0") else None)


@pytest.mark.parametrize(
    ("asks", "references"), [("5.5", 34), ("8.0.2.0", 47)]
)  # [observed: an 8.0.3 server]
def test_older_clients_get_fewer_services(asks: str, references: int, servers: Servers) -> None:
    with client(servers["8.0.3.0"], asks) as opened:
        assert len([part for part in opened.content().values() if part.get("type")]) == references


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("asks", ["urn:vim25/7.0", "urn:vim25/99.0"])
def test_a_login_by_token_is_strict(server: str, asks: str, servers: Servers) -> None:
    opened = Client(servers[server], asks, server)
    try:
        with pytest.raises(RefusedError) as caught:
            opened.send(call("LoginByToken", "SessionManager", "SessionManager"))
    finally:
        opened.close()
    if version(server) < version("5.1"):
        assert caught.value.name == "InvalidRequest"  # no version has the method
    else:
        assert (caught.value.code, caught.value.detail) == ("VersionMismatchFaultCode", None)
        assert caught.value.text == f'Unsupported version URI "{asks}"'


@pytest.mark.parametrize("server", SERVERS)
def test_the_oldest_namespace_ends_with_6_5(server: str, servers: Servers) -> None:
    document = CONTENT.replace('xmlns="urn:vim25"', 'xmlns="urn:vim2"')
    opened = Client(servers[server], "urn:vim2/2.0", server)
    try:
        if version(server) < version("6.5"):
            assert opened.send(document).tag == "{urn:vim2}RetrieveServiceContentResponse"
        else:
            unsupported = 'Unsupported namespace "urn:vim2" in content of SOAP body'
            with pytest.raises(RefusedError, match=unsupported):
                opened.send(document)
    finally:
        opened.close()


@pytest.mark.parametrize("server", SERVERS)
def test_headers_and_cookie_are_those_of_the_release(server: str, servers: Servers) -> None:
    opened = Client(servers[server], f"urn:vim25/{server}", server)
    try:
        opened.login()
        assert opened.last is not None
        headers = opened.last.headers
    finally:
        opened.close()
    release = version(server)
    assert headers["cache-control"] == "no-cache"
    assert ("x-frame-options" in headers) == (version("6.5") <= release < version("8.0.0.0"))
    assert (headers.get("vary") == "Accept-Encoding") == (release >= version("8.0.0.0"))
    assert ("x-envoy-upstream-service-time" in headers) == (
        version("8.0.0.0") <= release < version("9.0.0.0")
    )
    value = headers["set-cookie"].partition('"')[2].partition('"')[0]
    assert value.count("-") == (4 if release < version("6.0") else 0)
    assert len(value.replace("-", "")) == (32 if release < version("6.0") else 40)


def test_newer_content_is_detected(servers: Servers) -> None:
    """Check that `Client` can fail: a response in the newest version is too new for an old client."""
    with client(servers["9.1.1.0"], "9.1.1.0") as opened:
        opened.served = version("4.0")
        with pytest.raises(AssertionError, match="HostSystem"):
            opened.everything()
        with pytest.raises(AssertionError, match=r"ServiceContent\."):
            opened.content()
