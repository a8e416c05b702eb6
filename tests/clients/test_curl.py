"""curl and jq, with which most scripts speak VI/JSON; the README's lines among them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from vim25_emulator import Emulator

_MISSING: Final = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(_MISSING), reason=f"not on PATH: {', '.join(_MISSING)}"),
    pytest.mark.skipif(os.name != "posix", reason="jq ends its lines in another way there"),
]

README: Final = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
((_PROGRAM, _OUTPUT),) = re.findall(
    r"^```bash\n(.*?)^```\n\n```\n(.*?)^```", README, re.DOTALL | re.MULTILINE
)

#: How public scripts log in: the header is searched for in lower case, and awk takes what follows.
_LOGIN: Final = """
id=$(curl -ksi "$vim/SessionManager/SessionManager/Login" -H 'Content-Type: application/json' \\
    -d "{\\"userName\\": \\"$user\\", \\"password\\": \\"$password\\"}" |
    grep '^vmware-api-session-id: ' | awk '{print $2}' | tr -d '\\r')
"""
_BASIC_LOGIN: Final = """id=$(curl -ks -X POST -u "$user:$password" "$vcenter/api/session" | jq -r .)\n"""
_CALL: Final = """call() { curl -gks -H "vmware-api-session-id: $id" "$vim/$@"; }\n"""

_LOGINS: Final = pytest.mark.parametrize("login", [_LOGIN, _BASIC_LOGIN], ids=["Login", "/api/session"])


@pytest.fixture(scope="module")
def vcenter() -> Iterator[Emulator]:
    """A vCenter with the default scenario."""
    with Emulator(task_duration=0.0) as started:
        yield started


def _output(program: str, vcenter: Emulator, **variables: str) -> str:
    """Run a program of bash and return what it prints."""
    address = vcenter.url.removesuffix("/sdk")
    known = {"vcenter": address, "vim": f"{address}/sdk/vim25/8.0.1.0"}
    known |= {"user": vcenter.username, "password": vcenter.password, **variables}
    assignments = "".join(f"{name}='{value}'\n" for name, value in known.items())
    command = ["bash", "-c", assignments + program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # ours
    assert done.stderr == ""
    return done.stdout


def test_the_lines_of_the_readme_print_what_it_shows() -> None:
    with Emulator(task_duration=0.0) as vcenter:
        program = _PROGRAM.replace("https://127.0.0.1:8989/sdk", vcenter.url).replace("sleep 1", "sleep 0.1")
        assert _output(program, vcenter) == _OUTPUT


@_LOGINS
def test_a_script_reads_what_a_view_shows(login: str, vcenter: Emulator) -> None:
    program = """
        folder=$(call ServiceInstance/ServiceInstance/content | jq -c .rootFolder)
        view=$(call ViewManager/ViewManager/CreateContainerView \\
            -d "{\\"container\\": $folder, \\"type\\": [\\"VirtualMachine\\"], \\"recursive\\": true}" |
            jq -r .value)
        call "ContainerView/$view/view" | jq -r '.[].value' | while read vm; do
            call "VirtualMachine/$vm/name" | jq -r .
        done
    """
    names = _output(login + _CALL + program, vcenter).split()
    assert sorted(names) == ["app01", "db01", "mail01", "tpl01", "web01"]


@_LOGINS
def test_nothing_is_read_after_logout(login: str, vcenter: Emulator) -> None:
    program = """
        call SessionManager/SessionManager/Logout -X POST -w '%{http_code} '
        call SessionManager/SessionManager/sessionList -o /dev/null -w '%{http_code} %{content_type} '
        call SessionManager/SessionManager/sessionList | jq -r ._typeName
    """
    assert _output(login + _CALL + program, vcenter) == "204 500 application/json NotAuthenticated\n"


@pytest.mark.parametrize(("login", "shown"), [(_LOGIN, ""), (_BASIC_LOGIN, "UNAUTHENTICATED")])
def test_a_wrong_password_gives_no_id(login: str, shown: str, vcenter: Emulator) -> None:
    printed = _output(f'{login}echo "$id"', vcenter, password="wrong")
    assert shown in printed
    assert not re.search(r"^[0-9a-f]{40}$", printed, re.MULTILINE)
