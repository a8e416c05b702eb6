from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_adapters_hear_of_no_switch(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    present = [nic.device for nic in host.config.network.pnic]
    hints = host.configManager.networkSystem.QueryNetworkHint()
    assert [hint.device for hint in hints] == present
    assert {hint.connectedSwitchPort for hint in hints} == {None}
    (hint,) = host.configManager.networkSystem.QueryNetworkHint([present[1]])
    assert hint.device == present[1]


def test_an_adapter_that_is_not_there_is_not_found(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    with pytest.raises(vim.fault.NotFound):
        host.configManager.networkSystem.QueryNetworkHint(["vmnic9"])
