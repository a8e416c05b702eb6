"""One vCenter: its inventory and everything that is not a managed object but belongs to it.

It is built from a scenario and lives on one event loop. Operations are given it with every call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from emulator.inventory.clock import Clock
from emulator.inventory.event import Events
from emulator.inventory.store import Inventory, ManagedObject
from emulator.inventory.task import Tasks
from emulator.scenario.rule import FaultRules
from emulator.vcenter.alarm_trigger import Alarms
from emulator.vcenter.authorization import Authorization
from emulator.vcenter.collector_session import CollectorSessions
from emulator.vcenter.datastore_file import Leftovers
from emulator.vcenter.event_manager import EVENT_PREDICATES
from emulator.vcenter.history_collector import Collectors
from emulator.vcenter.session import Sessions
from emulator.vcenter.task_manager import TASK_PREDICATES
from emulator.vcenter.view import Views
from emulator.vmodl.release import ReleaseProfile
from emulator.vmodl.text import Catalogue
from emulator.vmodl.value import DataObject, MoRef


@dataclass
class VCenter:
    """The state that operations read and change."""

    inventory: Inventory
    clock: Clock
    events: Events
    tasks: Tasks
    sessions: Sessions
    authorization: Authorization
    release: ReleaseProfile
    rules: FaultRules
    texts: Catalogue
    root_folder: ManagedObject
    service_instance: ManagedObject
    collectors: dict[str, Collectors] = field(default_factory=dict)
    collector_sessions: CollectorSessions = field(default_factory=CollectorSessions)
    views: Views = field(default_factory=Views)
    leftovers: Leftovers = field(default_factory=Leftovers)
    licensed: dict[MoRef, DataObject] = field(default_factory=dict)  #: host → its licence
    host_clocks: dict[MoRef, timedelta] = field(default_factory=dict)  #: how far each is ahead

    def __post_init__(self) -> None:
        self.collectors = {
            "tasks": Collectors("TaskHistoryCollector", TASK_PREDICATES),
            "events": Collectors("EventHistoryCollector", EVENT_PREDICATES),
        }
        self.tasks.listen(self.collectors["tasks"].collect)
        self.events.listen(self.collectors["events"].collect)
        self.events.listen(self._show_latest)
        self.events.listen(Alarms(self.inventory).note)

    def _show_latest(self, event: DataObject) -> None:
        manager = self.inventory.find(MoRef("EventManager", "EventManager"))
        if manager is not None:
            manager.set("latestEvent", event)
