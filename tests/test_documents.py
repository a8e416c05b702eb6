"""What the documents point to is there: links, headings, files, `make` targets and `tox` environments."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    ROOT / "fixtures" / "README.md",
    ROOT / "wsdl" / "README.md",
]
#: A path in backticks: it has a folder and ends as one, or as a file of ours.
PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.(?:py|md|yml|cfg))?)`")
#: Folders from which the documents name files.
BASES = ("", "emulator", "conformance", "fixtures", "emulator/vim25_emulator")
#: Made by running something.
NOT_IN_THE_REPOSITORY = {"build/", "dist/", "runs/"}

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def _prose(document: Path) -> str:
    return re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def _links(document: Path) -> Iterator[tuple[str, str]]:
    """Yield path and heading of each link that stays in the repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(document)):
        if "://" not in target:
            path, _, heading = target.partition("#")
            yield path, heading


def _anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", _prose(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@documents
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for path, heading in _links(document):
        target = document.parent / path if path else document
        assert target.exists(), path
        assert not heading or heading in _anchors(target), f"{path}#{heading}"


@documents
def test_paths_that_are_named_exist(document: Path) -> None:
    named = set(PATH.findall(_prose(document))) - NOT_IN_THE_REPOSITORY
    missing = [name for name in named if not any((ROOT / base / name).exists() for base in BASES)]
    assert missing == []


@documents
def test_make_targets_and_tox_environments_exist(document: Path) -> None:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini", "utf-8")
    environments = {name.removeprefix("testenv:") for name in tox.sections()}
    environments |= set(re.split(r",\s*", tox["tox"]["env_list"]))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = document.read_text("utf-8")
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"(?:^|`)tox -e (\w+)", text, re.MULTILINE)) <= environments
