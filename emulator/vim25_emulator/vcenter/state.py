"""The state of one vCenter: its inventory, and the registries that are not managed objects.

It is built from a scenario and lives on one event loop. Every call carries it to its operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.inventory.task import Tasks
from vim25_emulator.model.datastore_file import Leftovers
from vim25_emulator.model.fault_rule import FaultRules
from vim25_emulator.vcenter.alarm_trigger import Alarms
from vim25_emulator.vcenter.authorization import Authorization
from vim25_emulator.vcenter.collector_registry import CollectorSessions
from vim25_emulator.vcenter.history import Collectors
from vim25_emulator.vcenter.history_filter import EVENT_PREDICATES, TASK_PREDICATES
from vim25_emulator.vcenter.implementation import Implementation
from vim25_emulator.vcenter.session import Sessions
from vim25_emulator.vcenter.view_registry import Views
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.text import Catalog
from vim25_emulator.vmodl.value import DataObject, MoRef


@dataclass
class VCenter:
    """The state that operations read and change."""

    implementation: Implementation
    inventory: Inventory
    clock: Clock
    events: Events
    tasks: Tasks
    sessions: Sessions
    authorization: Authorization
    release: ReleaseProfile
    rules: FaultRules
    texts: Catalog
    root_folder: ManagedObject
    service_instance: ManagedObject
    alarms: Alarms = field(init=False)
    collectors: dict[str, Collectors] = field(default_factory=dict)
    collector_sessions: CollectorSessions = field(default_factory=CollectorSessions)
    views: Views = field(default_factory=Views)
    leftovers: Leftovers = field(default_factory=Leftovers)
    starting: set[MoRef] = field(default_factory=set)  #: primaries whose secondary is being started
    restarts: dict[MoRef, object] = field(default_factory=dict)  #: primary → the restarts by HA that go on
    licensed: dict[MoRef, DataObject] = field(default_factory=dict)  #: host → its license
    host_clocks: dict[MoRef, timedelta] = field(default_factory=dict)  #: host → how far its clock is ahead

    def __post_init__(self) -> None:
        self.collectors = {
            "tasks": Collectors("TaskHistoryCollector", TASK_PREDICATES, self.tasks.history),
            "events": Collectors("EventHistoryCollector", EVENT_PREDICATES, self.events.posted),
        }
        self.tasks.listen(self.collectors["tasks"].collect)
        self.events.listen(self.collectors["events"].collect)
        self.events.listen(self._show_latest)
        self.alarms = Alarms(self.inventory, self.events)
        self.events.listen(self.alarms.evaluate)

    def _show_latest(self, event: DataObject) -> None:
        manager = self.inventory.find(MoRef("EventManager", "EventManager"))
        if manager is not None:
            manager.set("latestEvent", event)
