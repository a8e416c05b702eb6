"""The secrets that are masked in a document, whatever form their markup has."""

import pytest

from vim25_emulator.wire.redaction import redacted


def hide(document: str) -> str:
    return redacted(document.encode()).text


@pytest.mark.parametrize(
    "document",
    [
        "<Login><userName>u</userName><password>5ecre7</password></Login>",
        '<v:password xsi:type="xsd:string">5ecre7&lt;\n</v:password>',
        "<password>5ecre7",  # malformed, or cut off
        "<password ><value>5ecre7</value><plainText>true</plainText></password>",
        "<newPassword>5ecre7</newPassword>",
        "<adminPassword>5ecre7</adminPassword>",
        "<cloneTicket>5ecre7</cloneTicket>",
        "<ticket>5ecre7</ticket>",
        "<sessionId>5ecre7</sessionId>",
        "<base64Token>5ecre7</base64Token>",
        "<vcSessionCookie>5ecre7</vcSessionCookie>",
        '<AcquireCloneTicketResponse xmlns="urn:vim25"><returnval>5ecre7</returnval>',
        '<o:Security xmlns:o="urn:s"><o:BinarySecurityToken>5ecre7</o:BinarySecurityToken></o:Security>',
        "<key>-----BEGIN RSA PRIVATE KEY-----\n5ecre7\n-----END RSA PRIVATE KEY-----</key>",
        '<filter type="PropertyFilter">session[5ecre7]52f1</filter>',
        "<a-b:password xmlns:a-b='u'>5ecre7</a-b:password>",
        "<a.b:password>5ecre7</a.b:password>",
        "<_ü:password>5ecre7</_ü:password>",
        "<password><![CDATA[5ecre7</password>]]></password>",
        "<password><!-- </password> -->5ecre7</password>",
        "<password\n a='>'\n>5ecre7</password\n>",
        "<saml2:Assertion ID='5ecre7' xmlns:saml2='urn:saml'>5ecre7</saml2:Assertion>",
        "<x-y:EncryptedAssertion>5ecre7</x-y:EncryptedAssertion><a/>",
        "<wsse-1:Security><a>5ecre7</a></wsse-1:Security>\n",
        "<o:Security><a>5ecre7",
        "<propSet><name>currentSession.key</name><val xsi:type='xsd:string'>5ecre7</val></propSet>",
        "<changeSet><name>sessionList[&quot;1&quot;].key</name><op>assign</op><val>5ecre7</val></changeSet>",
        "<option><key>config.vpxd.ad.password</key><value>5ecre7</value></option>",
        "<a:UserSession><b:key>5ecre7</b:key><b:userName>u</b:userName></a:UserSession>",
        "<UserSession><key><![CDATA[5ecre7]]></key>\n  <userName>u</userName></UserSession>",
        "<a>fine</a><b></c><password>5ecre7</password>",  # not well-formed
        "<!DOCTYPE a [<!ENTITY x '5ecre7'>]><password>&x;</password>",
        "<a b='1' b='2'>5ecre7</a>",
    ],
)
def test_hides_secrets_everywhere(document: str) -> None:
    assert "5ecre7" not in hide(document)
    assert "***" in hide(document)


def test_hides_the_key_of_a_session() -> None:
    key = "52b1e2f2-1111-2222-3333-444455556666"
    assert hide(f"<returnval><key>{key}</key><userName>u</userName>") == (
        "<returnval><key>***</key><userName>u</userName>"
    )


@pytest.mark.parametrize(
    "document",
    [
        "<password/><userName>u</userName>",
        "<key>4000</key><value>17</value><id>3</id>",
        "<token>100</token>",
        "<returnval><key>52b1e2f2-1111-2222-3333-444455556666</key><label>not a session</label>",
    ],
)
def test_hides_nothing_else(document: str) -> None:
    assert hide(document) == document


def test_hides_what_was_asked_for_by_name() -> None:
    asked = redacted(b"<Fetch><_this>SessionManager</_this><prop>currentSession.key</prop></Fetch>")
    assert asked.asks_for_secret
    reply = b"<FetchResponse><returnval xsi:type='xsd:string'>5ecre7</returnval></FetchResponse>"
    assert "5ecre7" not in redacted(reply, result_is_secret=True).text
    assert not redacted(b"<Fetch><prop>name</prop></Fetch>").asks_for_secret


def test_a_declaration_and_a_byte_order_mark_stay() -> None:
    document = "\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<a>ü<password>5ecre7</password>ü</a>\n"
    assert hide(document) == document.replace("5ecre7", "***")
