from __future__ import annotations

import pytest

from vim25_emulator.model.wildcard import matches_wildcards


@pytest.mark.parametrize(
    ("name", "pattern", "matches"),
    [
        ("web01.vmx", "web01.vmx", True),
        ("web01.vmx", "web01", False),
        ("web01.vmx", "*", True),
        ("web01.vmx", "*.vmx", True),
        ("web01.vmx", "web*", True),
        ("web01.vmx", "w*0*x", True),
        ("web01.vmx", "w**x", True),
        ("web01.vmx", "?eb??.vm?", True),
        ("web01.vmx", "*?1.*", True),
        ("web01.vmx", "*?web*", False),
        ("web01.vmx", "*vmx*web*", False),
        ("web01.vmx", "web01.vmx*web01.vmx", False),
        ("aab", "*ab", True),
        ("aa", "a*a*a", False),
        ("", "*", True),
        ("", "", True),
        ("", "?", False),
        ("a[b]", "a[b]", True),  # brackets are no wildcards
        ("ab", "a[b]", False),
        ("a.b", "a?b", True),
        ("axb", "a.b", False),
    ],
)
def test_stars_and_question_marks_are_wildcards(name: str, pattern: str, *, matches: bool) -> None:
    assert matches_wildcards(name, pattern) is matches
