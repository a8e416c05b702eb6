"""The certificate: generated once, valid for the address, renewed in time; errors for the user's own."""

import socket
import ssl
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path

import pytest

from vim25_emulator.wire import tls


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "vim25-conformance"


def shaken_hands(identity: tls.Identity, name: str) -> str | None:
    """Return the TLS version that a verifying client negotiates with a server of this identity."""
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=lambda: identity.context().wrap_socket(ours, server_side=True).close())
    server.start()
    client = ssl.create_default_context(cafile=identity.authority)
    try:
        with client.wrap_socket(theirs, server_hostname=name) as connection:
            return connection.version()
    finally:
        theirs.close()
        server.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_the_authority_accepts_it(name: str) -> None:
    assert shaken_hands(tls.cached("127.0.0.1"), name) is not None


def test_covers_the_address_that_is_listened_on() -> None:
    assert shaken_hands(tls.cached("10.20.30.40"), "10.20.30.40") is not None


def test_covers_this_machine_when_all_addresses_are_listened_on() -> None:
    assert shaken_hands(tls.cached("0.0.0.0"), socket.gethostname()) is not None  # noqa: S104


def test_is_generated_once() -> None:
    first = tls.cached("127.0.0.1")
    content = first.certificate.read_bytes()
    assert tls.cached("localhost") == tls.cached("::1") == first
    assert first.certificate.read_bytes() == content


def test_only_the_user_can_read_the_key(cache: Path) -> None:
    identity = tls.cached("127.0.0.1")
    assert identity.certificate.stat().st_mode & 0o077 == 0
    assert cache.stat().st_mode & 0o077 == 0
    assert "PRIVATE KEY" not in identity.authority.read_text()
    assert sorted(path.name for path in cache.iterdir()) == ["localhost.ca.pem", "localhost.pem"]


@pytest.mark.parametrize("damage", ["", "# vim25-emulator: localhost; not after 2000-01-01T00:00:00+00:00\n"])
def test_a_damaged_file_is_replaced(damage: str) -> None:
    identity = tls.cached("127.0.0.1")
    identity.certificate.write_text(damage)
    assert shaken_hands(tls.cached("127.0.0.1"), "localhost") is not None


def test_is_renewed_before_it_expires() -> None:
    identity = tls.cached("127.0.0.1")
    stored = identity.certificate.read_text()
    soon = datetime.now(timezone.utc) + timedelta(days=1)
    first, rest = stored.split("\n", 1)
    identity.certificate.write_text(f"{first.rpartition(' ')[0]} {soon.isoformat()}\n{rest}")
    renewed = tls.cached("127.0.0.1")
    assert renewed.certificate.read_text() not in {stored, ""}
    assert shaken_hands(renewed, "localhost") is not None


def test_the_authority_that_clients_trust_follows_the_certificate() -> None:
    identity = tls.cached("127.0.0.1")
    identity.authority.write_text("something else")
    assert shaken_hands(tls.cached("127.0.0.1"), "localhost") is not None


def _generated(_number: int) -> tuple[str, str]:
    identity = tls.cached("127.0.0.1")
    return identity.certificate.read_text(), identity.authority.read_text()


def test_processes_that_start_together_agree() -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(_generated, range(3)))) == 1


def test_uses_a_temporary_folder_if_the_cache_is_not_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    tls._temporary_folder.cache_clear()  # it warns once per process
    identity = tls.cached("127.0.0.1")
    assert shaken_hands(identity, "localhost") is not None
    assert f"the certificate to trust is in {identity.authority.parent}" in caplog.text


def test_ignores_a_relative_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert tls.cached("127.0.0.1").authority.is_relative_to(tmp_path / "home" / ".cache")
    assert not (tmp_path / "relative").exists()


def test_accepts_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(tls.cached("127.0.0.1").certificate.read_bytes())
    assert tls.from_files(own, None).context() is not None


def test_reports_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(tls.TlsError, match=r"nowhere\.pem: no such file"):
        tls.from_files(tmp_path / "nowhere.pem", None).context()


def test_reports_a_file_that_is_not_a_certificate(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("hello")
    with pytest.raises(tls.TlsError, match=r"own\.pem: not a PEM certificate with its private key"):
        tls.from_files(tmp_path / "own.pem", None).context()


def test_reports_a_key_of_another_certificate(tmp_path: Path) -> None:
    one, other = tls.cached("127.0.0.1").certificate, tls.cached("10.0.0.1").certificate
    with pytest.raises(tls.TlsError, match="not a PEM certificate with its private key"):
        tls.from_files(one, other).context()
