"""The state machine of a pair as one table: in each state, where an event leads and what happens on the way.

Every combination of state and event is decided: it leads to a state, changes nothing, or is impossible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from vim25_emulator.fault_tolerance.certainty import Certainty
from vim25_emulator.fault_tolerance.pair_state import Event, State


class PostedEvent(Enum):
    """A vCenter event that a transition posts, by its type or by the type ID of an extended event."""

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
        """Whether the event is about the secondary; all others are about the primary."""
        return self in _OF_SECONDARY


_OF_SECONDARY: Final = (
    PostedEvent.REGISTERED,
    PostedEvent.TERMINATED,
    PostedEvent.POWERED_OFF,
    PostedEvent.REMOVED,
)


class Effect(Enum):
    """What else a transition does to the two VMs."""

    EXCHANGE = "the VMs exchange hosts and files; roles and references stay"
    REMOVE = "the secondary is deleted"


class Sequel(Enum):
    """What follows once both VMs show the new state; it ends in an event of its own."""

    START = "vCenter, DRS or the administrator starts the secondary"
    RESTART = "HA restarts the secondary"


@dataclass(frozen=True)
class Transition:
    """The state that an event leads to, the steps before the change, and the sequel.

    `reason` is the new VirtualMachineNeedSecondaryReason; without one it stays as it is, `initializing` at
    first.
    """

    to: State
    steps: tuple[PostedEvent | Effect, ...] = ()
    then: Sequel | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Stays:
    """The event changes nothing."""


@dataclass(frozen=True)
class Impossible:
    """The event is rejected with InvalidState."""


Decision: TypeAlias = "Transition | Stays | Impossible"

_STAYS: Final = Stays()
_IMPOSSIBLE: Final = Impossible()

_PAIRED: Final = tuple(state for state in State if state is not State.NOT_CONFIGURED)
_ADDS: Final = (PostedEvent.RECONFIGURED, PostedEvent.REGISTERED, PostedEvent.ADDED)
_FAILS_OVER: Final = (Effect.EXCHANGE, PostedEvent.FAILED_OVER, PostedEvent.TERMINATED)
_REMOVES: Final = (PostedEvent.REMOVED, Effect.REMOVE, PostedEvent.TURNED_OFF)


def _row(decided: Mapping[State, Decision]) -> dict[State, Decision]:
    """Return a decision for every state; those without one are impossible."""
    return {state: decided.get(state, _IMPOSSIBLE) for state in State}


def _gives_up(*posted: PostedEvent) -> Transition:
    """Return the transition of a failed start: vCenter disables Fault Tolerance [documented]."""
    return Transition(State.DISABLED, (*posted, PostedEvent.DISABLED_BY_SYSTEM))


def _needs_again(reason: str | None, *steps: PostedEvent | Effect) -> Transition:
    """Return the transition of a pair that lost its secondary, which HA restarts."""
    return Transition(State.NEED_SECONDARY, steps, Sequel.RESTART, reason)


def _waits(*steps: PostedEvent) -> Transition:
    """Return the transition of a failed restart: HA retries, Fault Tolerance stays enabled [derived]."""
    return Transition(State.NEED_SECONDARY, steps, reason="other")


#: Event → state → decision. The order of the steps follows the flows in the documents [derived].
TABLE: Final[dict[Event, dict[State, Decision]]] = {
    Event.CREATED_OFF: _row({State.NOT_CONFIGURED: Transition(State.ENABLED, _ADDS)}),
    Event.CREATED_ON: _row(
        {State.NOT_CONFIGURED: Transition(State.NEED_SECONDARY, (PostedEvent.ADDED,), Sequel.START)}
    ),
    Event.PRIMARY_ON: _row(
        {State.ENABLED: Transition(State.NEED_SECONDARY, (), Sequel.START), State.DISABLED: _STAYS}
    ),
    Event.PRIMARY_OFF: _row(
        {
            State.ENABLED: _STAYS,  # the VM was suspended
            State.NEED_SECONDARY: Transition(State.ENABLED),
            State.STARTING: Transition(State.ENABLED),
            State.RUNNING: Transition(State.ENABLED),
            State.DISABLED: _STAYS,
        }
    ),
    Event.START: _row({State.NEED_SECONDARY: Transition(State.STARTING, (PostedEvent.STARTING,))}),
    Event.STARTED: _row({State.STARTING: Transition(State.RUNNING, (PostedEvent.STARTED,))}),
    Event.START_FAILED: _row(
        {
            State.NEED_SECONDARY: _gives_up(PostedEvent.STARTING, PostedEvent.FAILED),
            State.STARTING: _gives_up(PostedEvent.FAILED),
        }
    ),
    Event.START_TIMED_OUT: _row(
        {
            State.NEED_SECONDARY: _gives_up(PostedEvent.STARTING, PostedEvent.TIMED_OUT),
            State.STARTING: _gives_up(PostedEvent.TIMED_OUT),
        }
    ),
    Event.NO_HOST: _row({State.NEED_SECONDARY: _gives_up(PostedEvent.NO_HOST)}),
    Event.RESTARTED: _row(
        {State.STARTING: Transition(State.RUNNING, (PostedEvent.STARTED, PostedEvent.HA_STARTED))}
    ),
    Event.RESTART_FAILED: _row(
        {
            State.NEED_SECONDARY: _waits(PostedEvent.STARTING, PostedEvent.FAILED, PostedEvent.HA_FAILED),
            State.STARTING: _waits(PostedEvent.FAILED, PostedEvent.HA_FAILED),
        }
    ),
    Event.RESTART_NO_HOST: _row({State.NEED_SECONDARY: _waits(PostedEvent.NO_HOST, PostedEvent.HA_FAILED)}),
    Event.RESTARTS_EXHAUSTED: _row({State.NEED_SECONDARY: _waits(PostedEvent.EXHAUSTED)}),
    # Without a synchronized secondary there is no failover: the pair is off until HA restarts the primary.
    Event.PRIMARY_FAILED: _row(
        {
            State.ENABLED: _STAYS,
            State.NEED_SECONDARY: Transition(State.ENABLED),
            State.STARTING: Transition(State.ENABLED, (PostedEvent.TERMINATED,)),
            State.RUNNING: _needs_again("lostConnection", *_FAILS_OVER),
            State.DISABLED: _STAYS,
        }
    ),
    Event.SECONDARY_FAILED: _row(
        {
            State.ENABLED: _STAYS,
            State.NEED_SECONDARY: _STAYS,
            State.STARTING: _needs_again("lostConnection", PostedEvent.TERMINATED),
            State.RUNNING: _needs_again("lostConnection", PostedEvent.TERMINATED),
            State.DISABLED: _STAYS,
        }
    ),
    Event.FAILOVER_TESTED: _row({State.RUNNING: _needs_again("userAction", *_FAILS_OVER)}),
    Event.RESTART_TESTED: _row({State.RUNNING: _needs_again("userAction", PostedEvent.TERMINATED)}),
    # Not possible while the secondary starts, as it is documented for turning off [derived].
    Event.SUSPENDED: _row(
        dict.fromkeys(
            (State.ENABLED, State.NEED_SECONDARY, State.RUNNING),
            Transition(State.DISABLED, (PostedEvent.SUSPENDED,)),
        )
    ),
    Event.RESUMED_OFF: _row({State.DISABLED: Transition(State.ENABLED, (PostedEvent.RESUMED,))}),
    Event.RESUMED_ON: _row(
        {State.DISABLED: Transition(State.NEED_SECONDARY, (PostedEvent.RESUMED,), Sequel.START)}
    ),
    Event.MOVED: _row({state: _STAYS for state in _PAIRED if state is not State.STARTING}),
    # A pair continues without HA and receives an event [documented].
    Event.HA_OFF: _row({state: Transition(state, (PostedEvent.HA_OFF,)) for state in _PAIRED}),
    Event.TURNED_OFF: _row(
        {
            State.ENABLED: Transition(State.NOT_CONFIGURED, _REMOVES),
            State.NEED_SECONDARY: Transition(State.NOT_CONFIGURED, _REMOVES),
            State.RUNNING: Transition(State.NOT_CONFIGURED, (PostedEvent.POWERED_OFF, *_REMOVES)),
            State.DISABLED: Transition(State.NOT_CONFIGURED, _REMOVES),
        }
    ),
    Event.DELETED: _row(
        dict.fromkeys((State.ENABLED, State.DISABLED), Transition(State.NOT_CONFIGURED, _REMOVES))
    ),
}


_DOCUMENTED, _OBSERVED = Certainty.DOCUMENTED, Certainty.OBSERVED

#: Event → certainty of the states that it leads to. The order of the steps is [derived].
_CERTAINTY: Final[dict[Event, Certainty]] = {
    **dict.fromkeys(Event, Certainty.DERIVED),
    **dict.fromkeys((Event.CREATED_OFF, Event.CREATED_ON, Event.START, Event.STARTED), _OBSERVED),
    **dict.fromkeys((Event.PRIMARY_FAILED, Event.FAILOVER_TESTED), _OBSERVED),
    **dict.fromkeys((Event.PRIMARY_ON, Event.PRIMARY_OFF), _DOCUMENTED),
    **dict.fromkeys((Event.START_FAILED, Event.START_TIMED_OUT), _DOCUMENTED),
    **dict.fromkeys((Event.SUSPENDED, Event.RESUMED_OFF, Event.RESUMED_ON), _DOCUMENTED),
    **dict.fromkeys((Event.HA_OFF, Event.TURNED_OFF), _DOCUMENTED),
}


def decide(state: State, event: Event) -> Decision:
    """Return the decision about an event in a state."""
    return TABLE[event][state]


def certainty_of(event: Event, state: State) -> Certainty:
    """Return the certainty of a decision. Failures are observed of primaries that were protected only."""
    unseen = event is Event.PRIMARY_FAILED and state is not State.RUNNING
    return Certainty.DERIVED if unseen else _CERTAINTY[event]
