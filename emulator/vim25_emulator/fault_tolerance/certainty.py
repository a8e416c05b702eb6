"""How sure a rule of Fault Tolerance is. Every row of a table states it."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Certainty(Enum):
    """What a rule rests on."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    DERIVED = "derived"
    CONTESTED = "contested"

    @property
    def meaning(self) -> str:
        """What the word stands for."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Certainty.DOCUMENTED: "the API reference or a guide says so",
    Certainty.OBSERVED: "a capture, a client that depends on it, or a user's report shows it",
    Certainty.DERIVED: "an inference, to be settled on a real vCenter",
    Certainty.CONTESTED: "two documents of the vendor disagree; the emulator chooses, the suite never judges",
}
