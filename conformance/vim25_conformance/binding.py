"""The bindings of vim25: SOAP, and VI/JSON, which a vCenter has from 8.0.1.0 on."""

from __future__ import annotations

from typing import Final

SOAP: Final = "soap"
JSON: Final = "json"
#: Binding → its name for readers.
BINDINGS: Final = {SOAP: "SOAP", JSON: "VI/JSON"}

#: What is beside vim25 on the same port, as an exchange names it.
HTTP: Final = "http"

#: First API version with VI/JSON.
FIRST_JSON: Final = "8.0.1.0"

#: Header that carries the session of a client of VI/JSON.
SESSION_HEADER: Final = "vmware-api-session-id"
