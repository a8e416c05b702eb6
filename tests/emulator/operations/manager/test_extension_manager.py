from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab


def extension(version: str = "1.0", key: str = "com.example.backup") -> Any:
    return vim.Extension(
        description=vim.Description(label="Backup", summary="Backup of machines"),
        key=key,
        version=version,
        lastHeartbeatTime=datetime(2026, 1, 1, tzinfo=timezone.utc),
    )


def test_an_extension_comes_changes_and_goes(lab: Lab) -> None:
    manager = lab.content.extensionManager
    assert manager.FindExtension("com.example.backup") is None
    manager.RegisterExtension(extension())
    assert manager.FindExtension("com.example.backup").description.label == "Backup"
    manager.UpdateExtension(extension("2.0"))
    assert [(each.key, each.version) for each in manager.extensionList] == [("com.example.backup", "2.0")]
    manager.UnregisterExtension("com.example.backup")
    assert manager.extensionList == []


def test_a_key_is_taken_once_and_must_be_known(lab: Lab) -> None:
    manager = lab.content.extensionManager
    manager.RegisterExtension(extension())
    for wrong in (extension(), extension(key="")):
        with pytest.raises(vmodl.fault.InvalidArgument):
            manager.RegisterExtension(wrong)
    with pytest.raises(vim.fault.NotFound):
        manager.UpdateExtension(extension(key="com.example.other"))
    with pytest.raises(vim.fault.NotFound):
        manager.UnregisterExtension("com.example.other")
