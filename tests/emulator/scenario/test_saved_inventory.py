"""Saved inventories are restored unchanged, and invalid files are reported."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pyVmomi import vim

from tests.emulator.lab import lab
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.scenario.library import load
from vim25_emulator.scenario.saved_inventory import SavedScenario, restore, saved
from vim25_emulator.scenario.source import ScenarioError
from vim25_emulator.vmodl.value import DataObject, MoRef

_ROOT = MoRef("Folder", "group-d1")
_SERVICE = MoRef("ServiceInstance", "ServiceInstance")
_ABOUT = "".join(
    f"<{name}>{value}</{name}>"
    for name, value in {
        **dict.fromkeys(("name", "fullName", "vendor", "version", "build", "osType", "productLineId"), "x"),
        "apiType": "VirtualCenter",
        "apiVersion": "6.5",
    }.items()
)
#: Files as `govc object.save` writes them: without a namespace, indented, prefixes left undeclared.
_FILES = {
    "0000-ServiceInstance-ServiceInstance.xml": (
        '<obj type="ServiceInstance">ServiceInstance</obj><propSet><name>content</name>'
        '<val xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:type="ServiceContent">'
        '<rootFolder type="Folder">group-d1</rootFolder>'
        '<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>'
        '<viewManager type="ViewManager">ViewManager</viewManager>'
        f'<about>{_ABOUT}</about><sessionManager type="SessionManager">SessionManager</sessionManager>'
        "</val></propSet>"
    ),
    "0001-Folder-group-d1.xml": (
        '<obj type="Folder">group-d1</obj>'
        "<propSet><name>name</name>"
        '<val xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:type="xsd:string">Datacenters</val>'
        "</propSet><propSet><name>childEntity</name>"
        '<val xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:type="ArrayOfManagedObjectReference">'
        '<ManagedObjectReference type="Datacenter">datacenter-2</ManagedObjectReference></val></propSet>'
        "<propSet><name>parent</name></propSet>"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in _FILES.items():
        indented = content.replace("><", ">\n  <")
        (tmp_path / name).write_text(f"<ObjectContent>\n  {indented}\n</ObjectContent>")
    (tmp_path / "HostNetworkSystem-1").mkdir()  # for the results of methods
    return tmp_path


def test_a_client_reads_the_saved_properties(folder: Path) -> None:
    with lab(str(folder)) as opened:
        assert opened.content.about.apiVersion == "6.5"
        root = opened.content.rootFolder
        assert root.name == "Datacenters"
        assert root.parent is None
        assert [child._moId for child in root.childEntity] == ["datacenter-2"]


def test_objects_that_are_only_referred_to_exist_and_have_permissions(folder: Path) -> None:
    with lab(str(folder)) as opened:
        (datacenter,) = opened.all(vim.Datacenter)
        assert datacenter.effectiveRole == [-1]
        assert datacenter.configuration is None


@pytest.mark.parametrize(
    ("valid", "invalid", "warning"),
    [
        ("xsd:string", "xsd:strong", "omitted name: Unable to resolve WSDL type name strong"),
        ("<name>name<", "<name>color<", "omitted color: unknown property of Folder"),
    ],
)
def test_invalid_properties_are_omitted(
    folder: Path, caplog: pytest.LogCaptureFixture, valid: str, invalid: str, warning: str
) -> None:
    file = folder / "0001-Folder-group-d1.xml"
    file.write_text(file.read_text().replace(valid, invalid))
    with caplog.at_level(logging.WARNING):
        loaded = load(str(folder))
    assert isinstance(loaded, SavedScenario)
    assert loaded.contents[_ROOT] == {"childEntity": (MoRef("Datacenter", "datacenter-2"),)}
    assert warning in caplog.text


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<ObjectContent>", "expected an ObjectContent: no element found"),
        ("<ObjectContent><obj/></ObjectContent>", "expected an ObjectContent: Attribute type is missing"),
    ],
)
def test_a_malformed_file_is_reported(folder: Path, content: str, error: str) -> None:
    (folder / "0002-bad.xml").write_text(content)
    with pytest.raises(ScenarioError, match=f"0002-bad.xml:1: {error}"):
        load(str(folder))


def test_a_folder_without_service_content_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="expected the `content` of ServiceInstance"):
        load(str(tmp_path))


def test_values_at_longer_paths_are_merged_into_a_property() -> None:
    vm = MoRef("VirtualMachine", "vm-1")
    about = DataObject("AboutInfo", apiVersion="7.0.3.0")
    content = DataObject("ServiceContent", rootFolder=_ROOT, about=about)
    values = {"summary.config.name": "one", "rootSnapshot": None, "summary.config.uuid": "u"}
    inventory = Inventory()
    service = restore(saved({_SERVICE: {"content": content}, vm: values}, "a test").contents, inventory)
    assert service.get("content.about.apiVersion") == "7.0.3.0"
    config = DataObject("VirtualMachineConfigSummary", name="one", uuid="u")
    assert inventory[vm].get("summary") == DataObject("VirtualMachineSummary", config=config)
    assert inventory[vm].get("rootSnapshot") is None
    assert inventory[vm].get("network") == ()


_PARENT = (
    '<propSet><name>parent</name><val xmlns:s="http://www.w3.org/2001/XMLSchema-instance"'
    ' s:type="ManagedObjectReference" type="{}">{}</val></propSet>'
)


def _add(folder: Path, name: str, ref: MoRef, properties: str) -> None:
    obj = f'<obj type="{ref.type}">{ref.value}</obj>'
    (folder / name).write_text(f"<ObjectContent>{obj}{properties}</ObjectContent>")


def test_entities_in_a_circle_are_moved_to_the_root_folder(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = MoRef("Folder", "group-v3"), MoRef("Folder", "group-v4")
    _add(folder, "0003.xml", one, _PARENT.format(*other))
    _add(folder, "0004.xml", other, _PARENT.format(*one))
    root = folder / "0001-Folder-group-d1.xml"
    root.write_text(root.read_text().replace("  <propSet>\n  <name>parent</name>\n  </propSet>", "", 1))
    with caplog.at_level(logging.WARNING), lab(str(folder)) as opened:
        folders = [vim.Folder(ref.value, opened.service._stub) for ref in (one, other)]
        assert sum(place.parent == opened.content.rootFolder for place in folders) == 1
        assert [list(place.effectiveRole) for place in folders] == [[-1], [-1]]
    assert "is below it; moved to the root folder" in caplog.text


def test_the_root_folder_has_no_parent(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = folder / "0001-Folder-group-d1.xml"
    file.write_text(file.read_text().replace("</ObjectContent>", _PARENT.format(*_ROOT) + "</ObjectContent>"))
    with caplog.at_level(logging.WARNING), lab(str(folder)) as opened:
        assert opened.content.rootFolder.parent is None
    assert "omitted the parent of the root folder" in caplog.text


@pytest.mark.parametrize("type_name", ["Folder", "Datacenter"])
def test_the_first_object_with_a_mo_id_counts(
    folder: Path, caplog: pytest.LogCaptureFixture, type_name: str
) -> None:
    _add(folder, "0009-again.xml", MoRef(type_name, "group-d1"), "")
    with caplog.at_level(logging.WARNING), lab(str(folder)) as opened:
        assert opened.content.rootFolder.name == "Datacenters"
    assert "0009-again.xml: omitted" in caplog.text
    assert "0001-Folder-group-d1.xml has an object with this moId" in caplog.text


def test_a_reference_with_a_wrong_type_leads_nowhere(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _add(folder, "0003.xml", MoRef("Folder", "datacenter-2"), _PARENT.format(*_ROOT))
    with caplog.at_level(logging.WARNING), lab(str(folder)) as opened:
        assert opened.all(vim.Datacenter) == []
    assert "Datacenter:datacenter-2 leads nowhere" in caplog.text
