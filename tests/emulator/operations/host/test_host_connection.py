from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def host_of(lab: Lab, number: int = 1) -> Any:
    return lab.named(vim.HostSystem, f"esx{number}.lab.example")


def test_a_disconnected_host_takes_its_vms_out_of_sight(sound_lab: Lab) -> None:
    host, vm = host_of(sound_lab), sound_lab.vm("web01")
    sound_lab.run(host.DisconnectHost_Task())
    assert (host.runtime.connectionState, vm.runtime.connectionState) == ("disconnected", "disconnected")
    assert host.parent.summary.numEffectiveHosts == 1
    assert "DisconnectHost_Task" in host.disabledMethod
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(vm.PowerOffVM_Task())
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(host.DisconnectHost_Task())
    sound_lab.run(host.ReconnectHost_Task())
    assert (host.runtime.connectionState, vm.runtime.connectionState) == ("connected", "connected")
    assert vm.runtime.powerState == "poweredOn"
    assert host.parent.summary.numEffectiveHosts == 2
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(host.ReconnectHost_Task())
    told = ["HostDisconnectedEvent", "VmDisconnectedEvent", "HostConnectedEvent", "VmConnectedEvent"]
    assert set(sound_lab.events(*told)) == set(told)


def test_a_disconnected_host_gets_no_secondary(sound_lab: Lab) -> None:
    sound_lab.run(host_of(sound_lab, 2).DisconnectHost_Task())
    with pytest.raises(vmodl.MethodFault):
        sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task())
    sound_lab.run(host_of(sound_lab, 2).ReconnectHost_Task())
    sound_lab.run(sound_lab.vm("db01").CreateSecondaryVM_Task())
