from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vim25_emulator.soap.soap_text import FROM_TEXT, TO_TEXT, escape
from vim25_emulator.vmodl.scalar import INTEGER_RANGES
from vim25_emulator.vmodl.type_names import PRIMITIVES

UTC = timezone.utc
#: All characters that XML 1.0 allows.
CARRIED = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n\r"
    )
)


@settings(deadline=None)  # a busy machine is no failure
@given(CARRIED)
def test_any_text_survives_a_round_trip(text: str) -> None:
    read = ElementTree.fromstring(f"<a>{escape(text)}</a>").text  # noqa: S314  # our own text
    assert (read or "") == text


@pytest.mark.parametrize("lost", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_replaced_rather_than_breaking_the_document(lost: str) -> None:
    assert escape(f"a{lost}b") == "a\ufffdb"


def test_all_five_characters_are_escaped() -> None:
    assert escape("& < > \" '") == "&amp; &lt; &gt; &quot; &apos;"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "2024-01-02T03:04:05Z"),
        (datetime(2024, 1, 2, 3, 4, 5, 120000, tzinfo=UTC), "2024-01-02T03:04:05.12Z"),
        (datetime(2024, 1, 2, 3, 4, 0, 1, tzinfo=UTC), "2024-01-02T03:04:00.000001Z"),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5))), "2024-01-01T22:04:05Z"),
    ],
)
def test_a_moment_is_written_in_utc_without_idle_zeros(value: datetime, text: str) -> None:
    assert TO_TEXT["dateTime"](value) == text


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T22:04:05Z",
        "2024-01-01T22:04:05",
        " 2024-01-02T03:04:05.000+05:00\n",
        "2024-01-01T16:34:05.0000000009-05:30",
    ],
)
def test_a_moment_is_read_in_any_zone_and_without_one_as_utc(text: str) -> None:
    assert FROM_TEXT["dateTime"](text) == datetime(2024, 1, 1, 22, 4, 5, tzinfo=UTC)


ROUND_TRIPS = [
    ("dateTime", st.datetimes(timezones=st.just(UTC))),
    ("base64Binary", st.binary()),
    ("boolean", st.booleans()),
    ("double", st.floats(allow_nan=False)),
    *((name, st.integers(*limits)) for name, limits in INTEGER_RANGES.items()),
]


@settings(deadline=None)
@given(st.sampled_from(ROUND_TRIPS).flatmap(lambda pair: st.tuples(st.just(pair[0]), pair[1])))
def test_scalars_survive_a_round_trip(pair: tuple[str, Any]) -> None:
    name, value = pair
    assert FROM_TEXT[name](TO_TEXT[name](value)) == value


def test_not_a_number_has_a_text() -> None:
    assert TO_TEXT["double"](math.nan) == "NaN"
    assert math.isnan(FROM_TEXT["double"]("NaN"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int", "2147483648"),
        ("short", "-32769"),
        ("byte", "128"),
        ("long", "9223372036854775808"),
        ("int", ""),
        ("int", "1_0"),
        ("int", "1.0"),
        ("int", "\u0661"),
        ("int", "9" * 10_000),
        ("boolean", "True"),
        ("boolean", ""),
        ("double", "1_0.0"),
        ("double", "infinity"),
        ("dateTime", "2024-02-30T00:00:00Z"),
        ("dateTime", "0001-01-01T00:00:00+14:00"),
        ("dateTime", "2024-01-01T00:00:00+14:01"),
        ("dateTime", "2024-01-01T00:00:00-99:99"),
        ("dateTime", "yesterday"),
        ("base64Binary", "A"),
        ("base64Binary", "*=="),
    ],
)
def test_text_that_is_no_value_of_the_type_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        FROM_TEXT[name](text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("boolean", " 1 ", True),
        ("boolean", "0", False),
        ("int", "\n+7 ", 7),
        ("double", "-INF", -math.inf),
        ("double", ".5e1", 5.0),
        ("base64Binary", "YWJj\n ZA==", b"abcd"),
        ("string", " kept ", " kept "),
    ],
)
def test_other_spellings_of_a_value_are_read(name: str, text: str, value: Any) -> None:
    assert FROM_TEXT[name](text) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("string", 3),
        ("int", True),
        ("int", "3"),
        ("int", 2**31),
        ("boolean", 1),
        ("double", "1"),
        ("dateTime", datetime(2024, 1, 1)),
        ("base64Binary", "text"),
    ],
)
def test_a_wrong_value_is_not_written(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        TO_TEXT[name](value)


def test_every_primitive_can_be_written() -> None:
    assert TO_TEXT.keys() == set(PRIMITIVES)
