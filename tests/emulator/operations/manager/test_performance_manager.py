from __future__ import annotations

from typing import Any, Final

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab

#: What monitoring programs look up by name: pryorda/vmware_exporter and Telegraf's defaults for machines and
#: hosts, Zabbix's templates, Datadog's basic metrics.
LOOKED_UP: Final = [
    "cpu.ready.summation",
    "cpu.maxlimited.summation",
    "cpu.usage.average",
    "cpu.usagemhz.average",
    "cpu.costop.summation",
    "cpu.idle.summation",
    "cpu.demand.average",
    "cpu.swapwait.summation",
    "cpu.used.summation",
    "cpu.latency.average",
    "cpu.readiness.average",
    "cpu.run.summation",
    "cpu.wait.summation",
    "cpu.coreUtilization.average",
    "cpu.utilization.average",
    "cpu.totalmhz.average",
    "cpu.totalCapacity.average",
    "mem.usage.average",
    "mem.consumed.average",
    "mem.active.average",
    "mem.swapped.average",
    "mem.vmmemctl.average",
    "mem.granted.average",
    "mem.latency.average",
    "mem.swapin.average",
    "mem.swapinRate.average",
    "mem.swapout.average",
    "mem.swapoutRate.average",
    "mem.sysUsage.average",
    "mem.overhead.average",
    "mem.totalmb.average",
    "mem.totalCapacity.average",
    "mem.state.latest",
    "mem.shared.average",
    "mem.zero.average",
    "disk.maxTotalLatency.latest",
    "disk.usage.average",
    "disk.read.average",
    "disk.write.average",
    "disk.deviceLatency.average",
    "disk.deviceReadLatency.average",
    "disk.deviceWriteLatency.average",
    "disk.kernelReadLatency.average",
    "disk.kernelWriteLatency.average",
    "disk.totalReadLatency.average",
    "disk.totalWriteLatency.average",
    "disk.numberReadAveraged.average",
    "disk.numberWriteAveraged.average",
    "disk.used.latest",
    "disk.provisioned.latest",
    "disk.capacity.latest",
    "disk.commandsAborted.summation",
    "disk.busResets.summation",
    "net.received.average",
    "net.transmitted.average",
    "net.multicastRx.summation",
    "net.multicastTx.summation",
    "net.broadcastTx.summation",
    "net.broadcastRx.summation",
    "net.droppedRx.summation",
    "net.droppedTx.summation",
    "net.bytesRx.average",
    "net.bytesTx.average",
    "net.usage.average",
    "net.errorsRx.summation",
    "net.errorsTx.summation",
    "net.packetsRx.summation",
    "net.packetsTx.summation",
    "power.power.average",
    "power.energy.summation",
    "sys.uptime.latest",
    "virtualDisk.numberReadAveraged.average",
    "virtualDisk.numberWriteAveraged.average",
    "virtualDisk.read.average",
    "virtualDisk.readOIO.latest",
    "virtualDisk.throughput.usage.average",
    "virtualDisk.totalReadLatency.average",
    "virtualDisk.totalWriteLatency.average",
    "virtualDisk.write.average",
    "virtualDisk.writeOIO.latest",
    "datastore.numberReadAveraged.average",
    "datastore.numberWriteAveraged.average",
    "datastore.read.average",
    "datastore.write.average",
    "datastore.totalReadLatency.average",
    "datastore.totalWriteLatency.average",
    "datastore.datastoreIops.average",
    "datastore.maxTotalLatency.latest",
    "datastore.datastoreVMObservedLatency.latest",
    "datastore.sizeNormalizedDatastoreLatency.average",
    "datastore.datastoreReadIops.latest",
    "datastore.datastoreWriteIops.latest",
    "datastore.datastoreNormalReadLatency.latest",
    "datastore.datastoreNormalWriteLatency.latest",
    "storageAdapter.numberReadAveraged.average",
    "storageAdapter.numberWriteAveraged.average",
    "storageAdapter.read.average",
    "storageAdapter.write.average",
    "clusterServices.effectivecpu.average",
    "clusterServices.effectivemem.average",
    "clusterServices.failover.latest",
    "vmop.numPoweron.latest",
    "vmop.numVMotion.latest",
    "vmop.numCreate.latest",
    "rescpu.actav1.latest",
]


def full_name(counter: Any) -> str:
    return f"{counter.groupInfo.key}.{counter.nameInfo.key}.{counter.rollupType}"


def test_monitoring_programs_find_their_counters(lab: Lab) -> None:
    by_name = {full_name(counter): counter for counter in lab.content.perfManager.perfCounter}
    assert set(LOOKED_UP) <= by_name.keys()
    assert len({counter.key for counter in by_name.values()}) == len(by_name)


