from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_a_vm_that_runs_is_not_unregistered(sound_lab: Lab) -> None:
    with pytest.raises(vim.fault.InvalidPowerState):
        sound_lab.vm("web01").UnregisterVM()
