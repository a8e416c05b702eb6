"""What is installed is what is in the repository: all of it, under our two names, and it works elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
INSTALLED_AS = {
    "emulator/vim25_emulator": "vim25_emulator",
    "conformance/vim25_conformance": "vim25_conformance",
    "fixtures/scenarios": "vim25_emulator/scenarios",
}
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources, so that the tree stays clean and no old build/ leaks in."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for folder in INSTALLED_AS:
        shutil.copytree(ROOT / folder, source / folder, ignore=NOT_SOURCE)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(built),
    ]
    subprocess.run([*pip, str(source)], check=True)  # noqa: S603 - our own sources
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on nobody's path into which the wheel was unpacked, as an installer does."""
    site = tmp_path_factory.mktemp("site")
    ZipFile(wheel).extractall(site)
    return site


def test_two_top_level_packages_and_no_other(site: Path) -> None:
    assert {entry.name for entry in site.iterdir() if entry.suffix != ".dist-info"} == {
        "vim25_emulator",
        "vim25_conformance",
    }


def test_every_module_and_every_data_file_is_installed(wheel: Path) -> None:
    expected = {
        f"{installed}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, installed in INSTALLED_AS.items()
        for path in _files(ROOT / folder)
    }
    installed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert installed == expected


def _files(folder: Path) -> Iterator[Path]:
    """All but what is for readers of the repository, or made by Python."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    return (path for path in found if "__pycache__" not in path.parts)


@pytest.mark.parametrize("command", ["vim25-emulator", "vim25-conformance"])
def test_console_script_answers_from_the_installed_copy(site: Path, tmp_path: Path, command: str) -> None:
    program = f"""
import importlib.metadata, sys
sys.path.insert(0, {str(site)!r})
(script,) = importlib.metadata.entry_points(group="console_scripts", name={command!r})
main = script.load()
assert sys.modules[script.module].__file__.startswith({str(site)!r})
sys.argv = [{command!r}, "--help"]
main()
"""
    assert "Usage:" in _elsewhere(program, tmp_path)


def test_installed_copy_finds_its_scenarios(site: Path, tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(site)!r})
from vim25_emulator.scenario import library
for name in library.names():
    library.load(name)
    print(name)
"""
    scenarios = {path.stem for path in (ROOT / "fixtures" / "scenarios").glob("*.yaml")}
    assert scenarios
    assert set(_elsewhere(program, tmp_path).split()) == scenarios


def _elsewhere(program: str, folder: Path) -> str:
    """What the program prints in a Python of its own, far from the repository."""
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-I", "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
