from __future__ import annotations

import pytest

from vim25_emulator.scenario.source import ScenarioError, parse
from vim25_emulator.scenario.structure import scenario_of
from vim25_emulator.scenario.virtual_machine_section import Disk


def errors(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        scenario_of(parse(text, "f.yaml"))
    return str(raised.value).splitlines()


def test_only_the_title_is_required() -> None:
    scenario = scenario_of(parse("title: Nothing at all\n", "f.yaml"))
    assert (scenario.title, list(scenario.datacenters), scenario.vms) == ("Nothing at all", ["Lab"], {})


def test_values_are_converted() -> None:
    scenario = scenario_of(parse("title: x\nvms:\n  a: {disks: [{mode: nonpersistent}]}\n", "f.yaml"))
    assert scenario.vms["a"].disks == (Disk(mode="nonpersistent"),)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("vms: {}", "1: `title` is missing"),
        ("title: ''", "1: title: expected text with a length of at least 1, not ''"),
        ("title: x\nvms: 3", "2: vms: expected a mapping, not 3"),
        ("title: x\nvms:\n  a:", "3: vms.a: expected a mapping, not null"),
        ("title: x\nvms:\n  a:\n    cpus: 0", "4: vms.a.cpus: expected an integer of at least 1, not 0"),
        ("title: x\nvms:\n  a:\n    cpus: 769", "4: vms.a.cpus: expected an integer of at most 768, not 769"),
        ("title: x\nvms:\n  a:\n    cpus: two", "4: vms.a.cpus: expected an integer, not 'two'"),
        ("title: x\nvms:\n  a:\n    cpus: 2.5", "4: vms.a.cpus: expected an integer, not 2.5"),
        ("title: x\nvms:\n  a:\n    cpus: [2]", "4: vms.a.cpus: expected an integer, not a list"),
        ("title: x\nvms:\n  a.b: {memory_mb: 5}", "3: vms.a.b.memory_mb: expected a multiple of 4, not 5"),
        ("title: x\nvms:\n  a: {cpu: 2}", "3: vms.a.cpu: unknown key; did you mean `cpus`?"),
        (
            "title: x\nvms:\n  a: {fault_tolerance: {secondary_hots: h, secondary_host: h}}",
            "3: vms.a.fault_tolerance.secondary_hots: unknown key; did you mean `secondary_host`?",
        ),
        ("title: x\nvm: {}", "2: vm: unknown key; did you mean `vms`?"),
        ("title: x\nrules: [{method: X}]", "2: rules[0]: `fault` is missing"),
        ("title: x\nrules: {a: 1}", "2: rules: expected a list, not a mapping"),
        (
            "title: x\nrules: [{method: X, fault: 3}]",
            "2: rules[0].fault: expected text or a mapping, not 3; put it in quotes",
        ),
        (
            "title: x\nhosts:\n  h: {in_standby: maybe}",
            "3: hosts.h.in_standby: expected true or false, not 'maybe'",
        ),
        ("title: x\nhosts:\n  h: {memory_gb: lots}", "3: hosts.h.memory_gb: expected a number, not 'lots'"),
        ("title: x\nhosts:\n  h: {memory_gb: 8 GB}", "3: hosts.h.memory_gb: expected a number, not '8 GB'"),
        (
            "title: x\nhosts:\n  h: {memory_gb: 0}",
            "3: hosts.h.memory_gb: expected a number greater than 0, not 0",
        ),
        (
            "title: x\nhosts:\n  h: {memory_gb: 2_000_000_000}",
            "3: hosts.h.memory_gb: expected a number of at most 1000000000, not 2000000000",
        ),
        (
            "title: x\nhosts:\n  h: {version: 8.0}",
            "3: hosts.h.version: expected text, not 8.0; put it in quotes",
        ),
        (
            "title: x\nhosts:\n  h: {version: eight}",
            "3: hosts.h.version: expected text such as '8.0.2', not 'eight'",
        ),
        (
            "title: x\nvms:\n  a: {iso: a.iso}",
            "3: vms.a.iso: expected text such as '[shared-1] folder/file.iso', not 'a.iso'",
        ),
        (
            "title: x\nvms:\n  a: {annotation: 2026-01-31}",
            "3: vms.a.annotation: expected text, not 2026-01-31; put it in quotes",
        ),
        ("title: x\nvms:\n  a: {cpus: 2026-01-31}", "3: vms.a.cpus: expected an integer, not 2026-01-31"),
        (
            f"title: x\nvms:\n  a: {{cpus: {'many ' * 20}}}",
            f"3: vms.a.cpus: expected an integer, not '{'many ' * 7}many…'",
        ),
        (
            "title: x\nclusters:\n  c: {drs: {automation: fully}}",
            "3: clusters.c.drs.automation: expected one of fullyAutomated, manual, partiallyAutomated,"
            " not 'fully'",
        ),
        (
            "title: x\nvms:\n  a: {power: poweredon}",
            "3: vms.a.power: expected one of poweredOff, poweredOn, suspended, not 'poweredon';"
            " did you mean `poweredOn`?",
        ),
        (
            "title: x\nvms:\n  a: {power: on}",
            "3: vms.a.power: expected one of poweredOff, poweredOn, suspended, not true",
        ),
        (
            "title: x\nvms:\n  a: {virtual_mmu: on}",
            "3: vms.a.virtual_mmu: expected one of automatic, off, on, not true; put it in quotes",
        ),
        ("title: x\nvms:\n  '': {}", "2: vms: expected text with a length of at least 1 as a key, not ''"),
        (
            "title: x\nclusters:\n  c: {ha: {options: {das.maxftvmsperhost: 1}}}",
            "3: clusters.c.ha.options.das.maxftvmsperhost: expected text, not 1; put it in quotes",
        ),
        (
            "title: x\nsettings: {a: [1]}",
            "2: settings.a: expected true or false, an integer or text, not a list",
        ),
    ],
)
def test_an_error_has_its_line_its_path_and_the_expected_values(text: str, error: str) -> None:
    assert errors(text) == [f"f.yaml:{error}"]


def test_a_rejected_key_is_echoed_whatever_else_is_wrong() -> None:
    assert errors("title: x\nvms:\n  b: {}\n  '': {}\nrules: 3\n") == [
        "f.yaml:2: vms: expected text with a length of at least 1 as a key, not ''",
        "f.yaml:5: rules: expected a list, not 3",
    ]


def test_all_errors_are_reported_at_once_in_order() -> None:
    machine = "vms:\n  a: {cpus: 0, color: red}\n"
    text = f"title: x\nhosts:\n  h: {{cluster: 3}}\n{machine}rules:\n- {{method: 3, at: x}}\n"
    assert [error.split(": ")[0] + ": " + error.split(": ")[1] for error in errors(text)] == [
        "f.yaml:3: hosts.h.cluster",
        "f.yaml:5: vms.a.cpus",
        "f.yaml:5: vms.a.color",
        "f.yaml:7: rules[0].method",
        "f.yaml:7: rules[0].at",
    ]


def test_the_number_of_reported_errors_is_limited() -> None:
    machines = "".join(f"  vm{n}: {{color: red}}\n" for n in range(100))
    assert len(errors(f"title: x\nvms:\n{machines}")) == 20
