"""The trace: the format of a block, and the secrets that are masked in it."""

import base64
import json
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.emulator.wire.peer import Answer, Peer, login
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.wire.http import Reply, Request
from vim25_emulator.wire.trace import Trace


def request(body: bytes, *, method: str = "POST", path: str = "/sdk", **headers: bytes) -> Request:
    sent = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return Request(method, path, sent, ("127.0.0.1", 40000), True, time.perf_counter(), body)


JSON = [(b"content-type", b"application/json")]
BELOW = "/sdk/vim25/8.0.2.0"


def shown(traced: Path, asked: Request, reply: Reply) -> list[str]:
    """Return the lines of a trace with one exchange."""
    trace = Trace(traced, ManualClock())
    trace.record(asked, reply)
    trace.close()
    return traced.read_text().splitlines()


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
        b'{"password": "5ecre7"',
        b'"5ecre7"',
        b'["5ecre7"]',
        b"username=u&password=5ecre7",
        b"\xff\xfe5ecre7",
    ],
)
def test_shows_only_the_size_of_what_cannot_be_searched(traced: Path, body: bytes) -> None:
    Trace(traced, ManualClock()).record(request(body), Reply(500, b"not XML"))
    expected = f"*** ({len(body)} bytes that are neither XML in UTF-8 nor JSON)"
    assert traced.read_text().splitlines()[1:] == [expected, "not XML", ""]


# JSON


def test_a_json_exchange_is_shown_as_it_was(traced: Path) -> None:
    asked = request(
        b'{"host": {"value": "host-9"}}', path=f"{BELOW}/VirtualMachine/vm-1/CreateSecondaryVM_Task"
    )
    first, *rest = shown(
        traced, asked, Reply(500, b'{"_typeName":"InvalidType"}', JSON, "CreateSecondaryVM_Task")
    )
    assert (
        f"  POST {BELOW}/VirtualMachine/vm-1/CreateSecondaryVM_Task  CreateSecondaryVM_Task  500  " in first
    )
    assert rest == [
        '{"host": {"value": "host-9"}}',
        "< content-type: application/json",
        '{"_typeName":"InvalidType"}',
        "",
    ]


def test_hides_the_id_of_a_session_in_headers(traced: Path) -> None:
    asked = request(b"{}", vmware_api_session_id=b"5ecre7", authorization=b"Basic 5ecre7")
    lines = shown(traced, asked, Reply(200, b"{}", [*JSON, (b"vmware-api-session-id", b"5ecre7")]))
    assert "5ecre7" not in str(lines)
    assert "< vmware-api-session-id: ***" in lines


def test_hides_secrets_of_both_bodies(traced: Path) -> None:
    asked = request(b'{"userName": "u", "pass\\u0077ord": "5ecre7"}')
    lines = shown(traced, asked, Reply(200, b'{"_typeName":"UserSession","key":"5ecre7"}', JSON))
    assert '{"userName": "u", "pass\\u0077ord": "***"}' in lines
    assert '{"_typeName":"UserSession","key":"***"}' in lines


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/session", b""),
        ("POST", "/api/session/", b""),
        ("GET", f"{BELOW}/X/x/password", b""),
        ("GET", f"{BELOW}/X/x/currentSession.key", b""),
        ("POST", f"{BELOW}/SessionManager/SessionManager/AcquireCloneTicket", b"{}"),
        ("POST", f"{BELOW}/SessionManager/SessionManager/Fetch", b'{"prop": "currentSession.key"}'),
    ],
)
def test_hides_an_answer_that_is_a_secret(traced: Path, method: str, path: str, body: bytes) -> None:
    lines = shown(traced, request(body, method=method, path=path), Reply(200, b'"5ecre7"', JSON))
    assert lines[-2:] == ['"***"', ""]
    assert "5ecre7" not in str(lines)


def test_a_failure_is_shown_whatever_was_asked_for(traced: Path) -> None:
    asked = request(b"", path="/api/session")
    lines = shown(traced, asked, Reply(401, b'{"error_type":"UNAUTHENTICATED"}', JSON))
    assert '{"error_type":"UNAUTHENTICATED"}' in lines


def test_hides_the_key_of_a_session_in_paths(traced: Path) -> None:
    path = f"{BELOW}/PropertyFilter/session[5ecre7]52f1/Destroy\nX"
    lines = shown(traced, request(b"", path=path), Reply(404, f"{path} is not here".encode()))
    assert "/session[***]52f1/Destroy%0AX  " in lines[0]
    assert "5ecre7" not in str(lines)


