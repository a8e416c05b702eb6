"""Find vcsim, or install it with Go."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.result import CannotMeasureError

MODULE = "github.com/vmware/govmomi/vcsim"
VERSION = "v0.46.3"  #: the newest that can be installed by module name


class NoVcsimError(CannotMeasureError):
    """vcsim is not installed and could not be installed; the message says what to do."""


def find() -> Path | None:
    """Return the path of vcsim, on PATH or where `go install` puts it; None if it is not installed."""
    binaries = Path(os.environ.get("GOBIN") or Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin")
    path = shutil.which("vcsim") or shutil.which("vcsim", path=str(binaries))
    return Path(path) if path else None


def install() -> Path:
    """Install vcsim with Go unless it is installed; return its path. Raise NoVcsimError."""
    if path := find():
        return path
    if not (go := shutil.which("go")):
        raise NoVcsimError(
            "vcsim is neither on PATH nor in ~/go/bin, and Go is not installed.\n"
            f"Install Go (https://go.dev/dl) and run: go install {MODULE}@{VERSION}"
        )
    if (status := subprocess.run([go, "install", f"{MODULE}@{VERSION}"], check=False).returncode) != 0:
        raise NoVcsimError(f"`go install {MODULE}@{VERSION}` ended with status {status}")
    if path := find():
        return path
    raise NoVcsimError("Go installed vcsim to a directory that is not on PATH; add `go env GOBIN` to PATH")
