from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab

LOGGING = "faultToleranceLogging"


def host_of(lab: Lab) -> Any:
    return lab.named(vim.HostSystem, "esx2.lab.example")


def turn_on(lab: Lab) -> Any:
    """Turn Fault Tolerance on for a VM, with its secondary on the host under test."""
    return lab.run(lab.vm("db01").CreateSecondaryVM_Task(host=host_of(lab)))


@pytest.mark.parametrize(
    ("service", "device", "shown", "issue"),
    [
        (LOGGING, "vmk2", "faultToleranceEnabled", "missingFTLoggingNic"),
        ("vmotion", "vmk1", "vmotionEnabled", "missingVMotionNic"),
    ],
)
def test_a_service_comes_and_goes_and_fault_tolerance_with_it(
    sound_lab: Lab, service: str, device: str, shown: str, issue: str
) -> None:
    host = host_of(sound_lab)
    manager = host.configManager.virtualNicManager
    manager.DeselectVnicForNicType(service, device)
    assert list(manager.QueryNetConfig(service).selectedVnic) == []
    assert getattr(host.summary.config, shown) is False
    assert issue in host.capability.smpFtCompatibilityIssues
    with pytest.raises(vmodl.MethodFault):
        turn_on(sound_lab)
    manager.SelectVnicForNicType(service, device)
    assert getattr(host.summary.config, shown) is True
    assert issue not in host.capability.smpFtCompatibilityIssues
    turn_on(sound_lab)


def test_the_older_place_for_vmotion_tells_the_same(sound_lab: Lab) -> None:
    host = host_of(sound_lab)
    system, manager = host.configManager.vmotionSystem, host.configManager.virtualNicManager
    system.SelectVnic("vmk0")
    assert [key.rpartition("-")[2] for key in manager.QueryNetConfig("vmotion").selectedVnic] == ["vmk0"]
    assert system.netConfig.selectedVnic.endswith("vmk0")
    system.DeselectVnic()
    assert system.netConfig.selectedVnic is None
    assert host.summary.config.vmotionEnabled is False
    with pytest.raises(vim.fault.HostConfigFault):
        system.SelectVnic("vmk9")


def test_a_service_or_nic_that_is_not_there(sound_lab: Lab) -> None:
    manager = host_of(sound_lab).configManager.virtualNicManager
    for wrong in (("none", "vmk0"), (LOGGING, "vmk9")):
        with pytest.raises(vmodl.fault.InvalidArgument):
            manager.SelectVnicForNicType(*wrong)
    with pytest.raises(vmodl.fault.InvalidArgument):
        manager.QueryNetConfig("none")
