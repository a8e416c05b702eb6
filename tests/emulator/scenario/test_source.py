from __future__ import annotations

from pathlib import Path

import pytest

from vim25_emulator.scenario.source import MOST_BYTES, Document, ScenarioError, merge, parse, read_text


def errors(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        parse(text, "f.yaml")
    return str(raised.value).splitlines()


def test_every_value_has_a_location() -> None:
    document = parse("title: x\nvms:\n  web01:\n    disks:\n    - mode: persistent\n", "f.yaml")
    assert str(document.locate(("vms", "web01", "disks", 0, "mode"))) == "f.yaml:5"
    assert str(document.locate(("vms", "web01"))) == "f.yaml:3"


def test_a_missing_value_has_the_location_of_the_enclosing_value() -> None:
    document = parse("title: x\nvms:\n  web01: {}\n", "f.yaml")
    assert str(document.locate(("vms", "web01", "cpus"))) == "f.yaml:3"
    assert str(document.locate(("hosts", "esx1"))) == "f.yaml:1"


def test_keys_are_strings_as_written() -> None:
    document = parse("title: x\nvms:\n  on: {}\n  1: {}\n  2024-01-01: {}\n", "f.yaml")
    assert list(document.data["vms"]) == ["on", "1", "2024-01-01"]


def test_all_duplicate_keys_are_reported_with_both_lines() -> None:
    assert errors("title: x\ntitle: y\nvms:\n  a: {}\n  a: {}\n") == [
        "f.yaml:2: title: duplicate key; first defined on line 1",
        "f.yaml:5: vms.a: duplicate key; first defined on line 4",
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "expected a mapping that begins with `title:`"),
        ("- a\n- b\n", 1, "expected a mapping that begins with `title:`"),
        ("title: x\nvms: [", 3, "not YAML"),
        ("title: a: b", 1, "not YAML"),
        ("title: x\nvms: !!python/name:os.system ''\n", 2, "not YAML: could not determine a constructor"),
        ("title: x\nvms: &a [*a]\n", 2, "an anchor must not contain itself"),
        ("title: x\n? [1, 2]\n: 3\n", 2, "expected a name as the key"),
        ("title: x\x00\n", 1, "not YAML"),
        (
            "title: x\noptions: {task_duration: .nan}\n",
            2,
            "options.task_duration: expected a finite number, not .nan",
        ),
        ("title: x\nvms:\n  a: {disks: [{capacity_gb: .inf}]}\n", 3, "expected a finite number, not .inf"),
        ("title: x\nrules:\n- {delay: -.Inf}\n", 3, "rules[0].delay: expected a finite number, not -.Inf"),
        ("title: x\nhosts: {a: {memory_gb: 1.0e+999}}\n", 2, "expected a finite number, not 1.0e+999"),
    ],
)
def test_a_malformed_file_is_reported_with_the_line(text: str, line: int, message: str) -> None:
    (error,) = errors(text)
    assert error.startswith(f"f.yaml:{line}: ")
    assert message in error


def test_anchors_repeat_a_value() -> None:
    document = parse("title: x\nvms:\n  a: &vm {cpus: 4}\n  b: *vm\n", "f.yaml")
    assert document.data["vms"]["b"] == {"cpus": 4}


def patched(base: str, patch: str) -> Document:
    return merge(parse(base, "base.yaml"), parse(patch, "patch.yaml"))


def test_a_patch_merges_mappings_and_replaces_other_values() -> None:
    document = patched(
        "title: old\nvms:\n  a: {cpus: 1, disks: [{}, {}]}\n  b: {}\n",
        "title: new\nvms:\n  a: {disks: [{mode: persistent}]}\n",
    )
    assert document.data == {
        "title": "new",
        "vms": {"a": {"cpus": 1, "disks": [{"mode": "persistent"}]}, "b": {}},
    }


def test_null_removes_a_key() -> None:
    document = patched("title: x\nhosts:\n  a: {}\n  b: {}\n", "hosts:\n  b: null\n")
    assert document.data == {"title": "x", "hosts": {"a": {}}}


def test_a_patched_value_has_its_location_in_the_patch() -> None:
    document = patched("title: x\nvms:\n  a: {cpus: 1}\n", "\n\nvms:\n  a:\n    cpus: 2\n")
    assert str(document.locate(("vms", "a", "cpus"))) == "patch.yaml:5"
    assert str(document.locate(("title",))) == "base.yaml:1"


def alias_bomb(levels: int) -> str:
    """Return a short file that aliases expand to ten to the power of `levels` values."""
    lines = ["title: x", "a0: &a0 [" + ", ".join("x" * 10) + "]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize("levels", [6, 9, 50])
def test_aliases_cannot_repeat_without_end(levels: int) -> None:
    (error,) = errors(alias_bomb(levels))
    assert "more than 500,000 values, with those that aliases repeat" in error


@pytest.mark.parametrize(
    "text", ["title: x\nvms: " + "[" * 200 + "]" * 200, "title: x\nvms: " + "[" * 100_000, "[" * 100_000]
)
def test_a_file_cannot_be_endlessly_deep(text: str) -> None:
    (error,) = errors(text)
    assert "levels deep" in error or "maximum nesting depth" in error


def test_a_file_has_a_maximum_size(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"title: x\n#" + b" " * MOST_BYTES)
    with pytest.raises(ScenarioError, match="larger than 8 MiB"):
        read_text(file, "f.yaml")
    file.write_bytes(b"title: x\n")
    assert read_text(file, "f.yaml") == "title: x\n"
