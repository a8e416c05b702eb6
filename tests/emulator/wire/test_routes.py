"""The service's description is served, whole: what a client generator fetches, it can use."""

import re
from urllib.parse import urlsplit

import pytest

from tests.emulator.wire.peer import Peer
from vim25_emulator import Emulator


def imported(text: str) -> list[str]:
    return re.findall(r'(?:location|schemaLocation)="([\w-]+\.(?:wsdl|xsd))"', text)


@pytest.mark.parametrize("path", ["/sdk/vimService.wsdl", "/sdk/vimService?wsdl"])
def test_the_wsdl_says_that_the_service_is_where_it_was_found(
    emulator: Emulator, peer: Peer, path: str
) -> None:
    place = urlsplit(emulator.url).netloc
    peer.send(f"GET {path} HTTP/1.1\r\nHost: {place}\r\n\r\n")
    answer = peer.answer()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert f'location="{emulator.url}"' in answer.text


def test_every_file_that_the_wsdl_leads_to_is_there(peer: Peer) -> None:
    seen: set[str] = set()
    ahead = ["vimService.wsdl"]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            answer = peer.get(f"/sdk/{name}")
            assert answer.status == 200, name
            ahead += imported(answer.text)
    assert len(seen) > 3
