from __future__ import annotations

from tests.emulator.lab import Lab


def test_reloading_changes_nothing(lab: Lab) -> None:
    vm = lab.vm("web01")
    before = vm.config.changeVersion
    vm.Reload()
    assert vm.config.changeVersion == before
