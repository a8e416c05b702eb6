from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab


def queried(manager: Any, *name: str) -> dict[str, Any]:
    return {option.key: option.value for option in manager.QueryOptions(*name)}


def test_options_are_found_by_name_and_by_what_they_are_below(lab: Lab) -> None:
    settings = lab.content.setting
    every = {option.key: option.value for option in settings.setting}
    assert queried(settings) == every
    assert queried(settings, "event.maxAge") == {"event.maxAge": 30}
    below = {name: value for name, value in every.items() if name.startswith("VirtualCenter.")}
    assert queried(settings, "VirtualCenter") == queried(settings, "VirtualCenter.") == below
    with pytest.raises(vim.fault.InvalidName) as fault:
        settings.QueryOptions("VirtualCent")
    assert fault.value.name == "VirtualCent"


def test_a_vcenter_takes_new_options_and_changes_old_ones(lab: Lab) -> None:
    settings = lab.content.setting
    changed = {"event.maxAge": 60, "com.example.site": "north"}
    settings.UpdateOptions([vim.option.OptionValue(key=name, value=value) for name, value in changed.items()])
    assert queried(settings, "event.maxAge") | queried(settings, "com.example") == changed


def test_a_host_takes_all_or_none(lab: Lab) -> None:
    options = lab.all(vim.HostSystem)[0].configManager.advancedOption
    before = queried(options)
    known = vim.option.OptionValue(key="UserVars.SuppressShellWarning", value=1)
    with pytest.raises(vim.fault.InvalidName):
        options.UpdateOptions([known, vim.option.OptionValue(key="UserVars.Nothing", value=1)])
    assert queried(options) == before
    options.UpdateOptions([known])
    assert queried(options) == {**before, "UserVars.SuppressShellWarning": 1}
