"""Names of entities: what may be one, how it is kept, and that no two siblings share one.

`/`, `\\` and `%` are kept escaped, as the API's documentation says: `%2f`, `%5c`, `%25`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from vim25_emulator.inventory.hierarchy import children
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.vmodl.value import MethodFault, MoRef

_LONGEST: Final = 80
_PERCENT: Final = re.compile(r"%(?!2[fF]|5[cC]|25)")


def kept_name(name: str | None, entity: ManagedObject | None = None) -> str:
    """Return a name as it is kept; raise InvalidName for none, an empty or a too long one."""
    if not name or not name.strip() or len(name) > _LONGEST:
        raise MethodFault("InvalidName", name=name or "", entity=entity.ref if entity is not None else None)
    return _PERCENT.sub("%25", name).replace("/", "%2f").replace("\\", "%5c")


def require_free_name(
    inventory: Inventory, parent: ManagedObject, name: str, *, but: Iterable[ManagedObject] = ()
) -> None:
    """Raise DuplicateName, with the entity that has it, for a name that a child of `parent` has.

    `but` are entities that do not count: the one that is renamed, for instance.
    """
    passed_over: set[MoRef] = {entity.ref for entity in but}
    for child in children(inventory, parent):
        if child.get("name") == name and child.ref not in passed_over:
            raise MethodFault("DuplicateName", name=name, object=child.ref)
