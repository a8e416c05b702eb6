"""The contract as files: those in the repository are up to date, and clients can load what is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from vim25_emulator.contract import contract, description, write
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.release import DEFAULT, PRODUCTS
from vim25_emulator.vmodl.type_names import DATA_TYPES
from vim25_emulator.vmodl.version import version

ROOT = Path(__file__).parents[2] / "wsdl"
NEWEST = list(PRODUCTS.values())[-1]
IN_FILES = (DEFAULT, NEWEST)
#: Versions whose contracts are compared, oldest first: one of each major release, and those in files.
LINE = ("2.5", "4.0", "5.5", "6.0", "6.7", "7.0.0.0", *IN_FILES)

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
PORT_OPERATIONS = f"{WSDL}portType/{WSDL}operation"


@cache
def documents(version_id: str) -> dict[str, bytes]:
    return contract(version(version_id), only_implemented=True)


@cache
def declared(version_id: str) -> frozenset[tuple[str, ...]]:
    """Return what a contract declares: operations with their faults, types with their elements and values."""
    return frozenset(_operations(version_id)) | frozenset(_types(version_id))


def _operations(version_id: str) -> Iterator[tuple[str, ...]]:
    for operation in etree.fromstring(documents(version_id)["vim.wsdl"]).findall(PORT_OPERATIONS):
        yield "operation", str(operation.get("name"))
        yield from (
            ("fault", str(operation.get("name")), str(fault.get("name")))
            for fault in operation.findall(f"{WSDL}fault")
        )


def _types(version_id: str) -> Iterator[tuple[str, ...]]:
    for name in documents(version_id):
        root = etree.fromstring(documents(version_id)[name])
        for kind in (*root.findall(f"{XSD}complexType"), *root.findall(f"{XSD}simpleType")):
            yield "type", str(kind.get("name"))
            yield from (
                ("element", str(kind.get("name")), str(part.get("name") or part.get("value")))
                for part in (*kind.iter(f"{XSD}element"), *kind.iter(f"{XSD}enumeration"))
            )


def test_the_repository_has_the_contract_of_the_default_and_of_the_newest_release() -> None:
    assert {folder.name for folder in ROOT.iterdir() if folder.is_dir()} == set(IN_FILES)


@pytest.mark.parametrize("version_id", IN_FILES)
def test_the_contract_in_the_repository_is_that_of_the_code(version_id: str) -> None:
    written = {file.name: file.read_bytes() for file in (ROOT / version_id).iterdir()}
    current = {**documents(version_id), "openapi.json": description(version(version_id))}
    outdated = [name for name in written.keys() | current.keys() if written.get(name) != current.get(name)]
    assert outdated == [], "run: make contract"


@pytest.mark.parametrize("version_id", IN_FILES)
def test_a_contract_has_an_element_for_every_fault_in_it(version_id: str) -> None:
    faults = {
        kind
        for _, kind, *_ in declared(version_id)
        if kind in DATA_TYPES and data_type(kind).is_a("MethodFault")
    }
    assert faults > {"NotAuthenticated", "NoPermission", "ManagedObjectNotFound"}  # no method declares them
    root = etree.fromstring(documents(version_id)["vim.wsdl"])
    elements = {element.get("name") for element in root.iter(f"{XSD}element")}
    messages = {message.get("name") for message in root.findall(f"{WSDL}message")}
    assert {f"{name}Fault" for name in faults} <= elements
    assert {f"{name}FaultMsg" for name in faults} <= messages


@pytest.mark.parametrize("version_id", LINE)
def test_the_schemas_of_a_version_are_valid_and_complete(version_id: str, tmp_path: Path) -> None:
    """A schema that uses a type or an element which none of the files defines does not compile."""
    write(documents(version_id), tmp_path)
    schema = etree.parse(tmp_path / "vim.wsdl").find(f"*/{XSD}schema")
    assert schema is not None
    etree.XMLSchema(etree.fromstring(etree.tostring(schema), base_url=str(tmp_path / "vim.wsdl")))


@pytest.mark.parametrize("version_id", LINE)
def test_the_wsdl_of_a_version_refers_to_what_it_defines(version_id: str) -> None:
    root = etree.fromstring(documents(version_id)["vim.wsdl"])
    elements = _names(root, f"*/{XSD}schema/{XSD}element")
    assert {_local(part.get("element")) for part in root.iter(f"{WSDL}part")} <= elements
    messages = {_local(part.get("message")) for part in root.iter() if part.get("message")}
    assert messages <= _names(root, f"{WSDL}message")
    assert _names(root, PORT_OPERATIONS) == _names(root, f"{WSDL}binding/{WSDL}operation")


def _names(root: etree._Element, path: str) -> set[str | None]:
    return {found.get("name") for found in root.findall(path)}


def _local(name: str | None) -> str:
    return str(name).partition(":")[2]


@pytest.mark.parametrize(("older", "newer"), list(pairwise(LINE)))
def test_a_newer_version_declares_all_that_an_older_one_does(older: str, newer: str) -> None:
    assert declared(older) <= declared(newer)
    assert declared(older) != declared(newer)


def test_the_contract_has_every_operation_that_is_implemented_and_no_other() -> None:
    described = {
        operation.get("name")
        for operation in etree.parse(ROOT / NEWEST / "vim.wsdl").findall(PORT_OPERATIONS)
    }
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
