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
    """The maximum: so many times the other's, or, if not relative, so many units."""

    limit: float
    relative: bool = True

    def __str__(self) -> str:
        return f"≤ {self.limit:g}×" if self.relative else f"≤ {self.limit:g}"


@dataclass
class Measurement:
    """Samples in pairs (emulator, vcsim); vcsim has none where it took longer than `beyond`.

    `json` has the emulator's samples over JSON, one per pair, or none; its bound is relative to SOAP.
    """

    name: str
    unit: str
    bound: Bound | None = None
    pairs: list[tuple[float, float | None]] = field(default_factory=list)
    beyond: float | None = None
    json_bound: Bound | None = None
    json: list[float] = field(default_factory=list)

    def add(self, ours: float, theirs: float | None, json: float | None = None) -> None:
        """Add one pair, and the emulator's sample over JSON."""
        self.pairs.append((ours, theirs))
        if json is not None:
            self.json.append(json)

    @property
    def json_median(self) -> float:
        """Return the median over JSON."""
        return statistics.median(self.json)

    @property
    def json_only(self) -> bool:
        """Whether nothing is measured but JSON, beside another call over JSON."""
        return bool(self.json) and self.vcsim is None and self.beyond is None

    @property
    def json_ratio(self) -> float | None:
        """Return the median of the ratios of JSON to SOAP."""
        ratios = [json / ours for json, (ours, _) in zip(self.json, self.pairs, strict=False)]
        return statistics.median(ratios) if ratios else None

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
        is_relative = self.bound is not None and self.bound.relative
        return _verdict(self.bound, self.ratio if is_relative else self.emulator)

    @property
    def json_verdict(self) -> Verdict:
        """Return whether the bound of JSON is met."""
        return _verdict(self.json_bound, self.json_ratio)

    def as_json(self) -> dict[str, Any]:
        """Return everything known about the measurement."""
        return {
            "name": self.name,
            "unit": self.unit,
            "emulator": self.emulator,
            "vcsim": self.vcsim,
            "ratio": self.ratio,
            "bound": self.bound and {"limit": self.bound.limit, "relative": self.bound.relative},
            "json": self.json,
            "json_ratio": self.json_ratio,
            "json_limit": self.json_bound and self.json_bound.limit,
            "json_verdict": self.json_verdict.value or None,
            "verdict": self.verdict.value or None,
            "vcsim_beyond": self.beyond,
            "pairs": self.pairs,
        }


def _verdict(bound: Bound | None, measured: float | None) -> Verdict:
    if bound is None or measured is None:
        return Verdict.UNBOUND
    return Verdict.MET if measured <= bound.limit else Verdict.MISSED
