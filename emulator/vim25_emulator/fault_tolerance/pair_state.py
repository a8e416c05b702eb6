"""The life of a pair as one table: what happens, in which state, leads where and is told how.

A pair is in the state that its primary shows as `runtime.faultToleranceState`; what the secondary shows
follows from it. Every pair of state and event is decided: it leads somewhere, changes nothing, or cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from vim25_emulator.fault_tolerance.certainty import Certainty


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
    RESTARTED = "secondary is in step, started again by HA"
    RESTART_FAILED = "HA fails to start the secondary again"
    RESTART_NO_HOST = "HA finds no host for the secondary"
    RESTARTS_EXHAUSTED = "HA gives up starting the secondary again"
    PRIMARY_FAILED = "primary or its host fails"
    SECONDARY_FAILED = "secondary or its host fails"
    FAILOVER_TESTED = "failover is tested"
    RESTART_TESTED = "restart of the secondary is tested"
    SUSPENDED = "Fault Tolerance is suspended"
    RESUMED_OFF = "Fault Tolerance is resumed, primary off"
    RESUMED_ON = "Fault Tolerance is resumed, primary on"
    MOVED = "primary or secondary moves to another host"
    HA_OFF = "HA is switched off"
    TURNED_OFF = "Fault Tolerance is turned off"
    DELETED = "primary is deleted"


class Notice(Enum):
    """What is told, by the type of the event or, with a dot in it, by an extended event's type id."""

    RECONFIGURED = "VmReconfiguredEvent"
    REGISTERED = "VmRegisteredEvent"
    ADDED = "VmSecondaryAddedEvent"
    STARTING = "VmStartingSecondaryEvent"
    STARTED = "VmSecondaryStartedEvent"
    FAILED = "VmFailedStartingSecondaryEvent"
    TIMED_OUT = "VmTimedoutStartingSecondaryEvent"
    NO_HOST = "VmNoCompatibleHostForSecondaryEvent"
    DISABLED_BY_SYSTEM = "VmSecondaryDisabledBySystemEvent"
    SUSPENDED = "VmSecondaryDisabledEvent"
    RESUMED = "VmSecondaryEnabledEvent"
    FAILED_OVER = "VmPrimaryFailoverEvent"
    TERMINATED = "VmFaultToleranceVmTerminatedEvent"
    EXHAUSTED = "VmMaxFTRestartCountReached"
    POWERED_OFF = "VmPoweredOffEvent"
    REMOVED = "VmRemovedEvent"
    TURNED_OFF = "VmFaultToleranceTurnedOffEvent"
    HA_STARTED = "com.vmware.vc.HA.StartFTSecondarySucceededEvent"
    HA_FAILED = "com.vmware.vc.HA.StartFTSecondaryFailedEvent"
    HA_OFF = "com.vmware.vc.ft.VmAffectedByDasDisabledEvent"

    @property
    def of_secondary(self) -> bool:
        """Whether it is told of the secondary; all others are told of the primary."""
        return self in _OF_SECONDARY


_OF_SECONDARY: Final = (Notice.REGISTERED, Notice.TERMINATED, Notice.POWERED_OFF, Notice.REMOVED)


class Effect(Enum):
    """What else is done to the two VMs, besides showing the new state."""

    EXCHANGE = "the VMs change places: roles and references stay, hosts and files move"
    REMOVE = "the secondary is deleted"


class Sequel(Enum):
    """What follows once the new state shows; it ends in an event of its own."""

    START = "who starts VMs in the cluster starts the secondary"
    RESTART = "HA starts the secondary again"


@dataclass(frozen=True)
class Transition:
    """Where an event leads, what is told and done before the state changes, and what follows.

    `reason` is the VirtualMachineNeedSecondaryReason of a primary that now needs a secondary; without one it
    is as it was, `initializing` at first.
    """

    to: State
    steps: tuple[Notice | Effect, ...] = ()
    then: Sequel | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Stays:
    """The event changes nothing."""


@dataclass(frozen=True)
class Impossible:
    """The event cannot happen in this state: who wants it is answered with InvalidState."""


Decision: TypeAlias = "Transition | Stays | Impossible"

