"""Every row of the admission table answers a real client, and without the row the answer is another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.fault_tolerance.check_situations import SITUATIONS
from tests.emulator.fault_tolerance.conftest import Site, Start
from tests.emulator.fault_tolerance.reasons import parts
from tests.emulator.fault_tolerance.shape_match import has_shape
from vim25_emulator.fault_tolerance import check_evaluation
from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.check import Check


def test_every_check_has_a_situation() -> None:
    names = {check.name for check in CHECKS}
    assert names - SITUATIONS.keys() == set(), (
        "add how a client meets the check to check_situations.SITUATIONS"
    )
    assert SITUATIONS.keys() - names == set(), "no check has this name"


def name_of(check: Check) -> str:
    return check.name


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
def test_a_client_meets_the_fault_of_the_check_because_of_this_check(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    assert check.name in SITUATIONS, "add how a client meets the check to check_situations.SITUATIONS"
    situation = SITUATIONS[check.name]
    site = situation.begin(start, tmp_path)
    protected = pairs(site)
    met = count(check, situation.answer(site))
    assert met
    undo(site, protected)
    monkeypatch.setattr(check_evaluation, "CHECKS", tuple(other for other in CHECKS if other is not check))
    assert count(check, situation.answer(site)) < met


def count(check: Check, answer: Any) -> int:
    """Return how many faults in an answer are shaped as the check's."""
    return sum(has_shape(part, check.fault) for part in parts(answer))


def pairs(site: Site) -> set[str]:
    """Return the names of the VMs that are fault tolerant."""
    return {vm.name for vm in primaries(site)}


def primaries(site: Site) -> Iterator[Any]:
    for vm in site.all(vim.VirtualMachine):
        if vm.config is not None and vm.config.ftInfo is not None and vm.config.ftInfo.role == 1:
            yield vm


def undo(site: Site, protected: set[str]) -> None:
    """Turn Fault Tolerance off again for the VMs that were not fault tolerant before."""
    for vm in list(primaries(site)):
        if vm.name not in protected:
            assert site.finish(vm.TurnOffFaultToleranceForVM_Task()).state == "success"