@pytest.mark.parametrize(
    ("name", "key", "unit", "stats", "level", "device_level"),
    [
        ("cpu.usage.average", 2, "percent", "rate", 1, 3),
        ("cpu.usagemhz.average", 6, "megaHertz", "rate", 1, 3),
        ("cpu.ready.summation", 12, "millisecond", "delta", 1, 3),
        ("mem.usage.average", 24, "percent", "absolute", 1, 3),
        ("mem.consumed.average", 98, "kiloBytes", "absolute", 1, 3),
        ("disk.usage.average", 125, "kiloBytesPerSecond", "rate", 1, 3),
        ("disk.maxTotalLatency.latest", 133, "millisecond", "absolute", 1, 3),
        ("net.usage.average", 143, "kiloBytesPerSecond", "rate", 1, 3),
        ("sys.uptime.latest", 155, "second", "absolute", 1, 3),
    ],
)
def test_counters_have_their_known_keys_and_levels(
    lab: Lab, name: str, key: int, unit: str, stats: str, level: int, device_level: int
) -> None:
    (counter,) = lab.content.perfManager.QueryPerfCounter([key])
    assert full_name(counter) == name
    assert (counter.unitInfo.key, counter.statsType) == (unit, stats)
    assert (counter.level, counter.perDeviceLevel) == (level, device_level)


def test_every_unit_is_one_of_the_api(lab: Lab) -> None:
    units = {counter.unitInfo.key for counter in lab.content.perfManager.perfCounter}
    assert units <= set(vim.PerformanceManager.CounterInfo.Unit.values)


def test_a_level_has_the_counters_of_the_levels_below(lab: Lab) -> None:
    manager = lab.content.perfManager
    by_level = {level: {c.key for c in manager.QueryPerfCounterByLevel(level)} for level in (1, 2, 3, 4)}
    assert by_level[1] < by_level[2] < by_level[3] < by_level[4]
    assert by_level[4] == {counter.key for counter in manager.perfCounter}


def test_intervals_are_those_of_a_new_vcenter(lab: Lab) -> None:
    intervals = lab.content.perfManager.historicalInterval
    assert [(each.samplingPeriod, each.level) for each in intervals] == [
        (300, 1),
        (1800, 1),
        (7200, 1),
        (86_400, 1),
    ]


@pytest.mark.parametrize(
    ("kind", "current", "summary", "rate"),
    [
        (vim.VirtualMachine, True, True, 20),
        (vim.HostSystem, True, True, 20),
        (vim.ClusterComputeResource, False, True, -1),
        (vim.ResourcePool, False, True, -1),
        (vim.Datastore, False, True, -1),
        (vim.Datacenter, False, True, -1),
        (vim.Folder, False, False, -1),
        (vim.Network, False, False, -1),
    ],
)
def test_hosts_and_machines_have_current_statistics(
    lab: Lab, kind: Any, current: bool, summary: bool, rate: int
) -> None:
    entity = lab.all(kind)[0]
    provider = lab.content.perfManager.QueryPerfProviderSummary(entity)
    assert (provider.entity, provider.currentSupported, provider.summarySupported) == (
        entity,
        current,
        summary,
    )
    assert provider.refreshRate == rate


def metrics(lab: Lab, entity: Any, **options: Any) -> set[tuple[int, str]]:
    found = lab.content.perfManager.QueryAvailablePerfMetric(entity, **options)
    assert len({(each.counterId, each.instance) for each in found}) == len(found)
    return {(each.counterId, each.instance) for each in found}


def test_metrics_name_totals_and_devices(lab: Lab) -> None:
    vm, host = lab.vm("web01"), lab.all(vim.HostSystem)[0]
    of_vm, of_host = metrics(lab, vm, intervalId=20), metrics(lab, host, intervalId=20)
    assert {(2, ""), (12, ""), (12, "0"), (462, "4000"), (175, "scsi0:0")} <= of_vm
    assert (12, str(vm.config.hardware.numCPU)) not in of_vm
    store = lab.all(vim.Datastore)[0].summary.url.split("/")[-2]
    lun = host.config.storageDevice.scsiLun[0].canonicalName
    assert {(2, "0"), (462, "vmnic0"), (180, store), (447, lun), (161, "vmhba0")} <= of_host


def test_a_historical_interval_has_the_counters_of_its_level(lab: Lab) -> None:
    vm, manager = lab.vm("web01"), lab.content.perfManager
    past = metrics(lab, vm, intervalId=300)
    assert (2, "") in past
    assert {instance for _, instance in past} == {""}
    assert {each.level for each in manager.QueryPerfCounter([key for key, _ in past])} == {1}
    assert past < metrics(lab, vm) == metrics(lab, vm, intervalId=20)


def test_only_what_runs_has_metrics(lab: Lab) -> None:
    assert metrics(lab, lab.vm("db01")) == set()
    assert metrics(lab, lab.all(vim.Folder)[0]) == set()
    host = lab.all(vim.HostSystem)[0]
    lab.run(host.DisconnectHost_Task())
    assert metrics(lab, host) == set()


def test_unknown_counters_and_levels_are_invalid(lab: Lab) -> None:
    manager = lab.content.perfManager
    for call, name in (
        (lambda: manager.QueryPerfCounter([6, 999_999]), "counterId"),
        (lambda: manager.QueryPerfCounterByLevel(5), "level"),
    ):
        with pytest.raises(vmodl.fault.InvalidArgument) as fault:
            call()
        assert fault.value.invalidProperty == name
