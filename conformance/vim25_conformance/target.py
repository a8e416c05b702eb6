"""Targets of a run, and how an endpoint gets into a situation.

The emulator and vcsim are started here, one for each worker, and thrown away: disposable, so that any case
may modify them. On any other endpoint, cases that modify something need permission, and a lab file that names
the VMs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from vim25_conformance.api_version import age
from vim25_conformance.binding import BINDINGS, FIRST_JSON, JSON
from vim25_conformance.client import Endpoint
from vim25_conformance.journal import Journal
from vim25_conformance.situation import Lab, Location, NoSuchSituationError, Situation

EMULATOR: Final = "emulator"
VCSIM: Final = "vcsim"

#: User and password of the emulator's second user in the scenario `restricted-user`.
RESTRICTED: Final = ("readonly@vsphere.local", "vmware")


class TargetUnavailableError(Exception):
    """The target cannot be started; the message says what is missing and how to get it."""


class Target(Protocol):
    """An implementation of vim25 that provides endpoints.

    `disposable`: it may be modified in any way. `may_change`: cases that modify something may run.
    `bindings`: those that it has at all. `journal`: what is made and changed on it.
    """

    name: str
    journal: Journal
    bindings: Collection[str]
    disposable: bool
    may_change: bool

    def open(self, situation: Situation, version: str) -> Endpoint:
        """Return an endpoint that offers the situation at the API version; raise NoSuchSituationError."""

    def location(self, situation: Situation) -> Location | None:
        """Return where in the endpoint the situation is."""

    def named(self) -> Iterable[Location]:
        """Return the places that somebody named."""

    def used(self, *, changed: bool) -> None:
        """Note that a case is done with the endpoint, and whether it may have modified it."""

    def close(self) -> None:
        """Stop whatever was started."""


def lacks(target: Target, binding: str, version: str) -> str:
    """Return why the target does not have the binding at the API version, empty if it has it."""
    if binding not in target.bindings:
        return f"{target.name} has no {BINDINGS[binding]}"
    if binding == JSON and age(version) < age(FIRST_JSON):
        return f"{BINDINGS[JSON]} exists from {FIRST_JSON} on"
    return ""


@dataclass
class Started:
    """One started server, kept for as long as the next case can use it."""

    key: tuple[str, str] | None = None
    endpoint: Endpoint | None = None
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def stop(self) -> None:
        """Stop it if it runs."""
        self.key = self.endpoint = None
        self.stack.close()


class EmulatorTarget:
    """The project's own emulator, started through its public entry point."""

    name = EMULATOR
    bindings: Collection[str] = BINDINGS
    disposable = may_change = True

    def __init__(self) -> None:
        self._started, self.journal = Started(), Journal()

    def open(self, situation: Situation, version: str) -> Endpoint:
        """Return an emulator that serves the situation's scenario."""
        key = (situation.scenario, version)
        if self._started.key != key or self._started.endpoint is None:
            self._started.stop()
            self._started.endpoint = self._start(*key)
            self._started.key = key
        if not situation.user:
            return self._started.endpoint
        username, password = RESTRICTED
        return replace(self._started.endpoint, username=username, password=password)

    def _start(self, scenario: str, version: str) -> Endpoint:
        from vim25_conformance.client import endpoint_of

        try:
            from vim25_emulator import Emulator  # the only import of the emulator in this package

            emulator = Emulator(scenario=scenario, api_version=version, task_duration=0.0)
            vcenter = self._started.stack.enter_context(emulator)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise TargetUnavailableError(
                f"cannot start the emulator with scenario {scenario!r}: {why}"
            ) from error
        return endpoint_of(
            vcenter.url, username=vcenter.username, password=vcenter.password, ca_file=str(vcenter.ca_file)
        )

    def location(self, situation: Situation) -> Location | None:
        """Return the VM of the scenario."""
        return Location(None if situation.id == "anywhere" else situation.machine, situation.host)

    def named(self) -> Iterable[Location]:
        """Return none: the emulator is nobody's."""
        return ()

    def used(self, *, changed: bool) -> None:
        """Discard a modified emulator."""
        if changed:
            self._started.stop()

    def close(self) -> None:
        """Stop it."""
        self._started.stop()


class EndpointTarget:
    """Any other vCenter, or a server that behaves like one."""

    disposable = False

    def __init__(
        self,
        endpoint: Endpoint,
        lab: Lab,
        *,
        may_change: bool,
        environment: Mapping[str, str],
        journal: Path | None = None,
    ) -> None:
        self.journal = Journal(journal, endpoint.label)
        self.name = endpoint.host
        self.may_change = may_change
        self.bindings: Collection[str] = lab.bindings
        self._endpoint, self._lab, self._environment = endpoint, lab, environment

    def open(self, situation: Situation, version: str) -> Endpoint:
        """Return the endpoint, for the user that the situation needs."""
        if not situation.user:
            return self._endpoint
        location = self.location(situation)
        if not location or not location.username or not location.password_env:
            raise NoSuchSituationError(
                f"needs {situation.title}; name one in a lab file: situations:"
                f" {{{situation.id}: {{primary: NAME, username: USER, password_env: VARIABLE}}}}"
            )
        if (password := self._environment.get(location.password_env)) is None:
            raise NoSuchSituationError(
                f"{location.password_env} is not set: the password of {location.username}"
            )
        return replace(self._endpoint, username=location.username, password=password)

    def location(self, situation: Situation) -> Location | None:
        """Return what the lab file says."""
        return self._lab.location(situation)

    def named(self) -> Iterable[Location]:
        """Return those of the lab file."""
        return self._lab.locations()

    def used(self, *, changed: bool) -> None:
        """Do nothing: the endpoint stays."""

    def close(self) -> None:
        """Close the journal; nothing was started."""
        self.journal.close()
