"""Addresses to listen on, and the errors for those that cannot be bound."""

import socket

import pytest

from vim25_emulator.wire.address import ListenError, listen


def test_port_0_picks_a_free_one() -> None:
    with listen("127.0.0.1", 0) as bound:
        assert bound.getsockname()[1] > 0


def test_takes_a_host_name() -> None:
    with listen("localhost", 0) as bound:
        assert bound.getsockname()[0] in {"127.0.0.1", "::1"}


@pytest.mark.parametrize(("host", "family"), [("::1", socket.AF_INET6), ("127.0.0.1", socket.AF_INET)])
def test_takes_both_families(host: str, family: int) -> None:
    with listen(host, 0) as bound:
        assert bound.family == family


def test_a_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError) as refused:
            listen("127.0.0.1", port)
    assert str(refused.value) == (
        f"cannot listen on 127.0.0.1:{port}: address already in use; "
        "choose another port, or 0 to pick a free one"
    )


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_unusable_address_is_reported(host: str) -> None:
    with pytest.raises(ListenError, match="cannot listen on"):
        listen(host, 0)


def test_an_address_of_another_machine_comes_with_advice() -> None:
    with pytest.raises(
        ListenError, match=r"^cannot listen on 192\.0\.2\.1:0: not an address of this machine; "
    ):
        listen("192.0.2.1", 0)
