"""Generated requests as JSON: what a SOAP request says, and its mutations."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any, Final
from urllib.parse import quote

from vim25_emulator.soap.soap_decoder import DecodedCall
from vim25_emulator.vijson.json_encoder import encode
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.version import Version

#: The object or array that a value stands in, and its name or position there.
Place = tuple[Any, Any]


def path_of(call: DecodedCall, version: Version) -> str:
    """Return the path of a call; that of a property for Fetch."""
    member = call.arguments["prop"] if is_fetch(call) else call.method.name
    return f"/sdk/vim25/{version}/{call.this.type}/{quote(call.this.value, safe='[]:')}/{member}"


def is_fetch(call: DecodedCall) -> bool:
    """Whether a call reads a property, which is a GET here."""
    return call.method.name == "Fetch"


def is_sayable(call: DecodedCall, version: Version) -> bool:
    """Whether a call can be sent over JSON: Fetch reads a property of the object itself and nothing below."""
    prop = managed_type(call.this.type).properties.get(call.arguments["prop"]) if is_fetch(call) else None
    return not is_fetch(call) or (prop is not None and prop.since <= version.position)


def body_of(call: DecodedCall, version: Version) -> dict[str, Any]:
    """Return the parameters of a call as an object of JSON."""
    types = {parameter.name: parameter.type for parameter in call.method.parameters}
    return {
        name: json.loads(encode(types[name], value, version))
        for name, value in call.arguments.items()
        if value is not None
    }


# ---- spoiling ------------------------------------------------------------------------------------------


def _places(root: Any) -> Iterator[Place]:
    members = root.items() if isinstance(root, dict) else enumerate(root) if isinstance(root, list) else ()
    for name, value in members:
        yield root, name
        yield from _places(value)


def _drop(place: Place, random: Random) -> None:
    del place[0][place[1]]


def _replace(place: Place, random: Random) -> None:
    place[0][place[1]] = copy.deepcopy(random.choice(_VALUES))


def _rename(place: Place, random: Random) -> None:
    parent, name = place
    if isinstance(parent, dict):
        parent[random.choice(("nothing", "_typeName", "_value", "faultstring", ""))] = parent.pop(name)


def _retype(place: Place, random: Random) -> None:
    target = place[0][place[1]]
    if isinstance(target, dict):
        target["_typeName"] = random.choice(_TYPES)


def _wrap(place: Place, random: Random) -> None:
    parent, name = place
    for _ in range(random.choice((1, 50, 200))):
        parent[name] = random.choice(([parent[name]], {"_typeName": "anyType", "_value": parent[name]}))


def _add(place: Place, random: Random) -> None:
    parent = place[0]
    if isinstance(parent, dict):
        parent[random.choice(("nothing", "key", "name", "_value"))] = copy.deepcopy(random.choice(_VALUES))
    else:
        parent.insert(place[1], copy.deepcopy(random.choice((*_VALUES, parent[place[1]]))))


_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    -(2**63) - 1,
    10**30,
    1e300,
    "",
    "junk",
    "2024-13-45T99:00:00Z",
    "\x00",
    "\U0001f600",
    [],
    [[]],
    {},
    {"_typeName": "string"},
    {"_typeName": "int", "_value": "1"},
    {"_typeName": "ArrayOfAnyType", "_value": [{"_typeName": "int", "_value": 1}]},
    {"type": "Folder", "value": "group-d1"},
    {"_typeName": "ManagedObjectReference", "type": "Nobody", "value": ""},
    {"_typeName": "ManagedObjectReference", "_value": {"type": "Folder", "value": "group-d1"}},
    {"_typeName": "Tag", "key": "k"},
)
_TYPES: Final[tuple[Any, ...]] = (
    "",
    "Nobody",
    "HostSystem",
    "Event",
    "DynamicData",
    "MethodFault",
    "LocalizedMethodFault",
    "ManagedObjectReference",
    "ArrayOfString",
    "ArrayOf",
    "anyType",
    "xsd:int",
    None,
    1,
    ["int"],
    {},
)
_MUTATIONS: Final[tuple[Callable[[Place, Random], None], ...]] = (
    _drop,
    _replace,
    _replace,
    _rename,
    _retype,
    _wrap,
    _add,
)


def spoil(body: dict[str, Any], random: Random) -> Any:
    """Return a body that is changed in one to three ways; most results are invalid."""
    root = [copy.deepcopy(body)]
    with suppress(IndexError):  # nothing is left to choose from
        for _ in range(random.choice((1, 1, 2, 3))):
            random.choice(_MUTATIONS)(random.choice(list(_places(root))), random)
    return root[0] if root else None
