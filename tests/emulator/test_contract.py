"""The contract in files: what is in the repository is true, and what is written can be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from vim25_emulator.contract import contract, write
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.version import version

KEPT = Path(__file__).parents[2] / "wsdl"
VERSIONS = ("4.0", "5.5", "6.0", "6.7", "7.0.0.0", "8.0.3.0", "9.1.0.0")
XSD = "{http://www.w3.org/2001/XMLSchema}"
PORT_OPERATIONS = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"


def test_the_repository_holds_seven_versions() -> None:
    assert {folder.name for folder in KEPT.iterdir() if folder.is_dir()} == set(VERSIONS)


@pytest.mark.parametrize("version_id", VERSIONS)
def test_the_contract_in_the_repository_is_that_of_the_code(version_id: str) -> None:
    kept = {file.name: file.read_bytes() for file in (KEPT / version_id).iterdir()}
    made = contract(version(version_id), only_implemented=True)
    outdated = [name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name)]
    assert outdated == [], "`make contract` writes them anew"


@pytest.mark.parametrize("version_id", VERSIONS)
def test_the_contract_of_a_version_holds_together(version_id: str) -> None:
    path = KEPT / version_id / "vim.wsdl"
    schema = etree.parse(path).find(f"*/{XSD}schema")
    assert schema is not None
    etree.XMLSchema(etree.fromstring(etree.tostring(schema), base_url=str(path)))


def test_the_contract_has_every_operation_that_is_implemented_and_no_other() -> None:
    described = {
        each.get("name") for each in etree.parse(KEPT / "9.1.0.0" / "vim.wsdl").findall(PORT_OPERATIONS)
    }
    assert described == {method for _, method in IMPLEMENTATION.implemented()} - {"Fetch"}


def test_files_are_written_again_only_if_they_are_the_same_or_forced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write({"a": b"1", "b": b"2"}, folder)
    write({"a": b"1", "b": b"2"}, folder)
    with pytest.raises(FileExistsError, match=r"b$"):
        write({"a": b"1", "b": b"3", "c": b"4"}, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"a": b"1", "b": b"2"}
    write({"a": b"1", "b": b"3"}, folder, force=True)
    assert (folder / "b").read_bytes() == b"3"
