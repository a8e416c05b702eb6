"""Specification of a run's target that can be passed to a worker process."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vim25_conformance.client import Endpoint
from vim25_conformance.situation import Lab
from vim25_conformance.target import (
    EMULATOR,
    VCSIM,
    EmulatorTarget,
    EndpointTarget,
    Target,
    TargetUnavailableError,
)
from vim25_conformance.vcsim import VcsimTarget


@dataclass(frozen=True)
class TargetSpec:
    """Which target; picklable. The repr contains no password."""

    kind: str
    endpoint: Endpoint | None = None
    lab: Lab = field(default_factory=Lab)
    may_change: bool = False
    journal: Path | None = None

    def build(self) -> Target:
        """Return the target."""
        if self.kind == EMULATOR:
            return EmulatorTarget()
        if self.kind == VCSIM:
            return VcsimTarget()
        if self.endpoint is None:
            raise TargetUnavailableError(f"{self.kind}: no URL")
        return EndpointTarget(
            self.endpoint,
            self.lab,
            may_change=self.may_change,
            environment=_environment(),
            journal=self.journal,
        )


def _environment() -> dict[str, Any]:
    return dict(os.environ)
