"""Members of a VirtualMachineConfigSpec that require more than an assignment."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.specs import add, devices, reconfigure, remove, scsi


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"ftEncryptionMode": "nonsense"}, "ftEncryptionMode"),
        ({"migrateEncryption": "nonsense"}, "migrateEncryption"),
        ({"swapPlacement": "nonsense"}, "swapPlacement"),
        ({"bootOptions": vim.vm.BootOptions(networkBootProtocol="ipv5")}, "bootOptions.networkBootProtocol"),
        ({"powerOpInfo": vim.vm.DefaultPowerOpInfo(powerOffType="gentle")}, "powerOpInfo.powerOffType"),
    ],
)
def test_a_string_is_a_value_of_its_enumeration(lab: Lab, members: dict[str, Any], path: str) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as refused:
        reconfigure(lab, lab.vm("db01"), **members)
    assert refused.value.invalidProperty == f"configSpec.{path}"


def test_ovf_properties_are_added_changed_and_removed(lab: Lab) -> None:
    vm = lab.vm("db01")

    def apply(operation: str, value: str | None = None) -> list[tuple[str, str]]:
        info = vim.vApp.PropertyInfo(key=1, id="hostname", value=value)
        keys = {"removeKey": 1} if value is None else {"info": info}
        change = vim.vApp.PropertySpec(operation=operation, **keys)
        reconfigure(lab, vm, vAppConfig=vim.vApp.VmConfigSpec(property=[change]))
        return [(prop.id, prop.value) for prop in vm.config.vAppConfig.property]

    assert apply("add", "one") == [("hostname", "one")]
    assert apply("edit", "two") == [("hostname", "two")]
    with pytest.raises(vmodl.fault.InvalidArgument):
        apply("add", "three")
    assert apply("remove") == []
    reconfigure(lab, vm, vAppConfigRemoved=True)
    assert vm.config.vAppConfig is None


def test_what_only_fault_tolerance_sets_is_refused(lab: Lab) -> None:
    info = vim.vm.FaultToleranceConfigInfo(role=1, instanceUuids=["uuid"], configPaths=["[shared-1] x.vmx"])
    with pytest.raises(vmodl.fault.NotSupported):
        reconfigure(lab, lab.vm("db01"), ftInfo=info)


def test_virtual_numa_is_configured(lab: Lab) -> None:
    vm = lab.vm("db01")
    reconfigure(lab, vm, virtualNuma=vim.vm.VirtualNuma(coresPerNumaNode=1, exposeVnumaOnCpuHotadd=True))
    info = vm.config.numaInfo
    assert (info.coresPerNumaNode, info.autoCoresPerNumaNode, info.vnumaOnCpuHotaddExposed) == (
        1,
        False,
        True,
    )


def test_a_change_can_skip_a_device_that_does_not_exist(lab: Lab) -> None:
    vm = lab.vm("db01")
    change = remove(vim.vm.device.VirtualCdrom(key=9999))
    with pytest.raises(vim.fault.DeviceNotFound):
        reconfigure(lab, vm, deviceChange=[change])
    change.changeMode = "skip"
    reconfigure(lab, vm, deviceChange=[change])


def test_a_controller_gets_the_bus_that_it_requests(lab: Lab) -> None:
    vm, controller = lab.vm("db01"), scsi()
    controller.busNumber = 3
    reconfigure(lab, vm, deviceChange=[add(controller)])
    added = devices(vm, vim.vm.device.VirtualSCSIController)[-1]
    assert (added.busNumber, added.key) == (3, 1003)
    reconfigure(lab, vm, deviceChange=[add(controller)])
    assert devices(vm, vim.vm.device.VirtualSCSIController)[-1].busNumber not in (3, None)


def test_a_file_is_not_destroyed_by_adding_a_disk(lab: Lab) -> None:
    change = add(vim.vm.device.VirtualCdrom(key=-1), "destroy")
    with pytest.raises(vim.fault.InvalidDeviceOperation):
        reconfigure(lab, lab.vm("db01"), deviceChange=[change])
