"""Principals: the users that can log in, and their groups.

A user name is `name@domain` or `DOMAIN\\name`, in any case; both name the same user, shown as configured
[derived]; a real vCenter shows `DOMAIN\\name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Final

DOMAIN: Final = "vsphere.local"  #: domain of the built-in groups


def _key(name: str) -> str:
    domain, slash, user = name.rpartition("\\")
    return (f"{user}@{domain}" if slash else name).casefold()


class Directory:
    """The users and groups of one vCenter: user → password, group → members."""

    def __init__(self, passwords: Mapping[str, str], groups: Mapping[str, Iterable[str]]) -> None:
        self._passwords = dict(passwords)
        self._names = {_key(name): name for name in passwords}
        self._groups = {_key(name): name for name in groups}
        self._members = {name: frozenset(map(_key, members)) for name, members in groups.items()}

    @property
    def users(self) -> tuple[str, ...]:
        """All user names."""
        return tuple(self._passwords)

    @property
    def groups(self) -> tuple[str, ...]:
        """All group names."""
        return tuple(self._members)

    def find(self, name: str, *, group: bool = False) -> str | None:
        """Return the display name of a user (or group); None if it does not exist."""
        return (self._groups if group else self._names).get(_key(name))

    def authenticated(self, name: str, password: str) -> str | None:
        """Return the display name of a user; None for an unknown name or a wrong password."""
        user = self.find(name)
        if user is None or not compare_digest(self._passwords[user].encode(), password.encode()):
            return None
        return user

    def users_with(self, password: str) -> tuple[str, ...]:
        """Return the users that have this password."""
        return tuple(user for user in self._passwords if self._passwords[user] == password)

    def groups_of(self, user: str) -> frozenset[str]:
        """Return the groups that a user is in."""
        key = _key(user)
        return frozenset(group for group, members in self._members.items() if key in members)
