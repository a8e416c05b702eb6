"""What one request changes: a vCenter is built for it alone, and its inventory is compared before and after.

Below the wire, because a probe is repeated thousands of times. Tasks, events and time stamps do not count:
every request has them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, Final

from tests.emulator.members.request import REGISTERED, SCENARIO
from vim25_emulator.assemble import assemble
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import Leftovers
from vim25_emulator.scenario import library
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.soap.soap_property_writer import SoapPropertyWriter
from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.text import catalog
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_RELEASE: Final = release("9.0.0.0")
_WRITER: Final = SoapPropertyWriter(_RELEASE.version, catalog(_RELEASE.version))
#: Property that changes with every request → the reason why it is no effect.
_NOISE: Final = frozenset({"recentTask", "latestEvent", "latestPage", "currentSession", "sessionList"})
_TURNS: Final = 10  #: of the loop, after which nothing is left to do
_STAMPS: Final = ("changeVersion", "modified", "lastModified", "eventKey")


@dataclass(frozen=True)
class Outcome:
    """The fault or result of a request, and the properties that it changed."""

    fault: DataObject | None
    result: Any
    changes: dict[tuple[MoRef, str], Any]


@cache
def _scenario() -> Scenario:
    return library.load(str(SCENARIO))


class Bench:
    """A vCenter whose inventory is set back after each request: building one takes ten times as long."""

    def __init__(self) -> None:
        self.vcenter = assemble(
            _scenario(), _RELEASE, ManualClock(), administrators={"root": "vmware"}, task_duration=0.0
        )
        self._session = self.vcenter.sessions.open("root", Client())
        vm = next(self.vcenter.inventory.of_type("VirtualMachine"))
        self.vcenter.events.post("VmPoweredOnEvent", vm, user="root", template=False)
        self.vcenter.events.post("VmPoweredOffEvent", vm, user="", template=False)
        self.vcenter.inventory["ExtensionManager"].add("extensionList", REGISTERED)
        vm.set("triggeredAlarmState", tuple(self._triggered(vm)))
        vm.set("declaredAlarmState", tuple(self._triggered(vm)))
        self._objects = tuple(self.vcenter.inventory)
        self._before = {managed.ref: dict(managed.properties) for managed in self._objects}
        self._by_type = {name: dict(entries) for name, entries in self.vcenter.inventory._by_type.items()}
        self._number = self.vcenter.inventory.journal.number

    def _triggered(self, vm: ManagedObject) -> Iterator[DataObject]:
        """Yield the state of every alarm, as if it were triggered on a virtual machine."""
        for alarm in self.vcenter.inventory.of_type("Alarm"):
            yield DataObject(
                "AlarmState",
                key=f"{alarm.ref.value}.{vm.ref.value}",
                entity=vm.ref,
                alarm=alarm.ref,
                overallStatus="red",
                time=self.vcenter.clock.now(),
            )

    async def outcome(
        self, type_name: str, method_name: str, this: MoRef, arguments: dict[str, Any]
    ) -> Outcome:
        """Return the outcome of a request, and undo it."""
        self._reset()
        method = managed_type(type_name).methods[method_name]
        request = Invocation(method, this, arguments, _RELEASE.version, self._session, writer=_WRITER)
        fault, result = None, None
        try:
            result = invoke(self.vcenter, request)
            result = await result if asyncio.iscoroutine(result) else result
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            if method.is_task:
                info = self.vcenter.inventory[result].get("info")
                fault, result = info.error, info.result
        except MethodFault as raised:
            fault, result = raised.data, None
        assert fault is None or not fault.is_a("SystemError"), (method_name, arguments)
        return Outcome(fault, self._shown(result), self._changes())

    def _reset(self) -> None:
        inventory = self.vcenter.inventory
        for managed in tuple(inventory):
            if managed.ref not in self._before:
                inventory.destroy(managed)
        inventory._objects = {managed.ref.value: managed for managed in self._objects}
        inventory._by_type = {name: dict(entries) for name, entries in self._by_type.items()}
        for managed in self._objects:
            managed.properties = dict(self._before[managed.ref])
        inventory._numbers = count(self._number)
        inventory.journal.number = self._number
        self.vcenter.leftovers = Leftovers()

    def _changes(self) -> dict[tuple[MoRef, str], Any]:
        changes: dict[tuple[MoRef, str], Any] = {}
        for managed in self.vcenter.inventory:
            if managed.is_a("Task"):
                continue
            old = self._before.get(managed.ref, {})
            shown = managed.ref if managed.ref in self._before else MoRef(managed.ref.type, "new")
            for name, value in managed.properties.items():
                before = old.get(name)
                if name not in _NOISE and before is not value and before != value:
                    changes[shown, name] = _without_stamps(value)
        return changes

    def _shown(self, result: Any) -> Any:
        """Return a result; its reference to a new object may be random."""
        return "an object" if isinstance(result, MoRef) else _without_stamps(result)


def _without_stamps(value: Any) -> Any:
    if isinstance(value, DataObject):
        return value.type_.name, {
            name: _without_stamps(part) for name, part in value.__dict__.items() if name not in _STAMPS
        }
    return tuple(map(_without_stamps, value)) if type(value) is tuple else value
