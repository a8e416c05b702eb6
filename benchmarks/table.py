"""Measurements as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from benchmarks.result import Measurement, Verdict
from benchmarks.vcsim_program import VERSION

_STYLE = {Verdict.MET: "green", Verdict.MISSED: "bold red", Verdict.UNBOUND: "dim"}


def tables(measurements: Sequence[Measurement]) -> Group:
    """Return medians, the median of the pairs' ratios, and what was expected: beside vcsim, and JSON's."""
    beside = _table("emulator", "vcsim", "ratio")
    for each in (each for each in measurements if not each.json_only):
        figures = _quantity(each.emulator, each.unit), _vcsim_figure(each), _ratio(each.ratio)
        beside.add_row(each.name, *figures, str(each.bound or ""), _shown(each.verdict))
    json = _table("JSON", "SOAP", "ratio")
    for each in (each for each in measurements if each.json):
        medians = (_quantity(median, each.unit) for median in (each.json_median, each.emulator))
        bound = str(each.json_bound or ""), _shown(each.json_verdict)
        json.add_row(each.name, *medians, _ratio(each.json_ratio), *bound)
    return Group(*(table for table in (beside, json) if table.row_count), f"{machine()}; vcsim {VERSION}")


def _table(*headings: str) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    shown.add_column("", no_wrap=True)
    for heading in (*headings, "expected", ""):
        shown.add_column(heading, justify="right", no_wrap=True)
    return shown


def _shown(verdict: Verdict) -> Text:
    return Text(verdict.value, style=_STYLE[verdict])


def _ratio(ratio: float | None) -> str:
    return f"{ratio:.2f}×" if ratio is not None else "—"


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
