"""The certificate that every emulated host shows: one specimen, whose private key does not exist any more.

Hosts here serve no connection of their own, so nothing is ever signed with it.
"""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from functools import cache
from hashlib import sha1
from typing import Final

from vim25_emulator.vmodl.value import DataObject

_PEM: Final = """\
-----BEGIN CERTIFICATE-----
MIIBMTCB2aADAgECAgEBMAoGCCqGSM49BAMCMBsxDDAKBgNVBAoMA0xhYjELMAkG
A1UEAwwCQ0EwIBcNMjMwMTAxMDAwMDAwWhgPMjA3MzAxMDEwMDAwMDBaMCkxDDAK
BgNVBAoMA0xhYjEZMBcGA1UEAwwQaG9zdC5sYWIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABDs94E2nkc8D5gCOq92wjT+h2cU/jIiAzxxr/rUsSktD
fJHX9vpcgKNdj5/YHp/tNkPv6TmX1GMle/ldMN31XLIwCgYIKoZIzj0EAwIDRwAw
RAIgU2tL3rr170E6AXJSAqAgeoEY/L8Ivz67xbGNNf/zyHkCIATWgqYcfwNIoS+I
ETpD4ExTIuioGcB0jH7JPoDsNsDn
-----END CERTIFICATE-----
"""
_BASE64: Final = _PEM.splitlines()[1:-1]
#: What the certificate says of itself; `tests/emulator/model/test_host_certificate.py` compares them.
_ISSUER: Final = "O=Lab,CN=CA"
_SUBJECT: Final = "O=Lab,CN=host.lab.example"
_NOT_BEFORE: Final = datetime(2023, 1, 1, tzinfo=timezone.utc)
_NOT_AFTER: Final = datetime(2073, 1, 1, tzinfo=timezone.utc)

#: The user of vCenter on a host, which trusts vCenter by a thumbprint.
_VCENTER_USER: Final = "vpxuser"


@cache
def certificate() -> tuple[int, ...]:
    """Return the certificate as HostConfigInfo shows it: the bytes of its PEM form."""
    return tuple(_PEM.encode())


@cache
def thumbprint() -> str:
    """Return the SHA-1 thumbprint of the certificate."""
    return sha1(base64.b64decode("".join(_BASE64)), usedforsecurity=False).digest().hex(":").upper()


@cache
def certificate_info() -> DataObject:
    """Return HostCertificateManagerCertificateInfo."""
    return DataObject(
        "HostCertificateManagerCertificateInfo",
        kind="Machine",
        issuer=_ISSUER,
        notBefore=_NOT_BEFORE,
        notAfter=_NOT_AFTER,
        subject=_SUBJECT,
        status="good",
    )


@cache
def thumbprint_info() -> DataObject:
    """Return HostSslThumbprintInfo: the thumbprints by which a host trusts vCenter."""
    return DataObject(
        "HostSslThumbprintInfo", principal=_VCENTER_USER, ownerTag="", sslThumbprints=(thumbprint(),)
    )
