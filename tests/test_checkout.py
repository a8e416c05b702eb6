"""The tests of a checkout test that checkout, whatever the environment that runs them has installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import vim25_conformance
import vim25_emulator
from vim25_emulator.scenario import library

ROOT = Path(__file__).parents[1]
SOURCES = ("emulator", "conformance", "fixtures/scenarios")

PACKAGES = (vim25_emulator, vim25_conformance)


def _printed(*arguments: str, **environment: str) -> list[str]:
    """Return the lines that a child process prints; it inherits the environment of the tests."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and programs
        [sys.executable, *arguments],
        cwd=ROOT.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second checkout, which has one more scenario."""
    other = tmp_path_factory.mktemp("other")
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, other / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "fixtures/scenarios/only-there.yaml").write_text("title: Only there\nextends: default\n")
    return other


def _on_path(checkout: Path) -> str:
    return os.pathsep.join(str(checkout / folder) for folder in ("emulator", "conformance"))


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_imported_from_this_checkout(package: ModuleType) -> None:
    assert Path(str(package.__file__)).is_relative_to(ROOT)


@pytest.mark.parametrize("package", PACKAGES)
def test_child_processes_import_from_this_checkout(package: ModuleType) -> None:
    program = f"import {package.__name__} as package; print(package.__file__)"
    assert _printed("-c", program) == [package.__file__]


def test_scenarios_are_those_beside_the_package_that_runs(other: Path) -> None:
    command = ("-m", "vim25_emulator.cli", "scenarios")
    here = {line.split()[0] for line in _printed(*command)}
    there = {line.split()[0] for line in _printed(*command, PYTHONPATH=_on_path(other))}
    assert here == set(library.names())
    assert there == here | {"only-there"}


def test_an_environment_with_another_checkout_changes_nothing(other: Path) -> None:
    alike = ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__)), "-k", "this_checkout")
    *_, summary = _printed(*alike, PYTHONPATH=_on_path(other))
    assert summary.startswith(f"{2 * len(PACKAGES)} passed")
