"""Which API version a call is answered in, and how a client learns what the server speaks.

The client says its version in the SOAPAction header, in many spellings, or not at all. What the server does
not know it serves as its own version. Which method is called is never looked up in that header.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.version import Version, known, version

VIM25: Final = "urn:vim25"
VIM2: Final = "urn:vim2"

_FIRST: Final = version("2.0")  #: the only version of `urn:vim2`
_LEGACY: Final = version("2.5u2")  #: what a SOAPAction of the bare `urn:vim25` stands for
_ACTION: Final = re.compile(r"\s*\"?\s*(urn:vim25?)(?:/([^\s\"/#]+))?\s*\"?\s*\Z")


class Negotiated(NamedTuple):
    """The version to answer in, the value of `X-Applied-Soapaction` to say so with, or None.

    `unsupported`: the version URI that the client named and that the release does not serve, or None.
    """

    version: Version
    applied: str | None
    unsupported: str | None = None


class Negotiator:
    """What one release makes of the versions that clients ask for."""

    def __init__(self, release: ReleaseProfile) -> None:
        self._release = release
        own = release.version
        self._own = Negotiated(own, f"{own.namespace}/{own.id}" if release.applied_soapaction else None)
        self.negotiate = lru_cache(maxsize=256)(self._negotiate)

    def _negotiate(self, soap_action: str) -> Negotiated:
        """Return the version that a SOAPAction names, or the release's own where it names none it knows."""
        match = _ACTION.match(soap_action)
        if match is None:
            return self._own
        namespace, version_id = match.groups()
        asked = _LEGACY if version_id is None and namespace == VIM25 else known(version_id or "")
        if asked is None or asked.namespace != namespace or not self.serves(asked):
            named = f"{namespace}/{version_id}" if version_id else namespace
            return self._own._replace(unsupported=named)
        return Negotiated(asked, None)

    def serves(self, asked: Version) -> bool:
        """Whether the release answers in this version."""
        return self._release.version >= asked and (asked is not _FIRST or self._release.vim2)


def service_versions(release: ReleaseProfile) -> bytes:
    """Return vimServiceVersions.xml: one line that ends in a newline, as recorded from real servers."""
    prior = "".join(f"<version>{prior}</version>" for prior in release.prior_versions)
    namespaces = (
        f"<namespace><name>{VIM25}</name><version>{release.version.id}</version>"
        f"<priorVersions>{prior}</priorVersions></namespace>"
    )
    if release.vim2:
        namespaces += f"<namespace><name>{VIM2}</name><version>{_FIRST.id}</version></namespace>"
    document = f'<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0">{namespaces}</namespaces>\n'
    return document.encode()
