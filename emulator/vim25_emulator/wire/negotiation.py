"""The negotiation of the API version of a call, and the list of versions that a server supports.

The client names its version in the SOAPAction header, in many spellings. An empty header, like `urn:vim25`,
is the legacy version [observed: output of 5.5 and 6.0]. For an unknown version, and without the header, the
server uses its own [observed: recordings of 9.0.1]. The header never determines the called method.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.text_cache import text_cache
from vim25_emulator.vmodl.version import Version, known, version

VIM25: Final = "urn:vim25"
VIM2: Final = "urn:vim2"

_FIRST: Final = version("2.0")  #: the only version of `urn:vim2`
_LEGACY: Final = version("2.5u2")  #: the version of the SOAPActions `urn:vim25` and `""`
_ACTION: Final = re.compile(r"(urn:vim25?)(?:/([^\s\"/#]+))?\Z")


def _unquoted(header: str) -> str:
    """Return a header without the quotes and the white space around it, at either end or both."""
    return header.strip().removeprefix('"').removesuffix('"').strip()


class Negotiated(NamedTuple):
    """The version of a call, and the value of `X-Applied-Soapaction` or None.

    `unsupported`: the version URI of the client if the release does not support it, or None.
    """

    version: Version
    applied: str | None
    unsupported: str | None = None


class Negotiator:
    """Negotiates the versions of clients with a release."""

    def __init__(self, release: ReleaseProfile) -> None:
        self._release = release
        own = release.version
        self._own = Negotiated(own, f"{own.namespace}/{own.id}" if release.applied_soapaction else None)
        self.negotiate = text_cache(256)(self._negotiate)

    def _negotiate(self, soap_action: str | None) -> Negotiated:
        """Return the version that a SOAPAction names if it is supported, else the release's own."""
        if soap_action is None:
            return self._own
        match = _ACTION.match(_unquoted(soap_action) or VIM25)
        if match is None:
            return self._own
        namespace, version_id = match.groups()
        requested = _LEGACY if version_id is None and namespace == VIM25 else known(version_id or "")
        if requested is None or requested.namespace != namespace or not self.supports(requested):
            uri = f"{namespace}/{version_id}" if version_id else namespace
            return self._own._replace(unsupported=uri)
        return Negotiated(requested, None)

    def supports(self, requested: Version) -> bool:
        """Whether the release supports this version."""
        return self._release.version >= requested and (requested is not _FIRST or self._release.vim2)


def service_versions(release: ReleaseProfile) -> bytes:
    """Return vimServiceVersions.xml: one line that ends with a newline [observed: recordings]."""
    prior = "".join(f"<version>{prior}</version>" for prior in release.prior_versions)
    namespaces = (
        f"<namespace><name>{VIM25}</name><version>{release.version.id}</version>"
        f"<priorVersions>{prior}</priorVersions></namespace>"
    )
    if release.vim2:
        namespaces += f"<namespace><name>{VIM2}</name><version>{_FIRST.id}</version></namespace>"
    document = f'<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0">{namespaces}</namespaces>\n'
    return document.encode()
