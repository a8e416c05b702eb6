"""Principals: the users that can log in, and their groups.

A client may write a user of a domain as `name@domain` or `DOMAIN\\name`, in any case. Whichever it was, a
vCenter shows `VSPHERE.LOCAL\\Administrator` in sessions, events, tasks and permissions, and
`Administrator vsphere.local` as the full name [observed: output of 8.0].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Final

DOMAIN: Final = "vsphere.local"  #: domain of the built-in groups
_BUILT_IN: Final = "Administrator"  #: the user that every vCenter has


def _parts(name: str) -> tuple[str, str]:
    """Return the name without the domain, and the domain; empty for a user without one."""
    domain, slash, user = name.rpartition("\\")
    if slash:
        return user, domain
    user, at, domain = name.rpartition("@")
    return (user, domain) if at else (name, "")


def key(name: str) -> str:
    """Return the same text for all ways to write a principal."""
    user, domain = _parts(name)
    return (f"{user}@{domain}" if domain else user).casefold()


def _shown(name: str) -> str:
    user, domain = _parts(name)
    if user.casefold() == _BUILT_IN.casefold():
        user = _BUILT_IN
    return f"{domain.upper()}\\{user}" if domain else name


def short_name(name: str) -> str:
    """Return the name of a principal without its domain."""
    return _parts(name)[0]


def full_name(name: str) -> str:
    """Return the full name of a principal: its name, and its domain in lower case."""
    user, domain = _parts(name)
    return f"{user} {domain.lower()}" if domain else name


def qualified_name(name: str) -> str:
    """Return the name of a principal with its domain behind it: `Administrator@vsphere.local`."""
    user, domain = _parts(name)
    return f"{user}@{domain.lower()}" if domain else name


class Directory:
    """The users and groups of one vCenter: user → password, group → members."""

    def __init__(self, passwords: Mapping[str, str], groups: Mapping[str, Iterable[str]]) -> None:
        self._passwords = {_shown(name): password for name, password in passwords.items()}
        self._names = {key(name): _shown(name) for name in passwords}
        self._groups = {key(name): _shown(name) for name in groups}
        self._members = {_shown(name): frozenset(map(key, members)) for name, members in groups.items()}

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
        return (self._groups if group else self._names).get(key(name))

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
        member = key(user)
        return frozenset(group for group, members in self._members.items() if member in members)
