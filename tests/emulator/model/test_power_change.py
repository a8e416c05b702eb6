from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.emulator.scenario.site import Site
from tests.emulator.scenario.validity import flaws_of
from vim25_emulator.model.power_change import power_properties

NOW = datetime(2024, 6, 1, tzinfo=timezone.utc)


def switched(site: Site, name: str, power: str) -> Site:
    for path, value in power_properties(site.inventory, site.vm(name), power, NOW).items():
        site.vm(name).set(path, value)
    site.vm(name).set("runtime.powerState", power)
    return site


def test_a_machine_that_was_powered_on_has_the_properties_of_a_running_one() -> None:
    vm = switched(Site.of("default"), "mail01", "poweredOn").vm("mail01")
    running = Site.of("default").vm("web01")
    assert vm.get("guest.guestState") == "running"
    assert vm.get("guest.hostName") == vm.get("summary.guest.hostName") == "mail01.lab.example"
    assert vm.get("runtime.bootTime") == NOW
    assert vm.get("disabledMethod") == running.get("disabledMethod")
    assert [file.name for file in vm.get("layoutEx.file") if file.type == "swap"] == [
        vm.get("layout.swapFile")
    ]


def test_a_machine_that_was_powered_off_again_has_its_former_properties() -> None:
    site, before = Site.of("default"), Site.of("default").vm("mail01")
    vm = switched(switched(site, "mail01", "poweredOn"), "mail01", "poweredOff").vm("mail01")
    assert vm.properties == before.properties


@pytest.mark.parametrize("power", ["poweredOn", "poweredOff", "suspended"])
def test_the_properties_are_valid(power: str) -> None:
    vm = switched(Site.of("default"), "web01", power).vm("web01")
    assert list(flaws_of(vm)) == []
    assert vm.get("summary.runtime") == vm.get("runtime")


def test_snapshots_do_not_change() -> None:
    site = Site.of("snapshots")
    before = site.vm("web01").get("layoutEx.snapshot")
    assert switched(site, "web01", "poweredOff").vm("web01").get("layoutEx.snapshot") == before != ()


def test_without_configuration_only_the_runtime_changes() -> None:
    site = Site.of("vm-disconnected")
    assert set(power_properties(site.inventory, site.vm("db01"), "poweredOn", NOW)) == {
        "runtime.bootTime",
        "runtime.suspendTime",
        "runtime.cleanPowerOff",
        "runtime.memoryOverhead",
    }
