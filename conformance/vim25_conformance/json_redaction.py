"""Secrets in JSON: passwords, the key of a UserSession, ids of sessions."""

from __future__ import annotations

import json
from string import hexdigits
from typing import Any, Final

_HIDDEN: Final = "***"
#: Endings of names, in lower case, whose values are secret.
_ENDINGS: Final = ("password", "sessionid", "session-id")
#: What invalid JSON must not contain, lest it be hidden; an escape could spell any of it.
_TELLTALES: Final = (b"password", b"session", b'"key"', b"\\u")


def is_secret(name: str) -> bool:
    """Whether a member or an element of this name has a secret value."""
    return name.lower().endswith(_ENDINGS)


def redact_json(document: bytes) -> bytes:
    """Return a JSON text without secrets, unchanged if it has none."""
    try:
        data = json.loads(document)
        shown = _HIDDEN if _is_session_id(data) else _without_secrets(data)
    except (ValueError, RecursionError):
        lower = document.lower()
        return _HIDDEN.encode() if any(word in lower for word in _TELLTALES) else document
    return document if shown == data else json.dumps(shown, ensure_ascii=False).encode()


def _is_session_id(data: Any) -> bool:
    """Whether a whole text is nothing but the id of a session, as `POST /api/session` answers it."""
    return isinstance(data, str) and len(data) >= 32 and set(data) <= {*hexdigits, "-"}


def _without_secrets(data: Any) -> Any:
    match data:
        case dict():
            secret = {name for name in data if is_secret(name)} | ({"key"} if _is_session(data) else set())
            return {
                name: _HIDDEN if name in secret else _without_secrets(value) for name, value in data.items()
            }
        case list():
            return [_without_secrets(each) for each in data]
    return data


def _is_session(data: dict[str, Any]) -> bool:
    return data.get("_typeName") == "UserSession" or {"userName", "loginTime"} <= data.keys()
