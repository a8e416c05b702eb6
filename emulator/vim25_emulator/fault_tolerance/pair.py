"""A pair of a primary and its secondary: creating it, and changing its state.

The state of a pair is stored in the inventory only. Events go through `Pair.apply`, which looks up the state
table, posts the vCenter events, and shows the new state on both VMs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from vim25_emulator.fault_tolerance.dissolution import dissolve
from vim25_emulator.fault_tolerance.metro_rule import add_metro_rule
from vim25_emulator.fault_tolerance.pair_disabled_method import (
    OF_SECONDARY,
    show_disabled_methods,
    show_turn_on,
)
from vim25_emulator.fault_tolerance.pair_event import post
from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.pair_override import set_overrides
from vim25_emulator.fault_tolerance.pair_state import APPEARANCE, FIRST_REASON, Event, State
from vim25_emulator.fault_tolerance.pair_statistics import statistics
from vim25_emulator.fault_tolerance.pair_transition import (
    Effect,
    Impossible,
    PostedEvent,
    Sequel,
    Transition,
    decide,
)
from vim25_emulator.fault_tolerance.secondary import create_secondary
from vim25_emulator.fault_tolerance.secondary_configuration import move_snapshots
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.fault_tolerance.secondary_storage import take_space
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model import cluster_policy as clusters
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.model.high_availability import show_protection
from vim25_emulator.model.place import exchange
from vim25_emulator.model.power_change import file_properties
from vim25_emulator.model.power_state import OFF, ON
from vim25_emulator.model.recommendation import withdraw
from vim25_emulator.model.virtual_machine_change import refresh_files
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import version

_PRIMARY_ROLE: Final = 1
_SECONDARY_ROLE: Final = 2
_UNLIMITED: Final = -1


@dataclass(frozen=True)
class Pair:
    """A primary and its secondary; a primary has exactly one [observed: BDE client code requires it]."""

    inventory: Inventory
    primary: ManagedObject
    secondary: ManagedObject

    @property
    def state(self) -> State:
        """The state of the pair."""
        return State(self.primary.get("runtime.faultToleranceState"))

    @property
    def kind(self) -> PairKind:
        """The kind of Fault Tolerance."""
        return PairKind(self.primary.get("config.flags.faultToleranceType"))

    def require(self, event: Event) -> None:
        """Raise InvalidState if an event is impossible in the pair's state."""
        if isinstance(decide(self.state, event), Impossible):
            raise MethodFault("InvalidState")

    def apply(
        self, event: Event, events: Events, *, user: str = "", cause: DataObject | None = None
    ) -> Sequel | None:
        """Apply an event to the pair; return the sequel, which the caller must carry out.

        `cause` is the fault of a failed start. Raise InvalidState, without changing anything, if the event is
        impossible in the pair's state.
        """
        self.require(event)
        decision = decide(self.state, event)
        if not isinstance(decision, Transition):
            return None
        for step in decision.steps:
            if isinstance(step, PostedEvent):
                vm = self.secondary if step.of_secondary else self.primary
                post(events, step, vm, user, cause, decision.reason)
            else:
                _EFFECTS[step](self.inventory, self.primary, self.secondary)
        self.show(decision.to, events, user, decision.reason)
        self._withdraw_recommendation()
        return decision.then

    def _withdraw_recommendation(self) -> None:
        """Withdraw the recommendation to start the secondary once it is not needed."""
        cluster = clusters.cluster_of(self.inventory, self.primary)
        if cluster is not None and self.state is not State.NEED_SECONDARY:
            withdraw(cluster, self.secondary)

    def show(
        self, state: State, events: Events | None = None, user: str = "", reason: str | None = None
    ) -> None:
        """Show a state on both VMs, and post an event for each VM whose state changes."""
        appearance = APPEARANCE[state]
        present = self.secondary.ref in self.inventory
        if present:
            self._run_secondary(runs=appearance.secondary_runs)
        _set_state(self.primary, state, events, user)
        if present:
            _set_state(self.secondary, appearance.secondary, events, user)
            self.secondary.set("disabledMethod", OF_SECONDARY)
        shown = reason or self.primary.get("runtime.needSecondaryReason") or FIRST_REASON
        needed = state is State.NEED_SECONDARY
        self.primary.set("runtime.needSecondaryReason", shown if needed else None)
        measured = appearance.latency != "gray"
        for name, value in statistics(self.inventory, self.primary, self.secondary, runs=measured).items():
            self.primary.set(f"summary.quickStats.{name}", value)
        self.show_disabled_methods()

    def show_disabled_methods(self) -> None:
        """Show the disabled methods of the primary, which depend on the state, on HA and on its host."""
        cluster, host = (
            clusters.cluster_of(self.inventory, self.primary),
            self.inventory.find(self.primary.get("runtime.host")),
        )
        show_disabled_methods(self.primary, self.state, ha=clusters.ha_enabled(cluster))
        if self.state is State.NOT_CONFIGURED:
            possible = host is not None and clusters.may_protect(cluster, host)
            show_turn_on(self.primary, possible=possible)

    def _run_secondary(self, *, runs: bool) -> None:
        """Power the secondary on or off; its guest never shows as running [observed: Icinga issue 18]."""
        self.secondary.set("runtime.bootTime", self.primary.get("runtime.bootTime") if runs else None)
        self.secondary.set("runtime.cleanPowerOff", None if runs else True)
        power = ON if runs else OFF
        for path, value in file_properties(self.secondary, power).items():
            self.secondary.set(path, value)
        self.secondary.set("runtime.powerState", power)
        show_protection(clusters.cluster_of(self.inventory, self.secondary), self.secondary)


