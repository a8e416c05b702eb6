"""The command as a user runs it: a process, its output, its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.emulator.wire.peer import CURRENT_TIME, Peer, login
from vim25_emulator import Emulator, __version__
from vim25_emulator.cli import main, serve
from vim25_emulator.scenario import library

COMMAND = (sys.executable, "-m", "vim25_emulator.cli")
READY = re.compile(rf'vim25-emulator {re.escape(__version__)}: vCenter (\S+) "(\S+)" at (https?://\S+)\n')


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], Emulator]]:
    """Start `serve` on a free port; yield the process and what a peer needs to know of it."""
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*COMMAND, "serve", "--listen", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        match = READY.fullmatch(line)
        assert match is not None, (line, process.stderr and process.stderr.read())
        there = Emulator(match[2], api_version=match[1])
        there.url = match[3]
        there.ca_file = Path(os.environ["XDG_CACHE_HOME"]) / "vim25-conformance" / "localhost.ca.pem"
        yield process, there
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def run(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [*COMMAND, *arguments], capture_output=True, text=True, input=stdin, timeout=60, check=False
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_prints_one_line_serves_and_ends_cleanly_at_a_signal(number: signal.Signals) -> None:
    with serving() as (process, there):
        with Peer(there) as peer:
            assert peer.post(CURRENT_TIME).status == 200
            process.send_signal(number)
            assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_is_what_the_options_say() -> None:
    with serving("--no-tls", "--api-version", "6.7", "--user", "me", VIM25_EMULATOR_PASSWORD="s3cret") as (
        _,
        there,
    ):
        assert there.url.startswith("http://")
        there.user, there.password = "me", "s3cret"
        with Peer(there) as peer:
            assert "<version>6.7</version>" in peer.get("/sdk/vimServiceVersions.xml").text
            assert peer.post(login(there)).status == 200


def test_a_trace_survives_a_kill(tmp_path: Path) -> None:
    traced = tmp_path / "trace.txt"
    with serving("--trace", str(traced)) as (process, there), Peer(there) as peer:
        assert peer.post(CURRENT_TIME).status == 200
        process.kill()
        process.wait()
    assert "POST /sdk  CurrentTime  200" in traced.read_text()
    assert traced.read_text().endswith("</soapenv:Envelope>\n\n")


def test_takes_a_scenario_from_stdin() -> None:
    done = run(
        "serve",
        "--scenario",
        "-",
        "--listen",
        "127.0.0.1:0",
        stdin="title: x\nhosts: {esx1: {color: red}}\n",
    )
    assert done.returncode == 1
    assert "<stdin>:2" in done.stderr


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (["--scenario", "defualt"], 1, "did you mean `default`"),
        (["--api-version", "8.0.2"], 1, "did you mean 8.0.2.0"),
        (["--listen", "192.0.2.1:0"], 1, "cannot listen on 192.0.2.1:0"),
        (["--trace", "/nowhere/trace.txt"], 1, "Error: /nowhere/trace.txt: No such file or directory\n"),
        (["--listen", "here"], 2, "expected HOST:PORT"),
        (["--listen", "127.0.0.1:70000"], 2, "expected HOST:PORT"),
        (["--cert", "/nowhere.pem"], 2, "does not exist"),
        (["--key", __file__], 2, "--key needs --cert"),
        (["--cert", __file__, "--no-tls"], 2, "no use with --no-tls"),
        (["--cert", __file__], 1, "not a PEM certificate"),
        (["--task-duration", "-1"], 2, "'-1': expected a number of seconds, 0 or more"),
        (["--task-duration", "nan"], 2, "'nan': expected a number of seconds, 0 or more"),
        (["--task-duration", "inf"], 2, "'inf': expected a number of seconds, 0 or more"),
        (["--task-duration", "soon"], 2, "'soon': expected a number of seconds, 0 or more"),
        (["--color"], 2, "No such option"),
    ],
)
def test_a_mistake_is_one_clear_error(options: list[str], status: int, says: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--listen", "127.0.0.1:0", *options])
    assert result.exit_code == status
    assert says in result.output
    assert "Traceback" not in result.output
    assert " at http" not in result.output


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--listen", f"127.0.0.1:{port}"])
    assert result.exit_code == 1
    assert result.output == (
        f"Error: cannot listen on 127.0.0.1:{port}: another program does;"
        " choose another port, or 0 for any free one\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
@pytest.mark.parametrize("arguments", ["scenarios", "scenarios --json", "schema", "--help", "serve -l :0"])
def test_an_output_that_is_full_is_one_line(arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603
            [*COMMAND, *arguments.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: standard output: No space left on device\n")


def test_prints_the_schema_of_scenarios() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(library.json_schema()))


def test_lists_the_scenarios_with_a_line_each() -> None:
    result = CliRunner().invoke(main, ["scenarios"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(library.names())
    assert all(len(line.split()) > 2 for line in lines)


def test_lists_the_scenarios_as_json() -> None:
    result = CliRunner().invoke(main, ["scenarios", "--json"])
    listed = {one["name"]: one for one in json.loads(result.stdout)}
    assert listed.keys() == set(library.names())
    assert listed["default"]["release"] == "8.0.2.0"
    assert listed["default"]["title"] == library.load("default").title


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("--scenario def", {"default"}),
        ("--api-version vcenter-6.", {"vcenter-6.0", "vcenter-6.5", "vcenter-6.7"}),
        ("--api-version 5", {"5.0", "5.1", "5.5"}),
    ],
)
def test_completes_names(begun: str, offered: set[str]) -> None:
    environment = {
        "_VIM25_EMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": f"vim25-emulator serve {begun}",
        "COMP_CWORD": "3",
    }
    result = CliRunner().invoke(main, prog_name="vim25-emulator", env=environment)
    assert {f"plain,{name}" for name in offered} <= set(result.output.splitlines())


def test_an_internal_version_is_offered_to_nobody() -> None:
    environment = {
        "_VIM25_EMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": "vim25-emulator serve --api-version m",
        "COMP_CWORD": "3",
    }
    assert not CliRunner().invoke(main, prog_name="vim25-emulator", env=environment).output.strip()
    assert "m5CA1EF4D" not in CliRunner().invoke(main, ["serve", "--api-version", "m5CA1EF4"]).output


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["serve", "-h"], ["scenarios", "--help"]])
def test_helps(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
    assert "  -h, --help" in result.stdout


def test_the_scenarios_in_the_help_are_there() -> None:
    shown = re.findall(r"--scenario ([\w-]+)(?= )", CliRunner().invoke(main, ["serve", "--help"]).stdout)
    assert "not-licensed" in shown
    assert set(shown) - {"-"} <= set(library.titles())


def test_defaults_are_those_of_the_class() -> None:
    there = Emulator()
    defaults = {option.name: option.default for option in serve.params}
    for name in ("scenario", "user", "password", "tls"):
        assert defaults[name] == getattr(there, name)


def test_tells_its_version() -> None:
    result = CliRunner().invoke(main, ["--version"], prog_name="vim25-emulator")
    assert result.stdout == f"vim25-emulator {__version__}\n"


def test_the_contract_is_written_to_a_folder(tmp_path: Path) -> None:
    folder, arguments = (
        tmp_path / "out",
        ("wsdl", "--api-version", "vcenter-6.7", "--address", "https://vc/sdk"),
    )
    done = run(*arguments, "-o", str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert b'location="https://vc/sdk"' in (folder / "vimService.wsdl").read_bytes()
    assert len(list(folder.iterdir())) == 7
    again = run(*arguments, "--implemented", "-o", str(folder))
    assert again.returncode == 1
    assert "is there already; --force replaces it" in again.stderr


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["-o", "out", "--api-version", "1.5"], "1.5"),
        (["--api-version", "6.7"], "Missing option '-o'"),
    ],
)
def test_what_cannot_be_written_is_said(
    options: list[str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["wsdl", *options])
    assert result.exit_code != 0
    assert complaint in result.output
    assert list(tmp_path.iterdir()) == []
