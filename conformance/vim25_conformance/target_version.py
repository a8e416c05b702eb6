"""The API versions of a run: the target's own unless others are named, and none that the target lacks."""

from __future__ import annotations

from collections.abc import Sequence

from vim25_conformance.api_version import age
from vim25_conformance.api_version import versions as known_versions
from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.target_spec import TargetSpec

#: Any vCenter answers a client of this version, and says which version is its own.
_OLDEST = "4.0"


class LackingVersionError(ValueError):
    """The target does not have the API version; the message names its own."""


def versions_of(spec: TargetSpec, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the API versions to use with the target; raise LackingVersionError, UnreachableError.

    What is started for the run has every version, and the default if none is wanted.
    """
    if spec.endpoint is None:
        return tuple(wanted) or (DEFAULT_VERSION,)
    own = own_version(spec.endpoint)
    for version in wanted:
        if not _has(own, version):
            raise LackingVersionError(
                f"{spec.endpoint.label} has API version {own}, not {version}; name it or an older one,"
                " or leave out --api-version"
            )
    return tuple(wanted) or (_newest_known(own),)


def own_version(endpoint: Endpoint) -> str:
    """Return what the endpoint says is its API version, without a session; raise UnreachableError."""
    client = EndpointClient(endpoint, _OLDEST)
    try:
        client.connect()
        return str(client.content.about.apiVersion)
    finally:
        client.close()


def _newest_known(own: str) -> str:
    """Return the newest version that the client library knows and the target has."""
    return max((each for each in known_versions() if _has(own, each)), key=age, default=_OLDEST)


def _has(own: str, version: str) -> bool:
    """Whether a target of one version has the other; by their numbers if it is newer than the library."""
    if own in known_versions():
        return age(version) <= age(own)
    return _numbers(version) <= _numbers(own)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) if each.isdigit() else 0 for each in version.split("."))
