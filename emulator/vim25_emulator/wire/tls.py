"""The server's certificate: generated once, stored in the user's cache folder, and reused by every start.

Each set of names has one file with key and chain, and a second one with the certificate that a client must
trust. The first file is written atomically, so processes that start together agree on one pair; the second
file is derived from it. The private key of the authority is never written.
"""

from __future__ import annotations

import logging
import os
import re
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Final

from vim25_emulator.wire.tls_context import ServerContext

_LOG = logging.getLogger(__name__)

#: Names in every certificate, besides the address that the server listens on.
_ALWAYS: Final = ("localhost", "127.0.0.1", "::1")
_LIFETIME: Final = timedelta(days=730)  #: some systems reject longer ones
_RENEW_BEFORE: Final = timedelta(days=7)
_CERTIFIABLE: Final = re.compile(r"[A-Za-z0-9.:-]+\Z")  #: certificates do not allow a host name with `_`
_FIRST_LINE: Final = "# vim25-emulator: {names}; not after {expiry}\n"
_READ_FIRST_LINE: Final = re.compile(r"# vim25-emulator: (.*); not after (\S+)\n")
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)


class TlsError(ValueError):
    """The user's certificate or key cannot be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A PEM file with chain (and maybe key), a separate key file, and the certificate that clients trust."""

    certificate: Path
    key: Path | None
    authority: Path

    def context(self) -> ssl.SSLContext:
        """Return the server's TLS context; raise `TlsError`, which names the unusable file."""
        context = ServerContext(ssl.PROTOCOL_TLS_SERVER)
        for path in (self.certificate, self.key):
            if path is not None and not path.is_file():
                raise TlsError(f"{path}: no such file")
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_passphrase)
        except (ssl.SSLError, OSError, ValueError) as error:
            files = f"{self.certificate}" + (f" with key {self.key}" if self.key else "")
            raise TlsError(f"{files}: not a PEM certificate with its private key ({error})") from error
        return context


def _no_passphrase() -> str:
    raise ValueError("the private key is encrypted; use one without a passphrase")


def from_files(certificate: Path, key: Path | None) -> Identity:
    """Return the identity of the user's own files; the certificate's file may contain the key."""
    return Identity(certificate, key, certificate)


def cached(host: str) -> Identity:
    """Return the stored identity of a server that listens on `host`, generated or renewed if necessary."""
    names = _names(host)
    folder = _folder()
    pair = folder / f"{_file_stem(host, names)}.pem"
    now = datetime.now(timezone.utc)
    existed = pair.exists()  # checked first: a file that another process writes meanwhile is valid
    if not _is_valid(pair, names, now):
        _write_atomically(pair, _generate(names, now), replace=existed)
    authority = pair.with_suffix(".ca.pem")
    trusted = _CERTIFICATE.findall(pair.read_text())[-1]
    if not authority.is_file() or authority.read_text() != trusted:
        _write_atomically(authority, trusted, replace=True)
    return Identity(pair, None, authority)


def _names(host: str) -> tuple[str, ...]:
    """Return the names for a certificate; for a wildcard address, the name of this machine is added."""
    import socket

    name = socket.gethostname() if host in ("", "0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    return tuple(dict.fromkeys((*_ALWAYS, name))) if _CERTIFIABLE.match(name) else _ALWAYS


def _file_stem(host: str, names: tuple[str, ...]) -> str:
    return "localhost" if names == _ALWAYS else re.sub(r"[^A-Za-z0-9.-]", "_", names[-1])


def _folder() -> Path:
    """Return the cache folder, created if necessary, or a temporary one if the user's is not writable."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = configured if configured.is_absolute() else Path.home() / ".cache"  # XDG: ignore a relative path
    folder = base / "vim25-conformance"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return _temporary_folder()
    return folder if os.access(folder, os.W_OK) else _temporary_folder()


@cache
def _temporary_folder() -> Path:
    import atexit
    import shutil

    folder = tempfile.mkdtemp(prefix="vim25-emulator-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _LOG.warning("the cache folder is not writable; the certificate to trust is in %s", folder)
    return Path(folder)


def _is_valid(pair: Path, names: tuple[str, ...], now: datetime) -> bool:
    """Whether a stored file is complete, has these names, and does not expire soon."""
    try:
        text = pair.read_text()
    except (OSError, UnicodeDecodeError):
        return False
    match = _READ_FIRST_LINE.match(text)
    if match is None or len(_CERTIFICATE.findall(text)) < 2:
        return False
    return match[1] == ", ".join(names) and datetime.fromisoformat(match[2]) - _RENEW_BEFORE > now


def _generate(names: tuple[str, ...], now: datetime) -> str:
    """Return a new key, its certificate and the authority's as PEM, after a line with names and expiry."""
    import trustme  # only the first start needs it

    expiry = (now + _LIFETIME).replace(microsecond=0)
    authority = trustme.CA(organization_name="vim25-conformance", organization_unit_name="emulator")
    issued = authority.issue_cert(
        *names,
        common_name=names[0],
        not_before=(now - timedelta(days=1)).replace(tzinfo=None),
        not_after=expiry.replace(tzinfo=None),
    )
    chain = (*issued.cert_chain_pems, authority.cert_pem)
    pem = b"".join(blob.bytes() for blob in (issued.private_key_pem, *dict.fromkeys(chain)))
    return _FIRST_LINE.format(names=", ".join(names), expiry=expiry.isoformat()) + pem.decode()


def _write_atomically(path: Path, text: str, *, replace: bool) -> None:
    """Write a file in one step; without `replace`, the first of several processes wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        if replace:
            os.replace(temporary, path)  # noqa: PTH105  # the temporary name is a string
        else:
            _link(Path(temporary), path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _link(temporary: Path, path: Path) -> None:
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        temporary.replace(path)
