"""`vim25-emulator transcode` as a user runs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.emulator.test_request_transcoding import CREATE, SOAP_CREATE

COMMAND = (sys.executable, "-m", "vim25_emulator", "transcode")


def run(text: str | bytes, *options: str) -> tuple[int, str, str]:
    data = text.encode() if isinstance(text, str) else text
    done = subprocess.run([*COMMAND, *options], input=data, capture_output=True, check=False)  # noqa: S603  # our own
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_request_goes_from_one_binding_to_the_other_and_back() -> None:
    assert run(SOAP_CREATE, "--from", "soap", "--to", "json", "--release", "8.0.2.0") == (0, CREATE, "")
    status, written, _ = run(CREATE, "--from", "json", "--to", "soap", "--release", "vcenter-9.0")
    assert status == 0
    assert 'SOAPAction: "urn:vim25/9.0.0.0"' in written
    assert run(written, "--from", "soap", "--to", "json") == (0, CREATE, "")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ("--from", "soap", "--to", "json")),
        ("", ("--from", "json", "--to", "soap")),
        (b"\x00\xff", ("--from", "json", "--to", "soap")),
        (SOAP_CREATE.replace("_Task", "\u00fc"), ("--from", "soap", "--to", "json")),
        (CREATE.replace("vm-12/", "vm-12/%0A"), ("--from", "json", "--to", "soap")),
        (SOAP_CREATE, ("--from", "soap", "--to", "json", "--release", "6.7")),
        (SOAP_CREATE, ("--from", "soap", "--to", "json", "--release", "8.0.2")),
    ],
)
def test_what_cannot_be_read_is_one_line_and_status_1(text: str | bytes, options: tuple[str, ...]) -> None:
    status, output, error = run(text, *options)
    assert (status, output) == (1, "")
    assert error.startswith("Error: ")
    assert error.count("\n") == 1


def test_a_missing_option_is_a_usage_error() -> None:
    assert run(SOAP_CREATE, "--from", "soap")[0] == 2
    assert run(SOAP_CREATE, "--from", "xml", "--to", "json")[0] == 2


def test_its_help_shows_a_request() -> None:
    status, output, _ = run("", "--help")
    assert status == 0
    assert CREATE.splitlines()[0] in output
