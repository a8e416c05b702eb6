"""A case that is declared wrongly, as a user meets it: a copy of the suite with one more case."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vim25_conformance

SUITE = Path(vim25_conformance.__file__).parent

CASE = """
from vim25_conformance.case import case
from vim25_conformance.expectation import derived
from vim25_conformance.matcher import Present

@case({declared})
def _steps(drive):
    {steps}
"""
NOTE = "drive.note('fact', True)"
RULE = "derived('facts.fact', Present())"

#: What is wrong → the arguments of `case`, the steps, and the message.
MISTAKES = {
    "rule": (
        "'X.001', 'x', ['pair.state'], derived('facts.fcat', Present())",
        NOTE,
        "X.001: 'facts.fcat': the steps note no fact 'fcat'; did you mean 'fact'?",
    ),
    "id": (
        f"'PC.010', 'x', ['pair.state'], {RULE}",
        NOTE,
        "two cases have the id PC.010: in vim25_conformance.cases.property_collector and in "
        "vim25_conformance.cases.wrong",
    ),
    "clause": (
        f"'X.001', 'x', ['pair.stat'], {RULE}",
        NOTE,
        "X.001: no clause 'pair.stat'; did you mean 'pair.state'",
    ),
    "situation": (
        f"'X.001', 'x', [], {RULE}, needs='protectd'",
        NOTE,
        "X.001: no situation 'protectd'; did you mean 'protected'",
    ),
    "steps": (
        f"'X.001', 'x', [], {RULE}",
        "drive.note(str(drive), True)",
        "X.001: drive.note(…): cannot read the name",
    ),
    "argument": (
        f"'X.001', 'x', [], {RULE}, need='protected'",
        NOTE,
        "wrong.py:6: TypeError: case() got an unexpected keyword argument 'need'",
    ),
    "syntax": ("'X.001'", "drive.", "vim25_conformance.cases.wrong: SyntaxError: "),
}


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), *sys.path])
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "vim25_conformance", *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        check=False,
    )


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the suite."""
    folder = tmp_path_factory.mktemp("suite")
    shutil.copytree(SUITE, folder / SUITE.name)
    return folder


def _add(suite: Path, mistake: str) -> str:
    """Add a case with the mistake; return the message."""
    declared, steps, message = MISTAKES[mistake]
    source = CASE.format(declared=declared, steps=steps)
    (suite / SUITE.name / "cases" / "wrong.py").write_text(source, "utf-8")
    return message


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_status_3(suite: Path, mistake: str) -> None:
    message = _add(suite, mistake)
    done = _run(suite, "list")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1), done.stderr
    assert message in done.stderr


@pytest.mark.parametrize("arguments", [("run", "--case", "PC.010", "-n", "1"), ("explain", "PC.010")])
def test_every_command_says_so(suite: Path, arguments: tuple[str, ...]) -> None:
    message = _add(suite, "clause")
    done = _run(suite, *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1), done.stderr
    assert message in done.stderr
    assert not (suite / "runs").exists()
