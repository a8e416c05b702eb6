"""govc over VI/JSON prints what it prints over SOAP, and does what it does there.

Two things are not among them, up to 0.56.0. A task that fails: govmomi expects its fault in a
LocalizedMethodFault, which VI/JSON does not have, and govc panics when it prints the error. And downloads:
govmomi sends no session with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.clients.test_govc import Govc, pytestmark  # noqa: F401  # pytest reads it
from vim25_emulator import Emulator

_RELEASE: Final = "8.0.3.0"  #: the first release that govc asks for

#: Commands with the same output over either binding.
SAME: Final = (
    "about",
    "ls -l -i /Lab/...",
    "find / -type m -runtime.powerState poweredOn",
    "vm.info -r -e web01",
    "host.info -host esx1.lab.example",
    "datacenter.info",
    "datastore.info",
    "device.ls -vm web01",
    "metric.info vm/web01 cpu.usage.average",
    "vm.option.info ubuntu64Guest",
    "license.ls",
    "role.ls Admin",
    "permissions.ls",
    "alarm.info",
    "object.collect -s vm/web01 config.hardware.numCPU config.extraConfig",
)

#: Rejected command → part of govc's error message.
REFUSED: Final = {
    "object.collect VirtualMachine:vm-gone name": "has already been deleted",
    "object.collect vm/web01 nothing": "InvalidProperty",
    "option.ls config.nothing": "The name 'config.nothing' is not allowed.",
}


class Bindings:
    """govc over SOAP and over JSON, connected to one vCenter."""

    def __init__(self, vcenter: Emulator, home: Path) -> None:
        self.soap = Govc(vcenter, home / "soap")
        self.json = Govc(vcenter, home / "json")
        self.json.environment["GOVC_VI_JSON"] = "1"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bindings]:
    """Return govc over both bindings, connected to one vCenter."""
    with Emulator(api_version=_RELEASE, task_duration=0.0) as vcenter:
        yield Bindings(vcenter, tmp_path_factory.mktemp("govmomi"))


@pytest.mark.parametrize("command", SAME)
def test_output_is_the_same_over_both_bindings(command: str, both: Bindings) -> None:
    assert both.json(command) == both.soap(command) != ""


@pytest.mark.parametrize("command", REFUSED)
def test_rejected_commands_report_why(command: str, both: Bindings) -> None:
    status, _, errors = both.json.ran(command)
    assert status == 1
    assert REFUSED[command] in errors


@pytest.mark.parametrize("path", ["vm/web01", "host/ft-cluster", "host/ft-cluster/esx1.lab.example", "/Lab"])
def test_all_properties_are_the_same_over_both_bindings(path: str, both: Bindings) -> None:
    over_json, over_soap = (_properties(govc, path) for govc in (both.json, both.soap))
    assert over_json == over_soap
    assert len(over_json) > 20


def _properties(govc: Govc, path: str) -> dict[str, Any]:
    """Return the properties of an object, without what govc itself reads differently."""
    properties = json.loads(govc(f"object.collect -json {path}"))
    return {each["name"]: _comparable(each["val"]) for each in properties}


def _comparable(value: Any) -> Any:
    """Return a value without what is empty, and without checksums, which govc does not decode over SOAP."""
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {name: _comparable(member) for name, member in value.items() if "checksum" not in name.lower()}
    return {name: member for name, member in members.items() if member not in (None, [], {})}


def test_sessions_name_the_client(both: Bindings) -> None:
    assert re.search(r" VSPHERE\.LOCAL\\Administrator .* govc/", both.json("session.ls"))


def test_power_is_switched_and_a_waiting_client_is_notified(both: Bindings) -> None:
    waiting = both.json.started("object.collect -s vm/db01 -runtime.powerState poweredOn")
    assert "OK" in both.json("vm.power -on db01")
    assert waiting.communicate(timeout=30)[0] == "poweredOn\n"
    assert "[DrsVmPoweredOnEvent]" in both.json("events -l vm/db01")
    assert "OK" in both.json("vm.power -off db01")
    lines = both.json("tasks -l vm/db01").splitlines()[1:]
    assert ["success" in line for line in lines] == [True, True]


def test_a_release_that_the_server_does_not_have_is_rejected(both: Bindings, tmp_path: Path) -> None:
    with Emulator(api_version="8.0.2.0", task_duration=0.0) as vcenter:
        older = Bindings(vcenter, tmp_path)
        status, _, errors = older.json.ran("about")
        assert (status, "Unknown release ID 8.0.3.0" in errors) == (1, True)
        older.json.environment["GOVC_VIM_VERSION"] = "8.0.2.0"
        assert re.search(r"^API version: +8\.0\.2\.0$", older.json("about"), re.MULTILINE)
