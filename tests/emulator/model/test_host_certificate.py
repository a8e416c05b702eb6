"""The certificate of hosts, compared with what `cryptography` reads in it."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyVmomi import vim

from tests.emulator.lab import Lab


def test_what_a_host_says_of_its_certificate_is_in_it(lab: Lab) -> None:
    host = lab.all(vim.HostSystem)[0]
    read = x509.load_pem_x509_certificate(bytes(host.config.certificate))
    info = host.configManager.certificateManager.certificateInfo
    names = (name.rfc4514_string() for name in (read.issuer, read.subject))
    assert [",".join(reversed(name.split(","))) for name in names] == [info.issuer, info.subject]
    assert (read.not_valid_before_utc, read.not_valid_after_utc) == (info.notBefore, info.notAfter)
    thumbprint = read.fingerprint(hashes.SHA1()).hex(":").upper()  # noqa: S303  # the thumbprint of the API
    assert host.summary.config.sslThumbprint == thumbprint
    assert host.config.sslThumbprintInfo.sslThumbprints == [thumbprint]
