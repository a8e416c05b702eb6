"""SOAP over real sockets: sessions, versions, faults, bad input, calls that wait."""

import re

import pytest

from tests.emulator.wire.parked_call import is_there_soon
from tests.emulator.wire.peer import CONTENT, ENVELOPE, Answer, Peer, call, login
from vim25_emulator import Emulator
from vim25_emulator.soap.xml_tree import MAX_DEPTH, MAX_ELEMENTS

BEFORE_METHOD = "while parsing HTTP request before method was determined\nat line 1, column 0"


def session_cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"]


# ---- responses -----------------------------------------------------------------------------------------


def test_a_response_has_the_envelope_of_a_real_vcenter(peer: Peer) -> None:
    answer = peer.post(CONTENT)
    assert re.fullmatch(
        r'<\?xml version="1\.0" encoding="UTF-8"\?>\n'
        r'<soapenv:Envelope xmlns:soapenc="http://schemas\.xmlsoap\.org/soap/encoding/"\n'
        r' xmlns:soapenv="http://schemas\.xmlsoap\.org/soap/envelope/"\n'
        r' xmlns:xsd="http://www\.w3\.org/2001/XMLSchema"\n'
        r' xmlns:xsi="http://www\.w3\.org/2001/XMLSchema-instance">\n'
        r"<soapenv:Body>\n"
        r'<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval>[^\n]+</returnval>'
        r"</RetrieveServiceContentResponse>\n"
        r"</soapenv:Body>\n</soapenv:Envelope>",
        answer.text,
    )


def test_the_method_is_the_bodys_and_not_the_soap_actions(peer: Peer) -> None:
    assert "<RetrieveServiceContentResponse" in peer.post(CONTENT, "SOAPAction: RetrieveServiceContent").text


def test_any_prefixes_will_do(peer: Peer) -> None:
    document = (
        '<a:Envelope xmlns:a="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="urn:vim25"><a:Header>'
        "<operationID>op-1</operationID></a:Header><a:Body><b:RetrieveServiceContent>"
        '<b:_this type="ServiceInstance">ServiceInstance</b:_this></b:RetrieveServiceContent></a:Body>'
        "</a:Envelope>"
    )
    assert peer.post(document).status == 200


def test_an_old_client_gets_no_newer_properties(peer: Peer) -> None:
    new = peer.post(CONTENT, 'SOAPAction: "urn:vim25/8.0.2.0"').text
    old = peer.post(CONTENT, 'SOAPAction: "urn:vim25/5.5"').text
    assert "<healthUpdateManager" in new  # 6.5
    assert "<healthUpdateManager" not in old
    assert "<apiVersion>8.0.2.0</apiVersion>" in old


@pytest.mark.parametrize("header", ["X-Other: 1", "SOAPAction: urn:vim25/9.9", "SOAPAction: urn:vim2/2.0"])
def test_an_unknown_version_and_none_are_served_the_newest(peer: Peer, header: str) -> None:
    newest = peer.post(CONTENT, 'SOAPAction: "urn:vim25/8.0.2.0"').body
    assert peer.post(CONTENT, header).body == newest


@pytest.mark.parametrize("action", ["", '""', "urn:vim25"])
def test_an_empty_soap_action_is_the_legacy_version(peer: Peer, action: str) -> None:
    """Its AboutInfo ends at `apiVersion` [observed: output of 5.5 and 6.0]."""
    assert "</apiVersion></about>" in peer.post(CONTENT, f"SOAPAction: {action}").text


def test_a_server_of_9_0_reports_the_applied_version() -> None:
    with Emulator(api_version="9.0.0.0") as emulator, Peer(emulator) as peer:
        applied = peer.post(CONTENT, "SOAPAction: urn:vim25/9.9").headers["x-applied-soapaction"]
        assert applied == "urn:vim25/9.0.0.0"
        assert "x-applied-soapaction" not in peer.post(CONTENT, "SOAPAction: urn:vim25/8.0.2.0").headers


def test_a_server_of_6_5_sends_its_own_headers() -> None:
    with Emulator(api_version="6.5") as emulator, Peer(emulator) as peer:
        headers = peer.post(CONTENT).headers
        assert headers["x-frame-options"] == "DENY"
        assert "x-envoy-upstream-service-time" not in headers


def test_only_old_servers_accept_the_old_namespace() -> None:
    old = CONTENT.replace("urn:vim25", "urn:vim2")
    with Emulator(api_version="6.0") as emulator, Peer(emulator) as peer:
        assert (
            '<RetrieveServiceContentResponse xmlns="urn:vim2">'
            in peer.post(old, "SOAPAction: urn:vim2/2.0").text
        )
        assert '<RetrieveServiceContentResponse xmlns="urn:vim2">' in peer.post(old).text
    with Emulator(api_version="6.5") as emulator, Peer(emulator) as peer:
        code, text = peer.post(old).fault
        assert code == "ServerFaultCode"
        assert text.startswith("Unsupported namespace &quot;urn:vim2&quot; in content of SOAP body\n")


# ---- sessions ------------------------------------------------------------------------------------------


