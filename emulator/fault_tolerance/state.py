"""The life of a pair as one table: what happens, in which state, leads where and is told how.

A pair is in the state that its primary shows as `runtime.faultToleranceState`; what the secondary shows
follows from it. Every pair of state and event is decided: it leads somewhere, changes nothing, or cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias


class State(Enum):
    """The states, by the primary's VirtualMachineFaultToleranceState."""

    NOT_CONFIGURED = "notConfigured"
    ENABLED = "enabled"  #: the primary is off, and has a secondary for when it is on
    NEED_SECONDARY = "needSecondary"  #: the primary runs, its secondary does not
    STARTING = "starting"  #: both run, not yet alike
    RUNNING = "running"  #: protected
    DISABLED = "disabled"  #: there is a secondary, which is not to be started


class Event(Enum):
    """What can happen to a pair."""

    CREATED_OFF = "secondary created, primary off"
    CREATED_ON = "secondary created, primary on"
    PRIMARY_ON = "primary powered on"
    PRIMARY_OFF = "primary powered off"
    START = "start of the secondary begins"
    STARTED = "secondary is in step"
    START_FAILED = "start of the secondary fails"
    START_TIMED_OUT = "start of the secondary takes too long"
    NO_HOST = "no host for the secondary"


class Notice(Enum):
    """What is told about the primary, by the type of the event."""

    ADDED = "VmSecondaryAddedEvent"
    STARTING = "VmStartingSecondaryEvent"
    STARTED = "VmSecondaryStartedEvent"
    FAILED = "VmFailedStartingSecondaryEvent"
    TIMED_OUT = "VmTimedoutStartingSecondaryEvent"
    NO_HOST = "VmNoCompatibleHostForSecondaryEvent"
    DISABLED_BY_SYSTEM = "VmSecondaryDisabledBySystemEvent"


@dataclass(frozen=True)
class Transition:
    """Where an event leads, and what is told before the state changes."""

    to: State
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Stays:
    """The event changes nothing."""


@dataclass(frozen=True)
class Impossible:
    """The event cannot happen in this state: who wants it is answered with InvalidState."""


Decision: TypeAlias = "Transition | Stays | Impossible"

_STAYS: Final = Stays()
_IMPOSSIBLE: Final = Impossible()


def _row(decided: Mapping[State, Decision]) -> dict[State, Decision]:
    """Return a decision for every state: those given, and impossible for the rest."""
    return {state: decided.get(state, _IMPOSSIBLE) for state in State}


def _gives_up(*notices: Notice) -> Transition:
    """Return the transition of a start that ends badly: vCenter disables Fault Tolerance (documented)."""
    return Transition(State.DISABLED, (*notices, Notice.DISABLED_BY_SYSTEM))


#: Event → state → decision. The order of the notices is derived from the documents' flows.
TABLE: Final[dict[Event, dict[State, Decision]]] = {
    Event.CREATED_OFF: _row({State.NOT_CONFIGURED: Transition(State.ENABLED, (Notice.ADDED,))}),
    Event.CREATED_ON: _row({State.NOT_CONFIGURED: Transition(State.NEED_SECONDARY, (Notice.ADDED,))}),
    Event.PRIMARY_ON: _row({State.ENABLED: Transition(State.NEED_SECONDARY), State.DISABLED: _STAYS}),
    Event.PRIMARY_OFF: _row(
        {
            State.NEED_SECONDARY: Transition(State.ENABLED),
            State.STARTING: Transition(State.ENABLED),
            State.RUNNING: Transition(State.ENABLED),
            State.DISABLED: _STAYS,
        }
    ),
    Event.START: _row({State.NEED_SECONDARY: Transition(State.STARTING, (Notice.STARTING,))}),
    Event.STARTED: _row({State.STARTING: Transition(State.RUNNING, (Notice.STARTED,))}),
    Event.START_FAILED: _row(
        {
            State.NEED_SECONDARY: _gives_up(Notice.STARTING, Notice.FAILED),
            State.STARTING: _gives_up(Notice.FAILED),
        }
    ),
    Event.START_TIMED_OUT: _row(
        {
            State.NEED_SECONDARY: _gives_up(Notice.STARTING, Notice.TIMED_OUT),
            State.STARTING: _gives_up(Notice.TIMED_OUT),
        }
    ),
    Event.NO_HOST: _row({State.NEED_SECONDARY: _gives_up(Notice.NO_HOST)}),
}


@dataclass(frozen=True)
class Appearance:
    """What a state shows on the two VMs besides the primary's own `runtime.faultToleranceState`.

    `latency` is `summary.quickStats.ftLatencyStatus`; gray and -1 are what a VM without Fault Tolerance
    shows (seen), and what one shows whose secondary does not run (derived).
    """

    secondary: State
    secondary_runs: bool
    need_reason: str | None = None
    latency: str = "gray"


APPEARANCE: Final[dict[State, Appearance]] = {
    State.NOT_CONFIGURED: Appearance(State.NOT_CONFIGURED, secondary_runs=False),
    State.ENABLED: Appearance(State.ENABLED, secondary_runs=False),
    State.NEED_SECONDARY: Appearance(State.ENABLED, secondary_runs=False, need_reason="initializing"),
    State.STARTING: Appearance(State.STARTING, secondary_runs=True),
    State.RUNNING: Appearance(State.RUNNING, secondary_runs=True, latency="green"),
    State.DISABLED: Appearance(State.DISABLED, secondary_runs=False),
}


def decide(state: State, event: Event) -> Decision:
    """Return what an event does to a pair in a state."""
    return TABLE[event][state]
