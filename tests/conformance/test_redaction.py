from __future__ import annotations

import pytest

from vim25_conformance.redaction import redact


def test_passwords_session_keys_and_cookies_are_blanked() -> None:
    said = (
        b"<Login><userName>u</userName><password>s3cret</password></Login>"
        b"<LoginResponse><returnval><key>5212-key</key></returnval></LoginResponse>"
        b"vmware_soap_session=0123abcd; session[5212ab]52aa"
    )
    text = redact(said)
    assert "<userName>u</userName>" in text
    for secret in ("s3cret", "5212-key", "0123abcd", "5212ab"):
        assert secret not in text


@pytest.mark.parametrize(
    "document",
    [
        "<a-b:password>s3cret</a-b:password>",
        "<a.b:newPassword>s3cret</a.b:newPassword>",
        "<password><![CDATA[s3cret</password>]]></password>",
        "<password>s3cret",
        "<password>s3cret</pass",
        "<a></b><password>s3cret</password>",
        "<LoginResponse><returnval><key>s3cret",
        '<?xml version="1.0"?>\n<a:LoginResponse>ü<b:r><c:key>s3cret</c:key></b:r></a:LoginResponse>',
        '<val xsi:type="UserSession"><key>s3cret</key><userName>u</userName></val>',
        "<UserSession><key><!-- no -->s3cret</key> <userName>u</userName></UserSession>",
    ],
)
def test_no_form_of_the_markup_hides_a_secret(document: str) -> None:
    text = redact(document.encode())
    assert "s3cret" not in text
    assert "***" in text


@pytest.mark.parametrize(
    "document",
    ["<a><key>4000</key><value>1</value></a>", "<password/>", "<not xml", "<a>ü</a>\n", "plain text", ""],
)
def test_nothing_else_is_hidden(document: str) -> None:
    assert redact(document.encode()) == document


@pytest.mark.parametrize(
    "document",
    [
        '{"userName":"u","password":"s3cret"}',
        '{"userName":"u","pass\\u0077ord":"s3cret"}',
        '{"_typeName":"UserSession","key":"s3cret","userName":"u"}',
        '{"returnval":[{"key":"s3cret","userName":"u","loginTime":"2026-01-01T00:00:00Z"}]}',
        '{"sessionId":["s3cret"]}',
        '{"vmware-api-session-id":"s3cret"}',
        '{"userName":"u","password":"s3cret"',
        '{"userName":"u","pass\\u0077ord":"s3cret"',
        '\ufeff{"password":"s3cret"}',
        '/* no JSON */ {"password":"s3cret"}',
        " [" * 100_000 + '{"password":"s3cret"}',
    ],
)
def test_no_form_of_json_hides_a_secret(document: str) -> None:
    text = redact(document.encode())
    assert "s3cret" not in text
    assert "***" in text


def test_the_id_of_a_session_is_hidden_where_it_is_the_whole_text() -> None:
    assert redact(f'"{"0123456789" * 4}"'.encode()) == '"***"'


@pytest.mark.parametrize(
    "document",
    ['{"_typeName":"OptionValue","key":"a","value":1}', '"poweredOn"', "[", '{"a":', '[1, 2.50, "ü"]'],
)
def test_nothing_else_of_json_is_hidden(document: str) -> None:
    assert redact(document.encode()) == document
