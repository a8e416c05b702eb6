"""What a set of pairs says about its bound."""

from __future__ import annotations

import pytest

from benchmarks.result import Bound, Measurement, Verdict


def measurement(bound: Bound | None, *pairs: tuple[float, float | None]) -> Measurement:
    found = Measurement("work", "ms", bound)
    for pair in pairs:
        found.add(*pair)
    return found


def test_ratio_is_taken_pair_by_pair() -> None:
    """A minute in which the machine was slow for both does not count."""
    found = measurement(Bound(1.0), (1, 2), (100, 200), (3, 6))
    assert (found.emulator, found.vcsim, found.ratio) == (3, 6, 0.5)


@pytest.mark.parametrize(
    ("bound", "pairs", "verdict"),
    [
        (Bound(1.0), [(1, 1)], Verdict.MET),
        (Bound(1.0), [(1.01, 1)], Verdict.MISSED),
        (Bound(1.0), [(1, None)], Verdict.UNBOUND),
        (Bound(5.0, relative=False), [(4, 1)], Verdict.MET),
        (Bound(5.0, relative=False), [(6, None)], Verdict.MISSED),
        (None, [(9, 1)], Verdict.UNBOUND),
    ],
    ids=["equal", "slower", "nothing to compare", "fast enough", "too slow alone", "no bound"],
)
def test_verdict(bound: Bound | None, pairs: list[tuple[float, float | None]], verdict: Verdict) -> None:
    assert measurement(bound, *pairs).verdict is verdict


def test_json_holds_every_sample() -> None:
    found = measurement(Bound(1.2), (1, 2), (3, None)).as_json()
    assert found["pairs"] == [(1, 2), (3, None)]
    assert found["bound"] == {"limit": 1.2, "relative": True}
