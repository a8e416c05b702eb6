"""Run the conformance suite against the emulator and vcsim, and compare the two runs.

That vcsim deviates is expected; only a failure of the suite itself is a failure here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.result import CannotMeasureError
from benchmarks.vcsim_program import install

DONE = {0, 1}  #: nothing deviates, something deviates; any other status is a failure of the suite


class SuiteFailedError(CannotMeasureError):
    """The suite itself failed and has reported why."""


def compare(folder: Path) -> Path:
    """Run the suite twice and return the page of differences; raise SuiteFailedError, NoVcsimError."""
    vcsim_program = install()
    page = folder / "diff.html"
    for target in ("emulator", "vcsim"):
        _suite(vcsim_program, "run", "--target", target, "--workers", "auto", "--out", str(folder / target))
    _suite(vcsim_program, "diff", str(folder / "emulator"), str(folder / "vcsim"), "--html", str(page))
    return page


def _suite(vcsim_program: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from vim25_conformance.cli import main; main()", *arguments]
    path = f"{vcsim_program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    status = subprocess.run(command, check=False, env={**os.environ, "PATH": path}).returncode
    if status not in DONE:
        raise SuiteFailedError(f"`vim25-conformance {' '.join(arguments)}` ended with status {status}")
