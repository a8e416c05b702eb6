"""Of a saved value that does not conform, only the part that cannot be read is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.everything import present
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.scenario.saved_folder import save
from tests.emulator.specs import reconfigure
from vim25_emulator import Emulator

HOST = "host-11"
VM = "vm-13"


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., str]:
    """Return a function that saves the default scenario with a text replaced, and returns the folder."""

    def edit(mo_id: str, before: str, after: str) -> str:
        with Emulator(tls=False) as emulator:
            file = emulator.call(save, emulator.vcenter.inventory, tmp_path)[mo_id]
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")
        return str(tmp_path)

    return edit


def host(lab: Lab) -> Any:
    return next(each for each in lab.all(vim.HostSystem) if each._moId == HOST)


def test_a_byte_written_without_a_sign_is_read_with_one(
    edited: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    with open_lab(edited(HOST, "<bus>59</bus>", "<bus>129</bus>")) as opened:
        assert "hardware.pciDevice.bus: 129 is -127 as a signed byte" in caplog.text
        assert host(opened).hardware.pciDevice[0].bus == -127
        assert host(opened).hardware.cpuInfo.numCpuCores
        vm = opened.vm("mail01")
        reconfigure(opened, vm, annotation="written")
        opened.run(vm.CreateSnapshot_Task("one", "", False, False))
        assert vm.snapshot.currentSnapshot


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("<bus>59</bus>", "<bus>300</bus>", "omitted hardware.pciDevice.bus"),
        ("<hz>2600000000</hz>", "<hz>fast</hz>", "omitted hardware.cpuInfo.hz"),
        ("<cpuInfo>", "<tomorrow>x</tomorrow><cpuInfo>", "omitted hardware.tomorrow"),
        (
            "<cpuInfo>",
            "<cpuInfo xsi:type='CpuInfoOfTomorrow'>",
            "hardware.cpuInfo: read CpuInfoOfTomorrow as",
        ),
    ],
)
def test_only_a_part_is_lost(
    edited: Callable[..., str], caplog: pytest.LogCaptureFixture, before: str, after: str, note: str
) -> None:
    with open_lab(edited(HOST, before, after)) as opened:
        assert note in caplog.text
        hardware = host(opened).hardware
        assert (hardware.systemInfo.vendor, hardware.cpuInfo.numCpuCores) == ("Lab Systems", 32)
        assert hardware.cpuInfo.hz == 2_600_000_000
        assert hardware.pciDevice[-1].id


def test_an_unlisted_value_of_an_enumeration_is_kept(
    edited: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    folder = edited(VM, "<connectionState>connected<", "<connectionState>dreaming<")
    with open_lab(folder) as opened:
        assert "kept 'dreaming', which VirtualMachineConnectionState does not list" in caplog.text
        assert "<connectionState>dreaming</connectionState><powerState>poweredOn<" in present(opened.emulator)


def test_a_whole_inventory_is_loaded_without_a_warning(
    edited: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with open_lab(edited(VM, "<propSet>", "<propSet>")) as opened:
        assert opened.vm("web01").config.name == "web01"
    assert caplog.text == ""
