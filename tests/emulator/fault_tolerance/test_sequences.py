"""Random sequences of calls: pairs stay consistent, lists agree with objects, every task ends.

A failing sequence is reported in full length; VIM25_TEST_SHRINK=1 shortens it, which takes minutes.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vim25_emulator.assemble import assemble
from vim25_emulator.fault_tolerance.pair_state import APPEARANCE, State
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.scenario.library import load
from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

VMS = st.sampled_from(["web01", "web01", "web01", "db01", "db01", "tpl01"])
HOSTS = st.sampled_from(["esx1.lab.example", "esx2.lab.example", "esx3.lab.example"])
ON_EITHER = st.sampled_from(
    [
        "PowerOnVM_Task",
        "PowerOffVM_Task",
        "SuspendVM_Task",
        "ResetVM_Task",
        "CreateSecondaryVM_Task",
        "TurnOffFaultToleranceForVM_Task",
        "TerminateVM",
        "Destroy_Task",
        "UnregisterVM",
    ]
)
ON_PRIMARY = st.sampled_from(
    ["TurnOffFaultToleranceForVM_Task", "TerminateFaultTolerantVM_Task", "TerminateVM", "SuspendVM_Task"]
)
ON_HOST = st.sampled_from(
    [
        "DisconnectHost_Task",
        "ReconnectHost_Task",
        "ReconnectHost_Task",
        "PowerDownHostToStandBy_Task",
        "PowerUpHostFromStandBy_Task",
        "PowerUpHostFromStandBy_Task",
    ]
)
OF_MEMBER = st.sampled_from(
    [
        "MakePrimaryVM_Task",
        "TerminateFaultTolerantVM_Task",
        "DisableSecondaryVM_Task",
        "DisableSecondaryVM_Task",
    ]
)
#: Methods that may have done a part of their work when they fail.
HALF_DONE = ("EnterMaintenanceMode_Task", "PowerDownHostToStandBy_Task")
MOSTLY = st.sampled_from([True] * 6 + [False])
PACE = st.sampled_from([0.0, 0.3, 1.0, 1.5, 10.0, 10.0])
DRS = st.sampled_from([None, "manual", "partiallyAutomated", "fullyAutomated"])
LISTED = (("runtime.host", "vm"), ("parent", "childEntity"), ("resourcePool", "vm"), ("datastore", "vm"))


class Site(RuleBasedStateMachine):
    """A cluster of three hosts and random calls, not all of them meaningful."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.pace = 10.0
        self.do(self.open())

    def do(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    async def open(self) -> None:
        scenario = load("three-hosts")
        self.vcenter = assemble(
            scenario, release("8.0.2.0"), self.clock, administrators={"root": "vmware"}, task_duration=1.0
        )
        self.session = self.vcenter.sessions.open("root", Client())
        self.tasks: list[str] = []
        self.twins: list[ManagedObject] = []
        entities = list(self.vcenter.inventory.of_type("ManagedEntity"))
        self.named = {entity.get("name"): entity for entity in entities}
        self.cluster = self.named["ft-cluster"]
        self.space = self.accounted()

    def teardown(self) -> None:
        for _ in range(3):
            self.do(self.clock.advance(1000))
        states = {info.key: info.state for info in self.vcenter.tasks.infos()}
        assert {states[key] for key in self.tasks} <= {"success", "error"}
        self.consistent()
        self.do(self.vcenter.tasks.stop())
        self.loop.close()

    def call(self, this: ManagedObject, method: str, **arguments: Any) -> None:
        described = registry.method(method)
        assert described is not None
        request = Invocation(described, this.ref, arguments, self.vcenter.release.version, self.session)

        async def run() -> Any:
            return invoke(self.vcenter, request)

        before = self.looks() if self.is_quiet() else None
        try:
            answer = self.do(run())
        except MethodFault:
            assert before in (None, self.looks())
            return
        if isinstance(answer, MoRef) and answer.type == "Task":
            self.tasks.append(answer.value)
        self.do(self.clock.advance(self.pace))
        if before is not None and method not in HALF_DONE and self.has_failed(answer):
            after = self.looks()
            assert [part for part in after if after[part] != before.get(part)] == []
            assert after.keys() == before.keys()

    def is_quiet(self) -> bool:
        """Whether no task is running, so that every change is an effect of the next call."""
        tasks = self.vcenter.tasks
        return not tasks._running and not tasks._background

    def has_failed(self, answer: Any) -> bool:
        task = self.vcenter.inventory.find(answer) if isinstance(answer, MoRef) else None
        return task is not None and task.get("info.state") == "error"

    def looks(self) -> dict[str, Any]:
        """Return the properties of all VMs by name, so that differences are easy to locate."""
        vms = list(self.vcenter.inventory.of_type("VirtualMachine"))
        return {
            f"{vm.ref.value} {whole}.{part}": value
            for vm in vms
            for whole in ("config", "runtime")
            for part, value in vm.get(whole).__dict__.items()
        } | {f"{vm.ref.value} refuses": vm.get("disabledMethod") for vm in vms}

    def twin(self, vm: str) -> ManagedObject:
        """Return the present or a former secondary of a VM; the VM itself if it never had one."""
        info = self.named[vm].get("config.ftInfo")
        if info is not None and info.role == 1:
            self.twins.append(self.vcenter.inventory[info.secondaries[0]])
        return self.twins[-1] if self.twins else self.named[vm]

    @initialize(pace=PACE, protected=MOSTLY)
    def begin(self, pace: float, protected: bool) -> None:
        for vm in ("web01", "db01") if protected else ():
            self.call(self.named[vm], "CreateSecondaryVM_Task")
        self.pace = pace

    @rule(vm=VMS, host=st.one_of(st.none(), HOSTS), ex=st.booleans())
    def create(self, vm: str, host: str | None, ex: bool) -> None:
        method = "CreateSecondaryVMEx_Task" if ex else "CreateSecondaryVM_Task"
        named = {"host": self.named[host].ref} if host else {}
        self.call(self.named[vm], method, **named)

    @rule(vm=VMS, method=ON_EITHER)
    def call_on_either_end(self, vm: str, method: str) -> None:
        self.call(self.twin(vm), method)

    @rule(vm=VMS, method=ON_PRIMARY)
    def call_on_primary(self, vm: str, method: str) -> None:
        self.call(self.named[vm], method)

    @rule(vm=VMS, other=VMS, method=OF_MEMBER, right=MOSTLY)
    def call_about_secondary(self, vm: str, other: str, method: str, right: bool) -> None:
        member = self.twin(vm) if right else self.twin(other)
        self.call(self.named[vm], method, vm=member.ref)

    @rule(vm=VMS, host=st.one_of(st.none(), st.none(), HOSTS))
    def resume(self, vm: str, host: str | None) -> None:
        named = {"host": self.named[host].ref} if host else {}
        self.call(self.named[vm], "EnableSecondaryVM_Task", vm=self.twin(vm).ref, **named)

    @rule(vms=st.lists(VMS, max_size=3), with_twin=st.booleans())
    def power_on_several(self, vms: list[str], with_twin: bool) -> None:
        refs = [self.named[vm].ref for vm in vms] + [self.twin(vm).ref for vm in vms if with_twin]
        self.call(self.named["Lab"], "PowerOnMultiVM_Task", vm=tuple(refs))

    @rule(host=HOSTS)
    def fail_host(self, host: str) -> None:
        """Reboot a host without evacuating it; it is back after twenty seconds."""
        self.call(self.named[host], "RebootHost_Task", force=True)

    @rule(host=HOSTS, method=ON_HOST)
    def switch_host(self, host: str, method: str) -> None:
        patience = {"timeoutSec": 5} if "StandBy" in method else {}
        self.call(self.named[host], method, **patience)

    @rule(vm=VMS, host=HOSTS, of_twin=st.booleans())
    def migrate(self, vm: str, host: str, of_twin: bool) -> None:
        moved = self.twin(vm) if of_twin else self.named[vm]
        chosen = self.named[host].ref
        self.call(moved, "MigrateVM_Task", host=chosen, priority="defaultPriority")

    @rule(vm=VMS)
    def power_on(self, vm: str) -> None:
        self.call(self.named[vm], "PowerOnVM_Task")

    @rule(vm=VMS)
    def power_off(self, vm: str) -> None:
        self.call(self.named[vm], "PowerOffVM_Task")

    @rule(host=HOSTS)
    def enter_maintenance_mode(self, host: str) -> None:
        self.call(self.named[host], "EnterMaintenanceMode_Task", timeout=5)

    @rule(host=HOSTS)
    def exit_maintenance_mode(self, host: str) -> None:
        self.call(self.named[host], "ExitMaintenanceMode_Task", timeout=0)

    @rule(ha=MOSTLY, drs=DRS)
    def reconfigure(self, ha: bool, drs: str | None) -> None:
        spec = DataObject(
            "ClusterConfigSpecEx",
            dasConfig=DataObject("ClusterDasConfigInfo", enabled=ha),
            drsConfig=DataObject("ClusterDrsConfigInfo", enabled=drs is not None, defaultVmBehavior=drs),
        )
        self.call(self.cluster, "ReconfigureComputeResource_Task", spec=spec, modify=True)

    @rule(method=st.sampled_from(["ApplyRecommendation", "CancelRecommendation"]))
    def decide(self, method: str) -> None:
        waiting = self.cluster.get("recommendation")
        self.call(self.cluster, method, key=waiting[0].key if waiting else "1")

    @rule()
    def refresh(self) -> None:
        self.call(self.cluster, "RefreshRecommendation")

    @rule(seconds=PACE)
    def change_pace(self, seconds: float) -> None:
        """Set the time that passes after a call; a call takes one second, a start two more."""
        self.pace = seconds

    @invariant()
    def consistent(self) -> None:
        inventory = self.vcenter.inventory
        vms = list(inventory.of_type("VirtualMachine"))
        self.both_ends(vms)
        for path, listing in LISTED:
            held = Counter(
                (owner, vm.ref) for vm in vms for owner in self.owners(vm.get(path)) if owner is not None
            )
            assert set(held.values()) <= {1}
            for owner, vm in held:
                assert inventory[owner].get(listing).count(vm) == 1
        for host in inventory.of_type("HostSystem"):
            assert all(inventory[ref].get("runtime.host") == host.ref for ref in host.get("vm"))
        for store in inventory.of_type("Datastore"):
            assert store.get("summary.freeSpace") == store.get("info.freeSpace") >= 0
        before, self.space = self.space, self.accounted()
        assert self.space.keys() != before.keys() or self.space == before

    def accounted(self) -> dict[Any, int]:
        """Return the bytes of each datastore that are free or a secondary's, by datastore and all other VMs.

        As long as no other VM comes or goes, they stay what they are.
        """
        vms = self.vcenter.inventory.of_type("VirtualMachine")
        others = tuple(vm.ref for vm in vms if (vm.get("config.ftInfo.role") or 1) == 1)
        stores = self.vcenter.inventory.of_type("Datastore")
        free = {store.ref: store.get("summary.freeSpace") for store in stores}
        return {(ref, others): free[ref] + self.copied(ref) for ref in free}

    def copied(self, store: MoRef) -> int:
        """Return how many bytes the disks of secondaries take on a datastore."""
        vms = self.vcenter.inventory.of_type("VirtualMachine")
        infos = ((vm, vm.get("config.ftInfo")) for vm in vms)
        return sum(
            device.capacityInBytes
            for vm, info in infos
            if info is not None and info.role != 1
            for device in vm.get("config.hardware.device")
            if device.is_a("VirtualDisk") and device.backing.datastore == store
        )

    @staticmethod
    def owners(value: Any) -> tuple[MoRef | None, ...]:
        return (value,) if isinstance(value, MoRef) or value is None else tuple(value)

    def both_ends(self, vms: list[ManagedObject]) -> None:
        inventory = self.vcenter.inventory
        for vm in vms:
            info = vm.get("config.ftInfo")
            state = State(vm.get("runtime.faultToleranceState"))
            if info is None:
                assert state is State.NOT_CONFIGURED
                continue
            if info.role != 1:
                assert inventory[info.primaryVM].get("config.ftInfo").secondaries == (vm.ref,)
                continue
            (twin,) = (inventory[ref] for ref in info.secondaries)
            shown = APPEARANCE[state]
            running = vm.get("runtime.powerState") == "poweredOn"
            assert twin.get("config.ftInfo").primaryVM == vm.ref
            assert twin.get("runtime.faultToleranceState") == shown.secondary.value
            assert (twin.get("runtime.powerState") == "poweredOn") is shown.secondary_runs
            assert running is (state not in (State.ENABLED, State.DISABLED)) or state is State.DISABLED
            assert twin.get("runtime.host") != vm.get("runtime.host") or not shown.secondary_runs
            assert vm.get("summary.runtime") == vm.get("runtime")
            assert (vm.get("runtime.needSecondaryReason") is not None) is (state is State.NEED_SECONDARY)
        targets = [action.target for each in self.cluster.get("recommendation") for action in each.action]
        infos = [inventory[ref].get("config.ftInfo") for ref in targets]
        waiting = [inventory[info.primaryVM] for info in infos if info is not None and info.role != 1]
        assert {vm.get("runtime.faultToleranceState") for vm in waiting} <= {"needSecondary"}


TestSequences = Site.TestCase
TestSequences.settings = settings(
    max_examples=int(os.environ.get("VIM25_TEST_SEQUENCES", "50")),
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.shrink or os.environ.get("VIM25_TEST_SHRINK")],
)
