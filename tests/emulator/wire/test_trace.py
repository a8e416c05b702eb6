"""The trace: the format of a block, and the secrets that are masked in it."""

import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.trace import Trace


def request(body: bytes, **headers: bytes) -> Request:
    sent = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return Request("POST", "/sdk", sent, ("127.0.0.1", 40000), True, time.perf_counter(), body)


@pytest.fixture
def traced(tmp_path: Path) -> Path:
    return tmp_path / "trace.txt"


def test_a_block_contains_the_whole_exchange(traced: Path) -> None:
    trace = Trace(traced, ManualClock(datetime(2026, 1, 31, 9, 30, tzinfo=timezone.utc)))
    asked = request(b"<a/>", soapaction=b'"urn:vim25/8.0.2.0"')
    trace.record(asked, Reply(500, b"<b/>", [(b"content-type", b"text/xml")], "CurrentTime"))
    trace.close()
    first, *rest = traced.read_text().splitlines()
    began = "=== 1  2026-01-31T09:30:00.000000Z  127.0.0.1:40000  POST /sdk  CurrentTime  500  "
    assert first.startswith(began)
    assert first.endswith(" ms")
    assert rest == ['> soapaction: "urn:vim25/8.0.2.0"', "<a/>", "< content-type: text/xml", "<b/>", ""]


def test_reports_a_client_that_disconnected(traced: Path) -> None:
    trace = Trace(traced, ManualClock())
    trace.record(request(b"<a/>"), None)
    assert "  POST /sdk  -  hung up  " in traced.read_text()


def test_is_appended_to(traced: Path) -> None:
    for _ in range(2):
        trace = Trace(traced, ManualClock())
        trace.record(request(b""), Reply(200, b""))
        trace.close()
    assert traced.read_text().count("=== 1 ") == 2


def test_only_the_user_can_read_it(traced: Path) -> None:
    Trace(traced, ManualClock()).close()
    assert traced.stat().st_mode & 0o077 == 0


def test_a_target_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        Trace(tmp_path / "nowhere" / "trace.txt", ManualClock())


def test_a_trace_that_can_no_longer_be_written_ends(caplog: pytest.LogCaptureFixture) -> None:
    trace = Trace("/dev/full", ManualClock())
    for _ in range(2):
        trace.record(request(b""), Reply(200, b""))
    assert [record.getMessage() for record in caplog.records] == [
        "the trace ends here: [Errno 28] No space left on device"
    ]


def test_hides_cookies_both_ways(traced: Path) -> None:
    trace = Trace(traced, ManualClock())
    headers = [(b"set-cookie", b'vmware_soap_session="5ecre7"; Path=/')]
    trace.record(request(b"", cookie=b"vmware_soap_session=5ecre7"), Reply(200, b"", headers))
    written = traced.read_text()
    assert "5ecre7" not in written
    assert "> cookie: ***" in written
    assert "< set-cookie: ***" in written


@pytest.mark.parametrize(
    "body",
    [
        "<password>5ecre7</password>".encode("utf-16"),
        "<a>Grüße</a><password>5ecre7</password>".encode("latin-1"),
        b'{"password": "5ecre7"}',
        b"username=u&password=5ecre7",
        b"\xff\xfe5ecre7",
    ],
)
def test_shows_only_the_size_of_what_cannot_be_searched(traced: Path, body: bytes) -> None:
    Trace(traced, ManualClock()).record(request(body), Reply(500, b"not XML"))
    expected = f"*** ({len(body)} bytes that are not XML in UTF-8)"
    assert traced.read_text().splitlines()[1:] == [expected, "not XML", ""]