def test_login_sets_the_cookie_and_it_opens_the_session(emulator: Emulator, peer: Peer) -> None:
    answer = peer.post(login(emulator))
    cookie = session_cookie(answer)
    assert re.fullmatch(r'vmware_soap_session="[0-9a-f]{40}"; Path=/; HttpOnly; Secure;', cookie)
    assert answer.between("<key>", "</key>") not in cookie
    value = cookie.partition('"')[2].partition('"')[0]
    for sent in (cookie, f"vmware_soap_session={value}", f'vmware_soap_session="{value}"'):
        assert peer.post(call("FindByIp", "SearchIndex", "SearchIndex"), f"Cookie: {sent}").status == 500
        answer = peer.post(call("Logout", "SessionManager", "none"), f"Cookie: {sent}")
        assert "ManagedObjectNotFound" in answer.text  # and not NotAuthenticated
    assert "set-cookie" not in peer.post(CONTENT, f"Cookie: {cookie}").headers


@pytest.mark.parametrize("header", ["X-Other: 1", "Cookie:", "Cookie: vmware_soap_session=unknown"])
def test_the_time_needs_a_session(emulator: Emulator, peer: Peer, header: str) -> None:
    """Clients use it as their keepalive [observed: two client projects]."""
    document = call("CurrentTime", "ServiceInstance", "ServiceInstance")
    answer = peer.post(document, header)
    assert (answer.status, "<NotAuthenticatedFault" in answer.text) == (500, True)
    cookie = f"Cookie: {session_cookie(peer.post(login(emulator)))}"
    assert "<CurrentTimeResponse" in peer.post(document, cookie).text
    peer.post(call("Logout", "SessionManager", "SessionManager"), cookie)
    assert "<NotAuthenticatedFault" in peer.post(document, cookie).text


@pytest.mark.parametrize("header", ["X-Other: 1", "Cookie:", "Cookie: vmware_soap_session=unknown"])
def test_without_a_session_only_anonymous_methods_are_allowed(peer: Peer, header: str) -> None:
    assert peer.post(CONTENT, header).status == 200
    answer = peer.post(call("Logout", "SessionManager", "SessionManager"), header)
    assert answer.status == 500
    assert answer.fault == ("ServerFaultCode", "The session is not authenticated.")
    assert answer.between("<detail>", "</detail>") == (
        '<NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated"><object type="Folder">group-d1'
        "</object><privilegeId>System.View</privilegeId></NotAuthenticatedFault>"
    )


def test_a_failed_login_sets_an_invalid_cookie(emulator: Emulator, peer: Peer) -> None:
    answer = peer.post(login(emulator, "wrong"))
    assert answer.fault[1] == "Cannot complete login due to an incorrect user name or password."
    cookie = f"Cookie: {session_cookie(answer)}"
    answer = peer.post(call("Logout", "SessionManager", "SessionManager"), cookie)
    assert "<NotAuthenticatedFault" in answer.text


def test_after_logout_the_cookie_is_invalid(emulator: Emulator, peer: Peer) -> None:
    cookie = f"Cookie: {session_cookie(peer.post(login(emulator)))}"
    logout = call("Logout", "SessionManager", "SessionManager")
    assert '<LogoutResponse xmlns="urn:vim25"></LogoutResponse>' in peer.post(logout, cookie).text
    assert "<NotAuthenticatedFault" in peer.post(logout, cookie).text


# ---- bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "no element found"),
        ("   ", "no element found"),
        ("hello", "syntax error"),
        ("<a><b></a>", "mismatched tag"),
        ('{"jsonrpc": "2.0"}', "not well-formed (invalid token)"),
        ("<a>\x01</a>", "not well-formed (invalid token)"),
        (CONTENT[:-10], "unclosed token"),
        (CONTENT.removesuffix("</soapenv:Envelope>"), "no element found"),
        (b"<?xml version='1.0' encoding='UTF-8'?><a>\xff\xfe</a>", "not well-formed (invalid token)"),
    ],
)
def test_what_is_not_xml_is_the_clients_fault(peer: Peer, document: str | bytes, reason: str) -> None:
    answer = peer.post(document)
    assert answer.status == 500
    assert answer.fault == (
        "ClientFaultCode",
        f"Error returned by expat parser: {reason}\n\n{BEFORE_METHOD}",
    )
    assert "<detail>" not in answer.text