def test_an_answer_that_is_no_json_is_not_shown(traced: Path) -> None:
    lines = shown(traced, request(b""), Reply(200, b'{"key": "5ecre7', JSON))
    assert lines[-2:] == ["*** (15 bytes that are not JSON)", ""]


def test_secrets_of_a_real_exchange_never_appear(tmp_path: Path) -> None:
    """Of SOAP and /api/session, over TLS."""
    with Emulator(trace=tmp_path / "trace.txt", password="pa55phra5e") as emulator, Peer(emulator) as peer:
        credentials = base64.b64encode(f"{emulator.username}:{emulator.password}".encode()).decode()
        answer = peer.post("", f"Authorization: Basic {credentials}", path="/api/session")
        session = json.loads(answer.body)
        assert peer.get("/api/session", f"vmware-api-session-id: {session}").status == 200
        assert peer.post('{"userName": "u", "password": "pa55phra5e"').status == 500
        assert peer.post(login(emulator)).status == 200
        (key, _) = emulator.call(lambda: [opened.key for opened in emulator.vcenter.sessions])
    written = (tmp_path / "trace.txt").read_text()
    assert written.count("\n=== ") == 3
    assert "  GET /api/session  -  200  " in written
    for secret in (credentials, session, key, "pa55phra5e"):
        assert secret not in written


def test_secrets_of_the_json_binding_never_appear(tmp_path: Path) -> None:
    with Emulator(trace=tmp_path / "trace.txt", password="pa55phra5e") as emulator, Peer(emulator) as peer:

        def post(path: str, body: object, *headers: str) -> Answer:
            return peer.post(json.dumps(body), *headers, path=f"{BELOW}/{path}")

        manager, collector = "SessionManager/SessionManager", "PropertyCollector/propertyCollector"
        logged_in = post(f"{manager}/Login", {"userName": emulator.username, "password": emulator.password})
        session, key = logged_in.headers["vmware-api-session-id"], json.loads(logged_in.body)["key"]
        header = f"vmware-api-session-id: {session}"
        for name in ("currentSession", "sessionList"):
            assert key in peer.get(f"{BELOW}/{manager}/{name}", header).text
        reference = {
            "_typeName": "ManagedObjectReference",
            "type": "SessionManager",
            "value": "SessionManager",
        }
        spec = {
            "_typeName": "PropertyFilterSpec",
            "propSet": [
                {"_typeName": "PropertySpec", "type": "SessionManager", "pathSet": ["currentSession.key"]},
                {"_typeName": "PropertySpec", "type": "SessionManager", "pathSet": ["sessionList"]},
            ],
            "objectSet": [{"_typeName": "ObjectSpec", "obj": reference}],
        }
        assert key in post(f"{collector}/RetrieveProperties", {"specSet": [spec]}, header).text
        created = post(f"{collector}/CreateFilter", {"spec": spec, "partialUpdates": False}, header)
        mo_id = json.loads(created.body)["value"]
        assert mo_id.startswith(f"session[{key}]")
        assert post(f"PropertyFilter/{mo_id}/DestroyPropertyFilter", {}, header).status == 204
        encoded = mo_id.replace("[", "%5B").replace("]", "%5d")
        assert post(f"PropertyFilter/{encoded}/DestroyPropertyFilter", {}, header).status == 500
        ticket = json.loads(post(f"{manager}/AcquireCloneTicket", {}, header).body)
        post(f"{manager}/CloneSession", {"cloneTicket": ticket})
        post(f"{manager}/TerminateSession", {"sessionId": [key, session]}, header)
        peer.post('{"userName": "u", "password": "pa55phra5e"', path=f"{BELOW}/{manager}/Login")
        peer.post('["pa55phra5e"]', path=f"{BELOW}/{manager}/Login")
    written = (tmp_path / "trace.txt").read_text()
    assert f"  POST {BELOW}/{manager}/Login  Login  200  " in written
    assert f"  GET {BELOW}/{manager}/currentSession  currentSession  200  " in written
    assert "/PropertyFilter/session[***]" in written
    assert "currentSession.key" in written
    for secret in (session, key, ticket, "pa55phra5e"):
        assert secret not in written
