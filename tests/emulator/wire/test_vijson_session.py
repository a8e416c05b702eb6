"""Sessions of the JSON binding: one store with SOAP, an id in a header of its own."""

from __future__ import annotations

import base64
import re

import pytest

from tests.emulator.wire.json_peer import SESSION, JsonPeer
from tests.emulator.wire.peer import Answer, Peer, call, login
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock

MANAGER = "SessionManager/SessionManager"
LOGIN = f"{MANAGER}/Login"
LOGOUT = f"{MANAGER}/Logout"
TIME = "ServiceInstance/ServiceInstance/CurrentTime"
NAME = "Folder/group-d1/name"
HALF_AN_HOUR = 1800


def fault(answer: Answer) -> str:
    assert answer.status == 500
    assert SESSION not in answer.headers
    return str(answer.value["_typeName"])


def is_open(emulator: Emulator, session: str) -> bool:
    """Whether an id opens a session, for a method and for a property."""
    with JsonPeer(emulator) as peer:
        peer.session = session
        answers = [peer.call(TIME), peer.read(NAME)]
    open_ = {answer.status == 200 for answer in answers}
    assert len(open_) == 1
    if open_ == {False}:
        assert [fault(answer) for answer in answers] == ["NotAuthenticated"] * 2
    return open_ == {True}


def time_over_soap(emulator: Emulator, header: str) -> Answer:
    with Peer(emulator) as peer:
        return peer.post(call("CurrentTime", "ServiceInstance", "ServiceInstance"), header)


# ---- the header ----------------------------------------------------------------------------------------


