"""What a run would do: the target is only read, and a disposable one is not even started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vim25_conformance.case import Case
from vim25_conformance.client import EndpointClient
from vim25_conformance.effect import Effect
from vim25_conformance.running import why_not
from vim25_conformance.situation import SITUATIONS, NoSuchSituationError, find
from vim25_conformance.survey import InventorySurvey, MachineRecord, property_of, survey
from vim25_conformance.target import Target


@dataclass(frozen=True)
class Planned:
    """A case at an API version over a binding: the objects that it would use, or why it would not run."""

    case: Case
    version: str
    binding: str
    objects: str = ""
    skipped: str = ""


class Planner:
    """Plans cases against a target that is surveyed once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._inventory: InventorySurvey | None = None
        self._places: dict[str, str] = {}

    def planned(self, plan: Sequence[tuple[Case, str, str]]) -> Iterator[Planned]:
        """Yield what would happen to each case; raise UnreachableError."""
        for case, version, binding in plan:
            if why := why_not(case, version, self._target, binding):
                yield Planned(case, version, binding, skipped=why)
                continue
            try:
                yield Planned(case, version, binding, self._objects(case, version))
            except NoSuchSituationError as error:
                yield Planned(case, version, binding, skipped=str(error))

    def _objects(self, case: Case, version: str) -> str:
        location = self._target.location(case.needs)
        if self._target.disposable:
            name = location.primary if location else None
            return _words(case, name or "", f"scenario {case.needs.scenario}")
        self._target.open(case.needs, version)  # raises for a user that is not known
        if case.needs.id == "anywhere":
            return ""
        machine = find(case.needs, self._surveyed(version), location, search=not case.touches)
        return _words(case, machine.name, self._places.get(machine.name, "")) if machine else ""

    def _surveyed(self, version: str) -> InventorySurvey:
        if self._inventory is None:
            endpoint = self._target.open(SITUATIONS["anywhere"], version)
            with EndpointClient(endpoint, version) as client:
                self._inventory = survey(client.content)
                names = {location.primary for location in self._target.named()}
                self._places = {
                    each.name: _place(client, each, self._inventory)
                    for each in self._inventory.machines
                    if names.intersection(each.names)
                }
        return self._inventory


def _place(client: EndpointClient, machine: MachineRecord, inventory: InventorySurvey) -> str:
    """Return the host, folder and resource pool of a VM, beside which others are created."""
    places = [f"host {inventory.hosts.get(machine.host, '?')}"]
    for what, path in (("folder", "parent"), ("pool", "resourcePool")):
        managed = property_of(client.content, machine.ref, path)
        if managed is not None:
            places.append(f"{what} {property_of(client.content, managed, 'name')}")
    return ", ".join(places)


def _words(case: Case, name: str, place: str) -> str:
    beside = f"{name} ({place})" if place else name
    if not case.touches:
        return f"reads {beside}" if name else ""
    shared = "".join(f"; also changes its {each}" for each in case.shared)
    if case.arranges:
        return f"creates {case.arranges.title}, beside {beside}{shared}"
    return f"changes {beside}{shared}"


def tally(planned: Sequence[Planned]) -> str:
    """Return in one line how many cases would have which effect."""
    counts = Counter(each.case.effect for each in planned if not each.skipped)
    parts = [f"{counts[effect]} {effect.value}" for effect in Effect if counts[effect]]
    skipped = sum(bool(each.skipped) for each in planned)
    return ", ".join([*parts, *([f"{skipped} skipped"] if skipped else [])])
