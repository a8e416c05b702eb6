"""Paths of JSON requests: what they name in a release, and what is no path."""

from __future__ import annotations

import pytest

from vim25_emulator.vijson.request_path import Target, is_method, target_of
from vim25_emulator.vmodl.release import names, release
from vim25_emulator.vmodl.value import MethodFault, MoRef

SERVER = release("9.1.1.0")


def of(path: str, verb: str = "POST") -> Target:
    return target_of(f"/sdk/vim25/{path}", verb, SERVER)


def refusal(path: str, verb: str = "POST") -> str:
    """Return the text of the fault for a path."""
    with pytest.raises(MethodFault) as caught:
        of(path, verb)
    assert caught.value.data.type_.name == "InvalidRequest"
    return caught.value.text or ""


def test_a_method_and_a_property_are_named_by_the_verb() -> None:
    called = of("8.0.2.0/VirtualMachine/vm-1/Rename_Task")
    assert (called.version.id, called.this) == ("8.0.2.0", MoRef("VirtualMachine", "vm-1"))
    assert (called.method.name, called.property) == ("Rename_Task", None)
    read = of("8.0.2.0/VirtualMachine/vm-1/name", "GET")
    assert (read.method.name, read.property) == ("Fetch", "name")
    assert of("8.0.2.0/VirtualMachine/vm-1/name", "HEAD") == read


@pytest.mark.parametrize(
    ("path", "verb", "reason"),
    [
        ("8.0.2.0/VirtualMachine/vm-1/name", "POST", "no method name of VirtualMachine in 8.0.2.0"),
        ("8.0.2.0/VirtualMachine/vm-1/Rename_Task", "GET", "no property Rename_Task"),
        ("8.0.2.0/VirtualMachine/vm-1/Fetch", "POST", "no method Fetch"),
        ("8.0.2.0/VirtualMachine/vm-1", "GET", "a release, a type, a moId and a member"),
        ("8.0.2.0/VirtualMachine//name", "GET", "a release, a type, a moId and a member"),
        ("8.0.2.0/VirtualMachine/vm-1/runtime/host", "GET", "a release, a type, a moId and a member"),
        ("8.0.2.0/VirtualMachineConfigSpec/vm-1/name", "GET", "no type VirtualMachineConfigSpec"),
        ("8.0.3.1/DirectPathProfileManager/x/DirectPathProfileManagerList", "POST", "no type DirectPath"),
        ("8.0.1.0/ExtensionManager/x/SetServiceAccount", "POST", "no method SetServiceAccount"),
        ("6.7.3/VirtualMachine/vm-1/name", "GET", "Unknown release ID 6.7.3"),
        ("9.9.9.9/VirtualMachine/vm-1/name", "GET", "Unknown release ID 9.9.9.9"),
        ("9.1/VirtualMachine/vm-1/name", "GET", "Unknown release ID 9.1"),
        ("", "GET", "Unknown release ID"),
    ],
)
def test_what_a_path_does_not_name_is_in_the_text(path: str, verb: str, reason: str) -> None:
    """`Invalid URI` is what clients search for [observed: a client]."""
    text = refusal(path, verb)
    assert text.startswith(f"Invalid URI /sdk/vim25/{path}")
    assert reason in text


def test_a_newer_member_is_there_from_its_release_on() -> None:
    assert of("8.0.2.0/ExtensionManager/x/SetServiceAccount").method.name == "SetServiceAccount"
    assert of("9.0.0.0/Folder/x/externallyManagedFolderInfo", "GET").property


def test_a_long_path_is_shown_in_part() -> None:
    assert len(refusal("8.0.2.0/Folder/x/" + "n" * 10_000)) < 400
    assert len(refusal("n" * 10_000)) < 400


def test_the_last_part_of_a_methods_path_is_one_of_its_type() -> None:
    assert is_method("/sdk/vim25/8.0.2.0/VirtualMachine/vm-1/Rename_Task")
    assert not is_method("/sdk/vim25/8.0.2.0/VirtualMachine/vm-1/name")
    assert not is_method("/sdk/vim25/8.0.2.0/Nobody/vm-1/Rename_Task")
    assert not is_method("/")


@pytest.mark.parametrize(
    "server", [name for name in names() if name.count(".") == 3 and release(name).vijson]
)
def test_the_api_version_of_every_server_is_a_release_of_its_paths(server: str) -> None:
    """Clients put `about.apiVersion` into the path as it stands [observed: clients]."""
    profile = release(server)
    accepted = profile.about("x").apiVersion
    path = "/sdk/vim25/{}/ServiceInstance/ServiceInstance/content"
    assert target_of(path.format(accepted), "GET", profile).version is profile.version
    for older in ("7.0.0.0", "7.0.0.1", "7.0.0.2", "7.0.3.2", "8.0.0.2", "8.0.1.0"):
        assert target_of(path.format(older), "GET", profile).version <= profile.version
    assert target_of(path.format("7.0.0.1"), "GET", profile).version.id == "7.0.0.0"
