"""VI/JSON: calls as paths and bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.message import Message
from typing import Any, Final

from benchmarks.request import MARKS, Data, Reference, Request, Value, WrongAnswerError

_ROOT: Final = "/sdk/vim25/8.0.2.0"
_SESSION: Final = "vmware-api-session-id"


class JsonBinding:
    """vim25 in JSON, below `/sdk/vim25`."""

    name = "JSON"
    headers: Mapping[str, str] = {"Content-Type": "application/json"}

    def call(
        self,
        this: Reference,
        method: str,
        arguments: Mapping[str, Value] | None = None,
        expected: str = "",
        times: int = 0,
    ) -> Request:
        """Prepare a call; without arguments, it has no body."""
        body = json.dumps(_members(arguments)).encode() if arguments else b""
        path = f"{_ROOT}/{this.type}/{this.value}/{method}"
        return Request(path, body, expected.encode(), times)

    def get(self, this: Reference, path: str) -> Request:
        """Prepare a GET of a property."""
        return Request(f"{_ROOT}/{this.type}/{this.value}/{path}", b"", b"", verb="GET")

    def marked(self, request: Request) -> Request:
        """Return the request with a type name at its root, which servers ignore."""
        mark = b'"_typeName":"%08x"' % next(MARKS)
        body = b"{%b,%b" % (mark, request.body[1:]) if request.body else b"{%b}" % mark
        return replace(request, body=body)

    def session(self, headers: Message) -> dict[str, str]:
        """Return the session's header."""
        session = headers.get(_SESSION)
        return {_SESSION: session} if session else {}

    def references(self, answer: bytes) -> dict[str, Reference]:
        """Return the references among the members of an object."""
        members = json.loads(answer).items()
        return {name: _reference(value) for name, value in members if _is_reference(value)}

    def reference(self, answer: bytes) -> Reference:
        """Return the reference that the answer is."""
        result = json.loads(answer)
        if not _is_reference(result):
            raise WrongAnswerError(f"no reference: {answer[:2000].decode()}")
        return _reference(result)

    def machines(self, answer: bytes) -> dict[Reference, tuple[str, ...]]:
        """Return the values by VM."""
        return {
            _reference(found["obj"]): tuple(prop["val"]["_value"] for prop in found["propSet"])
            for found in json.loads(answer)["objects"]
        }

    def version(self, answer: bytes) -> str:
        """Return the member `version`."""
        return str(json.loads(answer)["version"])

    def is_truncated(self, answer: bytes) -> bool:
        """Whether the member `truncated` says so."""
        return bool(json.loads(answer).get("truncated"))


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value["_typeName"] == "ManagedObjectReference"


def _reference(value: dict[str, str]) -> Reference:
    return Reference(value["type"], value["value"])


def _members(members: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _value(value) for name, value in members.items()}


def _value(value: Value) -> Any:
    if isinstance(value, Reference):
        return {"_typeName": "ManagedObjectReference", "type": value.type, "value": value.value}
    if isinstance(value, Data):
        return {"_typeName": value.type, **_members(value.members)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_value(item) for item in value]
    return value
