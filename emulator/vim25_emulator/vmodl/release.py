"""Releases as data: what each vCenter release reports about itself, and how releases differ on the wire.

A fact applies from its release on, until the next row of its table. A row lists the API versions of the real
servers it was observed on (recordings, or output published by users); for all other versions the fact is
derived. A build number is that of the recorded server, or `NO_BUILD`, which no vCenter ever had.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import VERSIONS, UnknownVersionError, Version, known, version

DEFAULT: Final = "8.0.2.0"
#: The build of a release whose real build is unknown.
NO_BUILD: Final = "0"

#: Product name → the API version it introduced. Update levels are [derived].
PRODUCTS: Final = {
    "vcenter-2.5": "2.5",
    "vcenter-4.0": "4.0",
    "vcenter-4.1": "4.1",
    "vcenter-5.0": "5.0",
    "vcenter-5.1": "5.1",
    "vcenter-5.5": "5.5",
    "vcenter-6.0": "6.0",
    "vcenter-6.5": "6.5",
    "vcenter-6.7": "6.7",
    "vcenter-6.7u1": "6.7.1",
    "vcenter-6.7u2": "6.7.2",
    "vcenter-6.7u3": "6.7.3",
    "vcenter-7.0": "7.0.0.0",
    "vcenter-7.0u1": "7.0.1.0",
    "vcenter-7.0u2": "7.0.2.0",
    "vcenter-7.0u3": "7.0.3.0",
    "vcenter-8.0": "8.0.0.0",
    "vcenter-8.0u1": "8.0.1.0",
    "vcenter-8.0u2": "8.0.2.0",
    "vcenter-8.0u3": "8.0.3.0",
    "vcenter-9.0": "9.0.0.0",
    "vcenter-9.1": "9.1.0.0",
}


#: The oldest release in the paths of the JSON binding, and those that the registry lacks → the one before
#: [documented]: the list of the 9.1.1.0 document.
_OLDEST_JSON: Final = "7.0.0.0"
_UNREGISTERED: Final = {"7.0.0.1": "7.0.0.0"}


class ReleaseRow(NamedTuple):
    """A fact that applies from a release on, and the API versions it was observed at."""

    since: str
    value: Any
    observed: tuple[str, ...] = ()


_RECORDED: Final = ("5.5", "6.0", "6.5", "6.7")
_ENVOY: Final = (("vary", "Accept-Encoding"),)

#: Name of a field of ReleaseProfile → its rows, oldest first.
FACTS: Final[Mapping[str, tuple[ReleaseRow, ...]]] = {
    "build": (
        ReleaseRow("2.0", NO_BUILD),
        ReleaseRow("5.5", "1623101", ("5.5",)),
        ReleaseRow("6.0", "3018523", ("6.0",)),
        ReleaseRow("6.5", "4602587", ("6.5",)),
        ReleaseRow("6.7", "9433931", ("6.7",)),
        ReleaseRow("6.7.1", NO_BUILD),
    ),
    "vendor": (ReleaseRow("2.0", "VMware, Inc.", (*_RECORDED, "8.0.2.0")),),
    "os_type": (ReleaseRow("2.0", "win32-x64"), ReleaseRow("5.0", "linux-x64", (*_RECORDED, "8.0.2.0"))),
    "vim2": (ReleaseRow("2.0", True, ("5.5", "6.0")), ReleaseRow("6.5", False, ("6.5", "6.7", "8.0.3.0"))),
    # Whether a call may have no namespace; what 6.7 and later do is unknown
    "unqualified_calls": (ReleaseRow("2.0", True, ("6.5",)), ReleaseRow("6.7", False)),
    # vimServiceVersions.xml: the oldest prior version, and the newer ones that are not listed
    "oldest_prior": (
        ReleaseRow("2.0", "2.5", ("5.5", "6.0")),
        ReleaseRow("6.5", "4.0", ("6.5", "6.7", "8.0.3.0")),
    ),
    "left_out_priors": (
        ReleaseRow("2.0", ("2.5u2server",), ("5.5",)),
        ReleaseRow("6.0", (), ("6.0", "6.5", "6.7", "8.0.3.0")),
    ),
    "headers": (
        ReleaseRow("2.0", (), ("5.5", "6.0")),
        ReleaseRow("6.5", (("X-Frame-Options", "DENY"),), ("6.5", "6.7")),
        ReleaseRow("8.0.0.0", _ENVOY, ("8.0.2.0",)),
    ),
    "service_time_header": (
        ReleaseRow("2.0", None, _RECORDED),
        ReleaseRow("8.0.0.0", "x-envoy-upstream-service-time", ("8.0.2.0",)),
        ReleaseRow("9.0.0.0", None, ("9.0.0.0",)),
    ),
    # How responses are sent: `Connection: Keep-Alive`, chunked, compressed if the client accepts it
    "says_keep_alive": (ReleaseRow("2.0", True, _RECORDED), ReleaseRow("6.7.1", False, ("8.0.2.0",))),
    "chunks": (ReleaseRow("2.0", False, _RECORDED), ReleaseRow("8.0.0.0", True, ("8.0.2.0", "9.0.0.0"))),
    "compresses": (ReleaseRow("2.0", False), ReleaseRow("8.0.3.0", True)),
    "applied_soapaction": (ReleaseRow("2.0", False), ReleaseRow("9.0.0.0", True, ("9.0.0.0",))),
    # Whether the first response to any client sets a cookie, not only that to Login
    "cookie_before_login": (
        ReleaseRow("2.0", True, ("5.5",)),
        ReleaseRow("6.0", False, ("6.0", "6.5", "6.7")),
    ),
    "cookie_form": (
        ReleaseRow("2.0", "uuid", ("5.5",)),
        ReleaseRow("6.0", "hex", ("6.0", "6.5", "6.7", "8.0.2.0")),
    ),
    # Whether /api/session is served: /rest was replaced with 7.0 Update 2, says KB 83022 [documented]
    "api_session": (
        ReleaseRow("2.0", False),
        ReleaseRow("7.0.2.0", True, ("8.0.3.0", "9.0.0.0")),
    ),
    # Whether it speaks JSON [documented]
    "vijson": (ReleaseRow("2.0", False), ReleaseRow("8.0.1.0", True, ("8.0.2.0", "8.0.3.0", "9.0.0.0"))),
    # Whether clients can negotiate a release by hello, and have objects transcoded [documented]
    "hello": (ReleaseRow("2.0", False), ReleaseRow("8.0.2.0", True)),
    # Templates of fault texts that differ from the newest release's
    "texts": (
        ReleaseRow(
            "2.0", {"InvalidArgument": "A specified parameter was not correct.\n{invalidProperty}"}, ("5.5",)
        ),
        ReleaseRow("6.0", {}, ("6.0",)),
    ),
    # The target namespace of vimService.wsdl, by which JAX-WS looks up the service [documented]
    "service_namespace": (
        ReleaseRow("2.0", "urn:vim25Service"),
        ReleaseRow("8.0.0.0", "urn:vim25"),
    ),
    # Whether SearchIndex finds templates by UUID [observed: reports of users]
    "finds_templates": (ReleaseRow("2.0", False, ("5.5",)), ReleaseRow("6.5", True, ("6.5",))),
    # Series of historical intervals that a QueryPerf may ask for, -1 for any number [observed: clients]
    "max_query_metrics": (ReleaseRow("2.0", -1), ReleaseRow("5.5", 64), ReleaseRow("6.5", 256)),
    # The error for a method that the client's version does not have, and whether it has a position
    "unknown_method": (
        ReleaseRow(
            "2.0", "Unable to resolve WSDL method name {method} for namespace name {namespace}", ("6.0",)
        ),
        ReleaseRow("8.0.0.0", "Unable to resolve WSDL method name {method} in {version}", ("8.0.2.0",)),
    ),
    "unknown_method_is_located": (
        ReleaseRow("2.0", True, ("6.0",)),
        ReleaseRow("8.0.0.0", False, ("8.0.2.0",)),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseProfile:
    """One emulated release.

    `vim2`: whether it also serves the namespace `urn:vim2`. `unqualified_calls`: whether it serves calls
    without a namespace. `headers`: those of every response.
    `service_time_header`: name of the header with the duration of a request in milliseconds.
    `says_keep_alive`, `chunks`, `compresses`: how it sends responses. `applied_soapaction`: whether it tells
    a client with an unknown version which version was used instead. `cookie_before_login`: whether it sets a
    cookie before there is a session. `cookie_form`: format of the session cookie's value, `uuid` or `hex`.
    `api_session`: whether the Automation API opens sessions. `vijson`: whether it speaks JSON. `hello`:
    whether it negotiates releases, and transcodes objects. `service_namespace`: target namespace of
    vimService.wsdl. `finds_templates`: whether SearchIndex finds templates by UUID. `max_query_metrics`: how
    many series a performance query may ask for, unless an option says otherwise. `texts`: fault type →
    template of its text, where it differs from the newest release's.
    `derived`: names of the fields whose values were not observed on a server of exactly this API version.
    """

    version: Version
    product_version: str
    prior_versions: tuple[str, ...]
    build: str
    vendor: str
    os_type: str
    vim2: bool
    unqualified_calls: bool
    oldest_prior: str
    left_out_priors: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    service_time_header: str | None
    says_keep_alive: bool
    chunks: bool
    compresses: bool
    applied_soapaction: bool
    cookie_before_login: bool
    cookie_form: str
    api_session: bool
    vijson: bool
    hello: bool
    service_namespace: str
    finds_templates: bool
    max_query_metrics: int
    unknown_method: str
    unknown_method_is_located: bool
    texts: Mapping[str, str] = field(repr=False)
    derived: frozenset[str] = field(repr=False)

    def about(self, instance_uuid: str) -> DataObject:
        """Return the AboutInfo of the vCenter; the encoder omits what the client's version lacks."""
        return DataObject(
            "AboutInfo",
            name="VMware vCenter Server",
            fullName=f"VMware vCenter Server {self.product_version} build-{self.build}",
            vendor=self.vendor,
            version=self.product_version,
            patchLevel="00000",
            build=self.build,
            localeVersion="INTL",
            localeBuild="000",
            osType=self.os_type,
            productLineId="vpx",
            apiType="VirtualCenter",
            apiVersion=self.version.id,
            instanceUuid=instance_uuid,
            licenseProductName="VMware VirtualCenter Server",
            licenseProductVersion=self._licensed_version,
        )

    def host_about(self, build: str | None = None) -> DataObject:
        """Return the AboutInfo of an ESXi host of this release, with this build or the release's own."""
        host_build = build or self.build
        return DataObject(
            "AboutInfo",
            name="VMware ESXi",
            fullName=f"VMware ESXi {self.product_version} build-{host_build}",
            vendor=self.vendor,
            version=self.product_version,
            patchLevel="0.0",
            build=host_build,
            localeVersion="INTL",
            localeBuild="000",
            osType="vmnix-x86",
            productLineId="embeddedEsx",
            apiType="HostAgent",
            apiVersion=self.version.id,
            licenseProductName="VMware ESX Server",
            licenseProductVersion=self._licensed_version,
        )

    def json_release(self, name: str) -> Version | None:
        """Return the version of a release that the JSON binding accepts: its own, and all down to 7.0.0.0.

        None for any other. The registry lacks one release, which is served like the one before it [derived].
        """
        found = known(_UNREGISTERED.get(name, name))
        if found is self.version:
            return found
        is_accepted = (
            found is not None and found.is_released and version(_OLDEST_JSON) <= found < self.version
        )
        return found if is_accepted else None

    @property
    def _licensed_version(self) -> str:
        """The major version that a license is for: 5.0 at 5.5, 6.0 at 6.7 [observed: both recordings]."""
        return f"{self.product_version.partition('.')[0]}.0"


