from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from vim25_emulator.inventory.clock import ManualClock

CPU_USAGE, CPU_MHZ, CPU_IDLE, MEM_USAGE, UPTIME = 2, 6, 13, 24, 155
Spec = vim.PerformanceManager.QuerySpec


@pytest.fixture
def timed() -> Iterator[Lab]:
    with open_lab(clock=ManualClock()) as opened:
        yield opened


def spec(entity: Any, *counters: int, instance: str = "", **options: Any) -> Any:
    ids = [vim.PerformanceManager.MetricId(counterId=key, instance=instance) for key in counters]
    return Spec(entity=entity, metricId=ids, **{"intervalId": 20, **options})


def one(lab: Lab, *parts: Any, **options: Any) -> Any:
    (answer,) = lab.content.perfManager.QueryPerf([spec(*parts, **options)])
    return answer


def values(answer: Any) -> dict[tuple[int, str], list[int]]:
    return {(each.id.counterId, each.id.instance): list(each.value) for each in answer.value}


def test_samples_are_twenty_seconds_apart_and_an_hour_long(timed: Lab) -> None:
    answer = one(timed, timed.vm("web01"), CPU_USAGE)
    times = [sample.timestamp for sample in answer.sampleInfo]
    assert len(times) == len(answer.value[0].value) == 180
    assert times[-1] == timed.service.CurrentTime()
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(seconds=20)}
    assert {sample.interval for sample in answer.sampleInfo} == {20}


def test_a_series_can_be_read_again_and_goes_on(timed: Lab) -> None:
    vm = timed.vm("web01")
    first = values(one(timed, vm, CPU_USAGE))[CPU_USAGE, ""]
    assert values(one(timed, vm, CPU_USAGE))[CPU_USAGE, ""] == first
    timed.emulator.advance(40)
    later = values(one(timed, vm, CPU_USAGE))[CPU_USAGE, ""]
    assert later[:-2] == first[2:]
    assert len(set(first)) > 1


def test_two_emulators_have_the_same_series(timed: Lab) -> None:
    with open_lab(clock=ManualClock()) as other:
        answers = [values(one(each, each.vm("web01"), CPU_USAGE, MEM_USAGE)) for each in (timed, other)]
    assert answers[0] == answers[1]


def test_values_follow_the_load(timed: Lab) -> None:
    vm = timed.vm("web01")
    answer = values(one(timed, vm, CPU_USAGE, CPU_MHZ, CPU_IDLE, UPTIME, maxSample=1))
    mhz, percent = answer[CPU_MHZ, ""][0], answer[CPU_USAGE, ""][0]
    assert 0.5 * vm.summary.quickStats.overallCpuUsage < mhz < 1.5 * vm.summary.quickStats.overallCpuUsage
    assert percent == pytest.approx(10_000 * mhz / vm.runtime.maxCpuUsage, abs=6)
    busy = 20_000 * vm.config.hardware.numCPU * percent / 10_000
    assert answer[CPU_IDLE, ""][0] + busy == pytest.approx(20_000 * vm.config.hardware.numCPU, abs=10)
    assert answer[UPTIME, ""][0] == (timed.service.CurrentTime() - vm.runtime.bootTime).total_seconds()


def test_every_metric_of_every_provider_has_values(timed: Lab) -> None:
    manager = timed.content.perfManager
    counters = {counter.key: counter for counter in manager.perfCounter}
    kinds = (vim.VirtualMachine, vim.HostSystem, vim.ClusterComputeResource, vim.ResourcePool)
    for kind, interval in [*((kind, 300) for kind in (*kinds, vim.Datastore, vim.Datacenter))]:
        entity = timed.vm("web01") if kind is vim.VirtualMachine else timed.all(kind)[0]
        (answer,) = manager.QueryPerf([Spec(entity=entity, intervalId=interval)])
        assert all(len(each.value) == len(answer.sampleInfo) for each in answer.value)
        for each in answer.value:
            percent = counters[each.id.counterId].unitInfo.key == "percent"
            assert all(0 <= number <= (10_000 if percent else 1 << 50) for number in each.value)


def test_a_time_range_excludes_its_beginning_and_includes_its_end(timed: Lab) -> None:
    now = timed.service.CurrentTime()
    begin, end = now - timedelta(seconds=100), now - timedelta(seconds=40)
    answer = one(timed, timed.vm("web01"), CPU_USAGE, startTime=begin, endTime=end)
    assert [sample.timestamp for sample in answer.sampleInfo] == [
        begin + timedelta(seconds=seconds) for seconds in (20, 40, 60)
    ]


def test_the_newest_samples_are_those_of_max_sample(timed: Lab) -> None:
    vm = timed.vm("web01")
    newest = one(timed, vm, CPU_USAGE, maxSample=2)
    assert values(newest)[CPU_USAGE, ""] == values(one(timed, vm, CPU_USAGE))[CPU_USAGE, ""][-2:]
    assert len(one(timed, vm, CPU_USAGE, intervalId=300, maxSample=2).sampleInfo) == 288


def test_instances_are_the_total_a_device_or_all(timed: Lab) -> None:
    vm = timed.vm("web01")
    cpus = [str(number) for number in range(vm.config.hardware.numCPU)]
    ready = {
        instance: {device for _, device in values(one(timed, vm, 12, instance=instance, maxSample=1))}
        for instance in ("", "0", "*")
    }
    assert ready == {"": {""}, "0": {"0"}, "*": {"", *cpus}}


def test_devices_add_up_to_the_total(timed: Lab) -> None:
    host = timed.all(vim.HostSystem)[0]
    received = values(one(timed, host, 462, instance="*", maxSample=1))
    (total,) = received.pop((462, ""))
    assert sum(number for (number,) in received.values()) == pytest.approx(total, abs=len(received))


