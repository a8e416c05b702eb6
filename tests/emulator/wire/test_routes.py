"""The WSDL is served completely: a client generator can load it with all its imports."""

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.emulator.wire.peer import Peer
from vim25_emulator import Emulator
from vim25_emulator.soap import wsdl


def imported(text: str) -> list[str]:
    return re.findall(r'(?:location|schemaLocation)="([\w-]+\.(?:wsdl|xsd))"', text)


@pytest.mark.parametrize("path", ["/sdk/vimService.wsdl", "/sdk/vimService?wsdl"])
def test_the_wsdl_has_the_url_that_the_client_used(emulator: Emulator, peer: Peer, path: str) -> None:
    host = urlsplit(emulator.url).netloc
    peer.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
    answer = peer.answer()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert f'location="{emulator.url}"' in answer.text


def test_every_file_that_the_wsdl_imports_is_served(peer: Peer) -> None:
    seen: set[str] = set()
    pending = ["vimService.wsdl"]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            answer = peer.get(f"/sdk/{name}")
            assert answer.status == 200, name
            pending += imported(answer.text)
    assert seen > {"vim.wsdl", "vim-types.xsd", "reflect-types.xsd", "reflect-messagetypes.xsd"}


def test_an_address_that_a_client_makes_up_is_not_stored(peer: Peer) -> None:
    names = ("vimService.wsdl", "vim.wsdl", "vim-types.xsd")
    before = wsdl._imported.cache_info().currsize
    for number in range(20):
        for name in names:
            peer.send(f"GET /sdk/{name} HTTP/1.1\r\nHost: h{number}\r\n\r\n")
            assert (f"https://h{number}/sdk" in peer.answer().text) == (name == "vimService.wsdl")
    assert wsdl._imported.cache_info().currsize <= before + 1


ONLY_SOAP = """
import sys
from tests.emulator.wire.json_peer import JsonPeer
from tests.emulator.wire.peer import CONTENT, call, login
from vim25_emulator import Emulator

def loaded():
    return sorted(name for name in sys.modules if "vijson" in name)

with Emulator() as emulator, JsonPeer(emulator) as peer:
    cookie = "Cookie: " + peer.post(login(emulator)).headers["set-cookie"]
    assert peer.post(call("CurrentTime", "ServiceInstance", "ServiceInstance"), cookie).status == 200
    assert peer.get("/sdk/vimServiceVersions.xml").status == 200
    assert peer.get("/api/session", method="GET").status == 401
    before = loaded()
    peer.login()
    print(before, len(loaded()) > 5)
"""


def test_a_server_that_gets_only_soap_loads_nothing_of_json() -> None:
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", ONLY_SOAP], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[] True\n", "")
