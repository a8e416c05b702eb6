from __future__ import annotations

from collections.abc import Callable

import pytest

from vim25_emulator.scenario import library
from vim25_emulator.scenario.source import ScenarioError


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        ("release: '8.0.9.9'", "3: release: no release or API version '8.0.9.9'; did you mean 8.0."),
        ("vms:\n  web01: {host: esx3.lab.example}", "4: vms.web01.host: unknown host 'esx3.lab.example'"),
        (
            "hosts:\n  esx1.lab.example: {cluster: ft}",
            "4: hosts.esx1.lab.example.cluster: unknown cluster 'ft'",
        ),
        (
            "vms:\n  web01: {datastore: shared1}",
            "4: vms.web01.datastore: unknown datastore 'shared1'; did",
        ),
        ("vms:\n  web01: {networks: [a, VM Network]}", "4: vms.web01.networks[0]: unknown network 'a'"),
        (
            "vms:\n  web01: {disks: [{datastore: x}]}",
            "4: vms.web01.disks[0].datastore: unknown datastore 'x'",
        ),
        ("vms:\n  web01: {iso: '[x] a.iso'}", "4: vms.web01.iso: unknown datastore 'x'"),
        (
            "datastores:\n  shared-1: {hosts: [esx9]}",
            "4: datastores.shared-1.hosts[0]: unknown host 'esx9'",
        ),
        ("vms:\n  web01: {count: 3}", "4: vms.web01: `count` requires `{n}` in the name"),
        ("vms:\n  'a{n}': {}", "4: vms.a{n}: `{n}` in a name requires `count`"),
        ("vms:\n  'web0{n}': {count: 2}", "3: vms: duplicate name 'web01', due to `count`"),
        ("vms:\n  web01: {guest: ubuntu}", "4: vms.web01.guest: unknown guest operating system 'ubuntu'"),
        (
            "vms:\n  web01: {cpus: 3, cores_per_socket: 2}",
            "4: vms.web01.cores_per_socket: expected a divisor of `cpus`, 3",
        ),
        (
            "vms:\n  tpl01: {power: poweredOn}",
            "4: vms.tpl01.power: a template cannot be powered on; expected poweredOff",
        ),
        ("vms:\n  web01: {busy: Reconfig}", "4: vms.web01.busy: expected a method that starts a task"),
        (
            "datastores:\n  shared-1: {free_gb: 9999}",
            "4: datastores.shared-1.free_gb: expected at most `capacity_gb`, 4096",
        ),
        (
            "users:\n  a: {role: Readonly}",
            "4: users.a.role: unknown role 'Readonly'; did you mean `ReadOnly`?",
        ),
        ("users:\n  a: {on: Labs}", "4: users.a.on: unknown entity 'Labs'; did you mean `Lab`?"),
        (
            "roles:\n  A: {privileges: [System.Reed]}",
            "4: roles.A.privileges[0]: unknown privilege 'System.Reed'",
        ),
        (
            "roles:\n  Admin: {privileges: []}",
            "4: roles.Admin: name of a system role",
        ),
        (
            "rules:\n- {method: CreateSecondVM_Task, fault: NotSupported}",
            "4: rules[0].method: unknown method 'CreateSecondVM_Task'",
        ),
        (
            "rules:\n- {method: '*', fault: NotSuported}",
            "4: rules[0].fault: unknown fault 'NotSuported'; did",
        ),
        (
            "rules:\n- method: '*'\n  fault:\n    FileFault:\n      file: 3",
            "7: rules[0].fault.FileFault.file: expected a value of type string, got 3",
        ),
        (
            "hosts: {esx9: {}}\nvms:\n  a: {cluster: null, host: esx9, networks: [b]}",
            "5: vms.a.networks[0]: unknown network 'b'",
        ),
        (
            "rules:\n- {method: '*', fault: NotSupported, at: call, delay: 2}",
            "4: rules[0].delay: `delay` requires `at: start`",
        ),
        ("datacenters: {Lab: null}", "3: datacenters: expected at least one"),
        (
            "datastores:\n  shared-1: {hosts: [esx1.lab.example]}",
            "29: vms.app01: expected a `datastore`: none is mounted on all of esx2.lab.example",
        ),
        (
            "vms:\n  web01: {fault_tolerance: {secondary_host: esx1.lab.example}}",
            "4: vms.web01.fault_tolerance.secondary_host: expected another host than the primary's",
        ),
        (
            "hosts:\n  esx9: {}\nvms:\n  web01:\n    fault_tolerance: {secondary_host: esx9}",
            "7: vms.web01.fault_tolerance.secondary_host: expected a host in the primary's cluster",
        ),
    ],
)
def test_inconsistent_values_are_reported(written: Callable[[str], str], patch: str, error: str) -> None:
    path = written(f"title: x\nextends: default\n{patch}\n")
    with pytest.raises(ScenarioError) as raised:
        library.load(path)
    assert any(f":{error}" in line for line in str(raised.value).splitlines()), str(raised.value)


def test_an_error_in_the_extended_file_is_located_there(written: Callable[..., str]) -> None:
    written("title: base\nhosts:\n  h: {}\nvms:\n  a: {host: h, datastore: d}\n", "base.yaml")
    path = written("title: x\nextends: base.yaml\n")
    with pytest.raises(ScenarioError, match=r"base\.yaml:5: vms\.a\.datastore: unknown datastore 'd'"):
        library.load(path)
