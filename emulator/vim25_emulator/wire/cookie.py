"""The session cookie, in the format of a real vCenter, and in all forms that clients return it in.

Old clients return the whole Set-Cookie string including its attributes; some omit the quotes, some send an
empty header.
"""

from __future__ import annotations

import re
from typing import Final

NAME: Final = "vmware_soap_session"
_VALUE: Final = re.compile(rf"(?:\A|[;,\s]){NAME}\s*=\s*\"?([^\";,\s]+)")


def read(header: str) -> str | None:
    """Return the session's value from a Cookie header, or None."""
    match = _VALUE.search(header)
    return match.group(1) if match else None


def write(value: str, *, secure: bool) -> str:
    """Return the Set-Cookie header; without TLS it is not `Secure`, since clients would not return it."""
    return f'{NAME}="{value}"; Path=/; HttpOnly;' + (" Secure;" if secure else "")
