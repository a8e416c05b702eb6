"""The time that a text of a client takes is linear in its length, whatever the text is.

Every regular expression of both packages is in one of two tables: the texts of clients that reach it, which
grow here, or the reason why none does.
"""

from __future__ import annotations

import ast
import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from vim25_conformance.html_report import _coded
from vim25_conformance.redaction import redact
from vim25_emulator.inventory import path as paths
from vim25_emulator.inventory.filter_spec import require_property
from vim25_emulator.model import guest_os, vmx_file
from vim25_emulator.model.datastore_file import parts_of
from vim25_emulator.model.entity_name import _PERCENT, _SEQUENCE
from vim25_emulator.model.snapshot_tree import _DELTA
from vim25_emulator.model.wildcard import matches_wildcards
from vim25_emulator.scenario.structure import _split
from vim25_emulator.soap.request_template import split_texts
from vim25_emulator.soap.soap_decoder import parse_envelope
from vim25_emulator.soap.soap_text import FROM_TEXT, escape
from vim25_emulator.soap.xml_tree import parse
from vim25_emulator.vmodl.registry import managed_type
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.version import NEWEST
from vim25_emulator.wire import cookie
from vim25_emulator.wire.json_redaction import redacted_json, without_session_keys
from vim25_emulator.wire.negotiation import Negotiator
from vim25_emulator.wire.redaction import redacted
from vim25_emulator.wire.trace import _header

ROOTS: Final = {"emulator": "vim25_emulator", "conformance": "vim25_conformance"}
SHORT, TIMES = 4_000, 8
#: A linear time grows by TIMES, a quadratic one by its square; a short one is measured badly.
GROWTH, UNMEASURED = 3 * TIMES, 0.02

Text = Callable[[int], str]


