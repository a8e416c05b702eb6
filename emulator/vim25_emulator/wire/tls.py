"""The server's certificate: made once, kept in the user's cache folder, the same for every start.

Each set of names has one file with key and chain, and beside it the certificate that a client must trust.
The first file is the truth and is put in place in one step, so processes that start together agree on one
pair; the second is derived from it. The authority's own key is never written.
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

_LOG = logging.getLogger(__name__)

#: Names that every certificate is good for, beside the address listened on.
_ALWAYS: Final = ("localhost", "127.0.0.1", "::1")
_LIFETIME: Final = timedelta(days=730)  # longer ones are refused by some clients' systems
_RENEW_BEFORE: Final = timedelta(days=7)
_CERTIFIABLE: Final = re.compile(r"[A-Za-z0-9.:-]+\Z")  # a host name with `_` can be in no certificate
_FIRST_LINE: Final = "# vim25-emulator: {names}; not after {expiry}\n"
_READ_FIRST_LINE: Final = re.compile(r"# vim25-emulator: (.*); not after (\S+)\n")
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)


class TlsError(ValueError):
    """The certificate or key that the user named cannot be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server shows: a PEM file with chain and maybe key, the key's file, and what clients trust."""

    certificate: Path
    key: Path | None
    authority: Path

    def context(self) -> ssl.SSLContext:
        """Return a server's TLS context; raise `TlsError` which names the file that is at fault."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for path in (self.certificate, self.key):
            if path is not None and not path.is_file():
                raise TlsError(f"{path}: no such file")
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_passphrase)
        except (ssl.SSLError, OSError, ValueError) as error:
            files = f"{self.certificate}" + (f" with key {self.key}" if self.key else "")
            raise TlsError(f"{files}: not a PEM certificate and its key ({error})") from error
        return context


def _no_passphrase() -> str:
    raise ValueError("the key is encrypted; give one without a passphrase")


def from_files(certificate: Path, key: Path | None) -> Identity:
    """Return the identity made of the user's own files; the certificate's file may hold the key too."""
    return Identity(certificate, key, certificate)


def cached(host: str) -> Identity:
    """Return the kept identity for a server that listens on `host`, made or renewed if need be."""
    names = _names(host)
    folder = _folder()
    pair = folder / f"{_file_stem(host, names)}.pem"
    now = datetime.now(timezone.utc)
    was_there = pair.exists()  # asked first: what another process makes meanwhile is good
    if not _is_good(pair, names, now):
        _publish(pair, _make(names, now), replace=was_there)
    authority = pair.with_suffix(".ca.pem")
    trusted = _CERTIFICATE.findall(pair.read_text())[-1]
    if not authority.is_file() or authority.read_text() != trusted:
        _publish(authority, trusted, replace=True)
    return Identity(pair, None, authority)


def _names(host: str) -> tuple[str, ...]:
    """Return the names that a certificate must be good for. A wildcard address names this machine."""
    import socket

    named = socket.gethostname() if host in ("", "0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    return tuple(dict.fromkeys((*_ALWAYS, named))) if _CERTIFIABLE.match(named) else _ALWAYS


def _file_stem(host: str, names: tuple[str, ...]) -> str:
    return "localhost" if names == _ALWAYS else re.sub(r"[^A-Za-z0-9.-]", "_", names[-1])


def _folder() -> Path:
    """Return the cache folder, made if need be; a passing one where the user's cannot be written."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = named if named.is_absolute() else Path.home() / ".cache"  # a relative one is to be ignored
    folder = base / "vim25-conformance"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return _passing_folder()
    return folder if os.access(folder, os.W_OK) else _passing_folder()


@cache
def _passing_folder() -> Path:
    import atexit
    import shutil

    folder = tempfile.mkdtemp(prefix="vim25-emulator-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _LOG.warning("the cache folder cannot be written; what clients must trust is in %s for now", folder)
    return Path(folder)


def _is_good(pair: Path, names: tuple[str, ...], now: datetime) -> bool:
    """Whether a kept file is whole, for these names, and will be valid for some days more."""
    try:
        text = pair.read_text()
    except (OSError, UnicodeDecodeError):
        return False
    match = _READ_FIRST_LINE.match(text)
    if match is None or len(_CERTIFICATE.findall(text)) < 2:
        return False
    return match[1] == ", ".join(names) and datetime.fromisoformat(match[2]) - _RENEW_BEFORE > now


def _make(names: tuple[str, ...], now: datetime) -> str:
    """Return a new key, its certificate and the authority's, as PEM with a line ahead that says for whom."""
    import trustme  # only the first start pays for it

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


def _publish(path: Path, text: str, *, replace: bool) -> None:
    """Put a file in place in one step. Without `replace` the first of several processes wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        if replace:
            os.replace(temporary, path)  # noqa: PTH105  # the temporary name comes as a string
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
