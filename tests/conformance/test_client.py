from __future__ import annotations

from dataclasses import replace

import pytest

from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import BadAddressError, Endpoint, EndpointClient, UnreachableError, endpoint_of


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "user"),
    [
        ("https://root@vc.example/sdk", "vc.example", 443, "/sdk", "root"),
        (
            "https://administrator%40vsphere.local@vc.example:8443",
            "vc.example",
            8443,
            "/sdk",
            "administrator@vsphere.local",
        ),
        ("http://u@127.0.0.1/", "127.0.0.1", 80, "/sdk", "u"),
        ("u@vc.example", "vc.example", 443, "/sdk", "u"),
    ],
)
def test_addresses(url: str, host: str, port: int, path: str, user: str) -> None:
    endpoint = endpoint_of(url)
    assert (endpoint.host, endpoint.port, endpoint.path, endpoint.username) == (host, port, path, user)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://u:secret@vc.example/sdk", "environment"),
        ("ftp://u@vc.example/sdk", "https://user@host/sdk"),
        ("https://", "https://user@host/sdk"),
        ("https://u@vc.example:99999/sdk", "port"),
        ("https://u@[::1/sdk", r"https://user@\[2001:db8::1\]/sdk"),
        ("127.0.0.1:21600", "https://USER@127.0.0.1:21600/sdk"),
        ("emulatr", "neither `emulator` nor `vcsim`"),
    ],
)
def test_addresses_that_are_refused(url: str, why: str) -> None:
    with pytest.raises(BadAddressError, match=why) as raised:
        endpoint_of(url)
    assert "secret" not in str(raised.value)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert endpoint_of("https://u@[::1]:8443/sdk").label == "https://[::1]:8443/sdk"


def test_a_password_never_shows() -> None:
    assert "secret" not in repr(endpoint_of("https://u@h/sdk", password="secret"))


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Endpoint) -> None:
    with (
        pytest.raises(UnreachableError, match="--ca-file"),
        EndpointClient(replace(server, ca_file=None), DEFAULT_VERSION),
    ):
        pass


def test_any_certificate_is_accepted_when_told_so(server: Endpoint) -> None:
    with EndpointClient(replace(server, ca_file=None, verify=False), DEFAULT_VERSION) as client:
        assert client.content.about.apiType == "VirtualCenter"


def test_a_wrong_password_says_so(server: Endpoint) -> None:
    with (
        pytest.raises(UnreachableError, match="password is wrong"),
        EndpointClient(replace(server, password="no"), DEFAULT_VERSION),
    ):
        pass


def test_nobody_there(server: Endpoint) -> None:
    with (
        pytest.raises(UnreachableError, match="refused"),
        EndpointClient(replace(server, port=1), DEFAULT_VERSION),
    ):
        pass


def test_leaving_logs_out(server: Endpoint) -> None:
    with EndpointClient(server, DEFAULT_VERSION) as client:
        pass
    assert client.stub.conversation.last.method == "Logout"
