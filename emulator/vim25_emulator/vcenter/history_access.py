"""Who may see a task or an event: the users who may read the entity that it is about.

That is [documented] for `TaskManager.recentTask`, and [derived] for the other places. An entity that is gone
is replaced by the next one that the event names, and what is about none by the root folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.history_filter import places_of
from vim25_emulator.vcenter.session import Session
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.value import DataObject

READ: Final = "System.Read"


def visible_in(vcenter: VCenter, session: Session) -> Callable[[DataObject], bool]:
    """Return a predicate: whether the user of a session may see an Event or a TaskInfo at the moment."""

    def visible(item: DataObject) -> bool:
        rights = vcenter.authorization.rights(session.user)
        return rights.unrestricted or rights.grant(_subject(vcenter, item), READ)

    return visible


def _subject(vcenter: VCenter, item: DataObject) -> ManagedObject:
    places = [item.entity] if item.is_a("TaskInfo") else places_of(item)
    return next(vcenter.inventory.find_all(filter(None, places)), vcenter.root_folder)
