"""What is decorated keeps its types: mypy finds the mistakes in a file of mistakes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy comes with the extra `dev`")

ROOT = Path(__file__).parents[1]

IMPORTS = """\
from vim25_conformance.case import case
from vim25_conformance.parameters import target_options
from vim25_emulator import Emulator
from vim25_emulator.behavior.pair_guard import require_partner
from vim25_emulator.operations.session.session_manager import current_session
from vim25_emulator.operations.virtual_machine.virtual_machine_snapshot import create_snapshot
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.guard import guard
from vim25_emulator.vcenter.operation import operation
"""

#: A line of code with a mistake → the codes of the errors that mypy finds there.
MISTAKES = {
    # operations
    "create_snapshot(1, 2, nonsense=3)": {"arg-type", "call-arg", "unused-coroutine"},
    "create_snapshot(1, 2)": {"arg-type", "call-arg", "unused-coroutine"},
    'x: str = operation("Folder", "CreateFolder")(len)': {"assignment"},
    'operation("Folder", "CreateFolder")("create")': {"type-var"},
    # computed properties
    "current_session(1)": {"arg-type", "call-arg"},
    'y: str = current_session("call", "manager")': {"arg-type", "assignment"},
    'computed_property("SessionManager", "currentSession")(len)': {"type-var"},
    # guards
    "require_partner(1)": {"arg-type", "call-arg"},
    'guard("PowerOnVM_Task")(len)': {"type-var"},
    # cases, options of commands, calls on the loop
    'case("FT.CREATE.001", "title", ())(len)': {"arg-type"},
    "z: str = target_options(len)": {"assignment"},
    "Emulator().call(len, 1)": {"call-overload"},
    'n: str = Emulator().call(len, "abc")': {"assignment"},
}


def test_what_is_decorated_is_checked_as_it_was_written(tmp_path: Path) -> None:
    mistakes = tmp_path / "mistakes.py"
    mistakes.write_text(IMPORTS + "\n".join(MISTAKES) + "\n", "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(mistakes)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # our own file
    codes: dict[str, set[str]] = {line: set() for line in MISTAKES}
    lines = mistakes.read_text("utf-8").splitlines()
    for number, code in re.findall(r":(\d+): error: .*\[([\w-]+)\]$", found.stdout, re.MULTILINE):
        codes[lines[int(number) - 1]].add(code)
    assert codes == MISTAKES, found.stdout + found.stderr
