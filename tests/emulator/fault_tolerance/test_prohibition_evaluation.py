"""Every row of the forbidden operations refuses a real client; without the row nothing does so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from pyVmomi import vim, vmodl

from tests.emulator import specs
from tests.emulator.fault_tolerance.conftest import Site, Start
from tests.emulator.fault_tolerance.shape_match import has_shape
from tests.fidelity.declared_faults import is_declared
from vim25_emulator.fault_tolerance import prohibition_evaluation
from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.prohibition import Prohibition
from vim25_emulator.vmodl import registry

ESX9 = "esx9.lab.example"
SOUND = vim.vm.device.VirtualHdAudioCard(
    key=-1, backing=vim.vm.device.VirtualSoundCard.DeviceBackingInfo(deviceName="", useAutoDetect=True)
)
SHARES = vim.SharesInfo(level="normal", shares=0)
ALLOCATION = vim.ResourceAllocationInfo(reservation=0, limit=-1, expandableReservation=True, shares=SHARES)
RESOURCES = vim.ResourceConfigSpec(cpuAllocation=ALLOCATION, memoryAllocation=ALLOCATION)


class Attempt(NamedTuple):
    """A call that a row forbids, and the release of the vCenter; it returns a task or raises a fault.

    `prepare` comes first, and is not forbidden.
    """

    call: Callable[[Site], Any]
    release: str = "8.0.3.0"
    prepare: Callable[[Site], Any] = lambda site: None


def reconfigure(release: str = "8.0.3.0", **changes: Any) -> Attempt:
    """Change the primary's configuration."""
    return Attempt(lambda site: site.find("web01").ReconfigVM_Task(vim.vm.ConfigSpec(**changes)), release)


def cluster(
    of: Callable[[Site], Any], name: str, override: Callable[[Any], Any], release: str = "8.0.3.0"
) -> Attempt:
    """Add an override for a VM to the configuration of the cluster."""

    def call(site: Site) -> Any:
        spec = vim.cluster.ConfigSpecEx(**{name: [override(of(site))]})
        return site.cluster.ReconfigureComputeResource_Task(spec, True)

    return Attempt(call, release)


def drs(vm: Any) -> Any:
    info = vim.cluster.DrsVmConfigInfo(key=vm, enabled=True, behavior="fullyAutomated")
    return vim.cluster.DrsVmConfigSpec(operation="add", info=info)


def group(vm: Any) -> Any:
    return vim.cluster.GroupSpec(operation="add", info=vim.cluster.VmGroup(name="vms", vm=[vm]))


def ha(vm: Any) -> Any:
    info = vim.cluster.DasVmConfigInfo(key=vm, restartPriority="disabled")
    return vim.cluster.DasVmConfigSpec(operation="add", info=info)


def primary(site: Site) -> Any:
    return site.find("web01")


def secondary(site: Site) -> Any:
    return site.twin("web01")


def pool(site: Site) -> Any:
    """Return a resource pool below the root pool of the cluster."""
    root = site.cluster.resourcePool
    pools = [below for below in root.resourcePool if below.name == "other"]
    return pools[0] if pools else root.CreateResourcePool("other", RESOURCES)


def to_another_cluster(site: Site) -> Any:
    """Move the primary's host to a cluster without pairs."""
    clusters = site.cluster.parent.childEntity
    named = [entity for entity in clusters if entity.name == "other"]
    other = named[0] if named else site.cluster.parent.CreateClusterEx("other", vim.cluster.ConfigSpecEx())
    return other.MoveInto_Task([primary(site).runtime.host])


def to_a_standalone_host(site: Site) -> Any:
    host = site.find(ESX9)
    return primary(site).MigrateVM_Task(host.parent.resourcePool, host, "defaultPriority", None)


def memory_in_pool(site: Site) -> Any:
    limited = vim.ResourceAllocationInfo(reservation=0, limit=2048, expandableReservation=True, shares=SHARES)
    spec = vim.ResourceConfigSpec(entity=primary(site), cpuAllocation=ALLOCATION, memoryAllocation=limited)
    return site.cluster.resourcePool.UpdateChildResourceConfiguration([spec])


def permission(site: Site) -> Any:
    """Remove a permission that the secondary does not have; without the row that would be NotFound."""
    return site.content.authorizationManager.RemoveEntityPermission(secondary(site), "nobody", False)


def disk_snapshot(site: Site) -> Any:
    """Take a snapshot of the primary as a backup does."""
    return site.finish(primary(site).CreateSnapshot_Task("backup", "", False, True))


def linked_clone(site: Site) -> Any:
    location = vim.vm.RelocateSpec(diskMoveType="moveChildMostDiskBacking")
    return primary(site).CloneVM_Task(primary(site).parent, "linked", vim.vm.CloneSpec(location=location))


def thin_disk(site: Site) -> Any:
    """Return the spec of a relocation that makes the first disk thin."""
    first = specs.disks(primary(site))[0]
    backing = vim.vm.device.VirtualDisk.FlatVer2BackingInfo(fileName="", diskMode="persistent")
    locator = vim.vm.RelocateSpec.DiskLocator(
        diskId=first.key, datastore=first.backing.datastore, diskBackingInfo=backing
    )
    return vim.vm.RelocateSpec(disk=[locator])


