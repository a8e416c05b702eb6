"""govc, the command line client of vSphere users, works with the emulator."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.fidelity.answers import answers, asked_as
from tests.fidelity.schemas import VERSION, schemas
from vim25_emulator import Emulator

_FOUND: Final = shutil.which(
    "govc", path=os.pathsep.join((os.environ.get("PATH", ""), str(Path.home() / "go/bin")))
)
pytestmark = pytest.mark.skipif(
    _FOUND is None, reason="there is no govc: go install github.com/vmware/govmomi/govc@v0.46.3"
)

_MOST_SECONDS: Final = 30

#: Read-only command → pattern of its output, in multiline mode.
READS: Final = {
    "about": r"^API version: +8\.0\.2\.0$",
    "about -json": r'"apiType": "VirtualCenter"',
    "ls": r"\A/Lab/vm\n/Lab/host\n/Lab/datastore\n/Lab/network\n\Z",
    "ls -l /Lab/host/ft-cluster": r"^/Lab/host/ft-cluster/esx1\.lab\.example \(HostSystem\)$",
    "ls -l -i /Lab/...": r"^VirtualMachine:vm-\d+ /Lab/vm/web01$",
    "ls -t VirtualMachine /Lab/vm/...": r"^/Lab/vm/tpl01$",
    "find / -type m": r"\A(/Lab/vm/\w+\n){5}\Z",
    "find / -type m -runtime.powerState poweredOn": r"\A/Lab/vm/web01\n/Lab/vm/app01\n\Z",
    "find . -name web*": r"\A\./vm/web01\n\Z|\A/Lab/vm/web01\n\Z",
    "find -l / -type c": r"^ClusterComputeResource +/Lab/host/ft-cluster$",
    "tree /Lab": r"├── datastore\n│   └── shared-1\n",
    "vm.info web01": r"^ +Power state: +poweredOn$",
    "vm.info -r web01": r"^ +Storage committed: +20\.0GB$",
    "vm.info -e web01": r"^ +ExtraConfig:",
    "vm.info -json web01": r'"powerState": "poweredOn"',
    "vm.ip web01": r"\A10(\.\d+){3}\n\Z",
    "vm.option.ls": r"^vmx-21 ",
    "vm.option.info ubuntu64Guest": r"^ubuntu64Guest +Ubuntu Linux \(64-bit\)$",
    "vm.option.info -host esx1.lab.example": r"^otherGuest64 +Other \(64-bit\)$",
    "metric.ls vm/web01": r"^cpu\.usage\.average$",
    "metric.ls -i 300 host/ft-cluster": r"^clusterServices\.effectivecpu\.average$",
    "metric.sample -n 1 vm/web01 cpu.usage.average": r"^web01 +- +cpu\.usage\.average +\d+\.\d+ +%$",
    "metric.info vm/web01 cpu.usage.average": r"^ +Realtime: +true$",
    "vm.target.info -cluster ft-cluster": r"^CPUs: +128$",
    "vm.target.cap.ls -cluster ft-cluster": r"^SmpFtSupported: +true$",
    "vm.rdm.ls -vm web01": r"\A\Z",
    "host.info -host esx1.lab.example": r"^ +State: +connected$",
    "host.info -json -host esx1.lab.example": r'"inMaintenanceMode": false',
    "host.vnic.info -host esx1.lab.example": r"^Enabled services: +faultToleranceLogging$",
    "host.vnic.hint -json -host esx1.lab.example": r'"device": "vmnic0"',
    "host.portgroup.info -host esx1.lab.example": r"^Name: +VM Network$",
    "host.vswitch.info -host esx1.lab.example": r"^Name: +vSwitch0$",
    "host.service.ls -host esx1.lab.example": r"^fdm +on +Running ",
    "host.option.ls -host esx1.lab.example Syslog": r"^Syslog\.global\.logDir: ",
    "host.date.info -host esx1.lab.example": r"^NTP service status: +Running$",
    "host.storage.info -host esx1.lab.example": r" disk +4\.0TB ",
    "host.autostart.info -host esx1.lab.example": r"^VM +StartAction",
    "host.tpm.info": r"^Name +Attestation",
    "cluster.usage ft-cluster": r"^Memory capacity: +512\.0GB$",
    "cluster.usage -json ft-cluster": r'"capacity": 549755813888',
    "cluster.rule.ls -cluster ft-cluster": r"\A\Z",
    "cluster.group.ls -cluster ft-cluster": r"\A\Z",
    "cluster.override.info -cluster ft-cluster": r"\A\Z",
    "datastore.info shared-1": r"^ +Capacity: +4096\.0 GB$",
    "datastore.info -json shared-1": r'"type": "VMFS"',
    "datastore.ls -ds shared-1": r"\Aweb01\napp01\ndb01\nmail01\ntpl01\n\Z",
    "datastore.ls -ds shared-1 -l web01/*.vmdk": r"\A16\.0GB .* web01\.vmdk\n\Z",
    "datastore.ls -ds shared-1 -R": r"^\[shared-1\] db01:$",
    "datastore.download -ds shared-1 web01/web01.vmx -": r'^displayName = "web01"$',
    "disk.ls -ds shared-1": r"\A\Z",
    "datacenter.info": r"^ +Hosts: +2$",
    "pool.info */Resources": r"^ +CPU Reservation: +166400MHz ",
    "folder.info vm": r"^ +Children: +5$",
    "device.ls -vm web01": r"^disk-\d+-0 +VirtualDisk +",
    "device.info -json -vm web01": r'"type": "VirtualVmxnet3"',
    "snapshot.tree -vm web01": r"\A\Z",
    "object.collect -s vm/web01 name": r"\Aweb01\n\Z",
    "object.collect vm/web01": r"^runtime\.powerState|^runtime +types\.VirtualMachineRuntimeInfo",
    "object.collect -json vm/web01 config": r'"name": "config"',
    "object.collect -type m / name": r"^VirtualMachine:vm-\d+ +name +string +db01$",
    "object.collect -s vm/web01 -runtime.powerState poweredOn": r"\ApoweredOn\n\Z",
    "object.collect -s TaskManager:TaskManager maxCollector": r"\A32\n\Z",
    "events": r"",
    "events -json vm/web01": r"",
    "tasks": r"^Task +Target +Initiator",
    "tasks -n 3 vm/web01": r"^Task +Target +Initiator",
    "session.ls": r" VSPHERE\.LOCAL\\Administrator .* govc/",
    "permissions.ls": r"^Admin +/ +VSPHERE\.LOCAL\\Administrator +Yes$",
    "permissions.ls -a /Lab": r"^Admin +/ +VSPHERE\.LOCAL\\Administrator +Yes$",
    "role.ls": r"^ReadOnly +Read-only$",
    "role.ls ReadOnly": r"^System\.Read$",
    "role.usage": r"VSPHERE\.LOCAL\\Administrator",
    "license.ls": r" esx\.enterprisePlus\.cpuPackage +4 +128 *$",
    "license.assigned.ls": r"^host-\d+ +esx1\.lab\.example ",
    "option.ls config.log": r"\Aconfig\.log\.level: +info\n\Z",
    "fields.ls": r"\A\Z",
    "extension.info": r"\A\Z",
    "alarms": r"",
    "alarm.info": r"^Name: +No compatible host for Secondary VM$",
    "metric.interval.info": r"^ +Name: +Past day$|^Name: +Past day$",
    "kms.ls": r"\A\Z",
    "logs.ls": r"\A\Z",
}

#: Rejected command → part of govc's error message.
REFUSED: Final = {
    "vm.info -vm.uuid 1": "no such VM",
    "option.ls config.nothing": "The name 'config.nothing' is not allowed.",
    "datastore.ls -ds shared-1 nothing": "does not exist",
    "logs": "is not accessible",
    "object.collect VirtualMachine:vm-gone name": "has already been deleted",
}

#: Commands with the same output for a saved inventory as for the original.
SAME_WHEN_SAVED: Final = (
    "about",
    "ls -l -i /Lab/...",
    "find /",
    "tree",
    "vm.info *",
    "vm.info -json web01",
    "host.info /Lab/host/*/*",
    "cluster.usage ft-cluster",
    "datastore.info",
    "datastore.ls -ds shared-1 -R",
    "device.ls -vm db01",
    "license.ls",
    "option.ls",
    "role.ls",
    "permissions.ls",
    "alarm.info",
)


class Govc:
    """govc, connected to a vCenter."""

    def __init__(self, vcenter: Emulator, home: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GOVC_")},
            "GOVC_URL": vcenter.url,
            "GOVC_USERNAME": vcenter.username,
            "GOVC_PASSWORD": vcenter.password,
            "GOVC_TLS_CA_CERTS": str(vcenter.ca_file),
            "GOVC_PERSIST_SESSION": "false",
            "GOVMOMI_HOME": str(home),
            "TZ": "UTC",
        }

    def started(self, command: str) -> subprocess.Popen[str]:
        """Start a command and return its process."""
        return subprocess.Popen(  # noqa: S603  # a path from shutil.which
            [str(_FOUND), *shlex.split(command)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ran(self, command: str, stdin: str = "") -> tuple[int, str, str]:
        """Run a command and return its exit status, output and error output."""
        process = self.started(command)
        try:
            output, errors = process.communicate(stdin, timeout=_MOST_SECONDS)
        finally:
            process.kill()
        return process.returncode, re.sub(r"\x1b\[[\d;]*m", "", output), errors

    def __call__(self, command: str, stdin: str = "") -> str:
        """Run a command that must succeed and return its output."""
        status, output, errors = self.ran(command, stdin)
        assert status == 0, f"govc {command}: {errors}"
        return output


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Govc]:
    """Return a shared govc, for read-only commands."""
    with Emulator(task_duration=0.0) as vcenter:
        yield Govc(vcenter, tmp_path_factory.mktemp("govmomi"))


@pytest.fixture
def govc(tmp_path: Path) -> Iterator[Govc]:
    """Return a govc with its own vCenter, for commands that modify it."""
    with Emulator(task_duration=0.0) as vcenter:
        yield Govc(vcenter, tmp_path)


@pytest.mark.parametrize("command", READS)
def test_read_only_commands_succeed(command: str, reader: Govc) -> None:
    assert re.search(READS[command], reader(command), re.MULTILINE)


@pytest.mark.parametrize("command", REFUSED)
def test_rejected_commands_report_why(command: str, reader: Govc) -> None:
    status, _, errors = reader.ran(command)
    assert status == 1
    assert REFUSED[command] in errors


def test_responses_are_valid_by_the_published_schemas(tmp_path: Path) -> None:
    judge = schemas()
    with answers() as seen, Emulator(api_version=VERSION, task_duration=0.0) as vcenter:
        govc = Govc(vcenter, tmp_path)
        govc.environment["GOVC_VIM_VERSION"] = VERSION
        for command in (*READS, *REFUSED, "vm.power -off web01", f"object.save -d {tmp_path / 'saved'}"):
            govc.ran(command)
    bodies = [reply.body for request, reply in seen if reply.call and asked_as(request, VERSION)]
    assert Counter(flaw for body in dict.fromkeys(bodies) for flaw in judge.flaws(body)) == Counter()
    assert len(bodies) > 500


@pytest.mark.parametrize("by", ["uuid", "ip", "dns", "ipath", "path"])
def test_a_vm_is_found_by_all_its_identifiers(by: str, reader: Govc) -> None:
    (vm,) = json.loads(reader("vm.info -json web01"))["virtualMachines"]
    known = {
        "uuid": vm["config"]["uuid"],
        "ip": vm["guest"]["ipAddress"],
        "dns": vm["guest"]["hostName"],
        "ipath": "/Lab/vm/web01",
        "path": vm["config"]["files"]["vmPathName"],
    }
    matches = json.loads(reader(f"vm.info -json -vm.{by} {shlex.quote(known[by])}"))["virtualMachines"]
    assert [match["name"] for match in matches] == ["web01"]


def test_a_filter_of_another_client_is_read_from_the_standard_input(reader: Govc) -> None:
    ref = reader("find -i /Lab/vm -name web01").strip().split(":")[1]
    request = f"""<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>
        <CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this>
        <spec><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet>
        <objectSet><obj type="VirtualMachine">{ref}</obj></objectSet></spec>
        <partialUpdates>false</partialUpdates></CreateFilter></Body></Envelope>"""
    assert reader("object.collect -R -", request).split() == ["name", "string", "web01"]


@pytest.mark.parametrize(
    ("command", "state", "event"),
    [
        ("vm.power -on db01", "poweredOn", "DrsVmPoweredOnEvent"),
        ("vm.power -off web01", "poweredOff", "VmPoweredOffEvent"),
        ("vm.power -off -force web01", "poweredOff", "VmPoweredOffEvent"),
        ("vm.power -suspend web01", "suspended", "VmSuspendedEvent"),
        ("vm.power -reset web01", "poweredOn", "VmResettingEvent"),
        ("vm.power -s -wait web01", "poweredOff", "VmGuestShutdownEvent"),
        ("vm.power -r web01", "poweredOn", "VmGuestRebootEvent"),
    ],
)
def test_power_is_switched(command: str, state: str, event: str, govc: Govc) -> None:
    vm = command.split()[-1]
    assert "OK" in govc(command)
    assert govc(f"object.collect -s vm/{vm} -runtime.powerState {state}") == f"{state}\n"
    assert f"[{event}]" in govc(f"events -l vm/{vm}")


def test_a_waiting_client_is_notified(govc: Govc) -> None:
    waiting = govc.started("object.collect -s vm/db01 -runtime.powerState poweredOn")
    following = govc.started("events -f vm/db01")
    govc("vm.power -on db01")
    try:
        assert waiting.communicate(timeout=_MOST_SECONDS)[0] == "poweredOn\n"
        assert following.stdout is not None
        lines = iter(following.stdout.readline, "")
        assert any("powered on: db01" in line for line in lines)
    finally:
        for process in (waiting, following):
            process.kill()
            process.communicate()


def test_tasks_report_their_outcome(govc: Govc) -> None:
    govc("vm.power -off web01")
    govc.ran("vm.power -off web01")
    lines = govc("tasks -l vm/web01").splitlines()[1:]
    assert [line.split()[:4] for line in lines] == [["Virtual", "machine", "power", "off"]] * 2
    assert ["success" in line for line in lines] == [True, False]


def test_hosts_enter_and_leave_maintenance_mode(govc: Govc) -> None:
    govc("host.maintenance.enter esx2.lab.example")
    assert re.search(r"State: +Maintenance Mode", govc("host.info -host esx2.lab.example"))
    govc("host.maintenance.exit esx2.lab.example")
    assert re.search(r"State: +connected", govc("host.info -host esx2.lab.example"))


def test_fields_and_options_are_stored(govc: Govc) -> None:
    govc("fields.add -type VirtualMachine owner")
    govc("fields.set owner ann vm/web01")
    assert govc("fields.info vm/web01").split() == ["/Lab/vm/web01", "owner", "ann"]
    assert govc("find / -type m -customValue *:ann") == "/Lab/vm/web01\n"
    govc("option.set mine.own value")
    assert govc("option.ls mine").split() == ["mine.own:", "value"]


def test_roles_and_permissions_are_granted_and_removed(tmp_path: Path) -> None:
    with Emulator("restricted-user", task_duration=0.0) as vcenter:
        govc = Govc(vcenter, tmp_path)
        govc("role.create Starter VirtualMachine.Interact.PowerOn")
        govc("role.update -a Starter VirtualMachine.Interact.Reset")
        privileges = set(govc("role.ls Starter").split())
        assert {"VirtualMachine.Interact.PowerOn", "VirtualMachine.Interact.Reset"} <= privileges
        user, path = "readonly@vsphere.local", "/Lab/vm/db01"
        govc(f"permissions.set -principal {user} -role Starter {path}")
        permission = rf"^Starter +{path} +VSPHERE\.LOCAL\\readonly +Yes$"
        assert re.search(permission, govc(f"permissions.ls {path}"), re.MULTILINE)
        govc(f"permissions.remove -principal {user} {path}")
        assert "Starter" not in govc(f"permissions.ls {path}")
        govc("role.remove Starter")
        assert "Starter" not in govc("role.ls")


@pytest.mark.parametrize("release", ["6.5", "8.0.2.0", "9.1.0.0"])
def test_a_saved_inventory_is_served_unchanged(release: str, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    with Emulator(api_version=release, task_duration=0.0) as vcenter:
        govc = Govc(vcenter, tmp_path)
        govc("vm.power -on db01")
        govc(f"object.save -l -d {folder}")
        outputs = {command: govc(command) for command in SAME_WHEN_SAVED}
    assert len(list(folder.glob("*.xml"))) > 60
    with Emulator(str(folder), task_duration=0.0) as restored:
        govc = Govc(restored, tmp_path)
        assert {command: govc(command) for command in SAME_WHEN_SAVED} == outputs
        govc("vm.power -off web01")
        assert govc("object.collect -s vm/web01 runtime.powerState") == "poweredOff\n"
