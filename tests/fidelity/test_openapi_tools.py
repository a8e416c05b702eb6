"""What others make of the description: it is valid, and openapi-core accepts what is sent and answered."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from tests.emulator.wire.json_peer import JsonPeer, ref
from tests.emulator.wire.peer import Answer
from vim25_emulator import Emulator
from vim25_emulator.contract import description
from vim25_emulator.vmodl.release import DEFAULT, PRODUCTS
from vim25_emulator.vmodl.version import version

NEWEST = list(PRODUCTS.values())[-1]


def document(release: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(description(version(release)))
    return parsed


@pytest.mark.parametrize("release", [DEFAULT, NEWEST])
def test_the_description_is_a_valid_document(release: str) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(document(release))


@cache
def _openapi() -> Any:
    """Return the document as openapi-core takes it; validity is tested above."""
    core = pytest.importorskip("openapi_core")
    return core.OpenAPI.from_dict(document(DEFAULT), config=core.Config(spec_validator_cls=None))


class Exchange:
    """A request and its answer, as openapi-core wants them."""

    def __init__(self, peer: JsonPeer, verb: str, target: str, body: Any, answer: Answer) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers

        self.host_url = "https://localhost"
        self.path = f"{peer.root}/{target}"
        self.full_url_pattern = f"{self.host_url}{self.path}"
        self.method = verb.lower()
        self.content_type = "application/json"
        self.body = json.dumps(body).encode() if body is not None else None
        self.parameters = RequestParameters(header=Headers({"vmware-api-session-id": peer.session}))
        self.status_code = answer.status
        self.headers = Headers(answer.headers)
        self.data = answer.body

    def validate(self) -> None:
        """Raise the error of openapi-core for a request or an answer that is not described."""
        _openapi().validate_request(self)
        _openapi().validate_response(self, self)


CALLS = [
    ("SearchIndex/SearchIndex/FindByInventoryPath", {"inventoryPath": "nowhere"}, 204),
    ("ServiceInstance/ServiceInstance/RetrieveServiceContent", None, 200),
    ("ServiceInstance/ServiceInstance/CurrentTime", None, 200),
    ("VirtualMachine/vm-0/CreateSecondaryVM_Task", {"host": ref("HostSystem/host-0")}, 500),
    ("SessionManager/SessionManager/SessionIsActive", {"sessionID": "x", "userName": "y"}, 200),
]
PROPERTIES = [
    ("Folder/group-d1/name", 200),
    ("Folder/group-d1/parent", 204),
    ("ServiceInstance/ServiceInstance/content", 200),
    ("SessionManager/SessionManager/currentSession", 200),
    ("Folder/group-d0/name", 500),
]


def test_openapi_core_accepts_what_is_sent_and_answered() -> None:
    _openapi()
    with Emulator() as emulator, JsonPeer(emulator) as peer:
        credentials = {"userName": emulator.username, "password": emulator.password}
        peer.login()
        for target, body, status in (*CALLS, ("SessionManager/SessionManager/Login", credentials, 500)):
            answer = peer.call(target, body)
            assert answer.status == status, answer
            Exchange(peer, "POST", target, body, answer).validate()
        for target, status in PROPERTIES:
            answer = peer.read(target)
            assert answer.status == status, answer
            Exchange(peer, "GET", target, None, answer).validate()


def test_openapi_core_rejects_what_is_not_described() -> None:
    errors = pytest.importorskip("openapi_core.exceptions")
    _openapi()
    with Emulator() as emulator, JsonPeer(emulator) as peer:
        answer = peer.read("Folder/group-d1/name")
        answer.body = b"7"
        with pytest.raises(errors.OpenAPIError):
            Exchange(peer, "GET", "Folder/group-d1/name", None, answer).validate()
