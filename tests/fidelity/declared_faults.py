"""Every fault that a call answers is declared by its method, or is a runtime fault.

A client that was generated from the WSDL can raise no other. The error of a task may be any fault. Older
clients are not judged: they get the nearest ancestor that they know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from tests.fidelity.answers import Exchange
from tests.fidelity.json_answers import is_json_call, release_of
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import Version, known, version
from vim25_emulator.wire.http import Reply, Request

_SOAP_FAULT: Final = re.compile(rb'<detail><\w+ xmlns="urn:vim25" xsi:type="(\w+)">')
_OLDEST: Final = version("8.0.0.0")

#: Method and fault that are not declared, although the fault's own page is about the method.
_DOCUMENTED: Final = frozenset({("MoveIntoResourcePool", "CannotMoveFaultToleranceVm")})


def undeclared_faults(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield method and fault of each answer with a fault that its method does not declare."""
    for request, reply in exchanges:
        name = _fault_of(request, reply) if reply.status == 500 else None
        asked = _version_of(request)
        if name is not None and asked is not None and asked >= _OLDEST and not is_declared(reply.call, name):
            yield f"{reply.call}: {name}"


def _fault_of(request: Request, reply: Reply) -> str | None:
    """Return the type of the fault that a method answered; None if it did not answer any."""
    if is_json_call(request, reply):
        return str(json.loads(reply.body)["_typeName"]) if request.method == "POST" else None
    fault = _SOAP_FAULT.search(reply.body)
    return fault[1].decode() if fault is not None else None


def _version_of(request: Request) -> Version | None:
    action = request.header(b"soapaction").strip('" ')
    return known(action.rpartition("/")[2]) if action else release_of(request)


def is_declared(method_name: str, fault_name: str) -> bool:
    """Whether a method may raise a fault; Fetch is in no WSDL, and may raise any."""
    method, fault = registry.method(method_name), registry.data_type(fault_name)
    if method is None or method_name == "Fetch" or fault.is_a("RuntimeFault"):
        return True
    if (method_name, fault_name) in _DOCUMENTED:
        return True
    return any(fault.is_a(declared) for declared in method.faults)
