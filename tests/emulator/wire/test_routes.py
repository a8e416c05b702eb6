"""The WSDL is served completely: a client generator can load it with all its imports."""

import re
from urllib.parse import urlsplit

import pytest

from tests.emulator.wire.peer import Peer
from vim25_emulator import Emulator


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
