"""What the suite itself changes in a target before a case, and the rollback afterwards.

Every change registers its undo action at once; undo actions run last in, first out, continue after a failure,
and report what could not be undone. Only VMs that were created here, or that the lab file names, are changed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.conversation import GARBLED, LOST
from vim25_conformance.observation import PropertyObserver
from vim25_conformance.roles import Roles
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
    """The situation could not be set up; the message names the method and the reason."""


class Preparation:
    """Makes and undoes changes; `patience` is the time, in seconds, that one task may take."""

    def __init__(self, parts: Roles, patience: float) -> None:
        self.roles, self._patience = parts, patience
        self._undoing: list[tuple[str, Callable[[], None]]] = []
        self._watch: PropertyObserver | None = None

    def property(self, managed: Any, path: str) -> Any:
        """Return one property, None if it is unset."""
        return property_of(self.roles.content, managed, path)

    def call(self, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method and return its value.

        Raise NotArrangedError for a fault, but those that mean "no such method" as they are.
        """
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
            raise NotArrangedError(f"{method}: {VmomiSupport.GetWsdlName(type(info.error))}")
        return info.result

    def settle(self, machine: Any, *states: str) -> None:
        """Wait until the VM's Fault Tolerance state is one of `states`; raise NotArrangedError."""
        if not self._observing().settle(machine, states, self._patience):
            raise NotArrangedError(
                f"Fault Tolerance did not become {' or '.join(states)} within {self._patience:.0f} s"
            )

    def _observing(self) -> PropertyObserver:
        if self._watch is None:
            cluster = self.roles.machine.cluster
            self._watch = PropertyObserver(
                self.roles.client, cluster.ref if cluster else self.roles.content.rootFolder
            )
        return self._watch

    def undo_with(self, still: str, action: Callable[[], None]) -> None:
        """Register an undo action; `still` describes what remains if it fails."""
        self._undoing.append((still, action))

    def undo(self) -> str:
        """Undo everything, last first; return what could not be undone, in words."""
        left = []
        while self._undoing:
            still, action = self._undoing.pop()
            try:
                self._log_in_again()
                action()
            except (vmodl.MethodFault, NotArrangedError, *GARBLED, *LOST) as error:
                why = str(error) if isinstance(error, NotArrangedError) else type(error).__name__
                left.append(f"{still}: {why}")
        return "; ".join(left)

    def _log_in_again(self) -> None:
        """Log in if the case ended its session."""
        with contextlib.suppress(vim.fault.NotAuthenticated):
            if self.roles.content.sessionManager.currentSession is not None:
                return
        self.roles.client.login()
        self._watch = None

    def close(self) -> None:
        """Stop observing; safe to call twice."""
        if self._watch is not None:
            self._watch.close()

    def turn_off(self, machine: Any) -> None:
        """Turn Fault Tolerance off if the VM is the primary of a pair."""
        info = self.property(machine, "config.ftInfo")
        if getattr(info, "role", 0) == 1:
            self.settle(machine, *AT_REST)
            self.complete(machine, "TurnOffFaultToleranceForVM_Task")

    def remove(self, machine: Any) -> None:
        """Delete a VM that was created here, with its secondary and its snapshots."""
        self.turn_off(machine)
        if str(self.property(machine, "runtime.powerState")) == "poweredOn":
            self.complete(machine, "PowerOffVM_Task")
        self.complete(machine, "Destroy_Task")
