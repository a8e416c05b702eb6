from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from junitparser import JUnitXml

from vim25_conformance.case import registry
from vim25_conformance.cli import main
from vim25_conformance.runlog import load
from vim25_emulator import Emulator


def _run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)


def test_help_teaches() -> None:
    text = _run("--help").output
    for word in ("Exit status", "diff", "explain", "completion"):
        assert word in text


@pytest.mark.parametrize("command", sorted(main.commands))
def test_the_help_of_each_command_ends_with_an_example(command: str) -> None:
    described = _run(command, "--help").output.partition("Options:")[0].rstrip()
    assert described.splitlines()[-1].strip().startswith(f"vim25-conformance {command} ")


def test_no_color_turns_colors_off(emulator_run: Path, tmp_path: Path) -> None:
    arguments = ("report", str(emulator_run), "--out", str(tmp_path))
    assert "\x1b[32m" in _run(*arguments, FORCE_COLOR="1", TERM="xterm").output
    assert "\x1b[32m" not in _run(*arguments, FORCE_COLOR="1", TERM="xterm", NO_COLOR="1").output


def test_list_and_its_json() -> None:
    assert len(_run("list").output.splitlines()) == len(registry())
    described = json.loads(_run("list", "--case", "FT.DRS.*", "--json").output)
    assert described[0]["id"] == "FT.DRS.001"
    assert described[0]["expects"][0]["certainty"] == "documented"


def test_explain_quotes_the_clause_and_shows_the_steps() -> None:
    text = _run("explain", "FT.PRIV.001").output
    assert "The caller needs VirtualMachine.Interact.CreateSecondary" in text
    assert "[documented]" in text
    assert "protect(drive)" in text


def test_explain_shows_the_values_of_constants() -> None:
    text = _run("explain", "PC.010").output
    assert "FAULT_TOLERANCE = ['runtime.faultToleranceState',\n" in text
    assert "where" not in _run("explain", "FT.PRIV.001").output


@pytest.mark.parametrize("module", ["vim25_conformance", "vim25_conformance.cli"])
def test_the_command_is_a_module_too(module: str) -> None:
    command = [sys.executable, "-m", module, "list", "--case", "PC.010"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert done.stdout.startswith("PC.010 ")


@pytest.mark.parametrize("case", sorted(registry()))
def test_every_case_can_be_explained(case: str) -> None:
    assert _run("explain", case).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("run", "--target", "https://u:p@h/sdk"), "VIM25_PASSWORD"),
        (("run", "--target", "https://h/sdk"), "no user name"),
        (("run", "--target", "https://u@h/sdk"), "no password"),
        (("run", "--case", "NOPE"), "no case matches"),
        (("run", "--api-version", "8.0.2"), "is not an API version"),
        (("run", "-n", "many"), "number of processes"),
        (("explain", "NOPE"), "no case matches"),
        (("diff", "/nowhere/a", "/nowhere/b"), "No such file"),
        (("replay", "FT.DRS.*"), "replay one"),
        (("run", "--case", "FT.CREATEEX.*", "--api-version", "5.5"), "no selected case runs at 5.5"),
    ],
)
def test_mistakes_are_one_clear_message_and_status_2(arguments: tuple[str, ...], why: str) -> None:
    result = _run(*arguments, VIM25_PASSWORD="")
    result = CliRunner(env={"VIM25_PASSWORD": None}).invoke(main, arguments)
    assert result.exit_code == 2
    assert why in result.output


