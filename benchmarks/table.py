"""Measurements as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from benchmarks.result import Measurement, Verdict
from benchmarks.vcsim_program import VERSION

_STYLE = {Verdict.MET: "green", Verdict.MISSED: "bold red", Verdict.UNBOUND: "dim"}


def table(measurements: Sequence[Measurement]) -> Table:
    """Return medians, the median of the pairs' ratios, and what was expected."""
    shown = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        caption=f"{machine()}; vcsim {VERSION}",
        caption_justify="left",
    )
    shown.add_column("", no_wrap=True)
    for heading in ("emulator", "vcsim", "ratio", "expected", ""):
        shown.add_column(heading, justify="right", no_wrap=True)
    for each in measurements:
        shown.add_row(each.name, *_figures(each))
    return shown


def _figures(each: Measurement) -> tuple[str | Text, ...]:
    return (
        _quantity(each.emulator, each.unit),
        _vcsim_figure(each),
        f"{each.ratio:.2f}×" if each.ratio is not None else "—",
        str(each.bound or ""),
        Text(each.verdict.value, style=_STYLE[each.verdict]),
    )


def _vcsim_figure(each: Measurement) -> str:
    if each.vcsim is not None:
        return _quantity(each.vcsim, each.unit)
    return f"> {each.beyond:g} {each.unit}" if each.beyond else "—"


def _quantity(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def as_json(measurements: Sequence[Measurement]) -> str:
    """Return everything, every sample included."""
    document: dict[str, Any] = {
        "machine": machine(),
        "vcsim": VERSION,
        "measurements": [each.as_json() for each in measurements],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def machine() -> str:
    """Return processor, cores, kernel and Python in one line."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor"
    )
    python = platform.python_version()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {python}"
