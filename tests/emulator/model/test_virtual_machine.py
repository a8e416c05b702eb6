from __future__ import annotations

from collections.abc import Callable

from tests.emulator.scenario.site import Site
from vim25_emulator.model.disabled_method import virtual_machine_disabled_methods
from vim25_emulator.model.virtual_machine import link, unlink


def test_a_running_machine_reports_its_guest(default: Site) -> None:
    vm = default.vm("web01")
    assert vm.get("guest.hostName") == "web01.lab.example"
    assert vm.get("guest.net")[0].macAddress == vm.get("config.hardware.device[4000]").macAddress
    assert vm.get("summary.guest.ipAddress") == vm.get("guest.ipAddress")
    assert vm.get("runtime.dasVmProtection.dasProtected") is True


def test_a_machine_that_is_off_does_not_report_its_guest(default: Site) -> None:
    vm = default.vm("db01")
    assert vm.get("guest.guestState") == "notRunning"
    assert vm.get("guest.ipAddress") is None
    assert vm.get("runtime.bootTime") is None
    assert not [file for file in vm.get("layoutEx.file") if file.type == "swap"]


def test_without_fault_tolerance_properties_are_those_of_a_real_server(default: Site) -> None:
    vm = default.vm("web01")
    assert vm.get("config.flags.faultToleranceType") == "unset"
    assert vm.get("config.ftInfo") is None
    assert vm.get("runtime.faultToleranceState") == "notConfigured"
    stats = vm.get("summary.quickStats")
    assert (stats.ftLogBandwidth, stats.ftSecondaryLatency, stats.ftLatencyStatus) == (-1, -1, "gray")


def test_disabled_methods_are_in_the_order_of_a_real_server() -> None:
    observed = [
        *("StartRecording_Task", "StopRecording_Task", "StartReplaying_Task", "StopReplaying_Task"),
        *("TurnOffFaultToleranceForVM_Task", "MakePrimaryVM_Task", "TerminateFaultTolerantVM_Task"),
        *("DisableSecondaryVM_Task", "EnableSecondaryVM_Task"),
        *("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task"),
        *("StopRecording_Task", "StopReplaying_Task"),
    ]
    listed = list(virtual_machine_disabled_methods("poweredOn", fault_tolerance_possible=False))
    start = listed.index("StartRecording_Task")
    assert listed[start : start + len(observed)] == observed


def test_fault_tolerance_can_be_turned_on_in_a_healthy_cluster_only(default: Site) -> None:
    assert "CreateSecondaryVM_Task" not in default.vm("web01").get("disabledMethod")
    assert "CreateSecondaryVM_Task" in Site.of("no-ha").vm("web01").get("disabledMethod")
    assert "CreateSecondaryVM_Task" in default.vm("tpl01").get("disabledMethod")


def test_a_template_is_in_no_resource_pool(default: Site) -> None:
    template = default.vm("tpl01")
    assert template.get("resourcePool") is None
    assert template.ref not in default.inventory[default.cluster.get("resourcePool")].get("vm")


def test_disks_fill_controllers_except_the_controllers_own_unit(written: Callable[..., str]) -> None:
    disks = ", ".join(["{}"] * 17)
    vm = Site.of(written(f"title: x\nextends: default\nvms:\n  web01: {{disks: [{disks}]}}\n")).vm("web01")
    disks_of_vm = [device for device in vm.get("config.hardware.device") if device.is_a("VirtualDisk")]
    assert [disk.unitNumber for disk in disks_of_vm] == [*range(7), *range(8, 16), 0, 1]
    assert vm.get("config.hardware.device[1001]").device == (2015, 2016)
    assert vm.get("summary.config.numVirtualDisks") == 17


def test_devices_are_those_of_the_scenario(written: Callable[..., str]) -> None:
    disk = "{mode: independent_persistent, sharing: sharingMultiWriter, provisioning: thick}"
    more = "iso: '[shared-1] iso/a.iso', video_3d: true, networks: []"
    text = f"title: x\nextends: default\nvms:\n  web01: {{disks: [{disk}], {more}}}\n"
    vm = Site.of(written(text)).vm("web01")
    backing = vm.get("config.hardware.device[2000]").backing
    assert (backing.diskMode, backing.sharing, backing.thinProvisioned) == (
        "independent_persistent",
        "sharingMultiWriter",
        False,
    )
    assert vm.get("config.hardware.device[16000]").backing.fileName == "[shared-1] iso/a.iso"
    assert vm.get("config.hardware.device[500]").enable3DSupport is True
    assert vm.get("network") == ()
    assert vm.get("guest.ipAddress") is None


def test_a_machine_uses_space_on_the_datastores_of_its_disks(written: Callable[..., str]) -> None:
    text = "datastores:\n  other: {}\nvms:\n  web01: {disks: [{datastore: other, provisioning: thick}]}\n"
    site = Site.of(written(f"title: x\nextends: default\n{text}"))
    vm, other = site.vm("web01"), site.built.datastores["other"]
    assert other.ref in vm.get("datastore")
    assert other.get("summary.capacity") - other.get("summary.freeSpace") == 16 << 30


def test_a_machine_on_a_host_that_is_not_connected_is_disconnected(written: Callable[..., str]) -> None:
    text = "title: x\nextends: default\nhosts:\n  esx1.lab.example: {connection: notResponding}\n"
    site = Site.of(written(text))
    assert site.vm("web01").get("runtime.connectionState") == "disconnected"
    assert site.vm("app01").get("runtime.connectionState") == "connected"
    assert site.host(1).get("overallStatus") == "red"


def test_an_inaccessible_machine_has_only_a_summary() -> None:
    vm = Site.of("vm-disconnected").vm("db01")
    assert vm.get("config") is None
    assert vm.get("layoutEx") is None
    assert vm.get("summary.config.name") == vm.get("name") == "db01"


def test_overrides_are_in_both_configurations_of_the_cluster() -> None:
    cluster = Site.of("ha-disabled-for-vm").cluster
    for config in ("configuration", "configurationEx"):
        (override,) = cluster.get(f"{config}.dasVmConfig")
        assert override.dasSettings.restartPriority == override.restartPriority == "disabled"


def test_a_linked_machine_can_be_unlinked() -> None:
    site = Site.of("default")
    vm = site.vm("web01")
    unlink(site.inventory, vm)
    lists = [
        managed.get(path)
        for managed in site.inventory
        for path in ("vm", "childEntity")
        if path in managed.properties
    ]
    assert not [refs for refs in lists if vm.ref in refs]
    link(site.inventory, [vm])
    assert vm.ref in site.host(1).get("vm")
