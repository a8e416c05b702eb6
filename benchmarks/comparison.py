"""The conformance suite against the emulator and against vcsim, and what they do differently.

vcsim deviates, which is what the comparison is for; only a suite that cannot do its work is a failure here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.neighbor import install
from benchmarks.result import CannotMeasureError

DONE = {0, 1}  # nothing deviates, something deviates; anything else is trouble of the suite itself


class SuiteFailedError(CannotMeasureError):
    """The suite could not do its work; it has said why."""


def compare(folder: Path) -> Path:
    """Run the suite twice and return the page of differences. Raises SuiteFailedError, NoVcsimError."""
    neighbor = install()
    page = folder / "diff.html"
    for target in ("emulator", "vcsim"):
        _suite(neighbor, "run", "--target", target, "--workers", "auto", "--out", str(folder / target))
    _suite(neighbor, "diff", str(folder / "emulator"), str(folder / "vcsim"), "--html", str(page))
    return page


def _suite(neighbor: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from vim25_conformance.cli import main; main()", *arguments]
    path = f"{neighbor.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    status = subprocess.run(command, check=False, env={**os.environ, "PATH": path}).returncode
    if status not in DONE:
        raise SuiteFailedError(f"`vim25-conformance {' '.join(arguments)}` ended with status {status}")
