"""Fault rules: what a scenario says must go wrong that the inventory cannot express.

A rule names a method and a stage of it, and the fault that comes there. Stages: `call` (the caller gets the
fault at once), `start`, `middle` and `end` (the task ends with it: before anything is done, while it works,
when all is done), and those that an operation defines for itself, such as `secondary-power-on`.

What a rule leaves to chance is drawn from its own seed, so a run can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from random import Random

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.task import RunningTask
from vim25_emulator.vmodl.value import DataObject, MethodFault


@dataclass
class FaultRule:
    """One thing that goes wrong: where, with what fault, after how many passes, how often (None: always).

    `probability`: of coming each time that it could, drawn from `seed`. `delay`: seconds that a task works
    before the fault of its `start` stage.
    """

    method: str
    stage: str
    fault: DataObject
    object: str | None = None
    skip: int = 0
    count: int | None = None
    delay: float = 0.0
    probability: float = 1.0
    seed: int = 0
    _chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)  # noqa: S311  # chance that can be repeated, not a secret

    def concerns(self, method: str, stage: str, target: ManagedObject) -> bool:
        """Whether the rule is about this method, stage and object (matched by moId or name)."""
        if stage != self.stage or not fnmatchcase(method, self.method):
            return False
        names = (target.ref.value, target.properties.get("name", ""))
        return self.object is None or any(fnmatchcase(name, self.object) for name in names)

    def spend(self) -> bool:
        """Count one pass; return whether the fault comes this time."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._chance.random() >= self.probability:
            return False
        if self.count is None:
            return True
        self.count -= 1
        return self.count >= 0


class FaultRules:
    """The fault rules of one vCenter, in the order in which the scenario gives them."""

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self._rules = list(rules)

    def find(self, method: str, stage: str, target: ManagedObject) -> DataObject | None:
        """Return the fault that comes now, or None."""
        rule = self._due(method, stage, target)
        return rule.fault if rule is not None else None

    def _due(self, method: str, stage: str, target: ManagedObject) -> FaultRule | None:
        concerned = (rule for rule in self._rules if rule.concerns(method, stage, target))
        return next((rule for rule in concerned if rule.spend()), None)

    async def begin(self, task: RunningTask, method: str) -> None:
        """Raise the fault that ends a task before it does anything, when it has worked for the rule's delay.

        A fault for the middle of its work waits for that.
        """
        rule = self._due(method, "start", task.entity)
        if rule is not None:
            await task.work(rule.delay)
            raise MethodFault(rule.fault)
        task.halfway = partial(self.check, method, "middle", task.entity)

    def check(self, method: str, stage: str, target: ManagedObject) -> None:
        """Raise the fault that comes now, if one does."""
        fault = self.find(method, stage, target)
        if fault is not None:
            raise MethodFault(fault)
