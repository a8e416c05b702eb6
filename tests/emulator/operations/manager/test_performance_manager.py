from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def test_no_statistics_are_kept_and_that_is_said(lab: Lab) -> None:
    manager, vm = lab.content.perfManager, lab.vm("web01")
    provider = manager.QueryPerfProviderSummary(vm)
    assert (provider.entity, provider.currentSupported, provider.summarySupported) == (vm, False, False)
    assert manager.perfCounter == manager.QueryAvailablePerfMetric(vm) == []
    assert manager.QueryPerf([vim.PerformanceManager.QuerySpec(entity=vm)]) == []
    assert manager.QueryPerfCounterByLevel(1) == []


def test_what_is_not_there_cannot_be_asked_about(lab: Lab) -> None:
    manager = lab.content.perfManager
    for call, name in (
        (lambda: manager.QueryPerfCounter([6]), "counterId"),
        (lambda: manager.QueryPerfCounterByLevel(5), "level"),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument) as fault:
            call()
        assert fault.value.invalidProperty == name
    gone = vim.VirtualMachine("vm-gone", lab.service._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        manager.QueryPerf([vim.PerformanceManager.QuerySpec(entity=gone)])
