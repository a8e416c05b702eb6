"""The path of a JSON request, `/sdk/vim25/{release}/{Type}/{moId}/{member}`: what it names.

The verb, not the case of the member, decides between a method (POST) and a property (GET) [documented]. An
inherited member may be named on any type that has it. A member that the path's release does not have is as
unknown as one that nobody has.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.type_description import ManagedType, Method
from vim25_emulator.vmodl.type_names import MANAGED_TYPES
from vim25_emulator.vmodl.value import MethodFault, MoRef
from vim25_emulator.vmodl.version import Version

ROOT: Final = "/sdk/vim25/"
_FETCH: Final = managed_type("ManagedObject").methods["Fetch"]  #: in no description of the binding
_PARTS: Final = 4
_LONGEST: Final = 200  #: characters of a path that a fault shows


class Target(NamedTuple):
    """The object and method of a request, and the client's version; `property` is that of a GET."""

    version: Version
    this: MoRef
    method: Method
    property: str | None


def target_of(path: str, verb: str, server: ReleaseProfile) -> Target:
    """Return what a path names for a verb; raise InvalidRequest if it names nothing."""
    parts = path.removeprefix(ROOT).split("/")
    version = server.json_release(parts[0])
    if version is None:
        raise _invalid(f"Unknown release ID {parts[0]:.40}", path)
    if len(parts) != _PARTS or not parts[2]:
        raise _invalid("a release, a type, a moId and a member are expected", path)
    _, type_name, mo_id, member = parts
    if type_name not in MANAGED_TYPES or managed_type(type_name).since > version.position:
        raise _invalid(f"no type {type_name:.40} in {version}", path)
    owner = managed_type(type_name)
    method = _method(owner, member, version) if verb == "POST" else _fetch(owner, member, version)
    if method is None:
        kind = "method" if verb == "POST" else "property"
        raise _invalid(f"no {kind} {member:.40} of {type_name} in {version}", path)
    return Target(version, MoRef(type_name, mo_id), method, None if verb == "POST" else member)


def is_method(path: str) -> bool:
    """Whether the last part of a path is the name of a method of the type that it names."""
    *_, type_name, _mo_id, member = ("", "", *path.split("/"))
    return type_name in MANAGED_TYPES and member in managed_type(type_name).methods


def _method(owner: ManagedType, name: str, version: Version) -> Method | None:
    method = owner.methods.get(name)
    return (
        method if method is not None and method is not _FETCH and method.since <= version.position else None
    )


def _fetch(owner: ManagedType, name: str, version: Version) -> Method | None:
    prop = owner.properties.get(name)
    return _FETCH if prop is not None and prop.since <= version.position else None


def _invalid(reason: str, path: str) -> MethodFault:
    return MethodFault("InvalidRequest", text=f"Invalid URI {path:.{_LONGEST}}: {reason}")
