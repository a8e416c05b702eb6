"""How sure a rule is, and where a fault shows: the two things that every row of a table says of itself."""

from __future__ import annotations

from enum import Enum


class Certainty(Enum):
    """What a rule rests on."""

    DOCUMENTED = "documented"  #: the API reference or a guide says so
    SEEN = "seen"  #: a capture, a client that depends on it, or a user's report
    DERIVED = "derived"  #: inference, to be settled on a real vCenter


class Delivery(Enum):
    """Where the caller finds a fault."""

    CALL = "on the call"
    TASK = "as the task's error"
    RESULT = "inside the result of a task that succeeds"
