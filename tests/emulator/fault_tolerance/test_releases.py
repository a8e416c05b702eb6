"""Differences between releases: record and replay, legacy pairs, and the two methods that turn on."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start
from vim25_emulator.vmodl.version import VERSIONS, version

SINCE_6_0 = [each.id for each in VERSIONS if each >= version("6.0")]


def outcome(site: Site, name: str, method: str) -> Any:
    """Return the outcome of turning on, without values that differ between runs."""
    vm = site.find(name)
    info = site.finish(getattr(vm, method)())
    twins = [held for held in site.all(vim.VirtualMachine) if held.name == name and held != vm]
    return {
        "state": info.state,
        "error": type(info.error),
        "reasons": [getattr(each, "reason", None) for each in getattr(info.error, "errors", ())],
        "attempted": info.result and info.result.powerOnAttempted,
        "shown": vm.runtime.faultToleranceState,
        "kind": vm.config.flags.faultToleranceType,
        "role": vm.config.ftInfo and vm.config.ftInfo.role,
        "twins": [(twin.runtime.powerState, twin.runtime.host.name) for twin in twins],
        "told": [type(event).__name__ for event in site.told() if not hasattr(event, "info")],
        "refused": set(vm.disabledMethod),
    }


@pytest.mark.parametrize(
    ("release", "name"),
    [
        *((release, "web01") for release in SINCE_6_0),
        ("6.0", "db01"),
        ("8.0.2.0", "db01"),
        ("8.0.2.0", "tpl01"),
    ],
)
def test_the_deprecated_operation_and_its_successor_agree(start: Start, release: str, name: str) -> None:
    plain, extended = (
        outcome(start(api_version=release), name, method)
        for method in ("CreateSecondaryVM_Task", "CreateSecondaryVMEx_Task")
    )
    assert plain == extended


@pytest.mark.parametrize(("release", "copies"), [("5.5", False), ("6.0", True)])
def test_a_release_makes_its_own_kind(start: Start, release: str, copies: bool) -> None:
    site = start(api_version=release)
    assert site.create("db01").state == "success"
    primary, twin = site.find("db01"), site.twin("db01")
    files = [
        {d.backing.fileName for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)}
        for vm in (primary, twin)
    ]
    assert files[0].isdisjoint(files[1]) is copies
    assert primary.config.flags.faultToleranceType == ("checkpointing" if copies else None)


@pytest.mark.parametrize(
    ("release", "fault"),
    [("5.5", vim.fault.RecordReplayDisabled), ("8.0.2.0", vmodl.fault.NotSupported)],
)
def test_nothing_is_recorded(start: Start, release: str, fault: Any) -> None:
    site = start(api_version=release)
    error = site.finish(site.find("web01").StartRecording_Task("take", None)).error
    assert type(error) is fault


@pytest.mark.parametrize("release", ["5.5", "8.0.2.0"])
def test_there_is_no_recording_to_stop(start: Start, release: str) -> None:
    site = start(api_version=release)
    vm = site.find("web01")
    for task in (vm.StopRecording_Task(), vm.StopReplaying_Task()):
        expected = vim.fault.InvalidState if release == "5.5" else vmodl.fault.NotSupported
        assert type(site.finish(task).error) is expected


def test_a_host_of_any_release_records_nothing_even_where_it_is_switched_on(start: Start) -> None:
    site = start(api_version="5.5")
    moid = site.find("web01")._moId
    flags = "config.flags.recordReplayEnabled"
    site.emulator.call(lambda: site.emulator.vcenter.inventory[moid].set(flags, True))
    error = site.finish(site.find("web01").StartRecording_Task("take", None)).error
    assert type(error) is vim.fault.HostIncompatibleForRecordReplay


def legacy(start: Start, release: str) -> Site:
    """Return a site with a legacy pair of an older vCenter."""
    site = start("already-fault-tolerant", api_version=release)
    for vm in (site.find("db01"), site.twin("db01")):
        path, inventory = "config.flags.faultToleranceType", site.emulator.vcenter.inventory
        site.emulator.call(inventory[vm._moId].set, path, "recordReplay")
    return site


@pytest.mark.parametrize("release", ["6.5", "6.7"])
def test_a_legacy_pair_is_managed_where_none_is_made(start: Start, release: str) -> None:
    site = legacy(start, release)
    vm = site.find("db01")
    assert site.finish(vm.DisableSecondaryVM_Task(site.twin("db01"))).state == "success"
    assert site.finish(vm.EnableSecondaryVM_Task(site.twin("db01"), None)).state == "success"
    assert site.finish(vm.TurnOffFaultToleranceForVM_Task()).state == "success"


@pytest.mark.parametrize("release", ["7.0.0.0", "8.0.2.0"])
def test_a_legacy_pair_is_refused_from_7_0_on(start: Start, release: str) -> None:
    site = legacy(start, release)
    error = site.finish(site.find("db01").TurnOffFaultToleranceForVM_Task()).error
    assert type(error) is vmodl.fault.NotSupported
    (message,) = error.faultMessage
    assert message.key == "com.vmware.vim.ft.rrFtVmNotSupported"
    assert [(argument.key, argument.value) for argument in message.arg] == [("vmName", "db01")]
    assert "'db01'" in message.message
