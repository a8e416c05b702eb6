"""Properties by which a host or a VM shows what Fault Tolerance can count on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site, Start


def begin(
    start: Start, folder: Path, release: str, evc: str | None = None, version: str | None = None
) -> Site:
    hosts = {"esx1.lab.example": {"version": version}, "esx2.lab.example": {}} if version else {}
    clusters = {"ft-cluster": {"evc": evc}} if evc else {}
    path = folder / "hosts.yaml"
    scenario = {"title": "hosts", "extends": "default", "hosts": hosts, "clusters": clusters}
    path.write_text(yaml.safe_dump(scenario), "utf-8")
    return start(str(path), api_version=release)


@pytest.mark.parametrize(
    ("release", "version", "expected"),
    [("4.1", "4.0.0", []), ("4.1", "4.1.0", ["4.1.0"]), ("8.0.3.0", "7.0.2", ["7.0.0"])],
)
def test_a_host_tells_its_version_of_fault_tolerance_from_4_1_on(
    start: Start, tmp_path: Path, release: str, version: str, expected: list[str]
) -> None:
    host = begin(start, tmp_path, release, version=version).find("esx1.lab.example")
    versions = host.summary.config.featureVersion
    assert [(each.key, each.value) for each in versions] == [("faultTolerance", value) for value in expected]


@pytest.mark.parametrize("evc", ["intel-icelake", None])
def test_a_machine_requires_the_evc_mode_of_its_cluster_while_it_runs(
    start: Start, tmp_path: Path, evc: str | None
) -> None:
    site = begin(start, tmp_path, "8.0.3.0", evc=evc)
    vm = site.find("web01")
    assert vm.runtime.minRequiredEVCModeKey == vm.summary.runtime.minRequiredEVCModeKey == evc
    site.finish(vm.SuspendVM_Task())
    assert vm.runtime.minRequiredEVCModeKey == evc
    site.finish(vm.PowerOnVM_Task())
    site.finish(vm.PowerOffVM_Task())
    assert vm.runtime.minRequiredEVCModeKey is None
    site.finish(site.find("db01").PowerOnVM_Task())
    assert site.find("db01").runtime.minRequiredEVCModeKey == evc
    assert all(
        other.runtime.minRequiredEVCModeKey is None
        for other in site.all(vim.VirtualMachine)
        if other.runtime.powerState == "poweredOff"
    )
