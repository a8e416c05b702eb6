"""The table of forbidden operations, and its rows evaluated against an inventory with a pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.fault_tolerance.conftest import Site, Start
from vim25_emulator.assemble import assemble
from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.forbidden import FORBIDDEN
from vim25_emulator.fault_tolerance.prohibition import Prohibition
from vim25_emulator.fault_tolerance.prohibition_evaluation import forbid
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.scenario.library import load
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.registry import data_type, managed_type
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import version


def named(row: Prohibition) -> str:
    return row.name


def test_names_are_unique() -> None:
    names = [row.name for row in FORBIDDEN]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", FORBIDDEN, ids=named)
def test_methods_exist_and_the_fault_has_what_it_needs(row: Prohibition) -> None:
    ours = managed_type(row.type)
    heirs = [ours, managed_type("ClusterComputeResource")] if row.type == "ComputeResource" else [ours]
    for method in row.methods:
        assert any(method in heir.methods for heir in heirs)
    kind = data_type(row.fault.type)
    assert kind.is_fault
    assert kind.since <= version(row.since).position
    required = {name for name, prop in kind.properties.items() if not prop.optional}
    assert required <= set(row.fault.fields) <= set(kind.properties)


@pytest.mark.parametrize("row", FORBIDDEN, ids=named)
def test_a_contested_row_and_no_other_states_its_sources(row: Prohibition) -> None:
    assert (row.certainty is Certainty.CONTESTED) is bool(row.sources)


@pytest.mark.parametrize("row", FORBIDDEN, ids=named)
def test_every_row_says_what_it_is_about(row: Prohibition) -> None:
    assert row.wrong.__doc__
    assert row.affected.__doc__


@dataclass
class Lab:
    """web01 runs as a pair on the first two of three hosts; a fourth host stands alone."""

    vcenter: VCenter

    def __post_init__(self) -> None:
        held = list(self.vcenter.inventory.of_type("ManagedEntity"))
        named = {each.get("name"): each for each in reversed(held)}
        self.primary, self.cluster = named["web01"], named["ft-cluster"]
        (secondary,) = self.primary.get("config.ftInfo.secondaries")
        self.secondary = self.vcenter.inventory[secondary]
        self.hosts = [named[f"esx{n}.lab.example"] for n in (1, 2, 3, 9)]
        self.folder = named["host"]

    def vm(self, which: str) -> ManagedObject:
        return self.primary if which == "primary" else self.secondary


@pytest.fixture
def pair_lab() -> Lab:
    scenario = load("pair-and-standalone-host")
    vcenter = assemble(
        scenario, release("8.0.3.0"), ManualClock(), administrators={"root": "vmware"}, task_duration=1.0
    )
    return Lab(vcenter)


def reconfigure(**changes: Any) -> Callable[[Lab], dict[str, Any]]:
    return lambda lab: {"spec": DataObject("VirtualMachineConfigSpec", **changes)}


def device(operation: str, kind: str, **properties: Any) -> Callable[[Lab], dict[str, Any]]:
    changed = DataObject(kind, key=2000, **properties)
    change = DataObject("VirtualDeviceConfigSpec", operation=operation, device=changed)
    return reconfigure(deviceChange=(change,))


def relocate(
    host: int | None = None,
    pool: str | None = None,
    datastore: str | None = None,
    change: str | None = None,
) -> Callable[[Lab], dict[str, Any]]:
    def made(lab: Lab) -> dict[str, Any]:
        stores = {"own": lab.primary.get("datastore")[0], "other": MoRef("Datastore", "datastore-99")}
        places = {
            "host": lab.hosts[host].ref if host is not None else None,
            "pool": other_pool(lab).ref if pool else None,
            "datastore": stores[datastore] if datastore else None,
            **(device("edit", change)(lab)["spec"].__dict__ if change else {}),
        }
        return {"spec": DataObject("VirtualMachineRelocateSpec", **places)}

    return made


def other_pool(lab: Lab) -> ManagedObject:
    found = lab.vcenter.inventory.of_type("ResourcePool")
    pool = next((each for each in found if each.get("name") == "other"), None)
    return pool or lab.vcenter.inventory.create("ResourcePool", None, name="other", owner=lab.cluster.ref)


def override(which: str, name: str, kind: str, **info: Any) -> Callable[[Lab], dict[str, Any]]:
    def made(lab: Lab) -> dict[str, Any]:
        told = DataObject(kind, key=lab.vm(which).ref, **info)
        change = DataObject(
            "ClusterDrsVmConfigSpec" if "Drs" in kind else "ClusterDasVmConfigSpec",
            operation="add",
            info=told,
        )
        return {"spec": DataObject("ClusterConfigSpecEx", **{name: (change,)}), "modify": True}

    return made


def nothing(lab: Lab) -> dict[str, Any]:
    return {}


#: What is called (a VM, `host 1`, `cluster` …), method, arguments → the fault, or none.
CASES: list[tuple[str, str, Callable[[Lab], dict[str, Any]], str | None]] = [
    ("primary", "CreateSnapshot_Task", lambda lab: {"memory": True}, "NotSupported"),
    ("primary", "CreateSnapshot_Task", lambda lab: {"memory": False}, None),
    ("secondary", "CreateSnapshotEx_Task", lambda lab: {"memory": False}, "NotSupported"),
    ("primary", "ReconfigVM_Task", reconfigure(memoryMB=8192), "FaultToleranceCannotEditMem"),
    ("secondary", "ReconfigVM_Task", reconfigure(memoryMB=8192), "FaultToleranceCannotEditMem"),
    ("primary", "ReconfigVM_Task", reconfigure(memoryMB=4096), None),
    (
        "primary",
        "ReconfigVM_Task",
        reconfigure(memoryAllocation=DataObject("ResourceAllocationInfo", reservation=0)),
        "FaultToleranceCannotEditMem",
    ),
    ("primary", "ReconfigVM_Task", reconfigure(numCPUs=2), "NotSupported"),
    ("primary", "ReconfigVM_Task", reconfigure(annotation="mine"), None),
    ("secondary", "ReconfigVM_Task", reconfigure(annotation="mine"), "InvalidOperationOnSecondaryVm"),
    ("primary", "ReconfigVM_Task", reconfigure(instanceUuid="5" * 36), "NotSupported"),
    ("primary", "ReconfigVM_Task", reconfigure(metroFtEnabled=False), None),
    ("primary", "ReconfigVM_Task", reconfigure(metroFtEnabled=True), "VmFaultToleranceOpIssuesList"),
    ("primary", "ReconfigVM_Task", device("add", "VirtualDisk"), "NotSupported"),
    ("primary", "ReconfigVM_Task", device("add", "VirtualUSB"), "VmConfigIncompatibleForFaultTolerance"),
    ("primary", "ReconfigVM_Task", device("add", "VirtualVmxnet3"), "DeviceHotPlugNotSupported"),
    ("primary", "ReconfigVM_Task", device("edit", "VirtualVmxnet3"), "DeviceHotPlugNotSupported"),
    ("primary", "ReconfigVM_Task", device("remove", "VirtualCdrom"), "DeviceHotPlugNotSupported"),
    ("primary", "ReconfigVM_Task", device("edit", "VirtualCdrom"), None),
    ("primary", "RelocateVM_Task", relocate(change="VirtualVmxnet3"), "DeviceHotPlugNotSupported"),
    ("primary", "RelocateVM_Task", relocate(datastore="own"), None),
    ("primary", "RelocateVM_Task", relocate(datastore="other"), "NotSupported"),
    ("secondary", "RelocateVM_Task", relocate(host=2, datastore="other"), "NotSupported"),
    ("secondary", "RelocateVM_Task", relocate(host=2), None),
    ("primary", "RelocateVM_Task", relocate(host=2), None),
    ("primary", "RelocateVM_Task", relocate(host=1), "FaultToleranceAntiAffinityViolated"),
    ("primary", "RelocateVM_Task", relocate(host=3), "CannotMoveFaultToleranceVm"),
    ("primary", "RelocateVM_Task", relocate(pool="other"), "CannotMoveFaultToleranceVm"),
    (
        "secondary",
        "MigrateVM_Task",
        lambda lab: {"host": lab.hosts[0]},
        "FaultToleranceAntiAffinityViolated",
    ),
    ("secondary", "MigrateVM_Task", lambda lab: {"host": lab.hosts[2]}, None),
    ("secondary", "Destroy_Task", nothing, "InvalidOperationOnSecondaryVm"),
    ("secondary", "RemoveAllSnapshots_Task", nothing, "InvalidOperationOnSecondaryVm"),
    ("secondary", "ConsolidateVMDisks_Task", nothing, "InvalidOperationOnSecondaryVm"),
    ("primary", "RemoveAllSnapshots_Task", nothing, None),
    ("secondary", "UnregisterVM", nothing, "NotSupported"),
    ("secondary", "MarkAsTemplate", nothing, "NotSupported"),
    ("secondary", "ShutdownGuest", nothing, "NotSupported"),
    ("secondary", "TerminateVM", nothing, None),
    ("primary", "MarkAsTemplate", nothing, "NotSupported"),
    ("pool", "MoveIntoResourcePool", lambda lab: {"list": (lab.primary,)}, "CannotMoveFaultToleranceVm"),
    (
        "pool",
        "UpdateChildResourceConfiguration",
        lambda lab: {
            "spec": (
                DataObject(
                    "ResourceConfigSpec",
                    entity=lab.primary.ref,
                    memoryAllocation=DataObject("ResourceAllocationInfo", limit=2048),
                ),
            )
        },
        "NotSupported",
    ),
    ("host 0", "DisconnectHost_Task", nothing, "CannotDisconnectHostWithFaultToleranceVm"),
    ("host 2", "DisconnectHost_Task", nothing, None),
    ("standalone", "MoveInto_Task", lambda lab: {"host": (lab.hosts[0],)}, None),
    (
        "folder",
        "MoveIntoFolder_Task",
        lambda lab: {"list": (lab.hosts[0],)},
        "CannotMoveHostWithFaultToleranceVm",
    ),
    (
        "cluster",
        "ReconfigureComputeResource_Task",
        override("secondary", "drsVmConfigSpec", "ClusterDrsVmConfigInfo", enabled=False),
        "CannotChangeDrsBehaviorForFtSecondary",
    ),
    (
        "cluster",
        "ReconfigureComputeResource_Task",
        override("secondary", "dasVmConfigSpec", "ClusterDasVmConfigInfo", restartPriority="high"),
        "CannotChangeHaSettingsForFtSecondary",
    ),
    (
        "cluster",
        "ReconfigureComputeResource_Task",
        override("primary", "drsVmConfigSpec", "ClusterDrsVmConfigInfo", enabled=True),
        None,
    ),
    (
        "cluster",
        "ReconfigureComputeResource_Task",
        override("primary", "dasVmConfigSpec", "ClusterDasVmConfigInfo", restartPriority="disabled"),
        "InvalidDasRestartPriorityForFtVm",
    ),
    (
        "cluster",
        "ReconfigureComputeResource_Task",
        override("primary", "dasVmConfigSpec", "ClusterDasVmConfigInfo", restartPriority="high"),
        None,
    ),
    ("authorization", "SetEntityPermissions", lambda lab: {"entity": lab.secondary}, "InvalidArgument"),
    ("authorization", "SetEntityPermissions", lambda lab: {"entity": lab.primary}, None),
]


def called(lab: Lab, who: str) -> ManagedObject:
    inventory = lab.vcenter.inventory
    return {
        "primary": lambda: lab.primary,
        "secondary": lambda: lab.secondary,
        "cluster": lambda: lab.cluster,
        "standalone": lambda: inventory[lab.hosts[3].get("parent")],
        "folder": lambda: lab.folder,
        "pool": lambda: other_pool(lab),
        "host 0": lambda: lab.hosts[0],
        "host 2": lambda: lab.hosts[2],
        "authorization": lambda: inventory["AuthorizationManager"],
    }[who]()


@pytest.mark.parametrize(("who", "method", "arguments", "expected"), CASES)
def test_rows(
    pair_lab: Lab,
    who: str,
    method: str,
    arguments: Callable[[Lab], dict[str, Any]],
    expected: str | None,
) -> None:
    told = None
    try:
        this = called(pair_lab, who)
        forbid(pair_lab.vcenter.inventory, release("8.0.3.0").version, method, this, arguments(pair_lab))
    except MethodFault as fault:
        told = fault.data.type_.name
    assert told == expected


def test_a_host_that_leaves_its_cluster_is_refused(pair_lab: Lab) -> None:
    other = pair_lab.vcenter.inventory.create("ClusterComputeResource", None, name="other")
    arguments = {"host": (pair_lab.hosts[0],)}
    with pytest.raises(MethodFault) as raised:
        forbid(pair_lab.vcenter.inventory, release("8.0.3.0").version, "MoveInto_Task", other, arguments)
    assert raised.value.data.type_.name == "CannotMoveHostWithFaultToleranceVm"


def test_what_was_not_known_yet_is_not_told(pair_lab: Lab) -> None:
    arguments = reconfigure(memoryMB=8192)(pair_lab)
    with pytest.raises(MethodFault) as raised:
        forbid(
            pair_lab.vcenter.inventory,
            release("4.0").version,
            "ReconfigVM_Task",
            pair_lab.primary,
            arguments,
        )
    assert raised.value.data.type_.name == "NotSupported"


def test_a_legacy_pair_needs_thick_disks(pair_lab: Lab) -> None:
    inventory, spec = pair_lab.vcenter.inventory, DataObject("VirtualMachineRelocateSpec", transform="sparse")
    with pytest.raises(MethodFault) as raised:
        forbid(inventory, release("5.5").version, "RelocateVM_Task", pair_lab.primary, {"spec": spec})
    assert raised.value.data == DataObject("FaultToleranceNeedsThickDisk", vmName="web01")
    forbid(inventory, release("6.0").version, "RelocateVM_Task", pair_lab.primary, {"spec": spec})


def test_a_snapshot_of_either_fails_in_its_task(start: Start) -> None:
    site = start("already-fault-tolerant")
    primary = site.find("web01")
    for vm in (primary, primary.config.ftInfo.secondaries[0]):
        info = site.finish(vm.CreateSnapshot_Task("s", None, True, False))
        assert type(info.error) is vmodl.fault.NotSupported


def test_memory_of_a_pair_cannot_be_edited(start: Start) -> None:
    site = start("already-fault-tolerant")
    primary = site.find("web01")
    fault = site.finish(primary.ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=8192))).error
    assert type(fault) is vim.fault.FaultToleranceCannotEditMem
    assert (fault.vm, fault.vmName) == (primary, "web01")


def test_a_host_with_a_pair_cannot_be_disconnected(start: Start) -> None:
    site = start("already-fault-tolerant")
    fault = site.finish(site.find("esx1.lab.example").DisconnectHost_Task()).error
    assert type(fault) is vim.fault.CannotDisconnectHostWithFaultToleranceVm
    assert fault.hostName == "esx1.lab.example"


def test_overrides_of_a_pair_stay(start: Start) -> None:
    site = start("already-fault-tolerant")
    primary = site.find("web01")
    info = vim.cluster.DasVmConfigInfo(key=primary, restartPriority="disabled")
    change = vim.cluster.DasVmConfigSpec(operation="add", info=info)
    spec = vim.cluster.ConfigSpecEx(dasVmConfigSpec=[change])
    before = str(site.cluster.configurationEx)
    fault = site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True)).error
    assert type(fault) is vim.fault.InvalidDasRestartPriorityForFtVm
    assert (fault.vm, fault.invalidProperty) == (primary, "spec.dasVmConfigSpec")
    assert str(site.cluster.configurationEx) == before


def test_the_other_vm_of_the_pair_must_be_free(start: Start) -> None:
    site = start("already-fault-tolerant")
    primary = site.find("web01")
    (secondary,) = primary.config.ftInfo.secondaries
    vcenter = site.emulator.vcenter
    vcenter.tasks.lock(vcenter.inventory[secondary._moId], MoRef("Task", "task-of-somebody"))
    fault = site.finish(primary.PowerOffVM_Task()).error
    assert type(fault) is vim.fault.FailToLockFaultToleranceVMs
    assert (fault.vm, fault.alreadyLockedVm) == (primary, secondary)


def drs_of(site: Site) -> dict[str, tuple[bool | None, str | None]]:
    """Return the DRS overrides of the cluster, by moId."""
    overrides = site.cluster.configurationEx.drsVmConfig
    return {override.key._moId: (override.enabled, override.behavior) for override in overrides}


@pytest.mark.parametrize(("release", "evc"), [("6.5", "intel-icelake"), ("6.7", "null")])
def test_where_drs_covers_pairs_the_secondary_is_treated_as_its_primary(
    start: Start, tmp_path: Path, release: str, evc: str
) -> None:
    path = tmp_path / "evc.yaml"
    changes = f"clusters:\n  ft-cluster: {{evc: {evc}}}\nvms:\n  web01: {{drs_automation: fullyAutomated}}\n"
    path.write_text(f"title: evc\nextends: default\n{changes}", "utf-8")
    site = start(path, api_version=release)
    primary, twin = site.find("web01"), site.create("web01").result.vm
    assert drs_of(site) == dict.fromkeys((primary._moId, twin._moId), (True, "fullyAutomated"))
    info = vim.cluster.DrsVmConfigInfo(key=primary, enabled=True, behavior="manual")
    change = vim.cluster.DrsVmConfigSpec(operation="edit", info=info)
    spec = vim.cluster.ConfigSpecEx(drsVmConfigSpec=[change])
    assert site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True)).state == "success"
    assert drs_of(site) == dict.fromkeys((primary._moId, twin._moId), (True, "manual"))