#: Name of a row → the call that this row refuses.
ATTEMPTS: Final[dict[str, Attempt]] = {
    "snapshot": Attempt(lambda site: primary(site).CreateSnapshot_Task("one", None, True, False)),
    "disk-snapshot": Attempt(lambda site: secondary(site).CreateSnapshot_Task("one", None, False, False)),
    "revert": Attempt(lambda site: primary(site).RevertToCurrentSnapshot_Task(), prepare=disk_snapshot),
    "revert-to": Attempt(
        lambda site: primary(site).snapshot.currentSnapshot.RevertToSnapshot_Task(), prepare=disk_snapshot
    ),
    "memory": reconfigure(memoryMB=8192),
    "memory-4.0": reconfigure("4.0", memoryMB=8192),
    "vcpus": reconfigure(numCPUs=2),
    "disks": reconfigure(deviceChange=[specs.add(specs.disk(), "create")]),
    "unsupported-device": reconfigure(deviceChange=[specs.add(SOUND)]),
    "hot-plug": reconfigure(deviceChange=[specs.add(specs.card())]),
    "devices-of-secondary": Attempt(
        lambda site: secondary(site).RelocateVM_Task(
            vim.vm.RelocateSpec(
                deviceChange=[specs.edit(specs.devices(primary(site), vim.vm.device.VirtualCdrom)[0])]
            )
        )
    ),
    "linked-clone": Attempt(linked_clone),
    "storage": Attempt(lambda site: primary(site).RelocateVM_Task(thin_disk(site))),
    "identity": reconfigure(instanceUuid="50000000-0000-4000-8000-000000000000"),
    "two-sites": reconfigure(metroFtEnabled=True),
    "pool-of-vm": Attempt(
        lambda site: primary(site).MigrateVM_Task(pool(site), None, "defaultPriority", None)
    ),
    "cluster-of-vm": Attempt(to_a_standalone_host),
    "host-of-partner": Attempt(
        lambda site: primary(site).MigrateVM_Task(None, secondary(site).runtime.host, "defaultPriority", None)
    ),
    "thin-copy": Attempt(
        lambda site: primary(site).RelocateVM_Task(vim.vm.RelocateSpec(transform="sparse")), "5.5"
    ),
    "secondary": Attempt(lambda site: secondary(site).Rename_Task("renamed")),
    "call-on-secondary": Attempt(lambda site: secondary(site).UnregisterVM()),
    "template": Attempt(lambda site: primary(site).MarkAsTemplate()),
    "pool": Attempt(lambda site: pool(site).MoveIntoResourcePool([primary(site)])),
    "memory-in-pool": Attempt(memory_in_pool),
    "disconnect-host": Attempt(lambda site: primary(site).runtime.host.DisconnectHost_Task()),
    "move-host": Attempt(to_another_cluster),
    "host-to-folder": Attempt(
        lambda site: site.cluster.parent.MoveIntoFolder_Task([primary(site).runtime.host])
    ),
    "drs-of-secondary": cluster(secondary, "drsVmConfigSpec", drs),
    "vm-group": cluster(secondary, "groupSpec", group),
    "ha-of-secondary": cluster(secondary, "dasVmConfigSpec", ha),
    "drs": cluster(primary, "drsVmConfigSpec", drs, "6.5"),
    "restart-priority": cluster(primary, "dasVmConfigSpec", ha),
    "permissions": Attempt(permission),
}


def test_every_prohibition_has_an_attempt() -> None:
    names = {row.name for row in FORBIDDEN}
    assert names - ATTEMPTS.keys() == set(), "add a call that the row refuses to ATTEMPTS"
    assert ATTEMPTS.keys() - names == set(), "no row has this name"


def test_a_call_without_a_task_is_refused_with_a_fault_that_it_declares() -> None:
    undeclared = [
        (row.name, name)
        for row in FORBIDDEN
        for name in row.methods
        if (method := registry.method(name)) is not None
        and not method.is_task
        and not is_declared(name, row.fault.type)
    ]
    assert undeclared == []


def name_of(row: Prohibition) -> str:
    return row.name


@pytest.mark.parametrize("row", FORBIDDEN, ids=name_of)
def test_a_client_is_refused_because_of_this_row(
    start: Start, monkeypatch: pytest.MonkeyPatch, row: Prohibition
) -> None:
    call, release, prepare = ATTEMPTS[row.name]
    site = start("pair-and-standalone-host", api_version=release)
    prepare(site)
    before = site.looks()
    assert has_shape(fault_of(site, call), row.fault)
    assert site.looks() == before
    monkeypatch.setattr(
        prohibition_evaluation, "FORBIDDEN", tuple(other for other in FORBIDDEN if other is not row)
    )
    prohibition_evaluation.rows_about.cache_clear()
    try:
        assert not has_shape(fault_of(site, call), row.fault)
    finally:
        prohibition_evaluation.rows_about.cache_clear()


def fault_of(site: Site, call: Callable[[Site], Any]) -> Any:
    """Return the fault of a call or of its task; None without one."""
    try:
        answer = call(site)
    except vmodl.MethodFault as fault:
        return fault
    return site.finish(answer).error if isinstance(answer, vim.Task) else None
