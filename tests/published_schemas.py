"""Where the published schemas of a release are. They are not ours to keep.

A folder holds one for each release, such as `vim25-9.0.0.0`. `VIM25_ORACLES` names that folder; without it,
it is looked for beside the checkout, as `oracles` or `shared/oracles`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2]


def _folders() -> tuple[Path, ...]:
    """Return where to look: where the environment says and nowhere else, if it says."""
    named = os.environ.get("VIM25_ORACLES")
    return (Path(named),) if named else (_BESIDE / "oracles", _BESIDE / "shared" / "oracles")


def folder(version: str) -> Path | None:
    """Return the folder with the schemas of an API version; None if there is none."""
    candidates = (place / f"vim25-{version}" for place in _folders())
    return next((found for found in candidates if found.is_dir()), None)


def required(version: str) -> Path:
    """Return the folder with the schemas of an API version; the test is skipped where there is none."""
    found = folder(version)
    if found is None:
        pytest.skip(f"no schemas of vim25 {version}; VIM25_ORACLES says where vim25-{version} is")
    return found
