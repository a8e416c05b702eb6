"""A measurement: paired samples, what was expected of them, and whether it was met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import click


class CannotMeasureError(click.ClickException):
    """There is no measurement; the text says why and what to do."""

    exit_code = 2


class Verdict(Enum):
    """What a measurement says about its bound."""

    MET = "met"
    MISSED = "MISSED"
    UNBOUND = ""


@dataclass(frozen=True)
class Bound:
    """The most that is expected: so many times vcsim's, or, when not relative, so many units."""

    limit: float
    relative: bool = True

    def __str__(self) -> str:
        return f"≤ {self.limit:g}×" if self.relative else f"≤ {self.limit:g}"


@dataclass
class Measurement:
    """Samples in pairs (emulator, vcsim); vcsim has none where it was too slow, `beyond` this much."""

    name: str
    unit: str
    bound: Bound | None = None
    pairs: list[tuple[float, float | None]] = field(default_factory=list)
    beyond: float | None = None

    def add(self, ours: float, theirs: float | None) -> None:
        """Note one pair."""
        self.pairs.append((ours, theirs))

    @property
    def emulator(self) -> float:
        """The emulator's median."""
        return statistics.median(ours for ours, _ in self.pairs)

    @property
    def vcsim(self) -> float | None:
        """vcsim's median, None when it has no sample."""
        samples = [theirs for _, theirs in self.pairs if theirs is not None]
        return statistics.median(samples) if samples else None

    @property
    def ratio(self) -> float | None:
        """The median of the pairs' ratios, emulator to vcsim."""
        ratios = [ours / theirs for ours, theirs in self.pairs if theirs]
        return statistics.median(ratios) if ratios else None

    @property
    def verdict(self) -> Verdict:
        """Whether the bound was met; a relative one says nothing while vcsim has no sample."""
        if self.bound is None:
            return Verdict.UNBOUND
        measured = self.ratio if self.bound.relative else self.emulator
        if measured is None:
            return Verdict.UNBOUND
        return Verdict.MET if measured <= self.bound.limit else Verdict.MISSED

    def as_json(self) -> dict[str, Any]:
        """Everything that is known of it."""
        return {
            "name": self.name,
            "unit": self.unit,
            "emulator": self.emulator,
            "vcsim": self.vcsim,
            "ratio": self.ratio,
            "bound": self.bound and {"limit": self.bound.limit, "relative": self.bound.relative},
            "verdict": self.verdict.value or None,
            "vcsim_beyond": self.beyond,
            "pairs": self.pairs,
        }
