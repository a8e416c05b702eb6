"""What runs at others: workflows are valid and modest, and all lists of Python versions agree."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = ROOT / ".github" / "workflows" / "ci.yml"
#: The published schema of workflows; and that each job has a timeout.
SCHEMAS = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+|[0-9a-f]{40})")


def _flaws(workflow: Path) -> str:
    """Return what the schemas reject of a workflow, empty for a valid one."""
    return "".join(_checked(workflow, schema) for schema in SCHEMAS)


def _checked(workflow: Path, schema: str) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(workflow)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a linter
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _read(workflow: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(workflow.read_text("utf-8"))
    return content


def test_there_are_workflows() -> None:
    assert CI in WORKFLOWS


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_valid(workflow: Path) -> None:
    assert _flaws(workflow) == ""


@pytest.mark.parametrize(
    ("valid", "spoiled", "flaw"),
    [
        ("runs-on: ubuntu-latest", "run-on: ubuntu-latest", "run-on"),
        ("contents: read", "contents: all", "permissions"),
        ("    timeout-minutes: 15\n", "", "timeout-minutes"),
        ("      - run: mypy\n", "      - ran: mypy\n", "ran"),
    ],
)
def test_a_spoiled_workflow_is_rejected(valid: str, spoiled: str, flaw: str, tmp_path: Path) -> None:
    text = CI.read_text("utf-8")
    assert valid in text
    (tmp_path / "ci.yml").write_text(text.replace(valid, spoiled, 1), "utf-8")
    assert flaw in _flaws(tmp_path / "ci.yml")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_uses_pinned_actions(workflow: Path) -> None:
    content = _read(workflow)
    assert content["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in content["jobs"].values())
    uses = [step["uses"] for job in content["jobs"].values() for step in job["steps"] if "uses" in step]
    assert [action for action in uses if not PINNED.fullmatch(action)] == []


def test_all_lists_of_python_versions_are_the_same() -> None:
    setup, tox = configparser.ConfigParser(), configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    tox.read(ROOT / "tox.ini", "utf-8")
    declared = re.findall(r"Python :: (3\.\d+)", setup["metadata"]["classifiers"])
    oldest, newest = declared[0], declared[-1]
    after = f"3.{int(newest.removeprefix('3.')) + 1}"
    assert setup["options"]["python_requires"] == f">={oldest},<{after}"
    assert re.findall(r"py3(\d+)", tox["tox"]["env_list"]) == [each.removeprefix("3.") for each in declared]
    assert _read(CI)["jobs"]["test"]["strategy"]["matrix"]["python"] == declared
    for name in ("README.md", "CONTRIBUTING.md", "Makefile"):
        ranges = re.findall(r"Python (3\.\d+) to (3\.\d+)", (ROOT / name).read_text("utf-8"))
        assert set(ranges) == {(oldest, newest)}, name
