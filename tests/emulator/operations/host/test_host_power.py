from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_standby_and_back(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    sound_lab.run(sound_lab.vm("web01").PowerOffVM_Task())
    sound_lab.run(host.PowerDownHostToStandBy_Task(timeoutSec=0))
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("standBy", "in")
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(host.PowerDownHostToStandBy_Task(timeoutSec=0))
    sound_lab.run(host.PowerUpHostFromStandBy_Task(timeoutSec=0))
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("poweredOn", "none")
    with pytest.raises(vim.fault.InvalidState):
        sound_lab.run(host.PowerUpHostFromStandBy_Task(timeoutSec=0))


def test_a_host_in_service_goes_down_by_force_only(sound_lab: Lab) -> None:
    host = sound_lab.named(vim.HostSystem, "esx1.lab.example")
    for stop in (host.ShutdownHost_Task, host.RebootHost_Task):
        with pytest.raises(vim.fault.InvalidState):
            sound_lab.run(stop(force=False))
    sound_lab.run(host.ShutdownHost_Task(force=True))
    assert host.runtime.connectionState == "notResponding"
    sound_lab.run(host.ReconnectHost_Task())
    assert host.runtime.connectionState == "connected"
