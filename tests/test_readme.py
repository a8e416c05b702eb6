"""The README is tried as a new user would: its programs and commands run, its outputs are real.

Not tested are the numbers that were measured: the table beside vcsim and what vcsim answers.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from click.testing import CliRunner

import vim25_conformance.cli
import vim25_emulator.cli
from vim25_conformance.case import DEFAULT_VERSION, plan, select
from vim25_conformance.command_group import EXPECTED
from vim25_conformance.situation import read_lab
from vim25_emulator import Emulator
from vim25_emulator.scenario import library

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
FIRST_PROGRAM, *OTHER_PROGRAMS = [block for language, block in BLOCKS if language == "python"]
(CHEAT_SHEET,) = [block for block in OTHER_PROGRAMS if "ManualClock" in block]
PROGRAMS = {"vim25-emulator": vim25_emulator.cli.main, "vim25-conformance": vim25_conformance.cli.main}

#: Words that stand for something in a command → a value.
PLACEHOLDERS = {"CASE": "FT.CREATE.001", "LOG": "A", "VERSION": "8.0.2.0"}
#: Parts of an output that are others in each run.
VARYING = {r"\d{8}T\d{6}Z": "TIME", r"\(\d+\.\d s\)": "(SECONDS)", r"127\.0\.0\.1:\d+": "ADDRESS"}


def _run(scenario: str) -> subprocess.CompletedProcess[str]:
    """The first program, run by a Python of its own against this scenario."""
    with Emulator(scenario) as vcenter:
        program = FIRST_PROGRAM.replace("8989", str(urlsplit(vcenter.url).port))
        command = [sys.executable, "-c", program]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the README's


def _output_of(command: str) -> str:
    """Return what the README shows below a command."""
    (shown,) = re.findall(rf"^\$ {re.escape(command)}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return str(shown)


def _lasting(output: str) -> str:
    for pattern, name in VARYING.items():
        output = re.sub(pattern, name, output)
    return output


def _command(*words: str) -> list[str]:
    """Return how to run one of our programs with this interpreter, wherever it is installed."""
    module = words[0].replace("-", "_")
    return [sys.executable, "-c", f"from {module}.cli import main; main(prog_name={words[0]!r})", *words[1:]]


def _commands() -> Iterator[str]:
    """Yield our command lines: in a block, followed by a comment or a column or not, and in sentences."""
    for _, block in BLOCKS:
        for line in re.findall(r"^(?:\$ |- run: )?(vim25-\w+ [a-z].*)$", block, re.MULTILINE):
            yield re.split(r" {2,}| #| &$", line)[0]
    yield from re.findall(r"(?<!`)`(vim25-\w+ [^`]+)`", README.replace("\n", " "))


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which has the files that the README's commands name."""
    monkeypatch.chdir(tmp_path)
    for name in ("me.pem", "me.key", "mine.yaml", "lab.yaml", "authority.pem"):
        (tmp_path / name).touch()
    runs = ("A", "B", "runs/…-emulator", "runs/…-vcsim")
    first, *others = (tmp_path / name for name in runs)
    run = ["run", "--case", "FT.CREATE.001", "--workers", "1", "--out", str(first)]
    assert CliRunner().invoke(vim25_conformance.cli.main, run).exit_code == 0
    for other in others:
        other.mkdir(parents=True)
        (other / "run.ndjson").write_bytes((first / "run.ndjson").read_bytes())
    return tmp_path


def test_first_program_protects_a_machine() -> None:
    done = _run("default")
    assert done.returncode == 0, done.stderr
    assert done.stdout in README


def test_first_program_without_a_license_meets_the_fault_that_is_told() -> None:
    done = _run("not-licensed")
    assert done.returncode != 0
    assert "VmFaultToleranceOpIssuesList" in done.stderr
    assert "FaultToleranceNotLicensed" in done.stderr


