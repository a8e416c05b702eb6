"""What real objects have is served, or a row of `unserved_paths` says why it is not.

Real objects are those of the recordings, and those of a saved inventory whose paths `always_set.json` lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fidelity.property_paths import Paths, by_type, recorded_paths, served_paths
from tests.fidelity.recordings import RELEASES, exchanges
from tests.fidelity.unserved_paths import UNSERVED, is_unserved

_ALWAYS_SET: dict[str, list[str]] = json.loads(
    (Path(__file__).with_name("always_set.json")).read_text("utf-8")
)["paths"]

#: Scenarios whose objects may have a recorded path: together they have every kind of device and state.
_SCENARIOS = ("default", "snapshots", "unusual-hardware")


@cache
def _served(scenario: str) -> Paths:
    return served_paths(scenario, "9.0.0.0")


@cache
def _recorded() -> dict[str, set[str]]:
    return by_type(recorded_paths(exchange) for release in RELEASES for exchange in exchanges(release))


def _objects(type_name: str) -> Iterator[set[str]]:
    return (paths for ref, paths in _served("default").items() if ref.type == type_name)


@pytest.mark.parametrize("type_name", _ALWAYS_SET)
def test_each_object_has_what_real_ones_always_had(type_name: str) -> None:
    objects = list(_objects(type_name))
    assert objects
    wanted = {path for path in _ALWAYS_SET[type_name] if not is_unserved(type_name, path)}
    assert len(wanted) > (0 if type_name == "ClusterComputeResource" else 1)
    assert [wanted - paths for paths in objects if not wanted <= paths] == []


def test_what_recorded_objects_have_is_served() -> None:
    served = by_type(map(_served, _SCENARIOS))
    recorded = _recorded()
    assert sum(map(len, recorded.values())) > 2000
    missing = {
        (type_name, path)
        for type_name, paths in recorded.items()
        for path in paths - served[type_name]
        if not is_unserved(type_name, path)
    }
    assert missing == set()


def test_each_row_is_about_a_real_path_that_is_not_served() -> None:
    served = by_type(map(_served, _SCENARIOS))
    real = {**_recorded()}
    for type_name, paths in _ALWAYS_SET.items():
        real[type_name] = {*real.get(type_name, ()), *paths}
    rows = [(type_name, path) for type_name, paths in UNSERVED.items() for path in paths]
    assert len(rows) > 100
    unreal = [row for row in rows if row[1] not in real[row[0]]]
    everywhere = [row for row in rows if row[1] in served[row[0]] and row[1] not in _sometimes(row[0])]
    assert (unreal, everywhere) == ([], [])


def _sometimes(type_name: str) -> set[str]:
    """Return the paths that some objects of the default scenario lack."""
    objects = list(_objects(type_name))
    return set.union(*objects) - set.intersection(*objects) if objects else set()
