"""UserDirectory: finding the users and groups that permissions can be given to."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.principal import Directory
from vim25_emulator.vmodl.value import DataObject, MethodFault


@operation("UserDirectory", "RetrieveUserGroups")
def retrieve_user_groups(
    call: Call,
    directory: ManagedObject,
    searchStr: str,
    exactMatch: bool,
    findUsers: bool,
    findGroups: bool,
    domain: str | None = None,
    belongsToGroup: str | None = None,
    belongsToUser: str | None = None,
) -> tuple[DataObject, ...]:
    """Return a UserSearchResult for each user or group whose name holds (or is) a text, whatever its case.

    `belongsToGroup` asks for users in a group, `belongsToUser` for groups with a user; a group or user that
    there is not raises NotFound.
    """
    known = call.vcenter.authorization.directory
    users = _members(known, belongsToGroup) if findUsers else ()
    groups = _groups(known, belongsToUser) if findGroups else ()
    found = [(name, False) for name in users] + [(name, True) for name in groups]
    return tuple(
        DataObject("UserSearchResult", principal=name, fullName=name, group=group)
        for name, group in found
        if _matches(name, searchStr, exact=exactMatch)
        and (not domain or name.casefold().endswith(f"@{domain.casefold()}"))
    )


def _matches(name: str, text: str, *, exact: bool) -> bool:
    name, text = name.casefold(), text.casefold()
    return text in (name, name.partition("@")[0]) if exact else text in name


def _members(directory: Directory, group: str | None) -> tuple[str, ...]:
    if group is None:
        return directory.users
    shown = directory.find(group, group=True)
    if shown is None:
        raise MethodFault("NotFound")
    return tuple(user for user in directory.users if shown in directory.groups_of(user))


def _groups(directory: Directory, user: str | None) -> tuple[str, ...]:
    if user is None:
        return directory.groups
    shown = directory.find(user)
    if shown is None:
        raise MethodFault("NotFound")
    return tuple(group for group in directory.groups if group in directory.groups_of(shown))
