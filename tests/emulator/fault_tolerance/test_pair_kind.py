"""Which of the two kinds of Fault Tolerance a VM gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.fault_tolerance.conftest import Start


@pytest.mark.parametrize(
    ("release", "option", "kind"),
    [
        ("6.0", "FALSE", "checkpointing"),
        ("6.0", "TRUE", "recordReplay"),
        ("6.5", "TRUE", "checkpointing"),
    ],
)
def test_a_vm_may_ask_for_the_legacy_kind_in_the_release_that_has_both(
    start: Start, tmp_path: Path, release: str, option: str, kind: str
) -> None:
    path = tmp_path / "mine.yaml"
    vm = f'vms:\n  web01: {{extra_config: {{vm.uselegacyft: "{option}"}}}}\n'
    path.write_text(f"title: x\nextends: default\n{vm}", "utf-8")
    site = start(str(path), api_version=release)
    assert site.create("web01").state == "success"
    primary, twin = site.find("web01"), site.twin("web01")
    assert {each.config.flags.faultToleranceType for each in (primary, twin)} == {kind}
    files = {
        device.backing.fileName
        for each in (primary, twin)
        for device in each.config.hardware.device
        if hasattr(device, "capacityInKB")
    }
    assert len(files) == (1 if kind == "recordReplay" else 2)
