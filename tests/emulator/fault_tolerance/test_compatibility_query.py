"""QueryFaultToleranceCompatibility reports issues of the VM, but not of hosts and licenses."""

from __future__ import annotations

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start


def kinds(faults: list[object]) -> list[str]:
    return [getattr(fault, "reason", None) or type(fault).__name__.rsplit(".", 1)[-1] for fault in faults]


def configure(site: Site, name: str, path: str, value: object) -> None:
    """Change a VM without the API."""
    moid = site.find(name)._moId
    site.emulator.call(lambda: site.emulator.vcenter.inventory[moid].set(path, value))


def test_a_vm_that_can_be_fault_tolerant_has_nothing_against_it(start: Start) -> None:
    assert kinds(start().find("web01").QueryFaultToleranceCompatibilityEx()) == []


def test_hosts_do_not_matter(start: Start) -> None:
    site = start()
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True))
    assert kinds(site.find("web01").QueryFaultToleranceCompatibilityEx()) == []
    assert site.create("web01").state == "error"


def test_all_that_is_wrong_is_told_and_nothing_changes(start: Start) -> None:
    site = start()
    configure(site, "web01", "runtime.consolidationNeeded", True)
    configure(site, "web01", "config.nestedHVEnabled", True)
    before = site.looks()
    vm = site.find("web01")
    assert kinds(vm.QueryFaultToleranceCompatibilityEx()) == ["hasSnapshots", "hasNestedHVConfiguration"]
    assert site.looks() == before


def test_legacy_and_present_fault_tolerance_want_different_things(start: Start) -> None:
    site = start()
    configure(site, "web01", "config.hardware.numCPU", 2)
    vm = site.find("web01")
    assert "multipleVCPU" in kinds(vm.QueryFaultToleranceCompatibility())
    assert kinds(vm.QueryFaultToleranceCompatibility()) == kinds(vm.QueryFaultToleranceCompatibilityEx(True))
    assert kinds(vm.QueryFaultToleranceCompatibilityEx(False)) == []


def test_both_members_of_a_pair_say_so(start: Start) -> None:
    site = start()
    site.create("web01")
    assert kinds(site.find("web01").QueryFaultToleranceCompatibilityEx())[:1] == ["moreThanOneSecondary"]
    assert kinds(site.twin("web01").QueryFaultToleranceCompatibilityEx())[:1] == ["ftSecondaryVm"]


@pytest.mark.parametrize("method", ["QueryFaultToleranceCompatibility", "QueryFaultToleranceCompatibilityEx"])
def test_a_template_is_not_asked_about(start: Start, method: str) -> None:
    with pytest.raises(vmodl.fault.NotSupported):
        getattr(start().find("tpl01"), method)()


def test_a_vm_without_configuration_is_not_asked_about(start: Start) -> None:
    site = start()
    configure(site, "web01", "runtime.connectionState", "inaccessible")
    with pytest.raises(vim.fault.InvalidState):
        site.find("web01").QueryFaultToleranceCompatibilityEx()
