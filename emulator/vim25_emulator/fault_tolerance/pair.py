"""A pair: a primary and its secondary, made as one, and moved through its states as one.

The inventory is the only place where a pair's state is kept. What happens to a pair goes through `happen`,
which asks the table, tells what is to be told, and lets both VMs show the new state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from vim25_emulator.fault_tolerance.creation import Creation, PairKind
from vim25_emulator.fault_tolerance.dissolution import dissolve
from vim25_emulator.fault_tolerance.pair_disabled_method import OF_SECONDARY, refuse
from vim25_emulator.fault_tolerance.pair_event import tell
from vim25_emulator.fault_tolerance.pair_state import (
    APPEARANCE,
    FIRST_REASON,
    Effect,
    Event,
    Impossible,
    Notice,
    Sequel,
    State,
    Transition,
    decide,
)
from vim25_emulator.fault_tolerance.pair_statistics import statistics
from vim25_emulator.fault_tolerance.secondary import create_secondary
from vim25_emulator.fault_tolerance.secondary_storage import take_space
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model import cluster_policy as clusters
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.model.place import exchange
from vim25_emulator.model.power_state import OFF, ON
from vim25_emulator.model.recommendation import withdraw
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef
from vim25_emulator.vmodl.version import version

_PRIMARY_ROLE: Final = 1
_SECONDARY_ROLE: Final = 2
_UNLIMITED: Final = -1


@dataclass(frozen=True)
class Pair:
    """A primary and its secondary; in practice a primary has exactly one (seen)."""

    inventory: Inventory
    primary: ManagedObject
    secondary: ManagedObject

    @property
    def state(self) -> State:
        """The state that the pair is in."""
        return State(self.primary.get("runtime.faultToleranceState"))

    @property
    def kind(self) -> PairKind:
        """Which make of Fault Tolerance it is."""
        return PairKind(self.primary.get("config.flags.faultToleranceType"))

    def require(self, event: Event) -> None:
        """Raise InvalidState if an event cannot be in the pair's state."""
        if isinstance(decide(self.state, event), Impossible):
            raise MethodFault("InvalidState")

    def happen(
        self, event: Event, events: Events, *, user: str = "", cause: DataObject | None = None
    ) -> Sequel | None:
        """Let an event change the pair; return what follows, which is for the caller to bring about.

        `cause` is the fault behind a start that ended badly. Raises InvalidState, having changed nothing, for
        an event that cannot be in the pair's state.
        """
        self.require(event)
        decision = decide(self.state, event)
        if not isinstance(decision, Transition):
            return None
        for step in decision.steps:
            if isinstance(step, Notice):
                told = self.secondary if step.of_secondary else self.primary
                tell(events, step, told, user, cause, decision.reason)
            else:
                _EFFECTS[step](self.inventory, self.primary, self.secondary)
        self.show(decision.to, events, user, decision.reason)
        self._withdraw_recommendation()
        return decision.then

    def _withdraw_recommendation(self) -> None:
        """Let the cluster recommend no start of a secondary that is not needed, or no longer there."""
        cluster = clusters.cluster_of(self.inventory, self.primary)
        if cluster is not None and self.state is not State.NEED_SECONDARY:
            withdraw(cluster, self.secondary)

    def show(
        self, state: State, events: Events | None = None, user: str = "", reason: str | None = None
    ) -> None:
        """Let both VMs show a state, and tell of each whose Fault Tolerance state changes."""
        appearance = APPEARANCE[state]
        present = self.secondary.ref in self.inventory
        if present:
            self._run_secondary(runs=appearance.secondary_runs)
        _set_state(self.primary, state, events, user)
        if present:
            _set_state(self.secondary, appearance.secondary, events, user)
            self.secondary.set("disabledMethod", OF_SECONDARY)
        held = reason or self.primary.get("runtime.needSecondaryReason") or FIRST_REASON
        needing = state is State.NEED_SECONDARY
        self.primary.set("runtime.needSecondaryReason", held if needing else None)
        measured = appearance.latency != "gray"
        for name, value in statistics(self.inventory, self.primary, self.secondary, runs=measured).items():
            self.primary.set(f"summary.quickStats.{name}", value)
        refuse(self.primary, state)

    def _run_secondary(self, *, runs: bool) -> None:
        """Power the secondary on or off. Its guest shows as not running either way (seen)."""
        self.secondary.set("runtime.bootTime", self.primary.get("runtime.bootTime") if runs else None)
        self.secondary.set("runtime.cleanPowerOff", None if runs else True)
        self.secondary.set(
            "runtime.dasVmProtection", self.primary.get("runtime.dasVmProtection") if runs else None
        )
        self.secondary.set("runtime.powerState", ON if runs else OFF)


def _exchange(inventory: Inventory, primary: ManagedObject, secondary: ManagedObject) -> None:
    """Let the two change places; the paths that both list follow their order, primary first (derived)."""
    exchange(inventory, primary, secondary)
    for vm in (primary, secondary):
        vm.set("config.ftInfo.configPaths", tuple(reversed(vm.get("config.ftInfo.configPaths"))))


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
    """Return the pair that a VM is the primary or the secondary of; None without Fault Tolerance."""
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
    """Whether a VM may go to another host now; one of a pair whose secondary starts may not."""
    pair = pair_of(inventory, vm)
    return pair is None or not isinstance(decide(pair.state, Event.MOVED), Impossible)


def establish(creation: Creation, host: ManagedObject) -> Pair:
    """Create the secondary on a host and make the two VMs a pair, whose state is `notConfigured` still."""
    primary = creation.primary
    secondary = create_secondary(creation, host)
    take_space(creation)
    identities = (primary.get("config.instanceUuid"), secondary.get("config.instanceUuid"))
    paths = (primary.get("config.files.vmPathName"), secondary.get("config.files.vmPathName"))
    common = {"instanceUuids": identities, "configPaths": paths, "orphaned": False}
    for vm, info in (
        (primary, _primary_info(common, secondary)),
        (secondary, _secondary_info(common, primary)),
    ):
        _configure(creation, vm)
        vm.set("config.ftInfo", info)
    clusters.override_drs(creation.cluster, primary, secondary)
    return Pair(creation.inventory, primary, secondary)


def existing_pair(creation: Creation, host: ManagedObject) -> Pair:
    """Make a pair that has been one for long, without checks or events: protected, or off."""
    pair = establish(creation, host)
    pair.show(State.RUNNING if creation.powered_on else State.ENABLED)
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


def _configure(creation: Creation, vm: ManagedObject) -> None:
    """Set what Fault Tolerance changes on both VMs; that all memory is reserved is documented."""
    vm.set("config.memoryAllocation.reservation", creation.memory)
    vm.set("config.memoryAllocation.limit", _UNLIMITED)
    vm.set("config.flags.faultToleranceType", creation.kind.value)
    if creation.kind is PairKind.CHECKPOINTING:
        vm.set("config.files.ftMetadataDirectory", _metadata_directory(creation))
    if creation.spec is not None and creation.release >= version("8.0.3.0"):
        vm.set("config.metroFtEnabled", creation.spec.metroFtEnabled)
        vm.set("config.metroFtHostGroup", creation.spec.metroFtHostGroup)


def _metadata_directory(creation: Creation) -> str:
    """Return where the pair keeps the files that decide a split (derived: the primary's directory)."""
    path: str = creation.primary.get("config.files.vmPathName")
    home = home_of(path)
    wanted = creation.inventory.find(creation.metadata_datastore)
    return home if wanted is None else f"[{wanted.get('name')}] {parts_of(home)[1]}"
