"""Names of entities: validity, escaping, and uniqueness among siblings.

`/`, `\\` and `%` are stored escaped, as `%2f`, `%5c` and `%25` [documented].
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from vim25_emulator.inventory.hierarchy import children
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MethodFault, MoRef

_MAX_LENGTH: Final = 80
#: A percent sign that does not begin an escape sequence.
_PERCENT: Final = re.compile(r"%(?!2[fF]|5[cC]|25)")
_SEQUENCE: Final = re.compile(r"%(?:2F|5C)")  #: the same name in other letters


def escaped_name(name: str | None, entity: ManagedObject | None = None) -> str:
    """Return the stored form of a name; InvalidName if it is missing, blank or too long."""
    if not name or not name.strip() or len(name) > _MAX_LENGTH:
        raise MethodFault("InvalidName", name=name or "", entity=entity.ref if entity is not None else None)
    name = _SEQUENCE.sub(lambda match: match[0].lower(), name)
    return _PERCENT.sub("%25", name).replace("/", "%2f").replace("\\", "%5c")


def require_free_name(
    inventory: Inventory, parent: ManagedObject, name: str, *, but: Iterable[ManagedObject] = ()
) -> None:
    """Raise DuplicateName, with the existing entity, if a child of `parent` has this name.

    `but`: entities to ignore, such as the one being renamed.
    """
    ignored: set[MoRef] = {entity.ref for entity in but}
    for child in children(inventory, parent):
        if child.get("name") == name and child.ref not in ignored:
            raise MethodFault("DuplicateName", name=name, object=child.ref)
