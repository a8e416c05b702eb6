"""The states of a pair, what can happen to it, and what each state shows on its two VMs.

The state of a pair is the `runtime.faultToleranceState` of its primary; what the secondary shows follows from
it. Where events lead is in `pair_transition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class State(Enum):
    """The states, by the primary's VirtualMachineFaultToleranceState."""

    NOT_CONFIGURED = "notConfigured"
    ENABLED = "enabled"  #: the primary is powered off and has a secondary
    NEED_SECONDARY = "needSecondary"  #: the primary runs, the secondary does not
    STARTING = "starting"  #: both run, the secondary is not synchronized yet
    RUNNING = "running"  #: both run, the primary is protected
    DISABLED = "disabled"  #: the secondary is not started


class Event(Enum):
    """The events that can happen to a pair."""

    CREATED_OFF = "secondary created, primary off"
    CREATED_ON = "secondary created, primary on"
    PRIMARY_ON = "primary powered on"
    PRIMARY_OFF = "primary powered off"
    START = "secondary starts"
    STARTED = "secondary synchronized"
    START_FAILED = "start fails"
    START_TIMED_OUT = "start times out"
    NO_HOST = "no suitable host for the secondary"
    RESTARTED = "secondary synchronized after restart by HA"
    RESTART_FAILED = "restart by HA fails"
    RESTART_NO_HOST = "no suitable host for the restart by HA"
    RESTARTS_EXHAUSTED = "HA stops retrying the restart"
    PRIMARY_FAILED = "primary or its host fails"
    SECONDARY_FAILED = "secondary or its host fails"
    FAILOVER_TESTED = "failover tested"
    RESTART_TESTED = "restart of the secondary tested"
    SUSPENDED = "Fault Tolerance suspended"
    RESUMED_OFF = "Fault Tolerance resumed, primary off"
    RESUMED_ON = "Fault Tolerance resumed, primary on"
    MOVED = "primary or secondary moves to another host"
    HA_OFF = "HA disabled"
    TURNED_OFF = "Fault Tolerance turned off"
    DELETED = "primary deleted"


@dataclass(frozen=True)
class Appearance:
    """What a state shows on the two VMs in addition to the primary's own `runtime.faultToleranceState`.

    `latency` is `summary.quickStats.ftLatencyStatus`: gray for a VM without Fault Tolerance [observed: two
    captures], and while the secondary does not run [derived].
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


#: VirtualMachineNeedSecondaryReason of a primary that has just been powered on or got a secondary.
FIRST_REASON: Final = "initializing"
