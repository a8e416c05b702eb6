from __future__ import annotations

import pytest

from vim25_emulator.scenario.format import Disk
from vim25_emulator.scenario.source import ScenarioError, parse
from vim25_emulator.scenario.structure import scenario_of


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
        ("title: ''", "1: title: expected `str` of length >= 1"),
        ("title: x\nvms: 3", "2: vms: expected a mapping, got `int`"),
        ("title: x\nvms:\n  a:", "3: vms.a: expected a mapping, got `null`"),
        ("title: x\nvms:\n  a:\n    cpus: 0", "4: vms.a.cpus: expected `int` >= 1"),
        ("title: x\nvms:\n  a:\n    cpus: two", "4: vms.a.cpus: expected `int`, got `str`"),
        (
            "title: x\nvms:\n  a.b: {memory_mb: 5}",
            "3: vms.a.b.memory_mb: expected `int` that's a multiple of 4",
        ),
        ("title: x\nvms:\n  a: {cpu: 2}", "3: vms.a.cpu: unknown key; did you mean `cpus`?"),
        ("title: x\nvm: {}", "2: vm: unknown key; did you mean `vms`?"),
        ("title: x\nrules: [{method: X}]", "2: rules[0]: `fault` is missing"),
        (
            "title: x\nclusters:\n  c: {drs: {automation: fully}}",
            "3: clusters.c.drs.automation: expected one of fullyAutomated, manual, partiallyAutomated",
        ),
        (
            "title: x\nvms:\n  a: {power: poweredon}",
            "3: vms.a.power: expected one of poweredOff, poweredOn, suspended; did you mean `poweredOn`?",
        ),
        (
            "title: x\nvms:\n  a: {power: on}",
            "3: vms.a.power: expected one of poweredOff, poweredOn, suspended",
        ),
        ("title: x\nvms:\n  '': {}", "2: vms: expected `str` of length >= 1"),
        (
            "title: x\nclusters:\n  c: {ha: {options: {das.maxftvmsperhost: 1}}}",
            "3: clusters.c.ha.options.das.maxftvmsperhost: expected `str`, got `int`",
        ),
    ],
)
def test_an_error_has_its_line_its_path_and_the_expected_values(text: str, error: str) -> None:
    assert errors(text) == [f"f.yaml:{error}"]


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
