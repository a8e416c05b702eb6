from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_a_rescan_changes_nothing_and_names_an_adapter_that_exists(lab: Lab) -> None:
    system = lab.all(vim.HostSystem)[0].configManager.storageSystem
    before = [lun.canonicalName for lun in system.storageDeviceInfo.scsiLun]
    system.RefreshStorageSystem()
    system.RescanAllHba()
    system.RescanVmfs()
    system.RescanHba(system.storageDeviceInfo.hostBusAdapter[0].device)
    assert [lun.canonicalName for lun in system.storageDeviceInfo.scsiLun] == before
    with pytest.raises(vim.fault.NotFound):
        system.RescanHba("vmhba99")
