"""The state of an inventory that a case needs, and where to find it.

A case names a `Situation`, never a VM. On the emulator a situation is a scenario with a named VM in it; on
any other endpoint a lab file names the VM, or, for cases that only read, the inventory is searched for one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.survey import AmbiguousNameError, InventorySurvey, MachineRecord


@dataclass(frozen=True)
class Situation:
    """A state of an inventory that a case starts from.

    `recognize` tells whether a VM is in the situation, as far as an inventory shows; None if it does not
    show. `scenario` and `machine` locate it on the emulator; `user` requires a second, restricted user.
    """

    id: str
    title: str
    scenario: str = "default"
    machine: str = "web01"
    recognize: Callable[[MachineRecord], bool] | None = None
    user: bool = False
    host: str | None = None


class NoSuchSituationError(Exception):
    """The endpoint does not offer what the case needs; the message says what to write into a lab file."""


def _protectable(machine: MachineRecord) -> bool:
    cluster = machine.cluster
    return bool(
        cluster
        and cluster.ha
        and len(cluster.hosts) > 1
        and machine.connected
        and not (machine.template or machine.snapshots or machine.role)
    )


def _is_on(machine: MachineRecord, behavior: str | None) -> bool:
    cluster = machine.cluster
    if not _protectable(machine) or machine.power != "poweredOn" or cluster is None:
        return False
    return not cluster.drs if behavior is None else cluster.drs and cluster.behavior == behavior


_ALL: Final = (
    Situation("anywhere", "any endpoint", recognize=lambda _: True),
    Situation(
        "powered-off",
        "a powered-off VM that can be protected, in a cluster with HA, DRS and at least two hosts",
        machine="db01",
        recognize=lambda each: _protectable(each) and each.power == "poweredOff",
    ),
    Situation(
        "two-datastores",
        "a powered-off VM that can be protected, on a host with a second datastore",
        "two-datastores",
        "db01",
    ),
    Situation(
        "powered-on",
        "a powered-on VM that can be protected, in a cluster with HA and fully automated DRS",
        recognize=lambda each: _is_on(each, "fullyAutomated"),
    ),
    Situation(
        "powered-on-ha-only",
        "a powered-on VM that can be protected, in a cluster with HA and without DRS",
        "ha-only",
        recognize=lambda each: _is_on(each, None),
    ),
    Situation(
        "powered-on-drs-manual-with-evc",
        "a powered-on VM that can be protected, in a cluster with HA, manual DRS and EVC",
        "drs-manual-with-evc",
        recognize=lambda each: _is_on(each, "manual") and bool(each.cluster and each.cluster.evc),
    ),
    Situation(
        "powered-on-drs-manual-without-evc",
        "a powered-on VM that can be protected, in a cluster with HA and manual DRS and without EVC",
        "drs-manual",
        recognize=lambda each: _is_on(each, "manual") and not (each.cluster and each.cluster.evc),
    ),
    Situation(
        "powered-on-drs-partial",
        "a powered-on VM that can be protected, in a cluster with HA and partially automated DRS",
        "drs-partially-automated",
        recognize=lambda each: _is_on(each, "partiallyAutomated"),
    ),
    Situation(
        "power-on-fails",
        "a powered-on VM whose secondary cannot be powered on",
        "secondary-does-not-start",
    ),
    Situation("power-on-times-out", "a powered-on VM whose secondary never starts", "secondary-times-out"),
    Situation("not-licensed", "a VM on hosts without a Fault Tolerance license", "not-licensed"),
    Situation(
        "not-in-ha-cluster",
        "a VM in no cluster, or in a cluster without HA",
        "no-ha",
        recognize=lambda each: (
            not each.template and each.role == 0 and not (each.cluster and each.cluster.ha)
        ),
    ),
    Situation("no-suitable-host", "a VM for whose secondary no host is suitable", "no-other-host"),
    Situation(
        "insufficient-resources",
        "a VM for whose secondary resources are insufficient",
        "insufficient-memory",
    ),
    Situation("file-fault", "a VM whose files cannot be accessed", "file-locked"),
    Situation(
        "has-snapshots",
        "a VM with a snapshot, in an HA cluster",
        "snapshots",
        recognize=lambda each: bool(each.snapshots and each.cluster and each.cluster.ha),
    ),
    Situation(
        "config-incompatible", "a VM whose hardware Fault Tolerance does not support", "independent-disk"
    ),
    Situation(
        "disconnected",
        "a VM whose configuration is not available",
        "vm-disconnected",
        recognize=lambda each: not each.connected,
    ),
    Situation("busy", "a VM that another task has locked", "vm-busy"),
    Situation(
        "incompatible-host",
        "a VM, and a host that cannot run its secondary",
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
        "restricted", "a user who may read but not turn on Fault Tolerance", "restricted-user", user=True
    ),
)
SITUATIONS: Final = {situation.id: situation for situation in _ALL}


class Location(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to find a situation: the primary and a host; for `restricted` the other user, too.

    The primary is a unique name, an inventory path, a moId or a UUID; the host a name or a moId.
    `as_is` accepts the VM in any state; otherwise it must be in the situation, as far as that shows.
    """

    primary: str | None = None
    host: str | None = None
    username: str | None = None
    password_env: str | None = None
    as_is: bool = False


