"""The Spyne application: lazily bound, under Spyne's own transport, with a response to every error."""

import inspect
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.emulator.wire.peer import CONTENT, Peer, call, login
from vim25_emulator import Emulator
from vim25_emulator.wire.soap_application import SoapApplication
from vim25_emulator.wire.spyne_shim import importable


@pytest.fixture
def application(emulator: Emulator) -> SoapApplication:
    return SoapApplication(emulator.vcenter)


def test_methods_are_bound_when_first_called(application: SoapApplication) -> None:
    assert application.interface.service_method_map == {}
    (bound,) = application.bound("RetrieveServiceContent")
    assert application.bound("RetrieveServiceContent") == [bound]
    assert list(application.interface.service_method_map) == ["{urn:vim25}RetrieveServiceContent"]


def test_an_unknown_method_is_not_bound(application: SoapApplication) -> None:
    assert application.bound("TellTime") == []


def test_applications_do_not_share_their_vcenter(emulator: Emulator) -> None:
    with Emulator() as other, Peer(emulator) as one, Peer(other) as two:
        cookie = one.post(login(emulator)).headers["set-cookie"]
        logout = call("Logout", "SessionManager", "SessionManager")
        assert "NotAuthenticated" in two.post(logout, f"Cookie: {cookie}").text
        assert "LogoutResponse" in one.post(logout, f"Cookie: {cookie}").text


def test_events_of_spyne_are_fired(application: SoapApplication, emulator: Emulator) -> None:
    seen: list[str] = []
    for event in ("method_context_created", "method_call", "method_return_object", "method_context_closed"):
        application.event_manager.add_listener(event, lambda ctx, event=event: seen.append(event))
    assert emulator.call(through_wsgi, application, CONTENT)[0] == "200 OK"
    assert seen == ["method_context_created", "method_call", "method_return_object", "method_context_closed"]


# ---- Spyne's stock WSGI transport over the same application ---------------------------------------------


def through_wsgi(
    application: SoapApplication, document: str, **headers: str
) -> tuple[str, dict[str, str], str]:
    """Return status, headers and body of a call through `spyne.server.wsgi`."""
    with importable():
        from spyne.server.wsgi import WsgiApplication
    body = document.encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/sdk",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        **headers,
    }
    started: list[Any] = []
    parts = WsgiApplication(application)(environ, lambda *answer: started.append(answer))
    text = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts).decode()
    return started[0][0], dict(started[0][1]), text


def test_answers_the_same_under_wsgi(application: SoapApplication, emulator: Emulator, peer: Peer) -> None:
    status, _, text = emulator.call(through_wsgi, application, CONTENT)
    assert status == "200 OK"
    assert text == peer.post(CONTENT).text


def test_keeps_sessions_under_wsgi(application: SoapApplication, emulator: Emulator) -> None:
    def log_in_and_out() -> str:
        _, headers, _ = through_wsgi(application, login(emulator))
        assert headers["Set-Cookie"].startswith("vmware_soap_session=")
        logout = call("Logout", "SessionManager", "SessionManager")
        return through_wsgi(application, logout, HTTP_COOKIE=headers["Set-Cookie"])[2]

    assert '<LogoutResponse xmlns="urn:vim25"></LogoutResponse>' in emulator.call(log_in_and_out)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("<a>", "ClientFaultCode"),
        (call("TellTime", "Folder", "f"), "InvalidRequestFault"),
        ("", "no element found"),
    ],
)
def test_rejects_the_same_under_wsgi(
    application: SoapApplication, emulator: Emulator, document: str, fault: str
) -> None:
    status, _, text = emulator.call(through_wsgi, application, document)
    assert status.startswith("500")
    assert fault in text


# ---- unexpected errors ---------------------------------------------------------------------------------


@pytest.fixture
def broken(emulator: Emulator) -> Iterator[Callable[[Any], None]]:
    """Replace the function of RetrieveServiceContent with a broken one until the test ends."""
    table, key = emulator.vcenter.implementation._resolved, ("ServiceInstance", "RetrieveServiceContent")
    present = emulator.vcenter.implementation.operation(*key)
    assert present is not None

    def put(function: Any) -> None:
        table[key] = replace(present, function=function, is_async=inspect.iscoroutinefunction(function))

    yield put
    table[key] = present


def raises(*_: Any) -> None:
    raise ZeroDivisionError("no such luck")


async def raises_later(*_: Any) -> None:
    raise ZeroDivisionError("no such luck")


def returns_nonsense(*_: Any) -> object:
    return object()


@pytest.mark.parametrize("function", [raises, raises_later, returns_nonsense])
def test_an_unexpected_error_is_a_system_error_and_logged(
    function: Any, broken: Callable[[Any], None], peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    broken(function)
    with caplog.at_level(logging.ERROR):
        answer = peer.post(CONTENT)
    assert answer.status == 500
    assert answer.fault[0] == "ServerFaultCode"
    assert '<SystemErrorFault xmlns="urn:vim25" xsi:type="SystemError"><reason>' in answer.text
    (record,) = caplog.records
    assert record.getMessage() == "RetrieveServiceContent failed unexpectedly"
    assert record.exc_info is not None


def test_a_fault_is_not_logged(emulator: Emulator, peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert peer.post(login(emulator, "wrong")).status == 500
        assert peer.post("<a>").status == 500
    assert [record for record in caplog.records if record.name.startswith(("vim25_emulator", "spyne"))] == []


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("urn:vim25/7.0", ("VersionMismatchFaultCode", "Unsupported version URI &quot;urn:vim25/7.0&quot;")),
        (
            "urn:vim25/8.0.2.0",
            ("ServerFaultCode", "Cannot complete login due to an incorrect user name or password."),
        ),
    ],
)
def test_login_by_token_is_strict_about_the_version(peer: Peer, action: str, fault: tuple[str, str]) -> None:
    document = call("LoginByToken", "SessionManager", "SessionManager")
    assert peer.post(document, f"SOAPAction: {action}").fault == fault


def test_a_failed_login_keeps_the_session(emulator: Emulator, peer: Peer) -> None:
    session = peer.post(login(emulator)).headers["set-cookie"].partition(";")[0]
    answer = peer.post(login(emulator, "wrong"), f"Cookie: {session}")
    assert answer.status == 500
    assert "set-cookie" not in answer.headers
