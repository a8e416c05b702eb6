"""Every data object type in every release with a JSON binding: what is written is read again, as over SOAP.

Two kinds of values are not compared with SOAP, because SOAP loses what JSON keeps: a TypeName, MethodName or
PropertyPath in an anyType place becomes a string there, and characters that XML does not have are replaced.
The reverse: NaN is equal to nothing, and a text of a fault that is empty is left out of JSON.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.emulator.soap.test_soap_every_type import ANY_TYPE, decoded, encoded, known_types, restricted
from tests.emulator.vmodl import samples
from tests.emulator.vmodl.random_value import random_value
from vim25_emulator.vijson.json_decoder import decode, decode_arguments, parse
from vim25_emulator.vijson.json_encoder import encode, encode_any
from vim25_emulator.vmodl.registry import data_type, data_type_names, managed_type, managed_type_names
from vim25_emulator.vmodl.type_description import DataType, Method
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import NEWEST, VERSIONS, Version, version

RELEASES = [v for v in VERSIONS if v >= version("8.0.1.0") and v.is_released]

often = settings(max_examples=int(os.environ.get("VIM25_FUZZ", "300")), deadline=None, database=None)


def over_json(value: DataObject, at: Version) -> Any:
    written = encode_any(ANY_TYPE, value, at)
    assert b"LocalizedMethodFault" not in written
    return decode(ANY_TYPE, parse(written), at)


def check(kind: DataType, at: Version, random: Random) -> None:
    value = random_value(kind, at.position, random)
    read = over_json(value, at)
    assert read == value, kind.name
    assert list(read.__dict__) == list(value.__dict__)
    assert decoded(encoded(value, at), at) == read, kind.name


@pytest.mark.parametrize("at", RELEASES, ids=str)
def test_a_value_of_every_type_is_read_again_as_over_soap(at: Version) -> None:
    random = Random(at.id)  # noqa: S311  # values, no secrets
    for kind in known_types(at):
        check(kind, at, random)


@often
@given(at=st.sampled_from(RELEASES), name=st.sampled_from(data_type_names()), seed=st.integers(0, 2**64))
def test_any_value_of_any_type_is_read_again_as_over_soap(at: Version, name: str, seed: int) -> None:
    assume(data_type(name) in known_types(at))
    check(data_type(name), at, Random(seed))  # noqa: S311  # values, no secrets


def test_a_client_gets_what_it_can_know() -> None:
    at = RELEASES[0]
    for number, kind in enumerate(known_types(NEWEST)):
        value = samples.full(kind, NEWEST.position, number)
        assert over_json(value, at) == restricted(value, at.position)


def as_body(method: Method, arguments: dict[str, Any]) -> bytes:
    types = {parameter.name: parameter.type for parameter in method.parameters}
    members = (b'"%b":%b' % (n.encode(), encode(types[n], v, NEWEST)) for n, v in arguments.items())
    return b"{%b}" % b",".join(members)


def test_the_arguments_of_every_method_are_read() -> None:
    for owner in managed_type_names():
        for number, method in enumerate(managed_type(owner).own_methods):
            if method.since <= NEWEST.position:
                arguments = samples.arguments(method, NEWEST.position, number)
                assert decode_arguments(method, as_body(method, arguments), NEWEST) == arguments
