"""Devices and datastores that Fault Tolerance does not support, by release, and those that it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pyVmomi import vim

from tests.emulator import specs
from tests.emulator.fault_tolerance.conftest import Site, Start

DEVICE = vim.vm.device
SERIAL: Final = DEVICE.VirtualSerialPort(
    key=-1,
    yieldOnPoll=True,
    backing=DEVICE.VirtualSerialPort.URIBackingInfo(serviceURI="telnet://:9000", direction="server"),
)
PARALLEL: Final = DEVICE.VirtualParallelPort(
    key=-1, backing=DEVICE.VirtualParallelPort.DeviceBackingInfo(deviceName="/dev/parport0")
)
FLOPPY: Final = DEVICE.VirtualFloppy(
    key=-1, backing=DEVICE.VirtualFloppy.DeviceBackingInfo(deviceName="/dev/fd0")
)
TPM: Final = DEVICE.VirtualTPM(key=-1)


def begin(start: Start, folder: Path, release: str | None = None, **patch: Any) -> Site:
    path = folder / "devices.yaml"
    path.write_text(yaml.safe_dump({"title": "devices", "extends": "default", **patch}), "utf-8")
    return start(str(path), api_version=release)


def faults(error: Any) -> list[str]:
    """Return the types of the innermost faults of an answer."""
    errors = getattr(error, "errors", [error])
    innermost = [getattr(each, "fault", None) or getattr(each, "error", None) or each for each in errors]
    return [type(each).__name__.rsplit(".", 1)[-1] for each in innermost if each is not None]


def protected_with(site: Site, change: Any) -> list[str]:
    """Change a device of db01, power it on, and turn Fault Tolerance on; return the faults."""
    vm = site.find("db01")
    assert site.finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[change]))).error is None
    assert site.finish(vm.PowerOnVM_Task()).error is None
    return faults(site.create("db01").error)


@pytest.mark.parametrize(
    ("release", "device", "fault"),
    [
        ("5.5", SERIAL, "DeviceNotSupported"),
        ("8.0.3.0", SERIAL, "DeviceNotSupported"),
        ("8.0.3.0", PARALLEL, "DeviceNotSupported"),
        ("8.0.3.0", FLOPPY, "DeviceBackingNotSupported"),
        ("6.7", TPM, "DeviceNotSupported"),
        ("7.0.3.2", TPM, "DeviceNotSupported"),
        ("8.0.0.0", TPM, None),
    ],
)
def test_a_device_is_refused_as_the_guide_of_the_release_says(
    start: Start, release: str, device: Any, fault: str | None
) -> None:
    site = start(api_version=release)
    assert protected_with(site, specs.add(device)) == ([fault] if fault else [])


@pytest.mark.parametrize(("open_to_others", "expected"), [(True, ["DeviceNotSupported"]), (False, [])])
def test_a_vmci_device_open_to_other_machines_is_refused(
    start: Start, open_to_others: bool, expected: list[str]
) -> None:
    site = start()
    (vmci,) = specs.devices(site.find("db01"), DEVICE.VirtualVMCIDevice)
    vmci.allowUnrestrictedCommunication = open_to_others
    assert protected_with(site, specs.edit(vmci)) == expected


def test_an_image_that_only_the_primary_can_access_is_no_obstacle(start: Start, tmp_path: Path) -> None:
    esx1 = "esx1.lab.example"
    site = begin(
        start,
        tmp_path,
        datastores={"local-1": {"hosts": [esx1]}},
        vms={"web01": {"host": esx1, "iso": "[local-1] x.iso"}},
    )
    assert site.create("web01").state == "success"


@pytest.mark.parametrize(("size", "reasons"), [(2048, ["hasUnsupportedDisk"]), (2047, [])])
def test_a_disk_of_2_tb_is_refused(start: Start, tmp_path: Path, size: int, reasons: list[str]) -> None:
    vms = {"db01": {"disks": [{"capacity_gb": size, "provisioning": "thin"}]}}
    site = begin(start, tmp_path, datastores={"shared-1": {"capacity_gb": 20_000}}, vms=vms)
    assert [issue.reason for issue in getattr(site.create("db01").error, "errors", [])] == reasons


def test_files_of_the_secondary_elsewhere_than_on_the_vsan_of_its_primary_are_refused(
    start: Start, tmp_path: Path
) -> None:
    site = begin(
        start, tmp_path, datastores={"vsan-1": {"type": "vsan"}}, vms={"db01": {"datastore": "vsan-1"}}
    )
    vm, shared = site.find("db01"), site.named(vim.Datastore, "shared-1")
    for part in (
        {"metaDataPath": vim.vm.FaultToleranceMetaSpec(metaDataDatastore=shared)},
        {"secondaryVmSpec": vim.vm.FaultToleranceVMConfigSpec(vmConfig=shared)},
    ):
        spec = vim.vm.FaultToleranceConfigSpec(**part)
        assert faults(site.finish(vm.CreateSecondaryVMEx_Task(None, spec)).error) == ["NotSupported"]
    assert site.create("db01").state == "success"


@pytest.mark.parametrize(("release", "refused"), [("6.0", True), ("6.7.3", True), ("7.0.0.0", False)])
def test_stretched_vsan_is_refused_before_7_0(
    start: Start, tmp_path: Path, release: str, refused: bool
) -> None:
    names = {f"esx{number}.lab.example": {"vsan_fault_domain": f"site-{number}"} for number in (1, 2)}
    vms = {"db01": {"datastore": "vsan-1"}}
    site = begin(start, tmp_path, release, datastores={"vsan-1": {"type": "vsan"}}, hosts=names, vms=vms)
    assert (site.create("db01").error is not None) is refused
