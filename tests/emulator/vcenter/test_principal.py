"""Names of users and groups, however a client writes them."""

from __future__ import annotations

import pytest

from vim25_emulator.vcenter.principal import Directory, full_name, qualified_name

ADMINISTRATOR = "VSPHERE.LOCAL\\Administrator"


@pytest.fixture
def directory() -> Directory:
    passwords = {"administrator@vsphere.local": "secret", "root": "toor", "LAB\\eve": "apple"}
    return Directory(passwords, {"Administrators@vsphere.local": ["administrator@vsphere.local", "lab\\EVE"]})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("administrator@vsphere.local", ADMINISTRATOR),
        ("Administrator@VSPHERE.LOCAL", ADMINISTRATOR),
        ("vsphere.local\\administrator", ADMINISTRATOR),
        ("eve@lab", "LAB\\eve"),
        ("ROOT", "root"),
        ("administrator", None),
    ],
)
def test_a_user_is_shown_with_the_domain_first(directory: Directory, written: str, shown: str | None) -> None:
    """[observed: output of 8.0]"""
    assert directory.find(written) == shown


def test_passwords_and_groups_are_those_of_the_user_however_written(directory: Directory) -> None:
    assert directory.authenticated("Lab\\Eve", "apple") == "LAB\\eve"
    assert directory.authenticated("Lab\\Eve", "Apple") is None
    assert directory.groups_of("LAB\\eve") == {"VSPHERE.LOCAL\\Administrators"}
    assert directory.find("administrators@vsphere.local", group=True) == "VSPHERE.LOCAL\\Administrators"


@pytest.mark.parametrize(("name", "full"), [(ADMINISTRATOR, "Administrator vsphere.local"), ("root", "root")])
def test_the_full_name_has_the_domain_in_lower_case(name: str, full: str) -> None:
    """[observed: output of 8.0]"""
    assert full_name(name) == full


@pytest.mark.parametrize(
    ("name", "written"), [(ADMINISTRATOR, "Administrator@vsphere.local"), ("root", "root")]
)
def test_the_automation_api_shows_a_user_with_the_domain_last(name: str, written: str) -> None:
    """[documented]"""
    assert qualified_name(name) == written
