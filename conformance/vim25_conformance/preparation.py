"""What the suite itself changes in a target before a case, and the rollback afterwards.

Every change is in the journal before it happens. Undoing goes from the last to the first, continues after a
failure, and reports what could not be undone. Only VMs that were created here, or that the lab file names,
are changed.
"""

from __future__ import annotations

from typing import Any

from vim25_conformance import interruption
from vim25_conformance.journal import Change, Journal, reference
from vim25_conformance.restoration import deadline, memory, override, undone
from vim25_conformance.roles import Roles
from vim25_conformance.task_runner import TaskRunner


class Preparation(TaskRunner):
    """Makes changes for one case and undoes them."""

    def __init__(self, parts: Roles, patience: float, journal: Journal) -> None:
        super().__init__(parts.client, patience)
        self.roles, self.journal = parts, journal

    @property
    def root(self) -> Any:
        """Return the VM's cluster, or else everything."""
        cluster = self.roles.machine.cluster
        return cluster.ref if cluster else self.roles.content.rootFolder

    def create(self, name: str, folder: Any, method: str, *arguments: Any) -> Any:
        """Create a VM of this name in a folder and return it; raise as `complete` does."""
        change = self.intend_machine(name, folder)
        created = self.complete(folder, method, *arguments)
        self.journal.made(change, created)
        return created

    def intend_machine(self, name: str, folder: Any) -> Change:
        """Write that a VM of this name is about to be created in a folder."""
        still = f"{name} was created and still exists"
        return self.journal.intend("machine", still, name=name, parent=reference(folder))

    def intend(self, kind: str, still: str) -> None:
        """Write that the primary is about to be changed."""
        cluster, machine = self.roles.machine.cluster, self.roles.machine
        self.journal.intend(
            kind,
            still,
            name=machine.name,
            managed=reference(machine.ref),
            parent=reference(cluster.ref) if cluster else None,
        )

    def intend_protection(self) -> None:
        """Write that a named VM may be protected, and what it is now."""
        machine, cluster = self.roles.machine, self.roles.machine.cluster
        self.journal.intend(
            "named-machine",
            f"{machine.name} is still fault tolerant, or does not have its former settings",
            name=machine.name,
            managed=reference(machine.ref),
            parent=reference(cluster.ref) if cluster else None,
            former={
                "memory": memory(self, machine.ref),
                "override": override(self, cluster.ref, machine.ref) if cluster else None,
            },
        )

    def undo(self) -> list[str]:
        """Undo everything, last first; return what could not be undone, in words."""
        until = deadline() if self.journal.path else 0.0
        left = list[str]()
        with interruption.shielded():
            for change in reversed(self.journal.of_the_case()):
                if why := undone(self, change, until):
                    left.append(why)
                else:
                    self.journal.done(change)
        return left