def _exchange(inventory: Inventory, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Exchange the places of the two VMs; both list the configuration paths primary first [derived]."""
    exchange(inventory, primary, secondary)
    for vm in (primary, secondary):
        vm.set("config.ftInfo.configPaths", tuple(reversed(vm.get("config.ftInfo.configPaths"))))
    move_snapshots(inventory, primary, secondary)


_EFFECTS: Final[dict[Effect, Callable[[Inventory, ManagedObject, ManagedObject], None]]] = {
    Effect.EXCHANGE: _exchange,
    Effect.REMOVE: dissolve,
}


def _set_state(vm: ManagedObject, new: State, events: Events | None, user: str) -> None:
    old = vm.get("runtime.faultToleranceState")
    if old == new.value:
        return
    vm.set("runtime.faultToleranceState", new.value)
    if events is not None:
        states = {"oldState": old, "newState": new.value}
        events.post("VmFaultToleranceStateChangedEvent", vm, user=user, template=False, **states)


def pair_of(inventory: Inventory, vm: ManagedObject) -> Pair | None:
    """Return the pair of a primary or secondary; None for a VM without Fault Tolerance."""
    info = vm.get("config.ftInfo")
    if info is None:
        return None
    if info.role == _PRIMARY_ROLE:
        secondary = next((inventory.find(ref) for ref in info.secondaries), None)
        return Pair(inventory, vm, secondary) if secondary is not None else None
    primary = inventory.find(info.primaryVM)
    return Pair(inventory, primary, vm) if primary is not None else None


def pair_members(inventory: Inventory, entity: ManagedObject) -> tuple[ManagedObject, ...]:
    """Return both VMs of the pair that an entity belongs to, primary first; else the entity alone.

    They share name, folder and resource pool.
    """
    pair = pair_of(inventory, entity) if entity.is_a("VirtualMachine") else None
    return (pair.primary, pair.secondary) if pair is not None else (entity,)


def is_secondary(vm: ManagedObject) -> bool:
    """Whether a VM is the secondary of a pair."""
    info = vm.get("config.ftInfo")
    return info is not None and info.role != _PRIMARY_ROLE


def may_move(inventory: Inventory, vm: ManagedObject) -> bool:
    """Whether a VM may move to another host now; VMs of a pair may not while the secondary starts."""
    pair = pair_of(inventory, vm)
    return pair is None or not isinstance(decide(pair.state, Event.MOVED), Impossible)


def establish(request: SecondaryRequest, host: ManagedObject) -> Pair:
    """Create the secondary on a host and return the pair, still in state `notConfigured`."""
    primary = request.primary
    secondary = create_secondary(request, host)
    take_space(request)
    identities = (primary.get("config.instanceUuid"), secondary.get("config.instanceUuid"))
    paths = (primary.get("config.files.vmPathName"), secondary.get("config.files.vmPathName"))
    common = {"instanceUuids": identities, "configPaths": paths, "orphaned": False}
    for vm, info in (
        (primary, _primary_info(common, secondary)),
        (secondary, _secondary_info(common, primary)),
    ):
        _configure(request, vm)
        vm.set("config.ftInfo", info)
        refresh_files(request.inventory, vm)
    group = primary.get("config.metroFtHostGroup")
    if request.cluster is not None and primary.get("config.metroFtEnabled") and group:
        add_metro_rule(request.cluster, primary, group)
    if request.cluster is not None:
        set_overrides(request.inventory, request.cluster, primary, secondary)
    return Pair(request.inventory, primary, secondary)


def existing_pair(request: SecondaryRequest, host: ManagedObject) -> Pair:
    """Create a pair that exists from the start, without checks or events: protected, or powered off."""
    pair = establish(request, host)
    pair.show(State.RUNNING if request.powered_on else State.ENABLED)
    return pair


def _primary_info(common: dict[str, Any], secondary: ManagedObject) -> DataObject:
    secondaries: tuple[MoRef, ...] = (secondary.ref,)
    return DataObject(
        "FaultTolerancePrimaryConfigInfo", role=_PRIMARY_ROLE, secondaries=secondaries, **common
    )


def _secondary_info(common: dict[str, Any], primary: ManagedObject) -> DataObject:
    return DataObject(
        "FaultToleranceSecondaryConfigInfo", role=_SECONDARY_ROLE, primaryVM=primary.ref, **common
    )


def _configure(request: SecondaryRequest, vm: ManagedObject) -> None:
    """Set what Fault Tolerance changes on both VMs. All memory is reserved [documented]."""
    vm.set("config.memoryAllocation.reservation", request.memory)
    vm.set("config.memoryAllocation.limit", _UNLIMITED)
    vm.set("config.flags.faultToleranceType", request.kind.value)
    if request.kind is PairKind.CHECKPOINTING:
        vm.set("config.files.ftMetadataDirectory", _metadata_directory(request))
    if request.spec is not None and request.release >= version("8.0.3.0"):
        vm.set("config.metroFtEnabled", request.spec.metroFtEnabled)
        vm.set("config.metroFtHostGroup", request.spec.metroFtHostGroup)


def _metadata_directory(request: SecondaryRequest) -> str:
    """Return the directory of the tie-breaker files: by default the primary's [derived]."""
    home = home_of(request.primary.get("config.files.vmPathName"))
    datastore = request.inventory.find(request.metadata_datastore)
    return home if datastore is None else f"[{datastore.get('name')}] {parts_of(home)[1]}"
