"""What is installed is what is in the repository: all of it, under our two names, and it works elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
INSTALLED_AS = {
    "emulator/vim25_emulator": "vim25_emulator",
    "conformance/vim25_conformance": "vim25_conformance",
    "fixtures/scenarios": "vim25_emulator/scenarios",
}
SCENARIOS = {path.stem for path in (ROOT / "fixtures" / "scenarios").glob("*.yaml")}
COMMANDS = ("vim25-emulator", "vim25-conformance")
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")
BUILD = ("--quiet", "--no-deps", "--no-build-isolation")


@dataclass(frozen=True)
class Environment:
    """A virtual environment with links to the dependencies that are installed where the tests run."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, *installed: str) -> Environment:
        """Create one and let pip install into it: a wheel, or `-e` and a folder."""
        venv.create(folder, symlinks=os.name != "nt")
        environment = cls(folder)
        for dependency in _dependencies():
            (environment.site / dependency.name).symlink_to(dependency)
        _pip("install", *BUILD, "--no-index", "--ignore-installed", *installed, python=environment.python)
        return environment

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.command("python")

    @property
    def site(self) -> Path:
        """The folder that holds what is installed."""
        return Path(_run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())

    def command(self, name: str) -> Path:
        """Return a program that is installed in it."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin") / name


def _dependencies() -> Iterator[Path]:
    """Yield all that is installed where the tests run, except what belongs to us."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        yield from (entry for entry in Path(folder).iterdir() if "vim25" not in entry.name)


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    """Return what a command prints; it sees no packages but those of its own environment."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _pip(*arguments: str, python: str | Path = sys.executable) -> None:
    _run(sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", *arguments)


def _copy(folder: Path) -> Path:
    """Copy what packages are made from, so that the tree stays clean and no old build/ leaks in."""
    for name in INSTALLED_AS:
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_SOURCE)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def _wheel(source: Path, folder: Path) -> Path:
    _pip("wheel", *BUILD, "-w", str(folder), str(source))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return _wheel(_copy(tmp_path_factory.mktemp("source")), tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment in which the wheel is installed."""
    return Environment.create(tmp_path_factory.mktemp("installed"), str(wheel))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of somebody else, with packages that are named as the folders of this repository."""
    for name in ("emulator", "conformance"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("OWNER = 'project'\n")
    (tmp_path / "test_project.py").write_text(_PROJECT_TEST)
    return tmp_path


_PROJECT_TEST = """
import conformance, emulator
from vim25_emulator import Emulator

def test_a_vcenter():
    assert (conformance.OWNER, emulator.OWNER) == ("project", "project")
    with Emulator(scenario="not-licensed") as vcenter:
        assert vcenter.url.startswith("https://127.0.0.1:")
"""


def test_two_top_level_packages_and_no_other(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {
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


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    source = _copy(tmp_path / "source")
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    _run(sys.executable, "-c", build, cwd=source)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        sdist.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert _content(_wheel(unpacked, tmp_path)) == _content(wheel)


def _content(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("command", COMMANDS)
def test_console_script_answers_from_the_installed_copy(
    installed: Environment, project: Path, command: str
) -> None:
    assert "Usage:" in _run(installed.command(command), "--help", cwd=project)
    program = f"""
import importlib.metadata, sys
(script,) = importlib.metadata.distribution("vim25-conformance").entry_points.select(name={command!r})
script.load()
print(sys.modules[script.module].__file__)
"""
    loaded = Path(_run(installed.python, "-c", program, cwd=project).strip())
    assert loaded.is_relative_to(installed.site)


def test_installed_copy_finds_its_scenarios(installed: Environment, project: Path) -> None:
    listed = _run(installed.command("vim25-emulator"), "scenarios", cwd=project)
    assert SCENARIOS
    assert {line.split()[0] for line in listed.splitlines()} == SCENARIOS


def test_a_project_with_packages_named_as_our_folders_can_test_against_it(
    installed: Environment, project: Path
) -> None:
    assert "1 passed" in _run(installed.python, "-m", "pytest", cwd=project)


def test_the_installed_suite_judges_the_installed_emulator(installed: Environment, project: Path) -> None:
    run = (installed.command("vim25-conformance"), "run", "--case", "FT.CREATE.001", "--out", "report")
    assert "1 CONFORMS" in _run(*run, cwd=project)
    assert (project / "report" / "report.html").exists()


def test_an_editable_install_uses_the_checkout(tmp_path: Path, project: Path) -> None:
    source = _copy(tmp_path / "checkout")
    editable = Environment.create(tmp_path / "environment", "-e", str(source))
    assert "1 passed" in _run(editable.python, "-m", "pytest", str(project / "test_project.py"), cwd=project)
    places = "import vim25_emulator as a, vim25_conformance as b; print(a.__file__, b.__file__, sep='\\n')"
    for place in _run(editable.python, "-c", places, cwd=project).splitlines():
        assert Path(place).is_relative_to(source)
    listed = _run(editable.command("vim25-emulator"), "scenarios", cwd=project)
    assert {line.split()[0] for line in listed.splitlines()} == SCENARIOS
