"""The conformance suite against the emulator and against vcsim, and what they do differently.

vcsim deviates, which is what the comparison is for; only a suite that cannot do its work is a failure here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.neighbour import install
from benchmarks.result import CannotMeasure

DONE = {0, 1}  # nothing deviates, something deviates; anything else is trouble of the suite itself


class SuiteFailed(CannotMeasure):
    """The suite could not do its work; it has said why."""


def compare(folder: Path) -> Path:
    """Run the suite twice and join the runs; returns the page of differences. Raises SuiteFailed, NoVcsim."""
    neighbour = install()
    page = folder / "diff.html"
    for target in ("emulator", "vcsim"):
        _suite(neighbour, "run", "--target", target, "--workers", "auto", "--out", str(folder / target))
    _suite(neighbour, "diff", str(folder / "emulator"), str(folder / "vcsim"), "--html", str(page))
    return page


def _suite(neighbour: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from vim25_conformance.cli import main; main()", *arguments]
    path = f"{neighbour.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    status = subprocess.run(command, check=False, env={**os.environ, "PATH": path}).returncode
    if status not in DONE:
        raise SuiteFailed(f"`vim25-conformance {' '.join(arguments)}` ended with status {status}")