def test_the_server_announces_itself_as_shown() -> None:
    command = _command("vim25-emulator", "serve", "--listen", "127.0.0.1:0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - ours
        assert server.stdout is not None
        announced = server.stdout.readline()
        server.terminate()
    assert _lasting(announced) == _lasting(_output_of("vim25-emulator serve"))


def test_a_run_of_the_suite_ends_as_shown(tmp_path: Path) -> None:
    shown = _lasting(_output_of("vim25-conformance run"))
    command = _command("vim25-conformance", "run")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    pattern = re.escape(shown).replace("…", ".*")
    assert re.fullmatch(pattern, _lasting(done.stdout)), done.stdout + done.stderr
    assert done.returncode == 0
    verdicts = re.findall(r"(\d+) [A-Z]+", shown)
    assert sum(map(int, verdicts)) == _number_of_cases()


def test_the_number_of_cases_is_right_wherever_it_stands() -> None:
    numbers = re.findall(r"(\d+) cases", README)
    assert numbers
    assert set(map(int, numbers)) == {_number_of_cases()}


def _number_of_cases() -> int:
    """Return how many cases a run has that is given no options: those that apply to the default version."""
    return len(list(plan(select([]), [DEFAULT_VERSION])))


def test_every_case_that_is_mentioned_exists() -> None:
    mentioned = set(re.findall(r"\b(?:FT|WIRE|SESSION|TASK)\.[A-Z*.]*(?:\d{3})?", README))
    assert mentioned
    assert all(select([pattern]) for pattern in mentioned)


def test_there_are_commands() -> None:
    assert len(list(_commands())) > 20


def test_every_command_line_is_accepted(workplace: Path) -> None:
    """Each is parsed by the command that it names, with files that exist; none is carried out."""
    rejected = {line: flaw for line in _commands() if (flaw := _flaw(line))}
    assert rejected == {}


@pytest.mark.parametrize(
    "line",
    [
        "vim25-emulator serv",
        "vim25-emulator serve --scenari default",
        "vim25-emulator serve --listen here",
        "vim25-conformance run --workers none",
        "vim25-conformance explain",
    ],
)
def test_a_wrong_command_line_is_rejected(line: str) -> None:
    assert _flaw(line)


def _flaw(line: str) -> str:
    """Return why a command line cannot be parsed, empty if it can."""
    name, *arguments = (PLACEHOLDERS.get(word, word) for word in shlex.split(line))
    program = PROGRAMS[name]
    context = click.Context(program, info_name=name)
    try:
        _, command, rest = program.resolve_command(context, arguments)
        assert command is not None
        command.make_context(command.name, rest, parent=context)
    except (click.ClickException, *EXPECTED) as error:
        return str(error) or type(error).__name__
    return ""


def test_every_scenario_is_listed() -> None:
    """What fails shows the rows to put in, and those to take out; the numbered situations have one row."""
    listed = re.findall(r"^\| (`.*`) \| (.*) \|$", README, re.MULTILINE)
    (catalog,) = (row for row in listed if row[0] == "`ft-01` … `ft-44`")
    rows = [(f"`{name}`", title) for name, title in library.titles().items()]
    numbered = [row for row in rows if re.fullmatch(r"`ft-\d\d`", row[0])]
    assert (numbered[0][0], numbered[-1][0]) == tuple(catalog[0].split(" … "))
    rows[rows.index(numbered[0]) : rows.index(numbered[-1]) + 1] = [catalog]
    assert listed == rows


def test_the_number_of_scenarios_is_right_wherever_it_stands() -> None:
    numbers = re.findall(r"(\d+) scenarios", README)
    assert numbers
    assert set(map(int, numbers)) == {len(library.names())}


def test_every_scenario_that_is_mentioned_exists() -> None:
    mentioned = re.findall(r"--scenario ([a-z-]+)(?=\s|`)|scenario=\"([a-z-]+)\"", README)
    names = {name for pair in mentioned for name in pair if name}
    assert names - {"saved"} <= set(library.names())


@pytest.mark.parametrize("written", re.findall(r"```yaml\n(title:.*?)```", README, re.DOTALL))
def test_a_scenario_that_is_shown_can_be_loaded(written: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(written)
    assert library.load(str(path)).title in written


def test_the_lab_file_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (written,) = (block for language, block in BLOCKS if language == "yaml" and "situations:" in block)
    (tmp_path / "lab.yaml").write_text(written, "utf-8")
    assert read_lab(tmp_path / "lab.yaml")


def test_the_program_of_the_cheat_sheet_runs() -> None:
    exec(compile(CHEAT_SHEET, "README.md", "exec"), {})  # noqa: S102 - the README's


def test_every_program_that_is_shown_compiles() -> None:
    for program in OTHER_PROGRAMS:
        compile(program, "README.md", "exec")


def test_the_address_of_the_first_program_is_the_default_one() -> None:
    lab = dict(re.findall(r'"(host|port|user|pwd)": "?([^",}]+)', FIRST_PROGRAM))
    with Emulator() as vcenter:
        assert (lab["user"], lab["pwd"]) == (vcenter.username, vcenter.password)
    serve = vim25_emulator.cli.main.commands["serve"]
    (listen,) = (option for option in serve.params if option.name == "listen")
    assert listen.default == f"{lab['host']}:{lab['port']}"
