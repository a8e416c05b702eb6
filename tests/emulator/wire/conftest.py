"""A real server for the tests of a module, and connections to it."""

from collections.abc import Iterator

import pytest

from tests.emulator.wire.json_peer import JsonPeer
from tests.emulator.wire.peer import CONTENT, Peer
from vim25_emulator import Emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as started:
        yield started


@pytest.fixture
def peer(emulator: Emulator) -> Iterator[Peer]:
    with Peer(emulator) as connected:
        yield connected


@pytest.fixture
def json_peer(emulator: Emulator) -> Iterator[JsonPeer]:
    with JsonPeer(emulator) as connected:
        connected.login()
        yield connected


@pytest.fixture(autouse=True)
def server_survives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check after every test that the server still serves the next client."""
    yield
    if "emulator" in request.fixturenames:
        with Peer(request.getfixturevalue("emulator")) as next_client:
            assert next_client.post(CONTENT).status == 200
