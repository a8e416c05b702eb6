"""A list without elements is empty, and a lookup in it raises NotFound."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_lists_are_empty(lab: Lab) -> None:
    content, store = lab.content, lab.all(vim.Datastore)[0]
    assert content.diagnosticManager.QueryDescriptions() == []
    assert content.scheduledTaskManager.RetrieveEntityScheduledTask() == []
    assert content.scheduledTaskManager.RetrieveObjectScheduledTask() == []
    assert content.ipPoolManager.QueryIpPools(lab.all(vim.Datacenter)[0]) == []
    assert content.vStorageObjectManager.ListVStorageObject(store) == []
    assert content.cryptoManager.ListKmipServers() == []
    assert lab.run(content.cryptoManager.RetrieveKmipServersStatus_Task()) == []


def test_a_log_cannot_be_read(lab: Lab) -> None:
    with pytest.raises(vim.fault.CannotAccessFile) as fault:
        lab.content.diagnosticManager.BrowseDiagnosticLog(key="vpxd:vpxd.log")
    assert fault.value.file == "vpxd:vpxd.log"


def test_a_customization_specification_is_not_found(lab: Lab) -> None:
    manager = lab.content.customizationSpecManager
    assert manager.DoesCustomizationSpecExist("linux") is False
    with pytest.raises(vim.fault.NotFound):
        manager.GetCustomizationSpec("linux")
