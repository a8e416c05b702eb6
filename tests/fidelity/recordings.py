"""Recorded exchanges with real vCenters, 4.1 to 8.0.3.

They are part of pyvmomi's source distributions (Apache-2.0), not of ours: pip downloads each once into the
user's cache folder. Without network, the tests that need them are skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from vim25_emulator.vmodl.version import Version, version

#: Source distribution → versions of its recorded clients.
RELEASES = {
    "6.0.0.2016.6": {"2.0", "4.1", "5.5", "6.0"},
    "6.7.3": {"2.0", "4.1", "5.5", "6.0", "6.5", "6.7"},
    "7.0.3": {"2.0", "4.1", "5.5", "6.0", "6.5", "6.7"},
    "8.0.3.0.1": {"2.0", "4.1", "5.5", "6.5", "8.0.2.0"},
}
_VERSION_ID = re.compile(r"urn:vim25?/([0-9.]+)")


class Exchange(NamedTuple):
    """A recorded request and its response; `soap_action` names the version `client`."""

    source: str
    agent: str
    soap_action: str
    client: Version
    request: bytes
    answer: bytes


def archive(release: str) -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    stored = caches / "vim25-conformance" / f"pyvmomi-{release}.tar.gz"
    if not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=stored.parent) as folder:
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--retries=0", "--timeout=5"]
            arguments = ["--no-deps", "--no-binary=pyvmomi", f"--dest={folder}", f"pyvmomi=={release}"]
            done = subprocess.run([*download, *arguments], capture_output=True, text=True)  # noqa: S603  # constant
            if done.returncode:
                pytest.skip(f"cannot fetch the recordings: {done.stderr.strip().splitlines()[-1:]}")
            (Path(folder) / stored.name).replace(stored)
    return stored


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Loads the recordings, some of which were written with Python 2."""


_Loader.add_constructor("tag:yaml.org,2002:python/unicode", lambda _loader, node: node.value)


@cache
def conversations(release: str) -> dict[str, tuple[Exchange, ...]]:
    """Return the vim25 exchanges in a source distribution, in order, by the name of their recording."""
    recordings = {}
    with tarfile.open(archive(release)) as files:
        for member in files:
            if member.name.endswith(".yaml") and "/tests/fixtures/" in member.name:
                content = files.extractfile(member)
                assert content is not None
                recorded = yaml.load(content, _Loader)  # noqa: S506  # a safe loader
                name = Path(member.name).stem
                recordings[name] = tuple(_exchanges(name, recorded["interactions"]))
    return {name: exchanges for name, exchanges in recordings.items() if exchanges}


def exchanges(release: str) -> tuple[Exchange, ...]:
    return tuple(exchange for recording in conversations(release).values() for exchange in recording)


def _exchanges(source: str, interactions: list[Any]) -> Iterator[Exchange]:
    """Yield the vim25 exchanges of a recording; others request documents, or other services."""
    for interaction in interactions:
        request, answer = interaction["request"], interaction["response"]["body"]["string"]
        action = _VERSION_ID.search(str(request["headers"]))
        if action and "Envelope" in str(answer):
            headers = {name.lower(): value for name, value in request["headers"].items()}
            agent = "".join(headers.get("user-agent", ()))
            yield Exchange(
                source, agent, action[0], version(action[1]), _bytes(request["body"]), _bytes(answer)
            )


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
