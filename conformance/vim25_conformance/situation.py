"""What a case needs to find, and where it is found.

A case names a `Situation`, never a machine. On the emulator a situation is a scenario with a named machine
in it; on any other endpoint a lab file names the machine, or, for cases that only read, the inventory is
searched for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import yaml

from vim25_conformance.inventory import Inventory, Machine


@dataclass(frozen=True)
class Situation:
    """A state of an inventory that a case starts from.

    `recognize` tells whether a machine is in that situation, as far as an inventory shows it; None: it does
    not show. `scenario` and `machine` say where the emulator has it; `user` that a second, restricted user
    is part of it.
    """

    id: str
    title: str
    scenario: str = "default"
    machine: str = "web01"
    recognize: Callable[[Machine], bool] | None = None
    user: bool = False
    host: str | None = None


class NoSuchSituationError(Exception):
    """The endpoint does not offer what the case needs; the message says what to write into a lab file."""


def _protectable(machine: Machine) -> bool:
    cluster = machine.cluster
    return bool(
        cluster
        and cluster.ha
        and len(cluster.hosts) > 1
        and machine.connected
        and not (machine.template or machine.snapshots or machine.role)
    )


def _is_on(machine: Machine, behavior: str | None) -> bool:
    cluster = machine.cluster
    if not _protectable(machine) or machine.power != "poweredOn" or cluster is None:
        return False
    return not cluster.drs if behavior is None else cluster.drs and cluster.behavior == behavior


_ALL: Final = (
    Situation("anywhere", "any endpoint", recognize=lambda _: True),
    Situation(
        "powered-off",
        "a powered-off machine that can be protected, in an HA and DRS cluster of two hosts or more",
        machine="db01",
        recognize=lambda each: _protectable(each) and each.power == "poweredOff",
    ),
    Situation(
        "powered-on",
        "a powered-on machine that can be protected, in a cluster with HA and fully automated DRS",
        recognize=lambda each: _is_on(each, "fullyAutomated"),
    ),
    Situation(
        "powered-on-ha-only",
        "a powered-on machine that can be protected, in a cluster with HA and without DRS",
        "ha-only",
        recognize=lambda each: _is_on(each, None),
    ),
    Situation(
        "powered-on-drs-manual",
        "a powered-on machine that can be protected, in a cluster with HA and manual DRS",
        "drs-manual",
        recognize=lambda each: _is_on(each, "manual"),
    ),
    Situation(
        "powered-on-drs-partial",
        "a powered-on machine that can be protected, in a cluster with HA and partially automated DRS",
        "drs-partially-automated",
        recognize=lambda each: _is_on(each, "partiallyAutomated"),
    ),
    Situation(
        "power-on-fails",
        "a powered-on machine whose secondary cannot be powered on",
        "secondary-does-not-start",
    ),
    Situation(
        "power-on-times-out", "a powered-on machine whose secondary never starts", "secondary-times-out"
    ),
    Situation("not-licensed", "a machine on hosts without a Fault Tolerance license", "not-licensed"),
    Situation(
        "not-in-ha-cluster",
        "a machine that is in no cluster, or in one without HA",
        "no-ha",
        recognize=lambda each: (
            not each.template and each.role == 0 and not (each.cluster and each.cluster.ha)
        ),
    ),
    Situation("no-suitable-host", "a machine for whose secondary no host is suitable", "no-other-host"),
    Situation(
        "insufficient-resources",
        "a machine whose secondary finds too few resources",
        "insufficient-memory",
    ),
    Situation("file-fault", "a machine whose files cannot be accessed", "file-locked"),
    Situation(
        "has-snapshots",
        "a machine with a snapshot, in an HA cluster",
        "snapshots",
        recognize=lambda each: bool(each.snapshots and each.cluster and each.cluster.ha),
    ),
    Situation(
        "config-incompatible", "a machine whose hardware Fault Tolerance cannot carry", "independent-disk"
    ),
    Situation(
        "disconnected",
        "a machine whose configuration is not available",
        "vm-disconnected",
        recognize=lambda each: not each.connected,
    ),
    Situation("busy", "a machine that another task holds", "vm-busy"),
    Situation(
        "incompatible-host",
        "a machine, and a host that cannot run its secondary",
        "incompatible-host",
        host="esx3.lab.example",
    ),
    Situation("template", "a template", "default", "tpl01", lambda each: each.template),
    Situation(
        "protected",
        "the primary of a fault tolerant pair",
        "already-fault-tolerant",
        recognize=lambda each: each.role == 1,
    ),
    Situation(
        "restricted", "a user who may look but not turn on Fault Tolerance", "restricted-user", user=True
    ),
)
SITUATIONS: Final = {situation.id: situation for situation in _ALL}


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a situation is found: names of the primary and of a host, for `restricted` also the other user.

    `as_is` takes the machine in whatever state it is; else it must be in the situation, as far as that shows.
    """

    primary: str | None = None
    host: str | None = None
    username: str | None = None
    password_env: str | None = None
    as_is: bool = False


class Lab(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lab file: places by situation; `otherwise` serves every situation that is not named."""

    situations: dict[str, Place] = {}
    otherwise: Place | None = None

    def place(self, situation: Situation) -> Place | None:
        """Where the lab has the situation, None if it does not say."""
        return self.situations.get(situation.id, self.otherwise)


class BadLabError(ValueError):
    """A lab file that cannot be used; the message names file, place and what was expected."""


def read_lab(path: Path) -> Lab:
    """Read a lab file; raises BadLabError."""
    try:
        lab = msgspec.convert(yaml.safe_load(path.read_text("utf-8")) or {}, Lab)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadLabError(f"{path}: {error}") from error
    for name in sorted(lab.situations.keys() - SITUATIONS.keys()):
        raise BadLabError(f"{path}: no situation is called {name!r}; there are {', '.join(SITUATIONS)}")
    return lab


def find(situation: Situation, inventory: Inventory, place: Place | None, *, search: bool) -> Machine | None:
    """The machine of a situation; None when `anywhere` needs none.

    `search` allows a machine to be picked from the inventory, which is only for cases that change nothing.
    Raises NoSuchSituationError.
    """
    if place and place.primary:
        named = inventory.machine(place.primary)
        if named is None:
            raise NoSuchSituationError(f"no machine is called {place.primary!r}")
        if situation.recognize and not place.as_is and not situation.recognize(named):
            raise NoSuchSituationError(f"{named.name} is not what the case needs: {situation.title}")
        return named
    fitting = [each for each in inventory.machines if situation.recognize and situation.recognize(each)]
    if search and fitting:
        return fitting[0]
    if situation.id == "anywhere":
        return None
    raise NoSuchSituationError(_advice(situation, fitting))


def _advice(situation: Situation, fitting: list[Machine]) -> str:
    example = fitting[0].name if fitting else "NAME"
    entry = f"situations: {{{situation.id}: {{primary: {example}}}}}"
    return f"needs {situation.title}; name it in a lab file: {entry}"
