"""The encryption mode of Fault Tolerance: its values, encrypted machines, and hosts that cannot encrypt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start

ESX1, ESX2, ESX3 = (f"esx{number}.lab.example" for number in (1, 2, 3))
REQUIRED = "ftEncryptionRequired"


def begin(start: Start, folder: Path, **patch: Any) -> Site:
    """Start three hosts of which the second cannot encrypt; web01 runs on the first."""
    hosts = {ESX1: {}, ESX2: {"version": "7.0.1"}, ESX3: {}}
    path = folder / "encryption.yaml"
    scenario = {"title": "encryption", "extends": "three-hosts", "hosts": hosts, **patch}
    path.write_text(yaml.safe_dump(scenario), "utf-8")
    return start(str(path), api_version="8.0.3.0")


def change(site: Site, vm: Any, mode: str) -> Any:
    return site.finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(ftEncryptionMode=mode))).error


def test_a_mode_is_one_of_three(start: Start) -> None:
    site = start()
    vm = site.find("web01")
    assert vm.config.ftEncryptionMode == "ftEncryptionOpportunistic"
    fault = change(site, vm, "nonsense")
    assert type(fault) is vmodl.fault.InvalidArgument
    assert fault.invalidProperty == "configSpec.ftEncryptionMode"
    for mode in ("ftEncryptionDisabled", REQUIRED, "ftEncryptionOpportunistic"):
        assert change(site, vm, mode) is None
        assert vm.config.ftEncryptionMode == mode


def test_fault_tolerance_of_an_encrypted_machine_is_encrypted(start: Start, tmp_path: Path) -> None:
    site = begin(start, tmp_path, vms={"web01": {"host": ESX1, "encrypted": True}})
    vm = site.find("web01")
    assert vm.config.ftEncryptionMode == REQUIRED
    assert type(change(site, vm, "ftEncryptionDisabled")) is vmodl.fault.InvalidArgument
    assert change(site, vm, REQUIRED) is None


def test_a_machine_that_becomes_encrypted_gets_the_mode(start: Start) -> None:
    site = start()
    vm = site.find("db01")
    key = vim.encryption.CryptoKeyId(keyId="1", providerId=vim.encryption.KeyProviderId(id="kms"))
    spec = vim.vm.ConfigSpec(crypto=vim.encryption.CryptoSpecEncrypt(cryptoKeyId=key))
    assert site.finish(vm.ReconfigVM_Task(spec)).error is None
    assert vm.config.ftEncryptionMode == REQUIRED


@pytest.mark.parametrize(
    ("mode", "state"), [(REQUIRED, "needSecondary"), ("ftEncryptionDisabled", "running")]
)
def test_required_encryption_excludes_a_host_from_the_start_and_after_a_failure(
    start: Start, tmp_path: Path, mode: str, state: str
) -> None:
    site = begin(start, tmp_path, vms={"web01": {"host": ESX1}})
    capabilities = [site.find(name).capability.encryptedFtSupported for name in (ESX1, ESX2, ESX3)]
    assert capabilities == [True, False, True]
    vm = site.find("web01")
    assert change(site, vm, mode) is None
    if mode == REQUIRED:
        assert site.create("web01", ESX2).error is not None
    assert site.create("web01", ESX3).result.vm.runtime.host.name == ESX3
    site.finish(site.find(ESX3).ShutdownHost_Task(True))
    assert vm.runtime.faultToleranceState == state


@pytest.mark.parametrize(("release", "refused"), [("6.5", True), ("7.0.1.1", True), ("7.0.2.0", False)])
def test_encrypted_machines_are_supported_from_7_0_2(
    start: Start, tmp_path: Path, release: str, refused: bool
) -> None:
    path = tmp_path / "encrypted.yaml"
    vms = {"web01": {"encrypted": True}}
    path.write_text(yaml.safe_dump({"title": "t", "extends": "default", "vms": vms}), "utf-8")
    site = start(str(path), api_version=release)
    assert (site.create("web01").error is not None) is refused


@pytest.mark.parametrize("member", ["primary", "secondary"])
def test_a_running_pair_does_not_move_to_a_host_that_cannot_encrypt(
    start: Start, tmp_path: Path, member: str
) -> None:
    site = begin(start, tmp_path, vms={"web01": {"host": ESX1, "encrypted": True}})
    site.create("web01")
    vm = site.find("web01") if member == "primary" else site.twin("web01")
    host = vm.runtime.host
    info = site.finish(vm.MigrateVM_Task(None, site.find(ESX2), "defaultPriority", None))
    assert isinstance(info.error, vim.fault.VmFaultToleranceConfigIssueWrapper)
    entering = site.finish(host.EnterMaintenanceMode_Task(0))
    assert (entering.state, vm.runtime.host) == ("running", host)
    site.finish(site.find("web01").PowerOffVM_Task())
    assert entering.task.info.state == "success"