_STAYS: Final = Stays()
_IMPOSSIBLE: Final = Impossible()

_PAIRED: Final = tuple(state for state in State if state is not State.NOT_CONFIGURED)
_ADDS: Final = (Notice.RECONFIGURED, Notice.REGISTERED, Notice.ADDED)
_FAILS_OVER: Final = (Effect.EXCHANGE, Notice.FAILED_OVER, Notice.TERMINATED)
_REMOVES: Final = (Notice.REMOVED, Effect.REMOVE, Notice.TURNED_OFF)


def _row(decided: Mapping[State, Decision]) -> dict[State, Decision]:
    """Return a decision for every state: those given, and impossible for the rest."""
    return {state: decided.get(state, _IMPOSSIBLE) for state in State}


def _gives_up(*notices: Notice) -> Transition:
    """Return the transition of a start that ends badly: vCenter disables Fault Tolerance (documented)."""
    return Transition(State.DISABLED, (*notices, Notice.DISABLED_BY_SYSTEM))


def _needs_again(reason: str | None, *steps: Notice | Effect) -> Transition:
    """Return the transition of a pair that lost its secondary, and gets it back from HA."""
    return Transition(State.NEED_SECONDARY, steps, Sequel.RESTART, reason)


def _waits(*steps: Notice) -> Transition:
    """Return the transition of a restart that did not work (derived: HA tries again, nothing is disabled)."""
    return Transition(State.NEED_SECONDARY, steps, reason="other")


