from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.emulator.scenario.site import Site
from vim25_emulator.scenario import library
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.scenario.source import ScenarioError
from vim25_emulator.vmodl.version import version


def test_the_default_scenario_is_the_api_pages_release() -> None:
    assert str(library.load("default").release) == "8.0.2.0"


@pytest.mark.parametrize("name", library.names())
def test_every_packaged_scenario_is_valid_and_has_a_title_of_one_line(name: str) -> None:
    scenario = library.load(name)
    assert scenario.title == library.titles()[name]
    assert "\n" not in scenario.title
    assert version(str(scenario.release))


def test_a_file_may_extend_a_packaged_scenario(written: Callable[..., str]) -> None:
    scenario = library.load(written("title: Bigger\nextends: default\nvms:\n  web01: {cpus: 2}\n"))
    assert (scenario.title, scenario.vms["web01"].cpus) == ("Bigger", 2)
    assert scenario.vms["app01"] == library.load("default").vms["app01"]


def test_a_file_may_extend_the_file_beside_it(written: Callable[..., str]) -> None:
    written("title: base\nextends: default\nvms:\n  web01: {cpus: 8}\n", "base.yaml")
    assert library.load(written("title: x\nextends: base.yaml\n")).vms["web01"].cpus == 8


def test_a_name_that_the_extended_file_does_not_have_adds_an_object(written: Callable[..., str]) -> None:
    scenario = library.load(
        written("title: x\nextends: default\nhosts:\n  esx9.lab.example: {memory_gb: 8}\n")
    )
    assert [*scenario.hosts] == [*library.load("default").hosts, "esx9.lab.example"]
    assert scenario.hosts["esx9.lab.example"].cluster is None


def test_a_list_in_a_patch_replaces_the_original(written: Callable[..., str]) -> None:
    scenario = library.load(
        written("title: x\nextends: default\nvms:\n  db01: {disks: [{capacity_gb: 8}]}\n")
    )
    assert [disk.capacity_gb for disk in scenario.vms["db01"].disks] == [8]


def test_a_scenario_can_be_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("title: From a pipe\nextends: default\n"))
    assert library.load("-").title == "From a pipe"


def test_an_error_on_standard_input_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("title: x\nvm: {}\n"))
    with pytest.raises(ScenarioError, match=r"<stdin>:2: vm: .* did you mean `vms`\?"):
        library.load("-")


def test_the_nearest_name_is_suggested_for_an_unknown_one() -> None:
    with pytest.raises(FileNotFoundError, match="no scenario or file named 'defalt'; did you mean `default`"):
        library.load("defalt")


def test_extending_an_unknown_scenario_is_reported_with_the_line(written: Callable[..., str]) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.yaml:2: extends: no scenario or file named 'defult'"):
        library.load(written("title: x\nextends: defult\n"))


def test_a_circular_reference_is_rejected(written: Callable[..., str]) -> None:
    written("title: a\nextends: b.yaml\n", "a.yaml")
    written("title: b\nextends: a.yaml\n", "b.yaml")
    with pytest.raises(ScenarioError, match="circular reference: "):
        library.load(written("title: c\nextends: a.yaml\n", "c.yaml"))


def test_an_empty_folder_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        library.load(str(tmp_path))


def test_a_release_may_be_a_number(written: Callable[..., str]) -> None:
    scenario = library.load(written("title: x\nextends: default\nrelease: 5.5\n"))
    assert version(str(scenario.release)).id == "5.5"


def test_the_json_schema_describes_every_key() -> None:
    schema = library.json_schema()
    assert schema["$defs"]["VirtualMachine"]["properties"]["cpus"]["minimum"] == 1
    top = schema["$defs"]["Scenario"]
    assert {"type": "null"} in top["properties"]["vms"]["additionalProperties"]["anyOf"]
    assert set(top["properties"]) == {field.name for field in msgspec.structs.fields(Scenario)}
    assert top["additionalProperties"] is False


def test_the_json_schema_explains_every_key() -> None:
    definitions = library.json_schema()["$defs"].values()
    keys = [key for definition in definitions for key in definition.get("properties", {}).values()]
    assert [key for key in keys if not key.get("description")] == []


def _examples() -> list[str]:
    page = (Path(__file__).parents[3] / "fixtures" / "README.md").read_text("utf-8")
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


@pytest.mark.parametrize("example", _examples())
def test_the_examples_of_the_scenarios_readme_work(written: Callable[..., str], example: str) -> None:
    assert Site.of(written(example)).built.machines


def test_the_error_in_the_scenarios_readme_is_reported_so(written: Callable[..., str]) -> None:
    with pytest.raises(ScenarioError) as raised:
        library.load(written("title: x\nextends: default\nvms:\n  web01: {power: poweredon}\n"))
    page = (Path(__file__).parents[3] / "fixtures" / "README.md").read_text("utf-8")
    assert str(raised.value).rpartition("/")[2] in page
