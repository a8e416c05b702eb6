"""The managers of a host exist, can be read, and leave with it; older releases have fewer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.scenario.site import Site


def managers(host: Any) -> dict[str, Any]:
    found = {prop.name: getattr(host.configManager, prop.name) for prop in host.configManager._propList}
    return {name: manager for name, manager in found.items() if manager is not None}


def test_a_host_has_the_managers_of_a_recorded_one(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    number = host._moId.partition("-")[2]
    found = managers(host)
    assert len(found) == 38
    assert found["certificateManager"]._moId == f"ha-certificate-manager-{number}"
    assert type(found["cryptoManager"]) is vim.encryption.CryptoManagerHostKMS
    assert found["hostAccessManager"].lockdownMode == host.config.lockdownMode
    stores = found["authenticationManager"].supportedStore
    assert [store.info.enabled for store in stores] == [True, False]


def test_the_health_of_a_host_is_that_of_its_sensors(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    health = host.runtime.healthSystemRuntime
    assert len(health.hardwareStatusInfo.cpuStatusInfo) == host.hardware.cpuInfo.numCpuPackages
    assert {sensor.healthState.key for sensor in health.systemHealthInfo.numericSensorInfo} == {"green"}
    assert str(host.configManager.healthStatusSystem.runtime) == str(health)


def test_an_old_release_has_the_managers_of_its_time(written: Callable[..., str]) -> None:
    with open_lab("default", api_version="5.5") as old:
        assert {"cryptoManager", "certificateManager"}.isdisjoint(managers(old.all(vim.HostSystem)[0]))
    row = 'title: x\nextends: default\nhosts:\n  esx2.lab.example: {version: "5.5.0"}\n'
    site = Site.of(written(row))
    assert site.host(1).get("configManager.cryptoManager") is not None
    assert site.host(2).get("configManager.cryptoManager") is None
    assert site.host(2).get("configManager.vsanSystem") is not None


def test_managers_leave_with_their_host(lab: Lab) -> None:
    inventory = lab.emulator.vcenter.inventory
    host = lab.named(vim.HostSystem, "esx2.lab.example")
    number = host._moId.partition("-")[2]
    lab.run(host.EnterMaintenanceMode_Task(timeout=0))
    lab.run(host.Destroy_Task())
    assert [entry for entry in inventory if entry.ref.value.endswith(f"-{number}")] == []