#: Event → state → decision. The order of the steps is derived from the documents' flows.
TABLE: Final[dict[Event, dict[State, Decision]]] = {
    Event.CREATED_OFF: _row({State.NOT_CONFIGURED: Transition(State.ENABLED, _ADDS)}),
    Event.CREATED_ON: _row(
        {State.NOT_CONFIGURED: Transition(State.NEED_SECONDARY, (Notice.ADDED,), Sequel.START)}
    ),
    Event.PRIMARY_ON: _row(
        {State.ENABLED: Transition(State.NEED_SECONDARY, (), Sequel.START), State.DISABLED: _STAYS}
    ),
    Event.PRIMARY_OFF: _row(
        {
            State.ENABLED: _STAYS,  # it was suspended
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
    Event.RESTARTED: _row({State.STARTING: Transition(State.RUNNING, (Notice.STARTED, Notice.HA_STARTED))}),
    Event.RESTART_FAILED: _row(
        {
            State.NEED_SECONDARY: _waits(Notice.STARTING, Notice.FAILED, Notice.HA_FAILED),
            State.STARTING: _waits(Notice.FAILED, Notice.HA_FAILED),
        }
    ),
    Event.RESTART_NO_HOST: _row({State.NEED_SECONDARY: _waits(Notice.NO_HOST, Notice.HA_FAILED)}),
    Event.RESTARTS_EXHAUSTED: _row({State.NEED_SECONDARY: _waits(Notice.EXHAUSTED)}),
    # Without a secondary in step there is nothing to fail over to: the pair is off until HA has restarted
    # the primary.
    Event.PRIMARY_FAILED: _row(
        {
            State.ENABLED: _STAYS,
            State.NEED_SECONDARY: Transition(State.ENABLED),
            State.STARTING: Transition(State.ENABLED, (Notice.TERMINATED,)),
            State.RUNNING: _needs_again("lostConnection", *_FAILS_OVER),
            State.DISABLED: _STAYS,
        }
    ),
    Event.SECONDARY_FAILED: _row(
        {
            State.ENABLED: _STAYS,
            State.NEED_SECONDARY: _STAYS,
            State.STARTING: _needs_again("lostConnection", Notice.TERMINATED),
            State.RUNNING: _needs_again("lostConnection", Notice.TERMINATED),
            State.DISABLED: _STAYS,
        }
    ),
    Event.FAILOVER_TESTED: _row({State.RUNNING: _needs_again("userAction", *_FAILS_OVER)}),
    Event.RESTART_TESTED: _row({State.RUNNING: _needs_again("userAction", Notice.TERMINATED)}),
    # That nothing is suspended while the secondary starts is derived from what is documented of turning off.
    Event.SUSPENDED: _row(
        dict.fromkeys(
            (State.ENABLED, State.NEED_SECONDARY, State.RUNNING),
            Transition(State.DISABLED, (Notice.SUSPENDED,)),
        )
    ),
    Event.RESUMED_OFF: _row({State.DISABLED: Transition(State.ENABLED, (Notice.RESUMED,))}),
    Event.RESUMED_ON: _row(
        {State.DISABLED: Transition(State.NEED_SECONDARY, (Notice.RESUMED,), Sequel.START)}
    ),
    Event.MOVED: _row({state: _STAYS for state in _PAIRED if state is not State.STARTING}),
    # A pair goes on without HA; it is told of it (documented).
    Event.HA_OFF: _row({state: Transition(state, (Notice.HA_OFF,)) for state in _PAIRED}),
    Event.TURNED_OFF: _row(
        {
            State.ENABLED: Transition(State.NOT_CONFIGURED, _REMOVES),
            State.NEED_SECONDARY: Transition(State.NOT_CONFIGURED, _REMOVES),
            State.RUNNING: Transition(State.NOT_CONFIGURED, (Notice.POWERED_OFF, *_REMOVES)),
            State.DISABLED: Transition(State.NOT_CONFIGURED, _REMOVES),
        }
    ),
    Event.DELETED: _row(
        dict.fromkeys((State.ENABLED, State.DISABLED), Transition(State.NOT_CONFIGURED, _REMOVES))
    ),
}


_DOCUMENTED, _SEEN = Certainty.DOCUMENTED, Certainty.SEEN

#: Event → what its row rests on, as to where it leads; the order of the steps is derived.
_CERTAINTY: Final[dict[Event, Certainty]] = {
    **dict.fromkeys(Event, Certainty.DERIVED),
    **dict.fromkeys((Event.CREATED_OFF, Event.CREATED_ON, Event.START, Event.STARTED), _SEEN),
    **dict.fromkeys((Event.PRIMARY_FAILED, Event.FAILOVER_TESTED), _SEEN),
    **dict.fromkeys((Event.PRIMARY_ON, Event.PRIMARY_OFF), _DOCUMENTED),
    **dict.fromkeys((Event.START_FAILED, Event.START_TIMED_OUT), _DOCUMENTED),
    **dict.fromkeys((Event.SUSPENDED, Event.RESUMED_OFF, Event.RESUMED_ON), _DOCUMENTED),
    **dict.fromkeys((Event.HA_OFF, Event.TURNED_OFF), _DOCUMENTED),
}


@dataclass(frozen=True)
class Appearance:
    """What a state shows on the two VMs besides the primary's own `runtime.faultToleranceState`.

    `latency` is `summary.quickStats.ftLatencyStatus`; gray and -1 are what a VM without Fault Tolerance
    shows (seen), and what one shows whose secondary does not run (derived).
    """

    secondary: State
    secondary_runs: bool
    latency: str = "gray"


APPEARANCE: Final[dict[State, Appearance]] = {
    State.NOT_CONFIGURED: Appearance(State.NOT_CONFIGURED, secondary_runs=False),
    State.ENABLED: Appearance(State.ENABLED, secondary_runs=False),
    State.NEED_SECONDARY: Appearance(State.ENABLED, secondary_runs=False),
    State.STARTING: Appearance(State.STARTING, secondary_runs=True),
    State.RUNNING: Appearance(State.RUNNING, secondary_runs=True, latency="green"),
    State.DISABLED: Appearance(State.DISABLED, secondary_runs=False),
}


#: Why a primary needs a secondary that has just been powered on, or got one.
FIRST_REASON: Final = "initializing"


def decide(state: State, event: Event) -> Decision:
    """Return what an event does to a pair in a state."""
    return TABLE[event][state]


def certainty_of(event: Event, state: State) -> Certainty:
    """Return what a decision rests on. Of failing primaries, only those that ran protected were seen."""
    unseen = event is Event.PRIMARY_FAILED and state is not State.RUNNING
    return Certainty.DERIVED if unseen else _CERTAINTY[event]
