from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

ADMIN, READER, OPERATOR = (f"{name}@vsphere.local" for name in ("administrator", "readonly", "operator"))
ADMINS, USERS = "Administrators@vsphere.local", "Users@vsphere.local"


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
        assert found(lab, "operator", exact=True) == {OPERATOR}
        assert found(lab, groups=False) == {ADMIN, READER, OPERATOR}
        assert found(lab, domain="localos") == set()
        assert found(lab, groups=False, belongsToGroup=ADMINS) == {ADMIN}
        assert found(lab, users=False, belongsToUser=OPERATOR) == {USERS}
        with pytest.raises(vim.fault.NotFound):
            found(lab, belongsToGroup="Nobodies")
        with pytest.raises(vim.fault.NotFound):
            found(lab, belongsToUser="nobody")