@pytest.mark.parametrize(
    ("option", "content", "why"),
    [
        ("--ca-file", b"no certificate", "no PEM file of certificates"),
        ("--lab", "situations: {} # Größe".encode("latin-1"), "save the lab file as UTF-8"),
    ],
)
def test_a_bad_file_is_one_line_that_says_what_to_do(
    option: str, content: bytes, why: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(content)
    result = _run("run", "--target", "https://u@h/sdk", option, str(tmp_path / "file"), VIM25_PASSWORD="x")
    assert (result.exit_code, why in result.output) == (2, True), result.output
    assert len(result.output.splitlines()) == 1


def test_the_api_version_is_the_targets_own(tmp_path: Path) -> None:
    with Emulator(api_version="7.0.3.2") as vcenter:
        url = vcenter.url.replace("://", f"://{quote(vcenter.username)}@")
        target = ["--target", url, "--ca-file", str(vcenter.ca_file), "--case", "SESSION.002"]
        environment = {"VIM25_PASSWORD": vcenter.password}
        _run("run", *target, "--out", str(tmp_path / "own"), **environment)
        newer = _run(
            "run", *target, "--api-version", "8.0.2.0", "--out", str(tmp_path / "new"), **environment
        )
    assert load(tmp_path / "own").run.versions == ("7.0.3.2",)
    assert (newer.exit_code, "has API version 7.0.3.2, not 8.0.2.0" in newer.output) == (2, True)
    assert not (tmp_path / "new").exists()


def test_changes_of_one_endpoint_take_turns() -> None:
    arguments = ("run", "--target", "https://u@h/sdk", "--allow-changes", "-n", "2")
    result = _run(*arguments, VIM25_PASSWORD="x")
    assert (result.exit_code, "take turns" in result.output) == (2, True)


def test_run_writes_everything_and_says_where(tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = _run("run", "--case", "SESSION.001", "--case", "FT.CREATE.001", "-n", "1", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        "junit.xml",
        "report.html",
        "report.json",
        "run.ndjson",
    ]
    assert "2 CONFORMS" in result.output
    assert str(out / "report.html") in result.output


def test_a_folder_that_cannot_be_written_is_found_out_before_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        target = f"https://u@127.0.0.1:{server.getsockname()[1]}/sdk"
        result = _run("run", "--target", target, "--out", "/dev/null/here", VIM25_PASSWORD="x")
        assert (result.exit_code, "/dev/null/here: Not a directory" in result.output) == (2, True)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    target = "https://u@127.0.0.1:1/sdk"
    assert _run("run", "--target", target, "--out", str(out), VIM25_PASSWORD="x").exit_code == 2
    assert not out.exists()


def test_run_prints_json_on_request(tmp_path: Path) -> None:
    result = _run("run", "--case", "SESSION.001", "-n", "1", "--out", str(tmp_path), "--json")
    assert json.loads(result.output)["counts"] == {"CONFORMS": 1}


def test_report_makes_the_same_again(emulator_run: Path, tmp_path: Path) -> None:
    result = _run("report", str(emulator_run), "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "run.ndjson").read_bytes() == (emulator_run / "run.ndjson").read_bytes()


def test_diff_of_a_run_with_itself_on_standard_input(emulator_run: Path) -> None:
    log = (emulator_run / "run.ndjson").read_bytes()
    result = CliRunner().invoke(main, ["diff", str(emulator_run), "-", "--json"], input=log)
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.output)["counts"]) == {"equal"}


def test_diff_finds_what_vcsim_lacks(emulator_run: Path, vcsim_run: Path, tmp_path: Path) -> None:
    page = tmp_path / "diff.html"
    result = _run("diff", str(emulator_run), str(vcsim_run), "--html", str(page))
    assert result.exit_code == 1
    assert "UNIMPLEMENTED by vcsim" in result.output
    assert page.stat().st_size > 1000


def test_replay_shows_the_conversation_without_secrets() -> None:
    result = _run("replay", "SESSION.001")
    assert result.exit_code == 0, result.output
    assert ">>> Login" in result.output
    assert "InvalidLogin" in result.output
    assert "not the password" not in result.output
    assert "CONFORMS" in result.output


def test_case_ids_complete() -> None:
    environment = {
        "_VIM25_CONFORMANCE_COMPLETE": "bash_complete",
        "COMP_WORDS": "vim25-conformance explain FT.DR",
        "COMP_CWORD": "2",
    }
    result = CliRunner(env=environment).invoke(main, prog_name="vim25-conformance")
    assert "FT.DRS.001" in result.output


def _record(folder: Path, *more: str) -> Result:
    chosen = ("--case", "FT.OFF.003", "--case", "SESSION.00[128]", "-n", "1")
    return _run("run", *chosen, "--out", str(folder), *more)


def test_a_recording_is_the_oracle(tmp_path: Path) -> None:
    assert _record(tmp_path / "recorded").exit_code == 0
    again = _record(tmp_path / "again", "--golden", str(tmp_path / "recorded"), "--json")
    assert again.exit_code == 0, again.output
    assert {case["oracle"] for case in json.loads(again.output)["cases"]} == {"recording"}


def test_a_recording_says_how_much_it_decided(tmp_path: Path) -> None:
    _record(tmp_path / "recorded")
    same = _record(tmp_path / "same", "--golden", str(tmp_path / "recorded"))
    assert re.search(r"the recording of emulator decided ([1-9]\d*) of \1 cases", same.output)
    log = tmp_path / "recorded" / "run.ndjson"
    document = log.read_bytes()
    log.write_bytes(document.replace(b'"apiVersion":"8.0.2.0"', b'"apiVersion":"8.0.3.0"'))
    newer = _record(tmp_path / "newer", "--golden", str(log))
    assert "decided 0 of" in newer.output
    log.write_bytes(document.replace(b'"apiType":"VirtualCenter"', b'"apiType":"HostAgent"'))
    host = _record(tmp_path / "host", "--golden", str(log))
    assert (host.exit_code, "only a VirtualCenter can be the oracle" in host.output) == (2, True)


def test_what_differs_from_the_recording_deviates(tmp_path: Path) -> None:
    _record(tmp_path / "recorded")
    log = tmp_path / "recorded" / "run.ndjson"
    log.write_bytes(log.read_bytes().replace(b"VmFaultToleranceTurnedOffEvent", b"VmSecondaryAddedEvent"))
    again = _record(tmp_path / "again", "--golden", str(log))
    assert again.exit_code == 1
    assert "events.VmFaultToleranceTurnedOffEvent" in again.output


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over both bindings."""
    folder = tmp_path_factory.mktemp("both")
    chosen = ("--case", "SESSION.00[12]", "--case", "WIRE.001", "--case", "WIRE.JSON.00[12]", "-n", "1")
    result = _run("run", *chosen, "--binding", "both", "--out", str(folder))
    assert result.exit_code == 0, result.output
    assert "over SOAP and VI/JSON" in result.output
    assert "SKIPPED  WIRE.001: about the SOAP wire, not VI/JSON" in result.output
    return folder


def test_the_reports_of_a_run_name_the_bindings(both: Path) -> None:
    suites = JUnitXml.fromfile(str(both / "junit.xml"))
    assert [suite.name for suite in suites] == [
        "emulator at 8.0.2.0 over SOAP",
        "emulator at 8.0.2.0 over VI/JSON",
    ]
    assert [suite.tests for suite in suites] == [3, 5]
    cases = json.loads((both / "report.json").read_text())["cases"]
    assert {case["binding"] for case in cases} == {"soap", "json"}
    page = (both / "report.html").read_text()
    assert ">8.0.2.0 over VI/JSON</th>" in page
    assert 'id="SESSION.001@8.0.2.0/json"' in page


def test_one_run_over_both_bindings_is_compared_with_itself(both: Path, tmp_path: Path) -> None:
    result = _run("diff", str(both), "--json", "--html", str(tmp_path / "diff.html"))
    compared = json.loads(result.output)
    assert compared["counts"] == {
        "equal": 2,
        "not run on emulator over SOAP": 2,
        "not run on emulator over VI/JSON": 1,
    }
    assert "over <b>VI/JSON</b>" in (tmp_path / "diff.html").read_text()


def test_one_run_over_one_binding_is_not_compared_with_itself(emulator_run: Path) -> None:
    result = CliRunner().invoke(main, ["diff", str(emulator_run)])
    assert (result.exit_code, "name a second one" in result.output) == (2, True)


def test_replay_over_both_shows_both_conversations_without_secrets() -> None:
    result = _run("replay", "SESSION.008", "--binding", "both")
    assert result.exit_code == 0, result.output
    assert "SESSION.008 over VI/JSON: CONFORMS" in result.output
    assert ">>> Login  POST /sdk/vim25/8.0.2.0/SessionManager/SessionManager/Login" in result.output
    assert '"password": "***"' in result.output
    assert not re.search(r"\b52[0-9a-f]{6}-", result.output)  # the key of a session


def test_a_target_without_json_says_so() -> None:
    result = CliRunner().invoke(main, ["run", "--target", "vcsim", "--binding", "json"])
    assert (result.exit_code, result.output) == (2, "Error: vcsim has no VI/JSON\n")
