"""The page of all keys of a scenario file: a row for each, with its values, default and meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from vim25_emulator.scenario import library
from vim25_emulator.scenario_format_page import scenario_format_page

PAGE = scenario_format_page()
SECTIONS = PAGE.split("\n## ")[1:]


def _rows() -> Iterator[tuple[str, ...]]:
    for section in SECTIONS:
        for row in re.findall(r"^\| `\w+` \|.*$", section, re.MULTILINE):
            yield tuple(re.split(r" (?<!\\)\| ", row.strip("| ")))


def test_every_key_has_a_row_with_its_meaning() -> None:
    keys = [
        f"`{key}`"
        for definition in library.json_schema()["$defs"].values()
        for key in definition.get("properties", {})
    ]
    rows = list(_rows())
    assert sorted(row[0] for row in rows) == sorted(keys)
    assert [row for row in rows if len(row) != 4 or not row[3]] == []


def test_every_section_has_a_path() -> None:
    titles = [section.partition("\n")[0] for section in SECTIONS]
    assert len(titles) == len(set(titles)) == len(library.json_schema()["$defs"])
    assert {"The file", "`clusters.NAME.ha`", "`vms.NAME.disks[]`", "`vms.NAME.fault_tolerance`"} <= set(
        titles
    )


@pytest.mark.parametrize(
    "row",
    [
        "| `free_gb` | number, at least 0 |  | free space, in GB; default: the capacity less the files of the"
        " virtual machines |",
        "| `in_standby` | `true` or `false` | `false` | whether the host is in standby mode |",
        "| `cpus` | integer, at least 1, at most 768 | `2` | number of vCPUs |",
        '| `annotation` | text | `""` | notes |',
        "| `type` | `NFS`, `VMFS`, `VVOL`, `vsan` | `VMFS` | type of the file system |",
        "| `io_filters` | list: text, at most 80 characters | none | I/O filters of its storage policy |",
        "| `secondary_host` | text, at most 80 characters | required | host of the secondary |",
    ],
)
def test_a_row_has_values_default_and_meaning(row: str) -> None:
    assert f"\n{row}\n" in PAGE
