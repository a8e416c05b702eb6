"""Fault rules of a scenario, as seen by a client."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab


def scenario(folder: Path, rule: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(f"title: x\nextends: default\nrules:\n- {rule}\n", "utf-8")
    return str(path)


def test_a_fault_at_the_call_starts_no_task(tmp_path: Path) -> None:
    with open_lab(scenario(tmp_path, "{method: PowerO*_Task, at: call, fault: NotSupported}")) as lab:
        vm = lab.vm("web01")
        with pytest.raises(vmodl.fault.NotSupported):
            vm.PowerOffVM_Task()
        assert vm.recentTask == []


def test_a_fault_of_the_task_is_raised_for_the_object_and_count_times(tmp_path: Path) -> None:
    rule = "{method: PowerOnVM_Task, object: db01, skip: 1, count: 1, fault: {FileFault: {file: a}}}"
    with open_lab(scenario(tmp_path, rule)) as lab:
        lab.run(lab.vm("mail01").PowerOnVM_Task())
        db = lab.vm("db01")
        lab.run(db.PowerOnVM_Task())
        lab.run(db.PowerOffVM_Task())
        with pytest.raises(vim.fault.FileFault) as fault:
            lab.run(db.PowerOnVM_Task())
        assert fault.value.file == "a"
        lab.run(db.PowerOnVM_Task())


def test_a_delayed_fault_is_raised_after_the_task_started(tmp_path: Path) -> None:
    rule = "{method: PowerOffVM_Task, fault: NotSupported, delay: 0.2}"
    with open_lab(scenario(tmp_path, rule)) as lab:
        task = lab.vm("web01").PowerOffVM_Task()
        with pytest.raises(vmodl.fault.NotSupported):
            lab.run(task)
        assert (task.info.completeTime - task.info.startTime).total_seconds() >= 0.2


def test_a_fault_in_the_middle_ends_the_task_without_changes(tmp_path: Path) -> None:
    rule = "{method: PowerOffVM_Task, at: middle, count: 1, fault: NotSupported}"
    with open_lab(scenario(tmp_path, rule), task_duration=0.2) as lab:
        vm = lab.vm("web01")
        task = vm.PowerOffVM_Task()
        with pytest.raises(vmodl.fault.NotSupported):
            lab.run(task)
        assert (task.info.completeTime - task.info.startTime).total_seconds() >= 0.1
        assert vm.runtime.powerState == "poweredOn"
        lab.run(vm.PowerOffVM_Task())


def test_a_fault_at_the_end_is_raised_after_all_changes(tmp_path: Path) -> None:
    with open_lab(scenario(tmp_path, "{method: PowerOffVM_Task, at: end, fault: NotSupported}")) as lab:
        vm = lab.vm("web01")
        with pytest.raises(vmodl.fault.NotSupported):
            lab.run(vm.PowerOffVM_Task())
        assert vm.runtime.powerState == "poweredOff"


def test_random_faults_are_the_same_in_every_run(tmp_path: Path) -> None:
    rule = "{method: CurrentTime, at: call, probability: 0.5, seed: %s, fault: NotSupported}"
    runs = []
    for seed in (1, 1, 2):
        with open_lab(scenario(tmp_path, rule % seed)) as lab:
            runs.append([passes(lab) for _ in range(40)])
    assert runs[0] == runs[1] != runs[2]
    assert 5 < sum(runs[0]) < 35


def passes(lab: Lab) -> bool:
    try:
        lab.service.CurrentTime()
    except vmodl.fault.NotSupported:
        return False
    return True
