"""Roles: named sets of privileges, the system's and the user-defined ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vim25_emulator.vmodl.privilege import ALWAYS, privileges
from vim25_emulator.vmodl.value import DataObject

ADMIN: Final = -1  #: id of the role with every privilege


@dataclass(frozen=True)
class Role:
    """A role: its id (negative for system roles), name, and privileges; None means every privilege."""

    id: int
    name: str
    privileges: frozenset[str] | None
    label: str = ""
    grantable: bool = True

    @property
    def system(self) -> bool:
        """Whether this is a system role, which cannot be changed."""
        return self.id < 0

    @property
    def all_privileges(self) -> frozenset[str]:
        """All privileges of the role."""
        return privileges() if self.privileges is None else self.privileges

    def grants(self, privilege: str) -> bool:
        """Whether the role has a privilege."""
        return self.privileges is None or privilege in self.privileges


def _all_but(group: str) -> frozenset[str]:
    return frozenset(privilege for privilege in privileges() if not privilege.startswith(f"{group}."))


READ_ONLY: Final = Role(-2, "ReadOnly", ALWAYS, "Read-only")
VIEW: Final = Role(-3, "View", ALWAYS - {"System.Read"}, "View", grantable=False)
ANONYMOUS: Final = Role(-4, "Anonymous", frozenset({"System.Anonymous"}), "Anonymous", grantable=False)
NO_ACCESS: Final = Role(-5, "NoAccess", frozenset(), "No access")

#: System roles, each with the release that introduced it. The privileges of the last three are [derived] from
#: their names; their ids are [documented], TrustedAdmin's is [derived].
SYSTEM_ROLES: Final = (
    ("2.0", Role(ADMIN, "Admin", None, "Administrator")),
    ("2.0", READ_ONLY),
    ("2.0", VIEW),
    ("2.0", ANONYMOUS),
    ("2.0", NO_ACCESS),
    ("6.5", Role(-6, "NoCryptoAdmin", _all_but("Cryptographer"), "No cryptography administrator")),
    (
        "7.0.0.0",
        Role(-7, "TrustedAdmin", privileges() - _all_but("TrustedAdmin") | ALWAYS, "Trusted administrator"),
    ),
    (
        "7.0.0.0",
        Role(-8, "NoTrustedAdmin", _all_but("TrustedAdmin"), "No Trusted Infrastructure administrator"),
    ),
)


def role_argument(role: Role) -> DataObject:
    """Return how an event names a role."""
    return DataObject("RoleEventArgument", roleId=role.id, name=role.name)