def test_csv_says_the_same_as_the_normal_format(timed: Lab) -> None:
    vm = timed.vm("web01")
    normal = one(timed, vm, CPU_USAGE, maxSample=3)
    text = one(timed, vm, CPU_USAGE, maxSample=3, format="csv")
    assert isinstance(text, vim.PerformanceManager.EntityMetricCSV)
    assert text.value[0].value == ",".join(map(str, normal.value[0].value))
    assert text.sampleInfoCSV == ",".join(
        f"20,{sample.timestamp:%Y-%m-%dT%H:%M:%SZ}" for sample in normal.sampleInfo
    )


def test_without_an_interval_samples_are_of_five_minutes(timed: Lab) -> None:
    answer = one(timed, timed.vm("web01"), CPU_USAGE, intervalId=None)
    assert {sample.interval for sample in answer.sampleInfo} == {300}


@pytest.mark.parametrize(("interval", "count"), [(300, 288), (1800, 336), (7200, 360), (86_400, 365)])
def test_history_is_as_long_as_its_interval_says(timed: Lab, interval: int, count: int) -> None:
    cluster = timed.all(vim.ClusterComputeResource)[0]
    answer = one(timed, cluster, CPU_USAGE, intervalId=interval)
    assert len(answer.sampleInfo) == count


def test_what_does_not_run_has_no_series(timed: Lab) -> None:
    manager, host = timed.content.perfManager, timed.all(vim.HostSystem)[0]
    assert manager.QueryPerf([spec(timed.vm("db01"), CPU_USAGE)]) == []
    timed.run(host.DisconnectHost_Task())
    assert manager.QueryPerf([spec(host, CPU_USAGE)]) == []


def test_a_machine_has_samples_since_it_runs(timed: Lab) -> None:
    vm = timed.vm("db01")
    timed.run(vm.PowerOnVM_Task())
    assert timed.content.perfManager.QueryPerf([spec(vm, UPTIME)]) == []
    timed.emulator.advance(60)
    assert values(one(timed, vm, UPTIME)) == {(UPTIME, ""): [20, 40, 60]}


def test_several_objects_are_answered_at_once(timed: Lab) -> None:
    machines = [timed.vm(name) for name in ("web01", "db01", "app01")]
    answers = timed.content.perfManager.QueryPerf([spec(vm, CPU_USAGE, maxSample=1) for vm in machines])
    assert [answer.entity.name for answer in answers] == ["web01", "app01"]


def test_a_composite_adds_what_a_host_runs(timed: Lab) -> None:
    vm = timed.vm("web01")
    answer = timed.content.perfManager.QueryPerfComposite(spec(vm.runtime.host, CPU_MHZ))
    assert answer.entity.entity == vm.runtime.host
    assert vm in [child.entity for child in answer.childEntity]
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        timed.content.perfManager.QueryPerfComposite(spec(vm.runtime.host, CPU_MHZ, maxSample=1))
    assert fault.value.invalidProperty == "querySpec.maxSample"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"intervalId": 21}, "interval"),
        ({"intervalId": -20}, "interval"),
        ({"format": "xml"}, "format"),
        ({"maxSample": -1}, "maxSample"),
    ],
)
def test_what_cannot_be_answered_is_invalid(lab: Lab, options: dict[str, Any], name: str) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument) as fault:
        one(lab, lab.vm("web01"), CPU_USAGE, **options)
    assert fault.value.invalidProperty == f"querySpec.{name}"


def test_more_that_is_invalid(timed: Lab) -> None:
    vm, now = timed.vm("web01"), timed.service.CurrentTime()
    cluster = timed.all(vim.ClusterComputeResource)[0]
    for wrong, name in (
        (spec(vm, 999_999), "metricId"),
        (spec(cluster, CPU_USAGE), "interval"),
        (spec(vm, CPU_USAGE, startTime=now, endTime=now - timedelta(seconds=60)), "startTime"),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument) as fault:
            timed.content.perfManager.QueryPerf([wrong])
        assert fault.value.invalidProperty == f"querySpec.{name}"


def test_an_object_that_is_gone_is_not_found(lab: Lab) -> None:
    gone = vim.VirtualMachine("vm-gone", lab.service._stub)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        lab.content.perfManager.QueryPerf([Spec(entity=gone)])


def test_statistics_of_an_object_need_the_right_to_read_it() -> None:
    reader, no_access = "readonly@vsphere.local", -5
    with open_lab("restricted-user") as opened:
        vm = opened.vm("web01")
        hidden = vim.AuthorizationManager.Permission(
            principal=reader, group=False, roleId=no_access, propagate=True
        )
        opened.content.authorizationManager.SetEntityPermissions(vm, [hidden])
        service = opened.login(reader, "vmware")
        manager = service.content.perfManager
        foreign = vim.VirtualMachine(vm._moId, service._stub)
        for call in (
            lambda: manager.QueryPerf([spec(foreign, CPU_USAGE)]),
            lambda: manager.QueryAvailablePerfMetric(foreign),
            lambda: manager.QueryPerfProviderSummary(foreign),
            lambda: manager.QueryPerfComposite(spec(foreign, CPU_USAGE)),
        ):
            with pytest.raises(vim.fault.NoPermission) as fault:
                call()
            assert fault.value.object == foreign
            assert fault.value.privilegeId in ("System.View", "System.Read")
        assert (
            len(manager.QueryPerf([spec(vim.VirtualMachine(opened.vm("app01")._moId, service._stub))])) == 1
        )
        Disconnect(service)
