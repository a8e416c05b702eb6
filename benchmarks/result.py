"""A measurement: paired samples, what was expected of them, and whether it was met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import click


class CannotMeasureError(click.ClickException):
    """Nothing can be measured; the message says why and what to do."""

    exit_code = 2


class Verdict(Enum):
    """Whether a measurement meets its bound."""

    MET = "met"
    MISSED = "MISSED"
    UNBOUND = ""


@dataclass(frozen=True)
class Bound:
    """The maximum: so many times vcsim's, or, if not relative, so many units."""

    limit: float
    relative: bool = True

    def __str__(self) -> str:
        return f"≤ {self.limit:g}×" if self.relative else f"≤ {self.limit:g}"


@dataclass
class Measurement:
    """Samples in pairs (emulator, vcsim); vcsim has none where it took longer than `beyond`."""

    name: str
    unit: str
    bound: Bound | None = None
    pairs: list[tuple[float, float | None]] = field(default_factory=list)
    beyond: float | None = None

    def add(self, ours: float, theirs: float | None) -> None:
        """Add one pair."""
        self.pairs.append((ours, theirs))

    @property
    def emulator(self) -> float:
        """Return the emulator's median."""
        return statistics.median(ours for ours, _ in self.pairs)

    @property
    def vcsim(self) -> float | None:
        """Return vcsim's median, None if it has no sample."""
        samples = [theirs for _, theirs in self.pairs if theirs is not None]
        return statistics.median(samples) if samples else None

    @property
    def ratio(self) -> float | None:
        """Return the median of the pairs' ratios, emulator to vcsim."""
        ratios = [ours / theirs for ours, theirs in self.pairs if theirs]
        return statistics.median(ratios) if ratios else None

    @property
    def verdict(self) -> Verdict:
        """Return whether the bound is met; a relative bound is undecided while vcsim has no sample."""
        if self.bound is None:
            return Verdict.UNBOUND
        measured = self.ratio if self.bound.relative else self.emulator
        if measured is None:
            return Verdict.UNBOUND
        return Verdict.MET if measured <= self.bound.limit else Verdict.MISSED

    def as_json(self) -> dict[str, Any]:
        """Return everything known about the measurement."""
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
