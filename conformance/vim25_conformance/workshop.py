"""The suite's own hands in a target: what it changes before a case, and how that is undone afterwards.

Whatever is changed has its undoing written down the moment it is there; undoing is last in, first out, goes
on after a failure, and tells what it could not undo. Only machines are touched that were made here, or that
the lab file names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.client import LOST
from vim25_conformance.inventory import property_of
from vim25_conformance.observation import Watch
from vim25_conformance.parts import Parts
from vim25_conformance.situation import NoSuchSituationError

ABSENT_METHOD: Final = (
    vmodl.fault.MethodNotFound,
    vmodl.fault.NotImplemented,
    vmodl.fault.NotSupported,
    vmodl.fault.InvalidRequest,
)
"""What a target answers that lacks a method; these are said about the target, others about the place."""

AT_REST: Final = ("enabled", "running", "disabled", "notConfigured", "needSecondary")
"""States in which Fault Tolerance can be turned off."""


class NotArrangedError(NoSuchSituationError):
    """The situation could not be arranged; the message names the method and what came of it."""


class Workshop:
    """Does and undoes the suite's own work; `patience` is how long, in seconds, one task may take."""

    def __init__(self, parts: Parts, patience: float) -> None:
        self.parts, self._patience = parts, patience
        self._undoing: list[tuple[str, Callable[[], None]]] = []
        self._watch: Watch | None = None

    def property(self, managed: Any, path: str) -> Any:
        """One property, None when it is unset."""
        return property_of(self.parts.content, managed, path)

    def call(self, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method; its value. Raises NotArrangedError for a fault, unless it says "no such method"."""
        try:
            return getattr(target, method)(*arguments)
        except ABSENT_METHOD:
            raise
        except vmodl.MethodFault as fault:
            raise NotArrangedError(f"{method}: {VmomiSupport.GetWsdlName(type(fault))}") from fault

    def complete(self, target: Any, method: str, *arguments: Any) -> Any:
        """Call a method that returns a task, and wait for its end; its result. Raises NotArrangedError."""
        task = self.call(target, method, *arguments)
        if not self._observing().follow(task, self._patience):
            raise NotArrangedError(f"{method}: not finished after {self._patience:.0f} s")
        info = task.info
        if info.state != "success":
            raise NotArrangedError(f"{method}: {VmomiSupport.GetWsdlName(type(info.error))}")
        return info.result

    def settle(self, machine: Any, *states: str) -> None:
        """Wait until the machine's Fault Tolerance state is one of `states`; raises NotArrangedError."""
        if not self._observing().settle(machine, states, self._patience):
            raise NotArrangedError(f"Fault Tolerance is not {' or '.join(states)} in {self._patience:.0f} s")

    def _observing(self) -> Watch:
        if self._watch is None:
            cluster = self.parts.machine.cluster
            self._watch = Watch(self.parts.client, cluster.ref if cluster else self.parts.content.rootFolder)
        return self._watch

    def undo_with(self, still: str, deed: Callable[[], None]) -> None:
        """`deed` undoes what was just done; `still` is what is the case if that fails."""
        self._undoing.append((still, deed))

    def undo(self) -> str:
        """Undo everything, the last first; what could not be undone, in words."""
        left = []
        while self._undoing:
            still, deed = self._undoing.pop()
            try:
                self._log_in_again()
                deed()
            except (vmodl.MethodFault, NotArrangedError, *LOST) as error:
                why = str(error) if isinstance(error, NotArrangedError) else type(error).__name__
                left.append(f"{still}: {why}")
        return "; ".join(left)

    def _log_in_again(self) -> None:
        """A case may have ended its session."""
        with contextlib.suppress(vim.fault.NotAuthenticated):
            if self.parts.content.sessionManager.currentSession is not None:
                return
        self.parts.client.login()
        self._watch = None

    def close(self) -> None:
        """End the observation; safe to call twice."""
        if self._watch is not None:
            self._watch.close()

    def turn_off(self, machine: Any) -> None:
        """Turn Fault Tolerance off if the machine is the primary of a pair."""
        info = self.property(machine, "config.ftInfo")
        if getattr(info, "role", 0) == 1:
            self.settle(machine, *AT_REST)
            self.complete(machine, "TurnOffFaultToleranceForVM_Task")

    def remove(self, machine: Any) -> None:
        """Delete a machine that was made here, its secondary and its snapshots with it."""
        self.turn_off(machine)
        if str(self.property(machine, "runtime.powerState")) == "poweredOn":
            self.complete(machine, "PowerOffVM_Task")
        self.complete(machine, "Destroy_Task")
