"""Targets: what a run is made against, and how an endpoint comes by a situation.

The emulator and vcsim are started here, one for each worker, and thrown away; they are disposable, so a
case may change them. Any other endpoint is somebody's: cases that change it run only when that was allowed,
and only on machines that the lab file names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from vim25_conformance.client import Endpoint
from vim25_conformance.situation import Lab, NoSuchSituationError, Place, Situation

EMULATOR: Final = "emulator"
VCSIM: Final = "vcsim"

RESTRICTED: Final = ("readonly@vsphere.local", "vmware")
"""User and password of the emulator's second user in the scenario `restricted-user`."""


class TargetUnavailableError(Exception):
    """The target cannot be started; the message says what is missing and how to get it."""


class Target(Protocol):
    """An implementation of vim25 that endpoints can be had of.

    `disposable`: nobody minds what happens to it. `may_change`: cases that change something may run.
    """

    name: str
    disposable: bool
    may_change: bool

    def open(self, situation: Situation, version: str) -> Endpoint:
        """An endpoint that offers the situation at the API version; raises NoSuchSituationError."""

    def place(self, situation: Situation) -> Place | None:
        """Where in the endpoint the situation is."""

    def used(self, *, changed: bool) -> None:
        """A case is done with the endpoint, and has perhaps changed it."""

    def close(self) -> None:
        """Stop whatever was started."""


@dataclass
class Started:
    """Keeps one started server for as long as the next case can use it."""

    key: tuple[str, str] | None = None
    endpoint: Endpoint | None = None
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def stop(self) -> None:
        """Stop it, if there is one."""
        self.key = self.endpoint = None
        self.stack.close()


class EmulatorTarget:
    """The project's own emulator, started through its public entry point."""

    name = EMULATOR
    disposable = may_change = True

    def __init__(self) -> None:
        self._now = Started()

    def open(self, situation: Situation, version: str) -> Endpoint:
        """An emulator with the situation's scenario."""
        key = (situation.scenario, version)
        if self._now.key != key or self._now.endpoint is None:
            self._now.stop()
            self._now.endpoint = self._start(*key)
            self._now.key = key
        if not situation.user:
            return self._now.endpoint
        username, password = RESTRICTED
        return replace(self._now.endpoint, username=username, password=password)

    def _start(self, scenario: str, version: str) -> Endpoint:
        from vim25_conformance.client import endpoint_of

        try:
            from vim25_emulator import Emulator  # its only use in this package; started like any server

            emulator = Emulator(scenario=scenario, api_version=version, task_duration=0.0)
            vcenter = self._now.stack.enter_context(emulator)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise TargetUnavailableError(f"no emulator with scenario {scenario!r}: {why}") from error
        return endpoint_of(
            vcenter.url, username=vcenter.username, password=vcenter.password, ca_file=str(vcenter.ca_file)
        )

    def place(self, situation: Situation) -> Place | None:
        """The machine that the scenario has for it."""
        return Place(None if situation.id == "anywhere" else situation.machine, situation.host)

    def used(self, *, changed: bool) -> None:
        """A changed emulator is thrown away."""
        if changed:
            self._now.stop()

    def close(self) -> None:
        """Stop it."""
        self._now.stop()


class EndpointTarget:
    """Somebody's vCenter, or anything that speaks like one."""

    disposable = False

    def __init__(
        self, endpoint: Endpoint, lab: Lab, *, may_change: bool, environment: Mapping[str, str]
    ) -> None:
        self.name = endpoint.host
        self.may_change = may_change
        self._endpoint, self._lab, self._environment = endpoint, lab, environment

    def open(self, situation: Situation, version: str) -> Endpoint:
        """The endpoint, for the user that the situation is about."""
        if not situation.user:
            return self._endpoint
        place = self.place(situation)
        if not place or not place.username or not place.password_env:
            raise NoSuchSituationError(
                f"needs {situation.title}; give one in a lab file: situations:"
                f" {{{situation.id}: {{primary: NAME, username: USER, password_env: VARIABLE}}}}"
            )
        if (password := self._environment.get(place.password_env)) is None:
            raise NoSuchSituationError(
                f"the environment has no {place.password_env}, the password of {place.username}"
            )
        return replace(self._endpoint, username=place.username, password=password)

    def place(self, situation: Situation) -> Place | None:
        """What the lab file says."""
        return self._lab.place(situation)

    def used(self, *, changed: bool) -> None:
        """Nothing to do: it stays."""

    def close(self) -> None:
        """Nothing was started."""
