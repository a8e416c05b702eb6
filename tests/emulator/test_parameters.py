"""Parameter types of the CLI: the values they accept and reject."""

from __future__ import annotations

import click
import pytest

from vim25_emulator.parameters import Address, Seconds


@pytest.mark.parametrize(
    ("written", "expected"),
    [("8989", ("127.0.0.1", 8989)), (":0", ("127.0.0.1", 0)), ("[::1]:1", ("::1", 1)), ("a.b:2", ("a.b", 2))],
)
def test_an_address_may_be_abbreviated(written: str, expected: tuple[str, int]) -> None:
    assert Address().convert(written, None, None) == expected


@pytest.mark.parametrize(("written", "expected"), [("0", 0.0), ("1.5", 1.5), ("1e3", 1000.0)])
def test_seconds_are_numbers(written: str, expected: float) -> None:
    assert Seconds().convert(written, None, None) == expected


@pytest.mark.parametrize("written", ["-1", "nan", "inf", "-inf", "1e999", "soon", ""])
def test_other_values_are_rejected(written: str) -> None:
    with pytest.raises(click.BadParameter, match="expected a number of seconds, 0 or more"):
        Seconds().convert(written, None, None)
