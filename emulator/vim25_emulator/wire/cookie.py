"""The session cookie: written as a real vCenter writes it, read as clients are known to send it back.

Old clients send the whole Set-Cookie string back, attributes included; some drop the quotes, some send an
empty header.
"""

from __future__ import annotations

import re
from typing import Final

NAME: Final = "vmware_soap_session"
_VALUE: Final = re.compile(rf"(?:\A|[;,\s]){NAME}\s*=\s*\"?([^\";,\s]+)")


def read(header: str) -> str | None:
    """Return the session's value from a Cookie header, or None if there is none in it."""
    match = _VALUE.search(header)
    return match.group(1) if match else None


def write(value: str, *, secure: bool) -> str:
    """Return the Set-Cookie header. Without TLS it is not `Secure`, or a client could not send it back."""
    return f'{NAME}="{value}"; Path=/; HttpOnly;' + (" Secure;" if secure else "")
