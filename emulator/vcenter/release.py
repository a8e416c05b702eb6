"""Releases as data: what each emulated vCenter says of itself, and how it differs on the wire.

A row holds from its version on, until the next row. Only the rows of `_SEEN` rest on recorded answers; every
other version follows by extension and is marked so (`derived`). Build numbers are the emulator's own unless
a row gives one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emulator.vmodl.value import DataObject
from emulator.vmodl.version import VERSIONS, Version, version

DEFAULT: Final = "8.0.2.0"

#: Versions whose vimServiceVersions.xml or answers were recorded from real servers.
_SEEN: Final = frozenset({"5.5", "6.0", "6.5", "6.7", "8.0.3.0"})


@dataclass(frozen=True, slots=True)
class ReleaseProfile:
    """One emulated release.

    `vim2`: also serves the namespace `urn:vim2`. `headers`: sent with every answer. `service_time_header`:
    the header that carries the milliseconds a request took. `applied_soapaction`: tells a client whose
    version it does not know which one it was served as.
    """

    version: Version
    product_version: str
    build: str
    vendor: str
    os_type: str
    prior_versions: tuple[str, ...]
    vim2: bool
    headers: tuple[tuple[str, str], ...]
    service_time_header: str | None
    applied_soapaction: bool
    derived: bool

    def about(self, instance_uuid: str) -> DataObject:
        """Return the AboutInfo of the vCenter; the encoder leaves out what a client's version lacks."""
        product_line = ".".join(self.product_version.split(".")[:2])
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
            licenseProductVersion=product_line,
        )

    def host_about(self, build: str | None = None) -> DataObject:
        """Return the AboutInfo of an ESXi host of this release, of another build if told so."""
        made = build or self.build
        product_line = ".".join(self.product_version.split(".")[:2])
        return DataObject(
            "AboutInfo",
            name="VMware ESXi",
            fullName=f"VMware ESXi {self.product_version} build-{made}",
            vendor=self.vendor,
            version=self.product_version,
            patchLevel="0.0",
            build=made,
            localeVersion="INTL",
            localeBuild="000",
            osType="vmnix-x86",
            productLineId="embeddedEsx",
            apiType="HostAgent",
            apiVersion=self.version.id,
            licenseProductName="VMware ESX Server",
            licenseProductVersion=product_line,
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """What holds from a version on."""

    since: str
    build: str
    vendor: str = "VMware, Inc."
    os_type: str = "linux-x64"
    vim2: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    service_time_header: str | None = None
    applied_soapaction: bool = False


_NO_FRAMES: Final = (("X-Frame-Options", "DENY"),)
_ENVOY: Final = (("vary", "Accept-Encoding"),)
_ENVOY_TIME: Final = "x-envoy-upstream-service-time"

_ROWS: Final = (
    _Row("2.0", build="40644", os_type="win32-x86", vim2=True),
    _Row("4.0", build="162856", os_type="win32-x64", vim2=True),
    _Row("5.0", build="456005", vim2=True),
    _Row("6.5", build="4602587", headers=_NO_FRAMES),
    _Row("7.0.0.0", build="15952498", headers=_NO_FRAMES),
    _Row("8.0.0.0", build="20519528", headers=_ENVOY, service_time_header=_ENVOY_TIME),
    _Row("8.0.2.0", build="22385739", headers=_ENVOY, service_time_header=_ENVOY_TIME),
    _Row("8.0.3.0", build="24022515", headers=_ENVOY, service_time_header=_ENVOY_TIME),
    _Row(
        "9.0.0.0",
        build="24755230",
        vendor="Broadcom, Inc.",
        headers=_ENVOY,
        service_time_header=_ENVOY_TIME,
        applied_soapaction=True,
    ),
)


def _prior_versions(emulated: Version) -> tuple[str, ...]:
    """Return the older versions that vimServiceVersions.xml lists, newest first.

    Servers from 6.5 on go back to 4.0 and no further; 6.0 lists all of 2.5, and 5.5 leaves out 2.5u2server.
    """
    if emulated >= version("6.5"):
        oldest, left_out = version("4.0"), frozenset[str]()
    else:
        oldest, left_out = version("2.5"), frozenset({"2.5u2server"} if emulated < version("6.0") else ())
    older = VERSIONS[oldest.position : emulated.position]
    return tuple(prior.id for prior in reversed(older) if prior.id not in left_out)


def _product_version(emulated: Version) -> str:
    """Return the product's version, `8.0.2` for 8.0.2.0; an internal id has that of the one before it."""
    digits = emulated.id if emulated.id[0].isdigit() else VERSIONS[emulated.position - 1].id
    parts = digits.split("u")[0].split(".")
    return ".".join((*parts, "0", "0")[:3])


def release(version_id: str = DEFAULT) -> ReleaseProfile:
    """Return the profile of the release with this API version; raise `UnknownVersion`, naming the nearest."""
    emulated = version(version_id)
    row = next(row for row in reversed(_ROWS) if emulated >= version(row.since))
    return ReleaseProfile(
        version=emulated,
        product_version=_product_version(emulated),
        build=row.build,
        vendor=row.vendor,
        os_type=row.os_type,
        prior_versions=_prior_versions(emulated),
        vim2=row.vim2,
        headers=row.headers,
        service_time_header=row.service_time_header,
        applied_soapaction=row.applied_soapaction,
        derived=emulated.id not in _SEEN,
    )
