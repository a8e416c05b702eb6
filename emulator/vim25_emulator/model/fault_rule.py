"""Fault rules: failures in a scenario that no property of the inventory can cause.

A rule raises a fault at a stage of a method. At `call`, the method itself fails. At `start`, `middle` and
`end`, its task fails: before it changes anything, halfway, or after its last change. Operations define
further stages, such as `secondary-power-on`.

Probabilities are drawn from the rule's seed, so runs are reproducible.
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
    """A fault to raise at a stage of a method, after `skip` matching calls, `count` times (None: always).

    `probability`: chance of the fault at each match, drawn from `seed`. `delay`: seconds that a task runs
    before a fault at its `start` stage.
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
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311  # a reproducible sequence, not a secret

    def matches(self, method: str, stage: str, target: ManagedObject) -> bool:
        """Return whether the rule applies to this method, stage and object (by moId or name)."""
        if stage != self.stage or not fnmatchcase(method, self.method):
            return False
        names = (target.ref.value, target.properties.get("name", ""))
        return self.object is None or any(fnmatchcase(name, self.object) for name in names)

    def advance(self) -> bool:
        """Count a matching call; return whether it raises the fault."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._random.random() >= self.probability:
            return False
        if self.count is None:
            return True
        self.count -= 1
        return self.count >= 0


class FaultRules:
    """The fault rules of a vCenter, in the order of the scenario."""

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self._rules = list(rules)

    def find(self, method: str, stage: str, target: ManagedObject) -> DataObject | None:
        """Return the fault that is due at this stage; None without one."""
        rule = self._due(method, stage, target)
        return rule.fault if rule is not None else None

    def _due(self, method: str, stage: str, target: ManagedObject) -> FaultRule | None:
        matching = (rule for rule in self._rules if rule.matches(method, stage, target))
        return next((rule for rule in matching if rule.advance()), None)

    async def begin(self, task: RunningTask, method: str) -> None:
        """Raise the fault that is due at the start of a task, after its delay; schedule `middle`."""
        rule = self._due(method, "start", task.entity)
        if rule is not None:
            await task.work(rule.delay)
            raise MethodFault(rule.fault)
        task.halfway = partial(self.check, method, "middle", task.entity)

    def check(self, method: str, stage: str, target: ManagedObject) -> None:
        """Raise the fault that is due at this stage; no-op without one."""
        fault = self.find(method, stage, target)
        if fault is not None:
            raise MethodFault(fault)
