"""The WSDL as files: those in the repository are up to date, and clients can load what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from vim25_emulator.contract import contract, write
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.version import version

STORED = Path(__file__).parents[2] / "wsdl"
VERSIONS = ("4.0", "5.5", "6.0", "6.7", "7.0.0.0", "8.0.3.0", "9.1.0.0")
XSD = "{http://www.w3.org/2001/XMLSchema}"
PORT_OPERATIONS = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"


def test_the_repository_holds_seven_versions() -> None:
    assert {folder.name for folder in STORED.iterdir() if folder.is_dir()} == set(VERSIONS)


@pytest.mark.parametrize("version_id", VERSIONS)
def test_the_contract_in_the_repository_is_up_to_date(version_id: str) -> None:
    stored = {file.name: file.read_bytes() for file in (STORED / version_id).iterdir()}
    current = contract(version(version_id), only_implemented=True)
    outdated = [name for name in stored.keys() | current.keys() if stored.get(name) != current.get(name)]
    assert outdated == [], "`make contract` updates them"


@pytest.mark.parametrize("version_id", VERSIONS)
def test_the_contract_of_a_version_is_a_valid_schema(version_id: str) -> None:
    path = STORED / version_id / "vim.wsdl"
    schema = etree.parse(path).find(f"*/{XSD}schema")
    assert schema is not None
    etree.XMLSchema(etree.fromstring(etree.tostring(schema), base_url=str(path)))


def test_the_contract_has_every_operation_that_is_implemented_and_no_other() -> None:
    operations = etree.parse(STORED / "9.1.0.0" / "vim.wsdl").findall(PORT_OPERATIONS)
    described = {operation.get("name") for operation in operations}
    assert described == {method for _, method in IMPLEMENTATION.implemented()} - {"Fetch"}


def test_other_content_is_overwritten_only_if_forced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write({"a": b"1", "b": b"2"}, folder)
    write({"a": b"1", "b": b"2"}, folder)
    with pytest.raises(FileExistsError, match=r"b$"):
        write({"a": b"1", "b": b"3", "c": b"4"}, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"a": b"1", "b": b"2"}
    write({"a": b"1", "b": b"3"}, folder, force=True)
    assert (folder / "b").read_bytes() == b"3"