def repeated(piece: str, before: str = "", after: str = "") -> Text:
    """Return a function of a length that returns a text of repeated pieces."""
    return lambda size: before + piece * (size // len(piece)) + after


def _property(text: str) -> None:
    require_property(managed_type("VirtualMachine"), text, NEWEST)


def _negotiate(text: str) -> None:
    Negotiator(release()).negotiate(text)


def _xml(function: Callable[[bytes], Any]) -> Callable[[str], Any]:
    return lambda text: function(text.encode())


DOTS = [
    repeated("."),
    repeated("a."),
    repeated("a[.", "x"),
    repeated("]["),
    repeated('["'),
    repeated("[a", "a"),
]
SPACES = [
    repeated("\u00a0"),
    repeated(" ", '"'),
    repeated('"'),
    repeated(" ", "urn:vim25"),
    repeated("urn:vim25/"),
]
NUMBERS = [
    repeated("1", after="x"),
    repeated("1.", after="x"),
    repeated("1", "1e", "x"),
    repeated(" ", "1", "x"),
]
MARKUP = [
    repeated("<a>"),
    repeated("<Security "),
    repeated("<password "),
    repeated("<password>"),
    repeated("<o:Security>x"),
    repeated("<LoginResponse>"),
    repeated("<LoginResponse><key>"),
    repeated("session["),
    repeated("<![CDATA["),
    repeated("<a/>x", "<b>", "</b>"),
    repeated("x<!-- -->", "<b>", "</b>"),
    repeated("x&amp;", "<b>", "</b>"),
    repeated("<password>x</password>", "<b>", "</b>"),
    repeated('xsi:type="UserSession"', "<a "),
    repeated("PRIVATE KEY-----", "<key>", "</key>"),
    repeated("vmware_soap_session="),
    lambda size: "<a>" + "".join(f'<b xmlns:n{n}="u"/>' for n in range(size // 20)) + "</a>",
    lambda size: "<a " + "".join(f'xmlns:n{n}="u" ' for n in range(size // 15)) + "/>",
]
JSON = [
    repeated("["),
    repeated('"'),
    repeated("\\\\", '"', '"'),
    repeated("\\u0061", '"', '"'),
    repeated('"\\"'),
    repeated('{"a":'),
    repeated('"password":1,', "{", '"a":1}'),
    repeated('"_typeName":"UserSession",', "{", '"key":""}'),
    repeated('"name":"x.password",', "{", '"val":1}'),
    repeated('{"key":"","userName":""},', "[", "1]"),
    repeated("[],", "[", "[]]"),
    repeated(" ", "[", "]"),
    repeated("1", "[", "]"),
    repeated("session[", '["', '"]'),
]
QUOTED = [repeated("`"), repeated("`a"), repeated("` - at `$"), repeated(" - at `$x"), repeated("(")]

#: Expression (or function of texts, if it has none) → function that uses it, and texts.
REACHED: Final[list[tuple[str, Callable[[str], Any], list[Text]]]] = [
    ("vim25_emulator.inventory.path._STEP", paths.split.__wrapped__, DOTS),
    ("vim25_emulator.inventory.path.owner", paths.owner, DOTS),
    ("vim25_emulator.inventory.filter_spec.require_property", _property, DOTS),
    ("vim25_emulator.wire.negotiation._ACTION", _negotiate, SPACES),
    (
        "vim25_emulator.wire.cookie._VALUE",
        cookie.read,
        [repeated("vmware_soap_session "), repeated(" "), *SPACES],
    ),
    ("vim25_emulator.wire.trace._HIDDEN_HEADERS", lambda text: _header(text, b""), [repeated("cooki")]),
    ("vim25_emulator.wire.redaction._IN_MO_ID", _xml(redacted), MARKUP),
    ("vim25_emulator.wire.json_redaction._TOKEN", _xml(redacted_json), JSON),
    (
        "vim25_emulator.wire.json_redaction._SESSION_KEY",
        without_session_keys,
        [repeated("session["), repeated('sessionList["'), repeated("session[]"), repeated("session%5B")],
    ),
    ("vim25_emulator.soap.xml_tree.parse", _xml(parse), MARKUP),
    ("vim25_emulator.soap.soap_decoder.parse_envelope", _xml(parse_envelope), MARKUP),
    (
        "vim25_emulator.soap.request_template._TEXT",
        _xml(split_texts),
        [*MARKUP, repeated(">"), repeated("> ")],
    ),
    ("vim25_emulator.soap.soap_text._SPECIAL", escape, [repeated("&"), repeated("\x00"), repeated("a")]),
    ("vim25_emulator.soap.soap_text._INTEGER", FROM_TEXT["int"], NUMBERS),
    ("vim25_emulator.soap.soap_text._FLOAT", FROM_TEXT["double"], NUMBERS),
    (
        "vim25_emulator.vmodl.scalar._DATE_TIME",
        FROM_TEXT["dateTime"],
        [repeated("0", "2024-01-01T00:00:00.")],
    ),
    (
        "vim25_emulator.vmodl.scalar.read_binary",
        FROM_TEXT["base64Binary"],
        [repeated("AAAA\n"), repeated("=")],
    ),
    (
        "vim25_emulator.model.datastore_file._PATH",
        parts_of,
        [repeated("["), repeated("[a"), repeated("] ", "[a")],
    ),
    (
        "vim25_emulator.model.entity_name._PERCENT",
        partial(_PERCENT.sub, "%25"),
        [repeated("%"), repeated("%2")],
    ),
    (
        "vim25_emulator.model.snapshot_tree._DELTA",
        _DELTA.search,
        [repeated("-000001"), repeated(".vmdk", after="x")],
    ),
    (
        "vim25_emulator.model.wildcard",
        partial(matches_wildcards, "a" * 80),
        [repeated("*"), repeated("*a"), repeated("?")],
    ),
    (
        "vim25_emulator.model.entity_name._SEQUENCE",
        partial(_SEQUENCE.sub, "x"),
        [repeated("%"), repeated("%2")],
    ),
    ("vim25_emulator.model.guest_os._stem", guest_os._stem, [repeated("_64"), repeated("Guest")]),
    ("vim25_emulator.model.guest_os._plain_name", guest_os._plain_name, [repeated("1", "windows")]),
    ("vim25_emulator.model.guest_os.advice", guest_os.advice, [repeated("1", "windows11_", "\n")]),
    ("vim25_emulator.model.vmx_file._SPECIAL", partial(vmx_file._SPECIAL.sub, ""), [repeated("|")]),
    ("vim25_emulator.model.vmx_file.guest_os", vmx_file.guest_os, [repeated("_64", after="x")]),
    ("vim25_emulator.scenario.structure._MESSAGE", _split, QUOTED),
    ("vim25_emulator.scenario.structure._STEP", _split, [repeated("[0]", "x - at `$", "`"), *QUOTED]),
    ("vim25_conformance.redaction._DECLARATION", _xml(redact), [repeated("<?xml "), *MARKUP]),
    ("vim25_conformance.redaction._IN_TEXT", _xml(redact), MARKUP),
    ("vim25_conformance.redaction._TELLTALE", _xml(redact), MARKUP),
    ("vim25_conformance.html_report._coded", _coded, QUOTED),
]

#: Expression → what it reads instead of a client's text.
OURS: Final = {
    "vim25_emulator.inventory.event.message_of": "names of types",
    "vim25_emulator.inventory.store._NUMBER": "moIds in a saved inventory, nine digits at most",
    "vim25_emulator.vcenter.label._WORD": "names of the API",
    "vim25_emulator.scenario.structure._FIELD": "messages of msgspec",
    "vim25_emulator.scenario.structure._WORDINGS": "messages of msgspec",
    "vim25_emulator.wire.tls._CERTIFIABLE": "the option --listen",
    "vim25_emulator.wire.tls._file_stem": "the option --listen",
    "vim25_emulator.wire.tls._READ_FIRST_LINE": "a file of our own",
    "vim25_emulator.wire.tls._CERTIFICATE": "a file of our own",
    "vim25_conformance.cli._file_name": "the option --target",
    "vim25_conformance.cli.report": "the time of a run",
    "vim25_conformance.rule_check._EVENT": "rules of our own",
    "vim25_conformance.rule_check._SEEN": "rules of our own",
}


def _named(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    return getattr(statement, "name", "?")


def _is_expression(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    )


def expressions() -> Iterator[str]:
    """Yield the module and the name of everything that uses a regular expression."""
    for root, package in ROOTS.items():
        folder = Path(__file__).parents[1] / root
        for file in sorted((folder / package).rglob("*.py")):
            module = ".".join(file.relative_to(folder).with_suffix("").parts)
            for statement in ast.parse(file.read_text("utf-8")).body:
                if any(map(_is_expression, ast.walk(statement))):
                    yield f"{module}.{_named(statement)}"


def test_every_expression_is_in_a_table() -> None:
    reached = {name for name, _, _ in REACHED}
    found = set(expressions())
    assert found <= reached | OURS.keys()
    assert OURS.keys() <= found
    assert not reached & OURS.keys()


def seconds(function: Callable[[str], Any], text: str) -> float:
    """Return the least time that a function takes; a rejected text is as good as an accepted one."""
    least = float("inf")
    for _ in range(3):
        began = time.thread_time()
        with contextlib.suppress(Exception):
            function(text)
        least = min(least, time.thread_time() - began)
        if least < UNMEASURED:
            break
    return least


CASES: Final = [
    pytest.param(function, text, id=f"{name}-{number}")
    for name, function, texts in REACHED
    for number, text in enumerate(texts)
]


@pytest.mark.parametrize(("function", "text"), CASES)
def test_the_time_is_linear_in_the_length(function: Callable[[str], Any], text: Text) -> None:
    long = seconds(function, text(TIMES * SHORT))
    if long >= UNMEASURED:  # else not even a quadratic time could be told from it
        assert long < GROWTH * seconds(function, text(SHORT))
