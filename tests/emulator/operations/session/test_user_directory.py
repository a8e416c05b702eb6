from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

ADMIN, READER, OPERATOR = "Administrator", "readonly", "operator"
ADMINS, USERS = "Administrators", "Users"


def found(
    lab: Lab, text: str = "", *, exact: bool = False, users: bool = True, groups: bool = True, **of: Any
) -> set[str]:
    answer = lab.content.userDirectory.RetrieveUserGroups(
        searchStr=text, exactMatch=exact, findUsers=users, findGroups=groups, **of
    )
    return {each.principal for each in answer}


def test_users_and_groups_are_found_by_name_domain_and_membership() -> None:
    with open_lab("restricted-user") as lab:
        assert found(lab) == {ADMIN, READER, OPERATOR, ADMINS, USERS}
        assert found(lab, "ADMIN") == {ADMIN, ADMINS}
        for written in ("operator", "VSPHERE.LOCAL\\Operator", "operator@vsphere.local"):
            assert found(lab, written, exact=True) == {OPERATOR}
        assert found(lab, "localos\\operator", exact=True) == set()
        assert found(lab, domain="vsphere.local", users=False) == {ADMINS, USERS}
        assert found(lab, groups=False) == {ADMIN, READER, OPERATOR}
        assert found(lab, domain="localos") == set()
        assert found(lab, groups=False, belongsToGroup="Administrators@vsphere.local") == {ADMIN}
        assert found(lab, users=False, belongsToUser="VSPHERE.LOCAL\\operator") == {USERS}
        (admin,) = lab.content.userDirectory.RetrieveUserGroups(
            None, "administrator", None, None, True, True, False
        )
        assert (admin.principal, admin.fullName) == (ADMIN, "Administrator vsphere.local")
        with pytest.raises(vim.fault.NotFound):
            found(lab, belongsToGroup="Nobodies")
        with pytest.raises(vim.fault.NotFound):
            found(lab, belongsToUser="nobody")