def test_login_answers_with_an_id_that_is_not_the_key(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        answer = peer.login()
        assert answer.status == 200
        assert answer.value["_typeName"] == "UserSession"
        assert re.fullmatch("[0-9a-f]{40}", answer.headers[SESSION])
        assert answer.headers[SESSION] != answer.value["key"]
        assert "set-cookie" not in answer.headers
        assert is_open(emulator, answer.headers[SESSION])
        assert not is_open(emulator, answer.value["key"])
        assert SESSION not in peer.call(TIME).headers


def test_the_header_is_written_in_lower_case(emulator: Emulator) -> None:
    """Scripts search for it so [observed: scripts]; they may send it in any case."""
    with JsonPeer(emulator) as peer:
        body = b'{"userName":"%b","password":"%b"}' % (
            emulator.username.encode(),
            emulator.password.encode(),
        )
        peer.send(peer.head("POST", f"{peer.root}/{LOGIN}", f"Content-Length: {len(body)}") + body)
        raw = peer.socket.recv(65536)
        found = re.search(rb"\r\nvmware-api-session-id: ([0-9a-f]{40})\r\n", raw)
        assert found is not None
    with JsonPeer(emulator) as other:
        assert other.call(TIME, None, f"VMware-API-Session-ID: {found[1].decode()}").status == 200


def test_what_needs_no_session_over_soap_needs_none_here(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        answers = [
            peer.read("ServiceInstance/ServiceInstance/content"),
            peer.read(f"{MANAGER}/defaultLocale"),
            peer.call("ServiceInstance/ServiceInstance/RetrieveServiceContent"),
        ]
        assert [(answer.status, SESSION in answer.headers) for answer in answers] == [(200, False)] * 3


def test_without_a_session_the_fault_is_that_of_soap(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        for answer in (
            peer.call(LOGOUT),
            peer.read(NAME),
            peer.read("VirtualMachine/vm-0/name"),  # does not exist, which nobody learns without a session
            peer.read("HostSystem/group-d1/name"),
            peer.call("VirtualMachine/vm-0/PowerOnVM_Task"),
        ):
            assert answer.status == 500
            assert answer.value == {
                "_typeName": "NotAuthenticated",
                "faultstring": "The session is not authenticated.",
                "object": {"_typeName": "ManagedObjectReference", "type": "Folder", "value": "group-d1"},
                "privilegeId": "System.View",
            }


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("Login", {"userName": "administrator@vsphere.local", "password": "wrong"}, "InvalidLogin"),
        ("Login", {"userName": "nobody@vsphere.local", "password": "vmware"}, "InvalidLogin"),
        ("LoginByToken", {}, "InvalidLogin"),
        ("LoginBySSPI", {"base64Token": "x"}, "InvalidLogin"),
        ("CloneSession", {"cloneTicket": "cst-VCT-unknown"}, "InvalidLogin"),
        ("LoginExtensionByCertificate", {"extensionKey": "x"}, "NoClientCertificate"),
        ("Login", {"userName": "x" * 100_000, "password": "y" * 100_000}, "InvalidLogin"),
        ("Login", {"userName": "x"}, "InvalidArgument"),
    ],
)
def test_a_failed_login_gives_no_id(
    emulator: Emulator, method: str, body: dict[str, str], expected: str
) -> None:
    with JsonPeer(emulator) as peer:
        answer = peer.call(f"{MANAGER}/{method}", body)
        assert fault(answer) == expected
        assert "set-cookie" not in answer.headers


def test_a_failed_login_has_the_text_of_a_real_server(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        text = "Cannot complete login due to an incorrect user name or password."
        assert peer.login(password="wrong").value == {"_typeName": "InvalidLogin", "faultstring": text}


def test_a_second_login_fails_and_keeps_the_session(json_peer: JsonPeer) -> None:
    session = json_peer.session
    assert fault(json_peer.login()) == "InvalidLogin"
    assert is_open(json_peer.emulator, session)


# ---- one store -----------------------------------------------------------------------------------------


def test_spaces_around_the_id_are_none_of_it(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        peer.login()
        session, peer.session = peer.session, ""
        for header in (f"{SESSION}:{session}", f"{SESSION}: \t{session} \t"):
            assert peer.read("Folder/group-d1/name", header).status == 200


def test_the_session_is_in_the_list_and_opens_soap(json_peer: JsonPeer, emulator: Emulator) -> None:
    own = json_peer.value_of(f"{MANAGER}/currentSession")
    listed = json_peer.value_of(f"{MANAGER}/sessionList")
    assert own["key"] in {session["key"] for session in listed}
    answer = time_over_soap(emulator, f"Cookie: vmware_soap_session={json_peer.session}")
    assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert time_over_soap(emulator, f"{SESSION}: {json_peer.session}").status == 500


def test_the_cookie_of_soap_opens_nothing_and_its_value_does(emulator: Emulator) -> None:
    """[documented; derived, for the value]"""
    with JsonPeer(emulator) as peer:
        cookie = peer.post(login(emulator)).headers["set-cookie"]
        for header in (cookie, cookie.partition(";")[0]):
            assert fault(peer.call(TIME, None, f"Cookie: {header}")) == "NotAuthenticated"
            assert fault(peer.read(NAME, f"Cookie: {header}")) == "NotAuthenticated"
        value = cookie.partition('"')[2].partition('"')[0]
        assert is_open(emulator, value)
        answer = peer.call(TIME, None, f"Cookie: {cookie}", f"{SESSION}: {value}")
        assert (answer.status, SESSION in answer.headers) == (200, False)


def test_credentials_open_nothing(emulator: Emulator) -> None:
    basic = base64.b64encode(f"{emulator.username}:{emulator.password}".encode()).decode()
    with JsonPeer(emulator) as peer:
        assert fault(peer.call(TIME, None, f"Authorization: Basic {basic}")) == "NotAuthenticated"


def test_a_session_is_cloned_by_a_ticket(json_peer: JsonPeer, emulator: Emulator) -> None:
    ticket = {"cloneTicket": json_peer.result_of(f"{MANAGER}/AcquireCloneTicket")}
    with JsonPeer(emulator) as other:
        answer = other.call(f"{MANAGER}/CloneSession", ticket)
        assert answer.status == 200
        assert answer.headers[SESSION] != json_peer.session
        assert is_open(emulator, answer.headers[SESSION])
        assert fault(other.call(f"{MANAGER}/CloneSession", ticket)) == "InvalidLogin"


def test_who_becomes_another_user_keeps_the_id() -> None:
    with Emulator("restricted-user") as emulator, JsonPeer(emulator) as peer, JsonPeer(emulator) as reader:
        peer.login()
        reader.login("readonly@vsphere.local", "vmware")
        answer = peer.call(f"{MANAGER}/ImpersonateUser", {"userName": "readonly@vsphere.local"})
        assert (answer.status, SESSION in answer.headers) == (200, False)
        assert answer.value["userName"].lower().endswith("readonly")
        assert fault(peer.call("Folder/group-d1/Rename_Task", {"newName": "x"})) == "NoPermission"


# ---- the end -------------------------------------------------------------------------------------------


def test_logout_ends_the_session(json_peer: JsonPeer, emulator: Emulator) -> None:
    session = json_peer.session
    answer = json_peer.call(LOGOUT)
    assert (answer.status, answer.body, answer.headers["content-length"]) == (204, b"", "0")
    assert SESSION not in answer.headers
    assert not is_open(emulator, session)
    assert time_over_soap(emulator, f"Cookie: vmware_soap_session={session}").status == 500
    assert json_peer.call(LOGIN, None, f"{SESSION}: {session}").status == 500
    assert json_peer.login().status == 200  # an id that opens nothing does not hinder a login


def test_logout_over_soap_ends_it_too(json_peer: JsonPeer, emulator: Emulator) -> None:
    logout = call("Logout", "SessionManager", "SessionManager")
    assert json_peer.post(logout, f"Cookie: vmware_soap_session={json_peer.session}").status == 200
    assert not is_open(emulator, json_peer.session)


def test_an_administrator_terminates_a_session(json_peer: JsonPeer, emulator: Emulator) -> None:
    with JsonPeer(emulator) as other:
        key = other.login().value["key"]
        ended = json_peer.call(f"{MANAGER}/TerminateSession", {"sessionId": [key]})
        assert ended.status == 204
        assert not is_open(emulator, other.session)
    assert fault(json_peer.call(f"{MANAGER}/TerminateSession", {"sessionId": [key]})) == "NotFound"
    assert is_open(emulator, json_peer.session)


def test_an_ended_session_of_another_user_is_not_authenticated() -> None:
    with Emulator("restricted-user") as emulator, JsonPeer(emulator) as peer:
        peer.login("readonly@vsphere.local", "vmware")
        assert peer.read(NAME).status == 200
        peer.call(LOGOUT)
        assert not is_open(emulator, peer.session)


def test_an_idle_session_ends_and_a_used_one_does_not() -> None:
    with Emulator(clock=ManualClock()) as emulator, JsonPeer(emulator) as used, JsonPeer(emulator) as idle:
        used.login()
        idle.login()
        for _ in range(2):
            emulator.advance(HALF_AN_HOUR / 2)
            assert used.read(NAME).status == 200  # reading a property is use
        assert not is_open(emulator, idle.session)
        assert is_open(emulator, used.session)


def test_events_are_those_of_soap(emulator: Emulator) -> None:
    with JsonPeer(emulator) as peer:
        peer.login(password="wrong")
        peer.login()
        filtered = {
            "filter": {"_typeName": "EventFilterSpec", "eventTypeId": ["vim.event.BadUsernameSessionEvent"]}
        }
        names = [
            event["_typeName"] for event in peer.result_of("EventManager/EventManager/QueryEvents", filtered)
        ]
        assert names[-1] == "BadUsernameSessionEvent"
