"""The recorded inventories in an emulator, and the recorded questions asked: it gives the recorded answers.

The response elements are compared byte by byte. What must differ is listed here, each with its reason, and
counted, so that nothing more can begin to differ.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest

from tests.fidelity.recordings import RELEASES, Exchange, conversations
from tests.fidelity.replay import in_body, replayed


class Masked(NamedTuple):
    """Content of an answer that is not compared: where, and why it must differ."""

    pattern: bytes
    why: str


#: Inside of a UserSession, which Login answers and SessionManager.currentSession holds.
_MASKED = (
    Masked(rb"(?<=<key>)[0-9a-f-]{36}(?=</key><userName>)", "every session has a key of its own"),
    Masked(rb"(?<=<loginTime>)[^<]+", "the time is now"),
    Masked(rb"(?<=<lastActiveTime>)[^<]+", "the time is now"),
    Masked(rb"(?<=<ipAddress>)[^<]+(?=</ipAddress><userAgent>)", "our client has an address of its own"),
    Masked(
        rb"<userName>[^<]*</userName><fullName>[^<]*</fullName>(?=<loginTime>)",
        "whoever published the recordings wrote other names over the real ones, here and there",
    ),
)

#: Recordings in which a step cannot be had again, by what the answer holds.
_BY_HAND = Masked(
    rb"<returnval>.*<userName>my_user</userName>.*",
    "the login by SSPI is the recording of a login by password, with the request's name changed by hand; no "
    "Kerberos ticket can be checked here, so it is refused, and there is no session afterwards",
)
_ROLE = Masked(
    rb"-669998656",
    "a role of the recorded vCenter's own, which no recording explains; our client is an administrator",
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
    return "role" if recorded == answer.replace(b">-1<", b">%b<" % _ROLE.pattern) else "different"


#: Source distribution → how many answers are as they were, and how many differ for each of the reasons.
_NUMBERS = {
    "6.0.0.2016.6": {"identical": 123, "masked": 9, "by hand": 2},
    "6.7.3": {"identical": 425, "masked": 18, "by hand": 2},
    "7.0.3": {"identical": 425, "masked": 18, "by hand": 2},
    "8.0.3.0.1": {"identical": 312, "masked": 20, "role": 5},
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
