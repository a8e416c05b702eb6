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


def test_each_option_is_defined_with_a_default_of_its_type(lab: Lab) -> None:
    for manager in (lab.content.setting, lab.all(vim.HostSystem)[0].configManager.advancedOption):
        values = {option.key: option.value for option in manager.setting}
        definitions = {definition.key: definition.optionType for definition in manager.supportedOption}
        assert definitions.keys() == values.keys()
        for key, kind in definitions.items():
            if isinstance(kind, vim.option.ChoiceOption):
                assert kind.choiceInfo[kind.defaultIndex].key == values[key]
            else:
                assert kind.defaultValue == values[key]


def test_a_hosts_configuration_shows_its_options(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    manager = host.configManager.advancedOption
    assert [option.key for option in host.config.optionDef] == [o.key for o in manager.supportedOption]
    manager.UpdateOptions([vim.option.OptionValue(key="NFS.MaxVolumes", value=256)])
    shown = {option.key: option.value for option in host.config.option}
    assert shown["NFS.MaxVolumes"] == 256
    assert shown == queried(manager)


def test_a_host_takes_all_or_none(lab: Lab) -> None:
    options = lab.all(vim.HostSystem)[0].configManager.advancedOption
    before = queried(options)
    known = vim.option.OptionValue(key="UserVars.SuppressShellWarning", value=1)
    with pytest.raises(vim.fault.InvalidName):
        options.UpdateOptions([known, vim.option.OptionValue(key="UserVars.Nothing", value=1)])
    assert queried(options) == before
    options.UpdateOptions([known])
    assert queried(options) == {**before, "UserVars.SuppressShellWarning": 1}
