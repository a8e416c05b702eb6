"""UserDirectory: searching users and groups."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vcenter.principal import Directory, full_name, key, short_name
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
    """Return a UserSearchResult for each user or group whose name contains (or equals) a text.

    Case is ignored. `belongsToGroup` selects users in a group, `belongsToUser` groups with a user; an unknown
    group or user raises NotFound.
    """
    principals = call.vcenter.authorization.directory
    users = _members(principals, belongsToGroup) if findUsers else ()
    groups = _groups(principals, belongsToUser) if findGroups else ()
    candidates = [(name, False) for name in users] + [(name, True) for name in groups]
    return tuple(
        DataObject("UserSearchResult", principal=short_name(name), fullName=full_name(name), group=group)
        for name, group in candidates
        if _matches(name, searchStr, exact=exactMatch)
        and (not domain or name.casefold().startswith(f"{domain.casefold()}\\"))
    )


def _matches(name: str, text: str, *, exact: bool) -> bool:
    if exact:
        return key(text) in (key(name), short_name(name).casefold())
    return text.casefold() in key(name)


def _members(directory: Directory, group: str | None) -> tuple[str, ...]:
    if group is None:
        return directory.users
    name = directory.find(group, group=True)
    if name is None:
        raise MethodFault("NotFound")
    return tuple(member for member in directory.users if name in directory.groups_of(member))


def _groups(directory: Directory, user: str | None) -> tuple[str, ...]:
    if user is None:
        return directory.groups
    name = directory.find(user)
    if name is None:
        raise MethodFault("NotFound")
    return tuple(group for group in directory.groups if group in directory.groups_of(name))