BOMB = (
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<a xmlns="urn:vim25">&c;&c;&c;&c;</a>'
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'


@pytest.mark.parametrize(
    ("document", "first_line"),
    [
        ("<a/>", "Got &lt;a&gt; tag when expecting &lt;Envelope&gt; tag"),
        (ENVELOPE.format(""), "Got &lt;/Body&gt; tag"),
        (CONTENT.replace("urn:vim25", "urn:nobody"), "Unsupported namespace &quot;urn:nobody&quot;"),
        (
            CONTENT.replace("RetrieveServiceContent", "TellTime"),
            "Unable to resolve WSDL method name TellTime in vim.ver",
        ),
        (call("SetLocale", "SessionManager", "SessionManager"), "Required parameter locale is missing"),
        (
            call("SetLocale", "SessionManager", "SessionManager", "<language>en</language>"),
            "Got &lt;language&gt; tag when expecting &lt;locale&gt; tag",
        ),
        (
            call("FindByUuid", "SearchIndex", "SearchIndex", "<uuid>u</uuid><vmSearch>maybe</vmSearch>"),
            "Unable to parse &quot;maybe&quot; as boolean",
        ),
        (ENVELOPE.format("<x>" * MAX_DEPTH + "</x>" * MAX_DEPTH), "XML document depth exceeds"),
        (
            ENVELOPE.format("<x/>" * MAX_ELEMENTS),
            "XML document element count exceeds configured maximum 500000",
        ),
        (BOMB, "XML document type"),
        (EXTERNAL, "XML document type"),
    ],
)
def test_a_request_that_cannot_be_parsed_is_invalid(peer: Peer, document: str, first_line: str) -> None:
    answer = peer.post(document, 'SOAPAction: "urn:vim25/8.0.2.0"')
    assert answer.status == 500
    code, text = answer.fault
    assert code == "ServerFaultCode"
    assert text.startswith(first_line)
    assert (
        '<InvalidRequestFault xmlns="urn:vim25" xsi:type="InvalidRequest"></InvalidRequestFault>'
        in answer.text
    )
    assert "bbbb" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (call("RetrieveServiceContent", "ServiceInstance", "NoSuchThing"), "ManagedObjectNotFoundFault"),
        (call("RetrieveServiceContent", "SessionManager", "SessionManager"), "Fault"),
    ],
)
def test_a_call_on_the_wrong_object_is_a_fault(peer: Peer, document: str, fault: str) -> None:
    answer = peer.post(document)
    assert answer.status == 500
    assert f"{fault} xmlns=" in answer.text


def test_a_newer_method_is_unknown_to_an_old_client(emulator: Emulator, peer: Peer) -> None:
    cookie = f"Cookie: {session_cookie(peer.post(login(emulator)))}"
    answer = peer.post(
        call("CreateSecondaryVM_Task", "VirtualMachine", "vm-1"), cookie, "SOAPAction: urn:vim25/2.5"
    )
    text = "Unable to resolve WSDL method name CreateSecondaryVM_Task in vim.version.version2"
    assert answer.fault == ("ServerFaultCode", text)


# ---- calls that wait -----------------------------------------------------------------------------------


@pytest.fixture
def cookie(emulator: Emulator, peer: Peer) -> str:
    return f"Cookie: {session_cookie(peer.post(login(emulator)))}"


@pytest.fixture
def poll(emulator: Emulator, peer: Peer, cookie: str) -> str:
    """Return the document of a poll that waits for a minute: a filter on the root folder's name."""
    spec = (
        "<spec><propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet>"
        '<obj type="Folder">group-d1</obj></objectSet></spec><partialUpdates>false</partialUpdates>'
    )
    create = call("CreatePropertyCollector", "PropertyCollector", "propertyCollector")
    collector = re.search(r"<returnval[^>]*>([^<]+)", peer.post(create, cookie).text)
    assert collector is not None
    assert peer.post(call("CreateFilter", "PropertyCollector", collector[1], spec), cookie).status == 200
    wait = "<version>{}</version><options><maxWaitSeconds>60</maxWaitSeconds></options>"
    first = peer.post(call("WaitForUpdatesEx", "PropertyCollector", collector[1], wait.format("")), cookie)
    version = first.between("<version>", "<")
    return call("WaitForUpdatesEx", "PropertyCollector", collector[1], wait.format(version))


def test_a_client_that_disconnects_during_a_poll_ends_it(emulator: Emulator, poll: str, cookie: str) -> None:
    with Peer(emulator) as other:
        other.send(other.head("POST", "/sdk", f"Content-Length: {len(poll)}", cookie) + poll.encode())
        assert is_there_soon(emulator, a_call=True)
    assert is_there_soon(emulator, a_call=False)


def test_others_are_served_while_one_waits(emulator: Emulator, poll: str, cookie: str, peer: Peer) -> None:
    with Peer(emulator) as other:
        other.send(other.head("POST", "/sdk", f"Content-Length: {len(poll)}", cookie) + poll.encode())
        assert is_there_soon(emulator, a_call=True)
        assert peer.post(CONTENT).status == 200
        emulator.call(lambda: emulator.vcenter.root_folder.set("name", "Renamed"))
        assert "Renamed" in other.answer().text


def test_a_poll_is_answered_when_the_server_stops() -> None:
    with Emulator() as emulator, Peer(emulator) as peer:
        cookie = f"Cookie: {session_cookie(peer.post(login(emulator)))}"
        wait = "<options><maxWaitSeconds>60</maxWaitSeconds></options>"
        document = call("WaitForUpdatesEx", "PropertyCollector", "propertyCollector", wait)
        peer.send(peer.head("POST", "/sdk", f"Content-Length: {len(document)}", cookie) + document.encode())
        assert is_there_soon(emulator, a_call=True)
        emulator.stop()
        assert "<RequestCanceledFault" in peer.answer().text
        assert peer.is_hung_up_on()
