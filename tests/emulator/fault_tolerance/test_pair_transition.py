"""Every possible entry of the state table happens to a pair that a real client uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pytest

from tests.emulator.fault_tolerance import pair_walks as walk
from tests.emulator.fault_tolerance.conftest import Site, Start
from tests.emulator.fault_tolerance.reasons import ESX1, Situation, type_of
from vim25_emulator.fault_tolerance.pair import Pair
from vim25_emulator.fault_tolerance.pair_state import Event, State
from vim25_emulator.fault_tolerance.pair_transition import (
    TABLE,
    Impossible,
    PostedEvent,
    Stays,
    Transition,
    decide,
)

Entry: TypeAlias = "tuple[State, Event]"

TWO_HOSTS: Final = Situation({"vms": {"web01": {"host": ESX1}}})
THREE_HOSTS: Final = Situation({"vms": {"web01": {"host": ESX1}}}, base="three-hosts")
MANUAL_DRS: Final = Situation({"hosts": {walk.ESX3: {"cluster": "ft-cluster"}}}, base="drs-manual")
TIMEOUT: Final = {"PowerOnFtSecondaryTimedout": {"timeout": 300}}

#: A pair whose primary runs is created, and its secondary starts.
WAITING: Final = ((State.NOT_CONFIGURED, Event.CREATED_ON),)
STARTING: Final = (*WAITING, (State.NEED_SECONDARY, Event.START))
RUNNING: Final = (*STARTING, (State.STARTING, Event.STARTED))

#: A pair whose primary is off is created.
OFF: Final = ((State.NOT_CONFIGURED, Event.CREATED_OFF),)

#: HA starts the secondary again.
RESTARTED: Final = ((State.NEED_SECONDARY, Event.START), (State.STARTING, Event.RESTARTED))


class Walk(NamedTuple):
    """A situation, what a client does in it, and the entries of the state table that the pair passes."""

    situation: Situation
    go: Callable[[Site], None]
    passes: tuple[Entry, ...]


def failing(method: str, at: str, fault: Any) -> Situation:
    """The situation in which starting the secondary fails because of a fault rule."""
    rule = {"method": f"{method}_Task", "at": at, "fault": fault}
    return Situation({**THREE_HOSTS.patch, "rules": [rule]}, base="three-hosts")


#: Name of a walk → the walk.
WALKS: Final[dict[str, Walk]] = {
    "power on and off": Walk(
        THREE_HOSTS,
        walk.power_on_and_off,
        (*OFF, (State.ENABLED, Event.PRIMARY_ON), *RUNNING[1:], (State.RUNNING, Event.PRIMARY_OFF)),
    ),
    "suspend the guest": Walk(
        THREE_HOSTS,
        walk.suspend_the_guest,
        (*RUNNING, (State.RUNNING, Event.PRIMARY_OFF), (State.ENABLED, Event.PRIMARY_OFF)),
    ),
    "power off while waiting": Walk(
        MANUAL_DRS, walk.power_off, (*WAITING, (State.NEED_SECONDARY, Event.PRIMARY_OFF))
    ),
    "power off while starting": Walk(
        THREE_HOSTS,
        walk.while_starting(lambda site, vm: vm.PowerOffVM_Task()),
        (*STARTING, (State.STARTING, Event.PRIMARY_OFF)),
    ),
    "suspend while off": Walk(
        THREE_HOSTS,
        walk.suspend_while_off,
        (
            *OFF,
            (State.ENABLED, Event.SUSPENDED),
            (State.DISABLED, Event.RESUMED_OFF),
            (State.ENABLED, Event.SUSPENDED),
            (State.DISABLED, Event.PRIMARY_ON),
            (State.DISABLED, Event.PRIMARY_OFF),
            (State.DISABLED, Event.DELETED),
        ),
    ),
    "suspend while on": Walk(
        THREE_HOSTS,
        walk.suspend_while_on,
        (
            *RUNNING,
            (State.RUNNING, Event.SUSPENDED),
            (State.DISABLED, Event.RESUMED_ON),
            *RUNNING[1:],
            (State.RUNNING, Event.SUSPENDED),
            (State.DISABLED, Event.MOVED),
            (State.DISABLED, Event.HA_OFF),
            (State.DISABLED, Event.TURNED_OFF),
        ),
    ),
    "suspend while waiting": Walk(
        MANUAL_DRS, walk.suspend_while_waiting, (*WAITING, (State.NEED_SECONDARY, Event.SUSPENDED))
    ),
    "turn off while running": Walk(THREE_HOSTS, walk.turn_off, (*RUNNING, (State.RUNNING, Event.TURNED_OFF))),
    "turn off while waiting": Walk(
        MANUAL_DRS, walk.turn_off, (*WAITING, (State.NEED_SECONDARY, Event.TURNED_OFF))
    ),
    "turn off while off": Walk(
        THREE_HOSTS,
        walk.move_while_off_and_turn_off,
        (
            *OFF,
            (State.ENABLED, Event.MOVED),
            (State.ENABLED, Event.HA_OFF),
            (State.ENABLED, Event.TURNED_OFF),
        ),
    ),
    "destroy": Walk(THREE_HOSTS, walk.destroy, (*OFF, (State.ENABLED, Event.DELETED))),
    "lose HA while running": Walk(
        THREE_HOSTS,
        walk.move_and_switch_ha_off,
        (*RUNNING, (State.RUNNING, Event.MOVED), (State.RUNNING, Event.HA_OFF)),
    ),
    "lose HA while waiting": Walk(
        MANUAL_DRS,
        walk.move_and_switch_ha_off,
        (*WAITING, (State.NEED_SECONDARY, Event.MOVED), (State.NEED_SECONDARY, Event.HA_OFF)),
    ),
    "lose HA while starting": Walk(
        THREE_HOSTS,
        walk.while_starting(lambda site, vm: walk.switch_ha_off(site)),
        (*STARTING, (State.STARTING, Event.HA_OFF)),
    ),
    "lose the primary's host while waiting": Walk(
        MANUAL_DRS, walk.lose_the_primarys_host, (*WAITING, (State.NEED_SECONDARY, Event.PRIMARY_FAILED))
    ),
    "lose the primary's host while starting": Walk(
        THREE_HOSTS,
        walk.while_starting(lambda site, vm: walk.shut_down(vm)),
        (*STARTING, (State.STARTING, Event.PRIMARY_FAILED)),
    ),
    "lose the primary's host while suspended": Walk(
        THREE_HOSTS,
        walk.lose_the_primarys_host_while_suspended,
        (*RUNNING, (State.RUNNING, Event.SUSPENDED), (State.DISABLED, Event.PRIMARY_FAILED)),
    ),
    "lose the secondary's host": Walk(
        TWO_HOSTS,
        walk.lose_the_secondarys_host,
        (
            *RUNNING,
            (State.RUNNING, Event.SECONDARY_FAILED),
            *[(State.NEED_SECONDARY, Event.RESTART_FAILED)] * 6,
            (State.NEED_SECONDARY, Event.RESTARTS_EXHAUSTED),
        ),
    ),
    "kill the primary": Walk(
        TWO_HOSTS, walk.kill_the_primary, (*RUNNING, (State.RUNNING, Event.PRIMARY_FAILED), *RESTARTED)
    ),
    "kill the secondary": Walk(
        TWO_HOSTS, walk.kill_the_secondary, (*RUNNING, (State.RUNNING, Event.SECONDARY_FAILED), *RESTARTED)
    ),
    "kill the starting secondary": Walk(
        TWO_HOSTS,
        walk.kill_the_starting_secondary,
        (*STARTING, (State.STARTING, Event.SECONDARY_FAILED), *RESTARTED),
    ),
    "test the failover": Walk(
        TWO_HOSTS, walk.try_failover, (*RUNNING, (State.RUNNING, Event.FAILOVER_TESTED), *RESTARTED)
    ),
    "test the restart": Walk(
        TWO_HOSTS, walk.try_restart, (*RUNNING, (State.RUNNING, Event.RESTART_TESTED), *RESTARTED)
    ),
    "fail to power on": Walk(
        failing("CreateSecondaryVM", "secondary-power-on", "SystemError"),
        walk.create,
        (*WAITING, (State.NEED_SECONDARY, Event.START_FAILED)),
    ),
    "fail to start": Walk(
        failing("CreateSecondaryVM", "secondary-start", "SystemError"),
        walk.create,
        (*STARTING, (State.STARTING, Event.START_FAILED)),
    ),
    "time out at power-on": Walk(
        failing("CreateSecondaryVM", "secondary-power-on", TIMEOUT),
        walk.create,
        (*WAITING, (State.NEED_SECONDARY, Event.START_TIMED_OUT)),
    ),
    "time out while starting": Walk(
        failing("CreateSecondaryVM", "secondary-start", TIMEOUT),
        walk.create,
        (*STARTING, (State.STARTING, Event.START_TIMED_OUT)),
    ),
    "find no host": Walk(
        failing("CreateSecondaryVM", "secondary-power-on", "NoHostSuitableForFtSecondary"),
        walk.create,
        (*WAITING, (State.NEED_SECONDARY, Event.NO_HOST)),
    ),
    "fail to power on again": Walk(
        failing("TerminateFaultTolerantVM", "secondary-power-on", "SystemError"),
        walk.try_restart,
        (*RUNNING, (State.RUNNING, Event.RESTART_TESTED), (State.NEED_SECONDARY, Event.RESTART_FAILED)),
    ),
    "fail to start again": Walk(
        failing("TerminateFaultTolerantVM", "secondary-start", "SystemError"),
        walk.try_restart,
        (
            *RUNNING,
            (State.RUNNING, Event.RESTART_TESTED),
            (State.NEED_SECONDARY, Event.START),
            (State.STARTING, Event.RESTART_FAILED),
        ),
    ),
    "find no host again": Walk(
        failing("TerminateFaultTolerantVM", "secondary-power-on", "NoHostSuitableForFtSecondary"),
        walk.try_restart,
        (*RUNNING, (State.RUNNING, Event.RESTART_TESTED), (State.NEED_SECONDARY, Event.RESTART_NO_HOST)),
    ),
}

#: Entries that no client can bring about → why.
UNREACHABLE: Final[dict[Entry, str]] = {
    (State.ENABLED, Event.PRIMARY_FAILED): "only a VM that runs fails, and the primary is off",
    **dict.fromkeys(
        ((state, Event.SECONDARY_FAILED) for state in (State.ENABLED, State.NEED_SECONDARY, State.DISABLED)),
        "only a VM that runs fails, and the secondary is off",
    ),
}


def possible() -> set[Entry]:
    """Return the entries of the state table that are not impossible."""
    return {
        (state, event)
        for event, row in TABLE.items()
        for state, decision in row.items()
        if not isinstance(decision, Impossible)
    }


def test_every_possible_entry_is_passed_on_a_walk_or_has_a_reason_why_not() -> None:
    passed = {entry for name in WALKS for entry in WALKS[name].passes}
    covered = passed | {*UNREACHABLE}
    assert possible() - covered == set(), "add a walk that passes the entry to pair_walks.WALKS"
    assert covered - possible() == set(), "the state table has no such entry"
    assert not passed & {*UNREACHABLE}


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """The entries of the state table that pairs pass from now on; the pairs themselves do as ever."""
    entries: list[Entry] = []
    apply = Pair.apply

    def noted(pair: Pair, event: Event, *arguments: Any, **named: Any) -> Any:
        state = pair.state
        sequel = apply(pair, event, *arguments, **named)
        entries.append((state, event))
        return sequel

    monkeypatch.setattr(Pair, "apply", noted)
    return entries


@pytest.mark.parametrize("name", WALKS)
def test_a_pair_passes_the_entries_and_a_client_sees_their_events(
    start: Start, tmp_path: Path, passed: list[Entry], name: str
) -> None:
    situation, go, expected = WALKS[name]
    site = situation.begin(start, tmp_path)
    go(site)
    assert passed == [*expected]
    posted = [notice for state, event in expected for notice in notices(state, event)]
    assert history(site) == posted


def notices(state: State, event: Event) -> list[str]:
    """Return the types, or type ids, of the events that an entry posts."""
    decision = decide(state, event)
    steps = decision.steps if isinstance(decision, Transition) else ()
    return [step.value for step in steps if isinstance(step, PostedEvent) and step.value not in OF_ANY_VM]


#: Events that a VM has without Fault Tolerance, too.
OF_ANY_VM = {"VmReconfiguredEvent", "VmRegisteredEvent", "VmPoweredOffEvent", "VmRemovedEvent"}


def history(site: Site) -> list[str]:
    """Return the types, or type ids, of the events about pairs that a client finds, oldest first."""
    ours = {notice.value for notice in PostedEvent} - OF_ANY_VM
    names = [getattr(event, "eventTypeId", None) or type_of(event) for event in site.told()]
    return [name for name in names if name in ours]


@pytest.mark.parametrize("entry", UNREACHABLE, ids=str)
def test_an_entry_that_no_client_brings_about_changes_nothing(entry: Entry) -> None:
    assert isinstance(decide(*entry), Stays)
