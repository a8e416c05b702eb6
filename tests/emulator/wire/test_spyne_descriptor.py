"""Spyne's descriptors, built from the registry."""

from typing import Any

from vim25_emulator.vmodl import registry
from vim25_emulator.wire.spyne_descriptor import NAMESPACE, RESULT, descriptor


def described(name: str) -> Any:
    method = registry.method(name)
    assert method is not None
    return descriptor(method)


def test_a_method_takes_this_and_its_parameters_in_order() -> None:
    members = described("CreateSecondaryVM_Task").in_message._type_info
    assert list(members) == ["_this", "host"]
    assert [kind.get_type_name() for kind in members.values()] == ["VirtualMachine", "HostSystem"]


def test_messages_are_named_as_on_the_wire() -> None:
    method = described("Login")
    assert method.in_message.get_type_name() == "Login"
    assert method.out_message.get_type_name() == "LoginResponse"
    assert {kind.get_namespace() for kind in method.in_message._type_info.values()} == {NAMESPACE}


def test_occurrence_follows_the_declaration() -> None:
    members = described("RetrieveProperties").in_message._type_info
    assert members["specSet"].Attributes.max_occurs > 1
    assert described("CreateSecondaryVM_Task").in_message._type_info["host"].Attributes.min_occurs == 0
    assert described("Login").in_message._type_info["userName"].Attributes.min_occurs == 1


def test_a_leaf_has_the_declared_type() -> None:
    leaf = described("Login").out_message._type_info[RESULT]
    assert leaf.Attributes.declared == registry.type_ref("vim.UserSession")


def test_a_void_method_has_no_result() -> None:
    assert list(described("Logout").out_message._type_info) == []


def test_every_method_of_the_api_can_be_described() -> None:
    for type_name in registry.managed_type_names():
        for method in registry.managed_type(type_name).own_methods:
            assert described(method.name).name == method.name
