"""The codec against pyVmomi's, an independent one: every type in both directions, every method's request."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import SoapAdapter, VmomiSupport

from tests.emulator.vmodl import samples
from vim25_emulator.soap.soap_decoder import decode_call, parse_envelope
from vim25_emulator.soap.soap_encoder import encode_any
from vim25_emulator.soap.soap_reader import reader
from vim25_emulator.soap.xml_tree import parse
from vim25_emulator.vmodl.registry import (
    data_type,
    data_type_names,
    managed_type,
    managed_type_names,
    type_ref,
)
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.type_description import Method, TypeRef
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import NEWEST

ANY = type_ref("anyType")
NAMESPACES = (
    b' xmlns="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
)


@pytest.fixture(autouse=True)
def _what_pyvmomi_can_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what pyVmomi writes wrongly: a carriage return, which is lost, and infinity."""
    monkeypatch.setitem(samples.PRIMITIVES, "string", ("a <b> & \"c\" 'd'", "", " é 漢\t\n"))
    monkeypatch.setitem(samples.PRIMITIVES, "double", (1e300, -2.5))


def read_by_pyvmomi(declared: TypeRef, value: Any) -> Any:
    element = encode_any("value", declared, value, NEWEST)
    return SoapAdapter.Deserialize(element.replace(b" ", NAMESPACES, 1), object)


def test_pyvmomi_reads_every_type_and_what_it_writes_is_read() -> None:
    for number, name in enumerate(data_type_names()):
        if name in {"DataObject", "LocalizedMethodFault"}:
            continue
        value = samples.full(data_type(name), NEWEST.position, number)
        written = SoapAdapter.Serialize(read_by_pyvmomi(ANY, value), version=NEWEST.name)
        assert reader(ANY, NEWEST.position)(parse(written)) == value


def request_of_pyvmomi(method: Method, this: MoRef, arguments: dict[str, Any]) -> bytes:
    stub = SoapAdapter.SoapStubAdapter(version=NEWEST.name)  # connects at the first call
    target = VmomiSupport.GetVmodlType(managed_type(this.type).vmodl_name)(this.value, stub)
    info = getattr(type(target), VmomiSupport.Capitalize(method.vmodl_name)).info
    values = [
        read_by_pyvmomi(p.type, arguments[p.name]) if p.name in arguments else None for p in method.parameters
    ]
    document: bytes = stub.SerializeRequest(target, info, values)
    return document


def test_a_request_of_every_method_is_read() -> None:
    for owner in managed_type_names():
        for number, method in enumerate(managed_type(owner).own_methods):
            if method.name == "Fetch" or method.since > NEWEST.position:
                continue  # pyVmomi builds Fetch itself; vSAN's methods belong to another service
            this = MoRef(owner, "object-1")
            arguments = samples.arguments(method, NEWEST.position, number)
            document = request_of_pyvmomi(method, this, arguments)
            call = decode_call(parse_envelope(document), NEWEST, release(NEWEST.id))
            assert (call.method, call.this, call.arguments) == (method, this, arguments)
