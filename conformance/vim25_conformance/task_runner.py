"""Calls and tasks of the suite's own, outside of a case's steps: they raise instead of being recorded."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance import interruption
from vim25_conformance.client import EndpointClient
from vim25_conformance.observation import PropertyObserver
from vim25_conformance.situation import NoSuchSituationError
from vim25_conformance.survey import property_of

#: Faults of a target that lacks a method; any other is about the VM or its surroundings.
ABSENT_METHOD: Final = (
    vmodl.fault.MethodNotFound,
    vmodl.fault.NotImplemented,
    vmodl.fault.NotSupported,
    vmodl.fault.InvalidRequest,
)

#: States in which Fault Tolerance can be turned off.
AT_REST: Final = ("enabled", "running", "disabled", "notConfigured", "needSecondary")


class NotArrangedError(NoSuchSituationError):
    """The situation could not be set up; the message names method and reason, the cause is the fault."""


class TaskRunner:
    """Calls methods and waits for their tasks; `patience` is the time, in seconds, that one may take."""

    def __init__(self, client: EndpointClient, patience: float) -> None:
        self.client, self._patience = client, patience
        self._watch: PropertyObserver | None = None

    @property
    def root(self) -> Any:
        """Return the entity below which VMs are observed."""
        return self.client.content.rootFolder

    def property(self, managed: Any, path: str) -> Any:
        """Return one property, None if it is unset."""
        return property_of(self.client.content, managed, path)

    def call(self, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method and return its value.

        Raise NotArrangedError for a fault, but those that mean "no such method" as they are.
        """
        interruption.check()
        try:
            return getattr(target, method)(*arguments)
        except ABSENT_METHOD:
            raise
        except vmodl.MethodFault as fault:
            raise NotArrangedError(f"{method}: {VmomiSupport.GetWsdlName(type(fault))}") from fault

    def complete(self, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method that returns a task, wait for its end, return its result; raise NotArrangedError."""
        task = self.call(target, method, *arguments)
        if not self._observing().follow(task, self._patience):
            raise NotArrangedError(f"{method}: not finished after {self._patience:.0f} s")
        info = task.info
        if info.state != "success":
            raise NotArrangedError(f"{method}: {VmomiSupport.GetWsdlName(type(info.error))}") from info.error
        return info.result

    def settle(self, machine: Any, *states: str) -> None:
        """Wait until the VM's Fault Tolerance state is one of `states`; raise NotArrangedError."""
        if not self._observing().settle(machine, states, self._patience):
            raise NotArrangedError(
                f"Fault Tolerance did not become {' or '.join(states)} within {self._patience:.0f} s"
            )

    def finish(self, entity: Any) -> None:
        """Wait for the end of the tasks of an entity."""
        for task in self.property(entity, "recentTask") or ():
            with contextlib.suppress(vmodl.fault.ManagedObjectNotFound):  # forgotten meanwhile
                self._observing().follow(task, self._patience)

    def _observing(self) -> PropertyObserver:
        if self._watch is None:
            self._watch = PropertyObserver(self.client, self.root)
        return self._watch

    def log_in_again(self) -> None:
        """Log in if the session has ended."""
        with contextlib.suppress(vim.fault.NotAuthenticated):
            if self.client.content.sessionManager.currentSession is not None:
                return
        self.client.login()
        self._watch = None

    def close(self) -> None:
        """Stop observing; safe to call twice."""
        if self._watch is not None:
            self._watch.close()
