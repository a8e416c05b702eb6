"""Where the published schemas of a release are. They are not ours to keep.

`VIM25_ORACLES` names the folder that holds one for each release, such as `vim25-9.0.0.0`; without it they
are looked for beside the project.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "oracles"


def folder(version: str) -> Path | None:
    """Return the folder with the schemas of an API version; None if there is none."""
    found = Path(os.environ.get("VIM25_ORACLES", _BESIDE)) / f"vim25-{version}"
    return found if found.is_dir() else None


def required(version: str) -> Path:
    """Return the folder with the schemas of an API version; the test is skipped where there is none."""
    found = folder(version)
    if found is None:
        pytest.skip(f"no schemas of vim25 {version}; VIM25_ORACLES says where vim25-{version} is")
    return found