class Lab(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lab file: locations by situation; `otherwise` is for every situation that is not named.

    `bindings` are those that the endpoint has.
    """

    situations: dict[str, Location] = {}
    otherwise: Location | None = None
    bindings: tuple[Literal["soap", "json"], ...] = (SOAP, JSON)

    def location(self, situation: Situation) -> Location | None:
        """Return the location of the situation, None if the lab file has none."""
        return self.situations.get(situation.id, self.otherwise)

    def locations(self) -> list[Location]:
        """Return all locations."""
        return [*self.situations.values(), *([self.otherwise] if self.otherwise else [])]


class BadLabError(ValueError):
    """An invalid lab file; the message names the file, the place and what was expected."""


def read_lab(path: Path) -> Lab:
    """Read a lab file, `-` for standard input; raise BadLabError."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        lab = msgspec.convert(yaml.safe_load(text) or {}, Lab)
    except UnicodeDecodeError as error:
        raise BadLabError(f"{path}: not UTF-8 at byte {error.start}; save the lab file as UTF-8") from error
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadLabError(f"{path}: {error}") from error
    for name in sorted(lab.situations.keys() - SITUATIONS.keys()):
        raise BadLabError(f"{path}: unknown situation {name!r}; known: {', '.join(SITUATIONS)}")
    return lab


def find(
    situation: Situation, inventory: InventorySurvey, location: Location | None, *, search: bool
) -> MachineRecord | None:
    """Return the VM of a situation; None if `anywhere` needs none.

    `search` allows any suitable VM of the inventory, which is only for cases that change nothing. Raise
    NoSuchSituationError.
    """
    if location and location.primary:
        try:
            named = inventory.machine(location.primary)
        except AmbiguousNameError as error:
            raise NoSuchSituationError(str(error)) from error
        if named is None:
            raise NoSuchSituationError(f"no VM is named {location.primary!r}")
        if situation.recognize and not location.as_is and not situation.recognize(named):
            raise NoSuchSituationError(f"{named.name} is not what the case needs: {situation.title}")
        return named
    suitable = [each for each in inventory.machines if situation.recognize and situation.recognize(each)]
    if search and suitable:
        return suitable[0]
    if situation.id == "anywhere":
        return None
    raise NoSuchSituationError(_advice(situation, suitable))


def _advice(situation: Situation, suitable: list[MachineRecord]) -> str:
    example = suitable[0].name if suitable else "NAME"
    entry = f"situations: {{{situation.id}: {{primary: {example}}}}}"
    return f"needs {situation.title}; name it in a lab file: {entry}"