def names() -> tuple[str, ...]:
    """Return all names of releases: products, then API versions, oldest first."""
    return (*PRODUCTS, *(version.id for version in VERSIONS if version.is_released))


@cache
def release(name: str = DEFAULT) -> ReleaseProfile:
    """Return the profile of the release with this API version or product name.

    Raises `UnknownVersionError`, which suggests similar names.
    """
    emulated = _version_of(name)
    rows = {field_name: _row(table, emulated) for field_name, table in FACTS.items()}
    values = {field_name: row.value for field_name, row in rows.items()}
    values["texts"] = MappingProxyType(values["texts"])
    return ReleaseProfile(
        version=emulated,
        product_version=_product_version(emulated),
        prior_versions=tuple(_prior_versions(emulated, values["oldest_prior"], values["left_out_priors"])),
        derived=frozenset(fact for fact, row in rows.items() if emulated.id not in row.observed),
        **values,
    )


def _version_of(name: str) -> Version:
    version_id = PRODUCTS.get(name.lower(), name)
    if known(version_id) is not None:
        return version(version_id)
    similar = _similar_names(name.lower())
    hint = f"did you mean {', '.join(similar)}?" if similar else f"known: {', '.join(names())}"
    raise UnknownVersionError(f"no release or API version {name!r}; {hint}")


def _similar_names(name: str) -> list[str]:
    """Return the names that start with this one, else similar names."""
    prefixes = (name, f"vcenter-{name}")
    completions = [candidate for candidate in names() if name and candidate.startswith(prefixes)]
    return completions[:5] or difflib.get_close_matches(name, names(), n=3, cutoff=0.4)


def _row(table: Iterable[ReleaseRow], emulated: Version) -> ReleaseRow:
    return [row for row in table if emulated >= version(row.since)][-1]


def _prior_versions(emulated: Version, oldest: str, left_out: Iterable[str]) -> Iterable[str]:
    """Return the prior versions that vimServiceVersions.xml lists, newest first."""
    older = VERSIONS[version(oldest).position : emulated.position]
    return (prior.id for prior in reversed(older) if prior.id not in left_out)


def _product_version(emulated: Version) -> str:
    """Return the product version, `8.0.2` for 8.0.2.0; for an internal id, that of the version before it."""
    digits = emulated.id if emulated.is_released else VERSIONS[emulated.position - 1].id
    parts = digits.split("u")[0].split(".")
    return ".".join((*parts, "0", "0")[:3])
