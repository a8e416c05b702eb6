"""Real clients of every generation: eight releases of pyVmomi against older and newer servers.

`tox -e clients` runs these tests. They need the folder that `VIM25_CLIENTS` names, into which pip installs
every release once, and a Python up to 3.11, the newest that releases before 8.0 support.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from vim25_emulator import Emulator
from vim25_emulator.vmodl.version import version

SESSION = Path(__file__).with_name("pyvmomi_session.py")
SERVERS = (
    "4.0",
    "4.1",
    "5.0",
    "5.1",
    "5.5",
    "6.0",
    "6.5",
    "6.7.3",
    "7.0.3.0",
    "8.0.2.0",
    "9.0.0.0",
    "9.1.1.0",
)

#: Release of pyVmomi → its newest API version.
CLIENTS = {
    "5.5.0.2014.1.1": "5.5",
    "6.0.0.2016.6": "6.0",
    "6.5": "6.5",
    "6.7.3": "6.7.3",
    "7.0.3": "7.0.3.0",
    "8.0.3.0.1": "8.0.3.0",
    "9.0.0.0": "9.0.0.0",
    "9.1.1.0": "9.1.1.0",
}

pytestmark = [
    pytest.mark.skipif(not os.environ.get("VIM25_CLIENTS"), reason="tox -e clients runs these"),
    pytest.mark.skipif(sys.version_info >= (3, 12), reason="old releases of pyVmomi import up to 3.11 only"),
]


#: Releases up to 7.0.3 read properties only with RetrievePropertiesEx, which is new in 4.1.
_NEED_4_1 = ("5.5.0.2014.1.1", "6.0.0.2016.6", "6.5", "6.7.3", "7.0.3")
PAIRS = [
    (client, server) for client in CLIENTS for server in SERVERS if server != "4.0" or client not in _NEED_4_1
]


@cache
def _installed(client: str) -> Path:
    """Return the folder with this release of pyVmomi and its dependencies, installed if necessary."""
    folder = Path(os.environ["VIM25_CLIENTS"]) / client
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"--target={fresh}", f"pyvmomi=={client}"], check=True)  # noqa: S603 - fixed words
        with suppress(OSError):  # another worker was faster
            fresh.rename(folder)
    return folder


def _session(emulator: Emulator, installed: Path) -> Any:
    at = urlsplit(emulator.url)
    arguments = (str(at.hostname), str(at.port), emulator.username, emulator.password)
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-W", "ignore", str(SESSION), *arguments],
        env={**os.environ, "PYTHONPATH": str(installed), "SSL_CERT_FILE": str(emulator.ca_file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("client", "server"), PAIRS)
def test_a_whole_session(client: str, server: str) -> None:
    with Emulator(api_version=server, task_duration=0.0) as emulator:
        met = _session(emulator, _installed(client))
    spoken = min(version(CLIENTS[client]), version(server))
    assert met["pyvmomi"].startswith(str(_installed(client)))
    assert met["client"] == f'"urn:vim25/{spoken}"'
    assert met["about"] == server
    assert met["machines"] == ["app01", "db01", "mail01", "tpl01", "web01"]
    assert met["failed"] == []
    assert met["properties"] > 300
    assert met["wrong_login"][0] == "vim.fault.InvalidLogin"
    assert met["not_found"][0] == "vmodl.fault.ManagedObjectNotFound"
    created = {"description": "VirtualMachine.createSecondary", "state": "success", "error": None}
    assert met["create"] == created
    assert (met["secondary"], met["state"]) == ("web01", "running")
    assert met["template"]["error"][0] == "vmodl.fault.NotSupported"
    assert met["again"]["error"][0] == "vim.fault.VmFaultToleranceOpIssuesList"
    assert met["events"] == [
        "vim.event.VmSecondaryAddedEvent",
        "vim.event.VmStartingSecondaryEvent",
        "vim.event.VmSecondaryStartedEvent",
    ]
    assert met["after"][0] == "vim.fault.NotAuthenticated"
