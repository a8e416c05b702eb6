"""What runs that were cut short left on a target: by their journals, and by the marks of created VMs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyVmomi import vim

from vim25_conformance.client import Endpoint, EndpointClient
from vim25_conformance.journal import (
    JOURNALS,
    PREFIX,
    Change,
    Remembered,
    reference,
    remembered,
    strike,
)
from vim25_conformance.restoration import PATIENCE, deadline, remains, undone
from vim25_conformance.survey import retrieve, view_of, view_spec
from vim25_conformance.task_runner import NotArrangedError, TaskRunner

_MARKS: Final = ["name", "config.annotation", "config.ftInfo"]
_SECONDARY: Final = 2


@dataclass(frozen=True)
class Leftover:
    """A change that is not undone, and the journal that names it; None if it was found by its mark."""

    change: Change
    journal: Remembered | None = None

    def __str__(self) -> str:
        """Return it in words, with where it is from."""
        where = f"{self.change.case}, {self.journal.path}" if self.journal else "by its name and annotation"
        return f"{self.change.still} ({where})"


def journals_of(endpoint: Endpoint, folders: Iterable[Path]) -> list[Remembered]:
    """Return the journals about an endpoint in the runs below folders, oldest first."""
    paths = {path.resolve(): path for folder in folders for path in folder.glob(f"*/{JOURNALS}")}
    read = (remembered(path) for path in paths.values())
    about = [journal for journal in read if journal and journal.opened.endpoint == endpoint.label]
    return sorted(about, key=lambda journal: journal.opened.started)


class Reaper:
    """A session that finds and undoes what is left; a context manager."""

    def __init__(self, endpoint: Endpoint, version: str, journals: Iterable[Remembered]) -> None:
        self._client, self._journals = EndpointClient(endpoint, version), tuple(journals)
        self._runner = TaskRunner(self._client, PATIENCE)

    def __enter__(self) -> Reaper:
        self._client.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.close()
        self._client.close()

    def leftovers(self) -> list[Leftover]:
        """Return what is left, newest first; journal entries of which nothing remains are struck out."""
        by_journal = [
            Leftover(change, journal)
            for journal in reversed(self._journals)
            if not journal.alive
            for change in reversed(journal.pending)
        ]
        left = [each for each in by_journal if self._remains(each)]
        return [*left, *self._by_mark(left)]

    def _remains(self, leftover: Leftover) -> bool:
        try:
            if remains(self._runner, leftover.change):
                return True
        except NotArrangedError:  # said when it is to be undone
            return True
        self._strike(leftover)
        return False

    def _by_mark(self, known: Iterable[Leftover]) -> Iterator[Leftover]:
        """Yield the marked VMs that no journal names, without those of a run that is alive."""
        names = {each.change.name for each in known}
        alive = tuple(f"{PREFIX}{journal.opened.run}-" for journal in self._journals if journal.alive)
        for machine, name in self._marked():
            if name not in names and not name.startswith(alive):
                still = f"{name} was created and still exists"
                yield Leftover(Change(0, "", "machine", still, name=name, managed=reference(machine)))

    def _marked(self) -> Iterator[tuple[Any, str]]:
        """Yield the VMs that have both marks; a secondary goes with its primary."""
        content = self._client.content
        with view_of(content, content.rootFolder, [vim.VirtualMachine]) as view:
            spec = view_spec(view, {vim.VirtualMachine: _MARKS})
            for machine, values in retrieve(content.propertyCollector, spec):
                name, annotation, info = (values.get(path) for path in _MARKS)
                marked = str(name).startswith(PREFIX) and str(annotation).startswith(PREFIX)
                if marked and getattr(info, "role", 0) != _SECONDARY:
                    yield machine, str(name)

    def undo(self, leftover: Leftover) -> str:
        """Undo a change; return why it failed, empty if it did not."""
        why = undone(self._runner, leftover.change, deadline())
        if not why:
            self._strike(leftover)
        return why

    def _strike(self, leftover: Leftover) -> None:
        if leftover.journal:
            strike(leftover.journal, leftover.change)
