"""Whatever is done in whatever order: pairs stay pairs, lists agree with objects, every task ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from emulator.fault_tolerance.state import APPEARANCE, State
from emulator.inventory.clock import ManualClock
from emulator.inventory.store import ManagedObject
from emulator.scenario.library import load
from emulator.vcenter.assemble import assemble
from emulator.vcenter.dispatch import Request, invoke
from emulator.vcenter.session import Client
from emulator.vmodl import registry
from emulator.vmodl.release import release
from emulator.vmodl.value import DataObject, MethodFault, MoRef

VMS = st.sampled_from(["web01", "db01", "tpl01"])
HOSTS = st.sampled_from(["esx1.lab.example", "esx2.lab.example", "esx3.lab.example"])
MOSTLY = st.sampled_from([True, True, True, False])
DRS = st.sampled_from([None, "manual", "partiallyAutomated", "fullyAutomated"])
LISTED = (("runtime.host", "vm"), ("parent", "childEntity"), ("resourcePool", "vm"), ("datastore", "vm"))


class Site(RuleBasedStateMachine):
    """A cluster of three hosts to which clients do things, not all of which make sense."""

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
        self.tasks: list[MoRef] = []
        entities = list(self.vcenter.inventory.of_type("ManagedEntity"))
        self.named = {entity.get("name"): entity for entity in entities}
        self.cluster = self.named["ft-cluster"]

    def teardown(self) -> None:
        self.do(self.clock.advance(1000))
        ended = [self.vcenter.inventory[ref].get("info.state") for ref in self.tasks]
        assert set(ended) <= {"success", "error"}
        self.consistent()
        self.do(self.vcenter.tasks.stop())
        self.loop.close()

    def call(self, this: ManagedObject, method: str, **arguments: Any) -> None:
        described = registry.method(method)
        assert described is not None
        request = Request(described, this.ref, arguments, self.vcenter.release.version, self.session)

        async def run() -> Any:
            return invoke(self.vcenter, request)

        try:
            answer = self.do(run())
        except MethodFault:
            return
        if isinstance(answer, ManagedObject):
            self.tasks.append(answer.ref)
        self.do(self.clock.advance(self.pace))

    @rule(vm=VMS, host=st.one_of(st.none(), HOSTS), ex=st.booleans())
    def create(self, vm: str, host: str | None, ex: bool) -> None:
        method = "CreateSecondaryVMEx_Task" if ex else "CreateSecondaryVM_Task"
        named = {"host": self.named[host].ref} if host else {}
        self.call(self.named[vm], method, **named)

    @rule(vm=VMS, method=st.sampled_from(["PowerOnVM_Task", "PowerOffVM_Task", "CreateSecondaryVM_Task"]))
    def call_on_either_end(self, vm: str, method: str) -> None:
        info = self.named[vm].get("config.ftInfo")
        twins = [self.vcenter.inventory[ref] for ref in info.secondaries] if info is not None else []
        self.call([self.named[vm], *twins][-1], method)

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

    @rule(seconds=st.sampled_from([0.0, 0.3, 1.0, 10.0]))
    def change_pace(self, seconds: float) -> None:
        """From now on let this much time pass after each call; a call takes a second, a start two more."""
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
        targets = [action.target for each in self.cluster.get("recommendation") for action in each.action]
        waiting = [inventory[inventory[ref].get("config.ftInfo.primaryVM")] for ref in targets]
        assert {vm.get("runtime.faultToleranceState") for vm in waiting} <= {"needSecondary"}


TestSequences = Site.TestCase
TestSequences.settings = settings(
    max_examples=60, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
