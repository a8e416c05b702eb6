"""A client that speaks VI/JSON over a raw socket."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.wire.peer import Answer, Peer
from vim25_emulator import Emulator

SESSION = "vmware-api-session-id"


class JsonPeer(Peer):
    """A connection to the JSON binding of an emulator, at its own release by default.

    `session` is the id that is sent; none until `login` is called.
    """

    def __init__(self, emulator: Emulator, release: str = "", *, timeout: float = 60) -> None:
        super().__init__(emulator, timeout=timeout)
        self.emulator = emulator
        self.root = f"/sdk/vim25/{release or emulator.vcenter.release.version}"
        self.session = ""

    def __enter__(self) -> JsonPeer:
        return self

    def login(self, user: str = "", password: str = "") -> Answer:
        """Log in, as the administrator by default, and keep the id of the session."""
        credentials = {
            "userName": user or self.emulator.username,
            "password": password or self.emulator.password,
        }
        answer = self.call("SessionManager/SessionManager/Login", credentials)
        self.session = answer.headers.get(SESSION, "")
        return answer

    def call(self, target: str, body: Any = None, *headers: str) -> Answer:
        """Call a method, `Type/moId/Method`. Text and bytes are sent as they are, for None no body."""
        self.send_call(target, body, *headers)
        return self.answer()

    def send_call(self, target: str, body: Any = None, *headers: str) -> None:
        """Send a call without waiting for the answer."""
        content = body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body)
        document = content.encode() if isinstance(content, str) else content
        length = () if body is None else (f"Content-Length: {len(document)}",)
        self.send(self.head("POST", self._path(target), *length, *self._credentials(), *headers) + document)

    def read(self, target: str, *headers: str, method: str = "GET") -> Answer:
        """Read a property, `Type/moId/property`."""
        return self.get(self._path(target), *self._credentials(), *headers, method=method)

    def value_of(self, target: str) -> Any:
        """Return the value of a property; None if it is unset."""
        answer = self.read(target)
        assert answer.status in (200, 204), answer
        return answer.value

    def result_of(self, target: str, body: Any = None) -> Any:
        """Return the result of a method; None if it has none."""
        answer = self.call(target, body)
        assert answer.status in (200, 204), answer
        return answer.value

    def ref_of(self, target: str, body: Any = None) -> str:
        """Return the object that a method returned, as `Type/moId`."""
        ref = self.result_of(target, body)
        return f"{ref['type']}/{ref['value']}"

    def done(self, task: str) -> dict[str, Any]:
        """Wait for a task as clients do, with a filter, and return its info."""
        collector = self.ref_of("PropertyCollector/propertyCollector/CreatePropertyCollector")
        spec = {"spec": filter_spec(task, "info"), "partialUpdates": False}
        self.result_of(f"{collector}/CreateFilter", spec)
        version, info = "", {"state": ""}
        while info["state"] not in {"success", "error"}:
            updates = self.result_of(f"{collector}/WaitForUpdatesEx", {"version": version})
            (update,) = updates["filterSet"][0]["objectSet"]
            version, info = updates["version"], update["changeSet"][0]["val"]
        self.result_of(f"{collector}/DestroyPropertyCollector")
        return info

    def _path(self, target: str) -> str:
        return target if target.startswith("/") else f"{self.root}/{target}"

    def _credentials(self) -> tuple[str, ...]:
        return (f"{SESSION}: {self.session}",) if self.session else ()


def ref(target: str) -> dict[str, str]:
    """Return the reference of `Type/moId`."""
    type_name, _, mo_id = target.partition("/")
    return {"_typeName": "ManagedObjectReference", "type": type_name, "value": mo_id}


def filter_spec(target: str, *paths: str) -> dict[str, Any]:
    """Return a filter of these properties of one object."""
    kind = target.partition("/")[0]
    return {
        "_typeName": "PropertyFilterSpec",
        "propSet": [{"_typeName": "PropertySpec", "type": kind, "pathSet": list(paths)}],
        "objectSet": [{"_typeName": "ObjectSpec", "obj": ref(target)}],
    }
