from __future__ import annotations

from collections.abc import Callable

import pytest

from vim25_emulator.scenario import library
from vim25_emulator.scenario.source import ScenarioError


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ("release: '8.0.9.9'", "3: release: no release or API version '8.0.9.9'; did you mean 8.0."),
        ("vms:\n  web01: {host: esx3.lab.example}", "4: vms.web01.host: there is no host 'esx3.lab.example'"),
        (
            "hosts:\n  esx1.lab.example: {cluster: ft}",
            "4: hosts.esx1.lab.example.cluster: there is no cluster",
        ),
        (
            "vms:\n  web01: {datastore: shared1}",
            "4: vms.web01.datastore: there is no datastore 'shared1'; did",
        ),
        ("vms:\n  web01: {networks: [a, VM Network]}", "4: vms.web01.networks[0]: there is no network 'a'"),
        (
            "vms:\n  web01: {disks: [{datastore: x}]}",
            "4: vms.web01.disks[0].datastore: there is no datastore 'x'",
        ),
        ("vms:\n  web01: {iso: '[x] a.iso'}", "4: vms.web01.iso: there is no datastore 'x'"),
        (
            "datastores:\n  shared-1: {hosts: [esx9]}",
            "4: datastores.shared-1.hosts[0]: there is no host 'esx9'",
        ),
        ("vms:\n  web01: {count: 3}", "4: vms.web01: `count` needs `{n}` in the name"),
        ("vms:\n  'a{n}': {}", "4: vms.a{n}: `{n}` in a name needs a `count`"),
        ("vms:\n  'web0{n}': {count: 2}", "3: vms: 'web01' comes 2 times, by counting"),
        ("vms:\n  web01: {guest: ubuntu}", "4: vms.web01.guest: there is no guest operating system 'ubuntu'"),
        (
            "vms:\n  web01: {cpus: 3, cores_per_socket: 2}",
            "4: vms.web01.cores_per_socket: 3 vCPUs do not fill",
        ),
        (
            "vms:\n  tpl01: {power: poweredOn}",
            "4: vms.tpl01.power: a template cannot run; expected poweredOff",
        ),
        ("vms:\n  web01: {busy: Reconfig}", "4: vms.web01.busy: expected a method with a task"),
        (
            "datastores:\n  shared-1: {free_gb: 9999}",
            "4: datastores.shared-1.free_gb: more than the capacity",
        ),
        (
            "users:\n  a: {role: Readonly}",
            "4: users.a.role: there is no role 'Readonly'; did you mean `ReadOnly`?",
        ),
        ("users:\n  a: {on: Labs}", "4: users.a.on: there is no entity 'Labs'; did you mean `Lab`?"),
        ("roles:\n  A: {privileges: [System.Reed]}", "4: roles.A.privileges[0]: there is no privilege"),
        (
            "roles:\n  Admin: {privileges: []}",
            "4: roles.Admin: there is a role of this name in every vCenter",
        ),
        (
            "rules:\n- {method: CreateSecondVM_Task, fault: NotSupported}",
            "4: rules[0].method: no method is called",
        ),
        (
            "rules:\n- {method: '*', fault: NotSuported}",
            "4: rules[0].fault: there is no fault 'NotSuported'; did",
        ),
        (
            "rules:\n- method: '*'\n  fault:\n    FileFault:\n      file: 3",
            "7: rules[0].fault.FileFault.file: expected a value of type string, not 3",
        ),
        (
            "hosts: {esx9: {}}\nvms:\n  a: {cluster: null, host: esx9, networks: [b]}",
            "5: vms.a.networks[0]: there",
        ),
        (
            "rules:\n- {method: '*', fault: NotSupported, at: call, delay: 2}",
            "4: rules[0].delay: only a fault `at: start` can be delayed",
        ),
        ("datacenters: {Lab: null}", "3: datacenters: expected at least one"),
        (
            "datastores:\n  shared-1: {hosts: [esx1.lab.example]}",
            "29: vms.app01: expected a `datastore`: none is mounted on every host",
        ),
        (
            "vms:\n  web01: {fault_tolerance: {secondary_host: esx1.lab.example}}",
            "4: vms.web01.fault_tolerance.secondary_host: expected another host than the primary's",
        ),
        (
            "hosts:\n  esx9: {}\nvms:\n  web01:\n    fault_tolerance: {secondary_host: esx9}",
            "7: vms.web01.fault_tolerance.secondary_host: expected a host of the primary's cluster",
        ),
    ],
)
def test_what_does_not_fit_together_is_told(written: Callable[[str], str], patch: str, told: str) -> None:
    path = written(f"title: x\nextends: default\n{patch}\n")
    with pytest.raises(ScenarioError) as caught:
        library.load(path)
    assert any(f":{told}" in line for line in str(caught.value).splitlines()), str(caught.value)


def test_a_mistake_in_the_extended_file_is_told_there(written: Callable[..., str]) -> None:
    written("title: base\nhosts:\n  h: {}\nvms:\n  a: {host: h, datastore: d}\n", "base.yaml")
    path = written("title: x\nextends: base.yaml\n")
    with pytest.raises(ScenarioError, match=r"base\.yaml:5: vms\.a\.datastore: there is no datastore 'd'"):
        library.load(path)
