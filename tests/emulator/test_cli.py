"""The command as a user runs it: a process, its output and its exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

import vim25_emulator
from tests.emulator.wire.peer import CONTENT, Peer, login
from vim25_emulator import Emulator, __version__
from vim25_emulator.cli import main, serve
from vim25_emulator.scenario import library
from vim25_emulator.vmodl.release import DEFAULT

COMMAND = (sys.executable, "-m", "vim25_emulator.cli")
READY = re.compile(rf'vim25-emulator {re.escape(__version__)}: vCenter (\S+) "(\S+)" at (https?://\S+)\n')


def test_the_package_is_the_command_too() -> None:
    command = [sys.executable, "-m", "vim25_emulator", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert done.stdout.endswith(f" {__version__}\n")


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], Emulator]]:
    """Start `serve` on a free port; yield the process and the connection data for a peer."""
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
        server = Emulator(match[2], api_version=match[1])
        server.url = match[3]
        server.ca_file = Path(os.environ["XDG_CACHE_HOME"]) / "vim25-conformance" / "localhost.ca.pem"
        yield process, server
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_prints_one_line_serves_and_ends_cleanly_at_a_signal(number: signal.Signals) -> None:
    with serving() as (process, server):
        with Peer(server) as peer:
            assert peer.post(CONTENT).status == 200
            process.send_signal(number)
            assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_follows_its_options() -> None:
    options = ("--no-tls", "--api-version", "6.7", "--user", "me")
    with serving(*options, VIM25_EMULATOR_PASSWORD="s3cret") as (_, server):
        assert server.url.startswith("http://")
        server.user, server.password = "me", "s3cret"
        with Peer(server) as peer:
            assert "<version>6.7</version>" in peer.get("/sdk/vimServiceVersions.xml").text
            assert peer.post(login(server)).status == 200


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        (["--listen", "0.0.0.0:0"], [r"VSPHERE.LOCAL\Administrator"]),
        (["--listen", "0.0.0.0:0", "--password", "another"], []),
        (
            ["--listen", "0.0.0.0:0", "--password", "another", "-s", "restricted-user"],
            [r"VSPHERE.LOCAL\operator", r"VSPHERE.LOCAL\readonly"],
        ),
        (["--listen", "127.0.0.1:0"], []),
        (["--listen", "localhost:0"], []),
    ],
)
def test_warns_once_of_a_known_password_that_others_can_use(options: list[str], warned: list[str]) -> None:
    with serving(*options) as (process, _):
        process.send_signal(signal.SIGTERM)
        _, warnings = process.communicate(timeout=60)
    assert warnings.count("Warning: listening on 0.0.0.0") == bool(warned)
    assert all(user in warnings for user in warned)
    assert ("VIM25_EMULATOR_PASSWORD" in warnings) is bool(warned)


def test_a_trace_survives_a_kill(tmp_path: Path) -> None:
    traced = tmp_path / "trace.txt"
    with serving("--trace", str(traced)) as (process, server), Peer(server) as peer:
        assert peer.post(CONTENT).status == 200
        process.kill()
        process.wait()
    assert "POST /sdk  RetrieveServiceContent  200" in traced.read_text()
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
        (["--key", __file__], 2, "--key requires --cert"),
        (["--cert", __file__, "--no-tls"], 2, "--cert requires TLS; remove --no-tls"),
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


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no file without an end")
@pytest.mark.parametrize("option", ["--scenario", "--messages"])
def test_an_endless_file_is_one_line(option: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--listen", "127.0.0.1:0", option, "/dev/zero"])
    assert (result.exit_code, result.output) == (1, "Error: /dev/zero:1: larger than 8 MiB\n")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--listen", f"127.0.0.1:{port}"])
    assert result.exit_code == 1
    assert result.output == (
        f"Error: cannot listen on 127.0.0.1:{port}: address already in use;"
        " choose another port, or 0 to pick a free one\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
@pytest.mark.parametrize("arguments", ["scenarios", "scenarios --json", "schema", "--help", "serve -l :0"])
def test_a_full_output_is_one_line(arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603
            [*COMMAND, *arguments.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: standard output: No space left on device\n")


def test_prints_the_schema_of_scenarios() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(library.json_schema()))


def test_lists_one_scenario_per_line() -> None:
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


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """The folder of the packaged scenarios in a copy of the package: `default`, and three with mistakes."""
    package = tmp_path / "copy" / "vim25_emulator"
    shutil.copytree(
        Path(vim25_emulator.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    folder = package / "scenarios"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "default.yaml").write_text("title: Right\nhosts: {esx1: {}}\n", "utf-8")
    (folder / "misspelled.yaml").write_text("title: x\nvm: {}\nrelaese: 8\n", "utf-8")
    (folder / "child.yaml").write_text("title: x\nextends: misspelled\n", "utf-8")
    (folder / "no-text.yaml").write_bytes(b"title: \xff\n")
    (folder / "no-yaml.yaml").write_text("title: [\n", "utf-8")
    return folder


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_packaged_scenario_with_a_mistake_is_reported_and_the_others_are_listed(
    packaged: Path, options: tuple[str, ...]
) -> None:
    done = run("scenarios", *options, PYTHONPATH=str(packaged.parents[1]))
    listed = [row["name"] for row in json.loads(done.stdout)] if options else done.stdout.split()[:1]
    assert (done.returncode, listed) == (1, ["default"])
    errors = done.stderr.splitlines()
    assert errors[0] == "Error: misspelled.yaml:2: vm: unknown key; did you mean `vms`? (and 1 more)"
    assert errors[1].startswith("Error: no-text.yaml:1: cannot be read: ")
    assert errors[2].startswith("Error: no-yaml.yaml:2: not YAML: ")
    assert len(errors) == 3


def test_completion_offers_names_whatever_is_in_the_files(packaged: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(packaged.parents[1]),
        "_VIM25_EMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": "vim25-emulator serve --scenario ",
        "COMP_CWORD": "3",
    }
    program = "from vim25_emulator.cli import main; main(prog_name='vim25-emulator')"
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment
    )
    assert done.stderr == ""
    assert set(done.stdout.split()) == {
        f"plain,{name}" for name in ("child", "default", "misspelled", "no-text", "no-yaml")
    }


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("--scenario def", {"default"}),
        ("--api-version vcenter-6.", {"vcenter-6.0", "vcenter-6.5", "vcenter-6.7"}),
        ("--api-version 5", {"5.0", "5.1", "5.5"}),
    ],
)
def test_completes_names(typed: str, offered: set[str]) -> None:
    environment = {
        "_VIM25_EMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": f"vim25-emulator serve {typed}",
        "COMP_CWORD": "3",
    }
    result = CliRunner().invoke(main, prog_name="vim25-emulator", env=environment)
    assert {f"plain,{name}" for name in offered} <= set(result.output.splitlines())


def test_an_internal_version_is_never_offered() -> None:
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


def test_the_scenarios_in_the_help_exist() -> None:
    shown = re.findall(r"--scenario ([\w-]+)(?= )", CliRunner().invoke(main, ["serve", "--help"]).stdout)
    assert "not-licensed" in shown
    assert set(shown) - {"-"} <= set(library.titles())


def test_defaults_are_those_of_the_class() -> None:
    emulator = Emulator()
    defaults = {option.name: option.default for option in serve.params}
    for name in ("scenario", "user", "password", "tls"):
        assert defaults[name] == getattr(emulator, name)


def test_prints_its_version() -> None:
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
    assert len(list(folder.iterdir())) == 9
    again = run(*arguments, "--implemented", "-o", str(folder))
    assert again.returncode == 1
    assert "file exists; use --force to overwrite it" in again.stderr


def test_the_description_of_vi_json_is_printed_or_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "openapi.json"
    printed = run("openapi", "--release", "vcenter-8.0u1")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout)["info"]["version"] == "8.0.1.0"
    done = run("openapi", "--api-version", "8.0.1.0", "-o", str(file))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_text() == printed.stdout
    assert run("openapi", "-o", str(file)).stderr.endswith("file exists; use --force to overwrite it\n")
    assert run("openapi", "-o", str(file), "--force").returncode == 0
    assert json.loads(file.read_text())["info"]["version"] == DEFAULT


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--release", "1.5"], "no release or API version '1.5'"),
        (["--release", "8.0.0.0"], "8.0.0.0 has no VI/JSON; 8.0.1.0 is the first with it"),
        (["-o", "."], "is a directory"),
    ],
)
def test_a_mistake_in_the_command_openapi_writes_nothing(
    options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["openapi", *options])
    assert result.exit_code != 0
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "out", "--api-version", "1.5"], "1.5"),
        (["--api-version", "6.7"], "Missing option '-o'"),
    ],
)
def test_a_mistake_in_the_command_wsdl_writes_nothing(
    options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["wsdl", *options])
    assert result.exit_code != 0
    assert message in result.output
    assert list(tmp_path.iterdir()) == []
