"""Recorded requests to an emulator with the recorded inventory return the recorded responses.

The response elements are compared byte by byte. Necessary differences are listed with their reasons and
counted, so that no other difference goes unnoticed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest

from tests.fidelity.recordings import RELEASES, Exchange, conversations
from tests.fidelity.replay import in_body, replayed


class Masked(NamedTuple):
    """Content of a response that is not compared: a pattern, and why it must differ."""

    pattern: bytes
    why: str


#: Parts of a UserSession, the result of Login and value of SessionManager.currentSession.
_MASKED = (
    Masked(rb"(?<=<key>)[0-9a-f-]{36}(?=</key><userName>)", "every session has its own key"),
    Masked(rb"(?<=<loginTime>)[^<]+", "the time is now"),
    Masked(rb"(?<=<lastActiveTime>)[^<]+", "the time is now"),
    Masked(rb"(?<=<ipAddress>)[^<]+(?=</ipAddress><userAgent>)", "the client has another address"),
    Masked(
        rb"<userName>[^<]*</userName><fullName>[^<]*</fullName>(?=<loginTime>)",
        "the real names in the recordings were replaced before publication, not everywhere alike",
    ),
)

#: Steps of recordings that cannot be repeated, by the content of the response.
_BY_HAND = Masked(
    rb"<returnval>.*<userName>my_user</userName>.*",
    "the login by SSPI is a recorded login by password, whose request was edited by hand; Kerberos tickets "
    "cannot be verified here, so it is rejected, and there is no session afterwards",
)


def _compared(element: bytes) -> bytes:
    for masked in _MASKED:
        element = re.sub(masked.pattern, b"*", element)
    return element


def _verdict(exchange: Exchange, answer: bytes) -> str:
    recorded = in_body(exchange.answer)
    if answer == recorded:
        return "identical"
    if _compared(answer) == _compared(recorded):
        return "masked"
    if exchange.source == "sspi_connection" and re.search(_BY_HAND.pattern, recorded):
        return "by hand"
    return "different"


#: Source distribution → number of responses per verdict.
_NUMBERS = {
    "6.0.0.2016.6": {"identical": 123, "masked": 9, "by hand": 2},
    "6.7.3": {"identical": 425, "masked": 18, "by hand": 2},
    "7.0.3": {"identical": 425, "masked": 18, "by hand": 2},
    "8.0.3.0.1": {"identical": 317, "masked": 20},
}


@pytest.mark.parametrize("release", RELEASES)
def test_every_answer_is_the_recorded_one(release: str) -> None:
    verdicts: Counter[str] = Counter()
    for name, conversation in conversations(release).items():
        for exchange, answer in replayed(conversation):
            verdict = _verdict(exchange, answer)
            assert verdict != "different", (name, exchange.request, answer)
            verdicts[verdict] += 1
    assert verdicts == _NUMBERS[release]
