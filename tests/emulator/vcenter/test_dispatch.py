from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vim25_emulator.assemble import assemble
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.scenario import library
from vim25_emulator.vcenter.dispatch import Invocation, invoke
from vim25_emulator.vcenter.session import Client, Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.privilege import privileges
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.type_description import Method
from vim25_emulator.vmodl.value import MethodFault

USER = "VSPHERE.LOCAL\\readonly"

METHODS = sorted(
    (managed_type(type_name).methods[method_name] for type_name, method_name in IMPLEMENTATION.implemented()),
    key=lambda method: (method.owner, method.name),
)


@pytest.fixture(scope="module")
def vcenter() -> VCenter:
    """Return a vCenter of the newest release with a user whose single role can be changed."""
    restricted = assemble(
        library.load("restricted-user"),
        release("9.1.0.0"),
        ManualClock(),
        administrators={"root": "vmware"},
        task_duration=0.0,
    )
    role = restricted.authorization.add_role("Changing", ())
    restricted.authorization.permit(restricted.root_folder, USER, role)
    return restricted


@pytest.fixture(scope="module")
def session(vcenter: VCenter) -> Session:
    return vcenter.sessions.open(USER, Client())


def grant_all_but(vcenter: VCenter, privilege: str) -> None:
    """Grant the user all privileges except for this one."""
    role = vcenter.authorization.role_named("Changing")
    assert role is not None
    vcenter.authorization.change_role(role.id, role.name, ())
    granted = privileges() - {privilege}
    vcenter.authorization.roles[role.id] = type(role)(role.id, role.name, granted)


def target(vcenter: VCenter, method: Method) -> ManagedObject:
    """Return an object with the method; create one if the inventory has none."""
    present = next(vcenter.inventory.of_type(method.owner), None)
    return present or vcenter.inventory.create(method.owner)


def refusal(vcenter: VCenter, session: Session | None, method: Method, **arguments: Any) -> MethodFault:
    """Return the fault of a call."""
    this = target(vcenter, method)
    request = Invocation(method, this.ref, arguments, release("9.1.0.0").version, session)
    with pytest.raises(MethodFault) as caught:
        invoke(vcenter, request)
    return caught.value


@pytest.mark.parametrize(
    "method",
    [each for each in METHODS if each.privilege not in (None, "System.Anonymous")],
    ids=lambda method: f"{method.owner}.{method.name}",
)
def test_every_method_needs_its_privilege(vcenter: VCenter, session: Session, method: Method) -> None:
    assert method.privilege is not None
    grant_all_but(vcenter, method.privilege)
    fault = refusal(vcenter, session, method).data
    assert (fault.type_.name, fault.privilegeId) == ("NoPermission", method.privilege)
    assert fault.object == vcenter.authorization.place_of(target(vcenter, method)).ref


def parameters() -> Iterator[Any]:
    for method in METHODS:
        for parameter in method.parameters:
            if parameter.privilege:
                yield pytest.param(method, parameter, id=f"{method.owner}.{method.name}.{parameter.name}")


@pytest.mark.parametrize(("method", "parameter"), list(parameters()))
def test_every_parameter_needs_its_privilege(
    vcenter: VCenter, session: Session, method: Method, parameter: Any
) -> None:
    grant_all_but(vcenter, parameter.privilege)
    named = next(vcenter.inventory.of_type(parameter.type.name))
    value = (named.ref,) if parameter.type.array else named.ref
    fault = refusal(vcenter, session, method, **{parameter.name: value}).data
    assert (fault.type_.name, fault.privilegeId) == ("NoPermission", parameter.privilege)


@pytest.mark.parametrize(
    ("name", "privilege"),
    [
        ("ApplyRecommendation", "Resource.ApplyRecommendation"),
        ("UpdateOptions", "Global.Settings"),
        ("setCustomValue", "Global.SetCustomField"),
    ],
)
def test_some_methods_need_what_the_registry_does_not_say(
    vcenter: VCenter, session: Session, name: str, privilege: str
) -> None:
    grant_all_but(vcenter, privilege)
    method = registry.method(name)
    assert method is not None
    assert refusal(vcenter, session, method).data.privilegeId == privilege


@pytest.mark.parametrize(
    "method",
    [each for each in METHODS if each.privilege != "System.Anonymous"],
    ids=lambda method: f"{method.owner}.{method.name}",
)
def test_without_a_session_every_method_is_refused(vcenter: VCenter, method: Method) -> None:
    fault = refusal(vcenter, None, method).data
    assert (fault.type_.name, fault.object) == ("NotAuthenticated", vcenter.root_folder.ref)
