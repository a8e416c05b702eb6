"""The secrets that are masked in a JSON text, wherever they are and however they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vim25_emulator.wire.json_redaction import redacted_json, without_session_keys

KEY = "52b1e2f2-1111-2222-3333-444455556666"


def hide(text: str, member: str = "") -> str:
    found = redacted_json(text.encode(), member)
    assert found is not None
    json.loads(found.text)  # it stays JSON
    return found.text


@pytest.mark.parametrize(
    "text",
    [
        '{"userName": "u", "password": "5ecre7"}',
        '{"pass\\u0077ord": "5ecre7"}',
        '{"\\u0070\\u0061\\u0073\\u0073\\u0077\\u006f\\u0072\\u0064": "\\u0035ecre7"}',
        '{"password": {"_typeName": "PasswordField", "value": "5ecre7", "plainText": true}}',
        '{"password": ["5ecre7", {"a": "5ecre7"}]}',
        '{"password": "x", "password": "5ecre7"}',
        '{"password": "5ecre7", "password": "x"}',
        '{"newPassword": "5ecre7", "adminPassword": "5ecre7", "PASSWD": "5ecre7"}',
        '{"cloneTicket": "5ecre7"}',
        '{"ticket": "5ecre7"}',
        '{"sessionId": ["5ecre7"]}',
        '{"base64Token": "5ecre7"}',
        '{"vcSessionCookie": "5ecre7"}',
        '{"_typeName": "SAMLTokenAuthentication", "token": "5ecre7"}',
        '{"token": "5ecre7", "_typeName": "SAMLTokenAuthentication"}',
        '{"_typeName": "x", "_typeName": "SAMLTokenAuthentication", "token": "5ecre7"}',
        '{"_typeName": "SessionManagerGenericServiceTicket", "id": "5ecre7"}',
        '{"key": "-----BEGIN RSA PRIVATE KEY-----\\n5ecre7\\n-----END RSA PRIVATE KEY-----"}',
        '{"key": "-----BEGIN RSA PRIVATE\\u0020KEY-----\\n5ecre7"}',
        '{"type": "PropertyFilter", "value": "session[5ecre7]52f1"}',
        '{"value": "session\\u005b5ecre7]52f1"}',
        '["session[5ecre7]52f1", "sessionList[\\"5ecre7\\"].key"]',
        '"session[5ecre7"',
        '{"_typeName": "UserSession", "key": "5ecre7"}',
        '{"key": "5ecre7", "userName": "u"}',
        '[{"key": "5ecre7", "x": 1, "_typeName": "UserSession"}]',
        '{"name": "currentSession.key", "val": {"_typeName": "string", "_value": "5ecre7"}}',
        '{"val": {"_typeName": "string", "_value": "5ecre7"}, "name": "currentSession.key"}',
        '{"name": "sessionList[\\"1\\"].key", "op": "assign", "val": "5ecre7"}',
        '{"name": "currentSession", "val": {"_typeName": "UserSession", "key": "5ecre7"}}',
        '{"name": "sessionList", "val": {"_value": [{"key": "5ecre7", "_typeName": "UserSession"}]}}',
        '{"key": "config.vpxd.ad.password", "value": "5ecre7"}',
        '{"value": {"_typeName": "string", "_value": "5ecre7"}, "key": "vpxd.ad.password"}',
        '{"key": {"_typeName": "string", "_value": "vpxd.ad.password"}, "value": "5ecre7"}',
        '{"key": "x", "key": "vpxd.ad.password", "key": "y", "value": "5ecre7"}',
    ],
)
def test_hides_secrets_everywhere(text: str) -> None:
    assert "5ecre7" not in str(json.loads(hide(text), object_pairs_hook=list))
    assert "5ecre7" not in hide(text)
    assert "***" in hide(text)


@pytest.mark.parametrize(
    "text",
    [
        '{ "password" : "" , "a":[1, 2.50,1E3 ,true,null] }\n'.replace('"password" : "" ,', ""),
        '{"key": 4000, "value": 17, "id": "3", "userName": "u"}',
        '{"token": 100}',
        '{"key": "52b1e2f2-1111-2222-3333-444455556666", "label": "not a session"}',
        '{"name": "web01", "val": "x"}',
        '{"a": 1, "a": 2, "b\\u0063": "\\u00fc\\n"}',
        "[]",
        "null",
        '"poweredOn"',
        "" + "[" * 500 + "]" * 500,
    ],
)
def test_shows_everything_else_as_it_was_sent(text: str) -> None:
    assert hide(text) == text


def test_only_the_secret_is_hidden() -> None:
    text = f'{{"_typeName": "UserSession",\n  "key": "{KEY}",\n  "userName": "u"}}'
    assert hide(text) == text.replace(KEY, "***")
    assert hide(f'"session[{KEY}]52f1"') == '"session[***]52f1"'
    assert hide(f'"session%5b{KEY}%5d52f1"') == '"session%5b***%5d52f1"'


def test_a_parameter_that_is_a_secret_of_its_method_only() -> None:
    """Only ProvisionServerPrivateKey has a secret parameter with a common name."""
    assert "5ecre7" not in hide('{"key": "5ecre7"}', "ProvisionServerPrivateKey")
    assert "5ecre7" in hide('{"key": "5ecre7"}', "UpdateOptions")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"password": "5ecre7',
        b'{"password": "5ecre7"',
        b'{"password": "5ecre7"}}',
        b"{password: 5ecre7}",
        b'{"password": 5ecre7}',
        b"{'password': '5ecre7'}",
        b'{"password": "5ecre7\xff"}',
        b'{"a": "\\ud800", "password": "5ecre7"}',
        b'{"a": NaN, "password": "5ecre7"}',
        b'{"a": 1 /* */, "password": "5ecre7"}',
        b'\xef\xbb\xbf{"password": "5ecre7"}',
        '{"password": "5ecre7"}'.encode("utf-16"),
        b'{"a":' * 100_000 + b'"5ecre7"' + b"}" * 100_000,
        b"username=u&password=5ecre7",
    ],
    ids=lambda text: str(text[:20]),
)
def test_what_is_no_json_is_not_shown(text: bytes) -> None:
    assert redacted_json(text) is None


def test_a_result_that_is_a_secret_is_hidden_as_a_whole() -> None:
    for text in (b'"5ecre7"', b'{"a": ["5ecre7"]}'):
        found = redacted_json(text, is_secret=True)
        assert found is not None
        assert found.text == '"***"'


def test_a_property_is_asked_for_by_name() -> None:
    for text, expected in (
        (b'{"prop": "currentSession.key"}', True),
        (b'{"pr\\u006fp": "currentSession.key"}', True),
        (b'{"prop": "name"}', False),
        (b'{"name": "currentSession.key"}', False),
    ):
        found = redacted_json(text)
        assert found is not None
        assert found.asks_for_secret is expected


def test_paths_have_no_session_keys() -> None:
    path = "/sdk/vim25/8.0.2.0/PropertyFilter/session[52b1]52f1/DestroyPropertyFilter"
    assert without_session_keys(path) == path.replace("52b1", "***")


# Random secrets in random places

#: Members as pairs, so that a name can be there twice.
Pairs = list[tuple[str, Any]]

NAMES = st.sampled_from(["a", "spec", "info", "vm", "_typeName", "op"])
PLAIN = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "web01", '\u00fc\n"\\'])


class Object(tuple[tuple[str, Any], ...]):
    """The members of an object."""

    __slots__ = ()


def boxed(value: str) -> Object:
    return Object((("_typeName", "string"), ("_value", value)))


PLACES: list[Callable[[str], Pairs]] = [
    lambda secret: [("password", secret)],
    lambda secret: [("password", Object((("value", secret), ("plainText", True))))],
    lambda secret: [("sessionId", (secret, secret))],
    lambda secret: [("ticket", secret)],
    lambda secret: [("_typeName", "UserSession"), ("key", secret)],
    lambda secret: [("userName", "u"), ("key", secret)],
    lambda secret: [("name", "currentSession.key"), ("val", boxed(secret))],
    lambda secret: [("key", "config.vpxd.password"), ("value", secret)],
    lambda secret: [("name", 'sessionList["x"].key'), ("val", (secret,))],
    lambda secret: [("value", f"session[{secret}]52f1")],
    lambda secret: [("x", f"PRIVATE KEY-----{secret}")],
    lambda secret: [("_typeName", "SAMLTokenAuthentication"), ("token", secret)],
]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """Return a secret and a text with it, written in a random way."""
    secret = draw(st.text("0123456789abcdef", min_size=16, max_size=40))
    hiding = st.sampled_from(PLACES).map(lambda place: place(secret))
    others = st.lists(st.tuples(NAMES, PLAIN), max_size=3)
    secretive = st.tuples(hiding, others).flatmap(lambda both: st.permutations(both[0] + both[1]))
    leaf = secretive.map(Object)
    tree = st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner | PLAIN, max_size=3).map(tuple)
            | st.tuples(others, NAMES, inner).map(lambda parts: Object((*parts[0], (parts[1], parts[2]))))
        ),
        max_leaves=5,
    )
    value = Object((*draw(others), (draw(NAMES), draw(tree)), ("last", draw(leaf))))
    return secret, "".join(written(value, draw))


def written(value: Any, draw: st.DrawFn) -> Iterator[str]:
    """Yield the pieces of a JSON text, with random white space and escapes."""
    space = draw(st.sampled_from(["", "", " ", "\n\t"]))
    if isinstance(value, str):
        yield string(value, draw)
    elif isinstance(value, Object):
        yield f"{{{space}"
        for number, (name, member) in enumerate(value):
            yield f"{',' if number else ''}{string(name, draw)}{space}:{space}"
            yield from written(member, draw)
        yield f"{space}}}"
    elif isinstance(value, tuple):
        yield f"[{space}"
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from written(item, draw)
        yield "]"
    else:
        yield json.dumps(value)


def string(text: str, draw: st.DrawFn) -> str:
    plain = json.dumps(text, ensure_ascii=draw(st.booleans()))[1:-1]
    if text.isascii() and text.isprintable() and text and "\\" not in plain and draw(st.booleans()):
        at = draw(st.integers(0, len(text) - 1))
        plain = f"{text[:at]}\\u{ord(text[at]):04x}{text[at + 1 :]}"
    return f'"{plain}"'


@given(documents())
def test_a_random_secret_in_a_random_place_never_appears(document: tuple[str, str]) -> None:
    secret, text = document
    assert secret in str(json.loads(text, object_pairs_hook=list))
    shown = hide(text)
    assert secret not in shown
    assert secret not in str(json.loads(shown, object_pairs_hook=list))
    names = [name for name, _ in json.loads(text, object_pairs_hook=list)]
    assert [name for name, _ in json.loads(shown, object_pairs_hook=list)] == names


@given(documents(), st.data())
def test_nor_does_it_in_a_text_that_is_cut_off(document: tuple[str, str], data: st.DataObject) -> None:
    _, text = document
    cut = data.draw(st.integers(0, len(text) - 1))
    assert redacted_json(text[:cut].encode()) is None
