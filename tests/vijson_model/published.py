"""The published document of VI/JSON 8.0.1.0, as the client that was generated from it shows it.

The client is `vmware-vi` 8.0.1.0 on the package index; `tox -e vijson` installs it. Its modules import each
other in a circle, so they are read, not imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

RELEASE = "8.0.1.0"
_END_OF_FIELDS = "    __properties"


@dataclass(frozen=True)
class Operation:
    """An operation: its function, the type of its body, and that of each answer, by status."""

    name: str
    deprecated: bool
    body: str | None
    answers: dict[str, str]


@dataclass(frozen=True)
class Field:
    """A member of a schema."""

    type: str
    required: bool


def folder() -> Path:
    """Return the folder of the package; skip the test where it is not installed."""
    spec = find_spec("vmware_vi")
    if spec is None or spec.origin is None:
        pytest.skip("vmware-vi is not installed; tox -e vijson installs it")
    return Path(spec.origin).parent


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """Return the operations by verb and path."""
    return dict(found for file in sorted((folder() / "api").glob("*_api.py")) for found in _operations(file))


def _operations(file: Path) -> Iterator[tuple[tuple[str, str], Operation]]:
    (api,) = (node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.ClassDef))
    functions = {node.name: node for node in api.body if isinstance(node, ast.FunctionDef)}
    for name, function in functions.items():
        serialize = functions.get(f"_{name}_serialize")
        if serialize is not None:
            call = _serialized(serialize)
            deprecated = (ast.get_docstring(function) or "").startswith("(Deprecated)")
            operation = Operation(name, deprecated, _body(function), _answers(function))
            yield (call["method"], call["resource_path"]), operation


def _serialized(function: ast.FunctionDef) -> dict[str, Any]:
    """Return the constants with which a function describes its request."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    (call,) = (node for node in calls if getattr(node.func, "attr", "") == "param_serialize")
    return {
        word.arg: word.value.value
        for word in call.keywords
        if word.arg and isinstance(word.value, ast.Constant)
    }


def _body(function: ast.FunctionDef) -> str | None:
    arguments = (argument for argument in function.args.args if argument.arg not in {"self", "mo_id"})
    named = [argument for argument in arguments if not argument.arg.startswith("_")]
    return ast.unparse(named[0].annotation) if named and named[0].annotation else None


def _answers(function: ast.FunctionDef) -> dict[str, str]:
    assigned = (node for node in ast.walk(function) if isinstance(node, ast.AnnAssign))
    (table,) = (node for node in assigned if getattr(node.target, "id", "") == "_response_types_map")
    answers: dict[str, str] = ast.literal_eval(table.value) if table.value else {}
    return answers


@dataclass(frozen=True)
class Schema:
    """A schema: the one that it extends, its own members, or its values."""

    base: str
    fields: dict[str, Field]
    values: tuple[str, ...]


@cache
def schemas() -> dict[str, Schema]:
    """Return the schemas by the names of their classes."""
    return dict(
        _schema(file) for file in sorted((folder() / "models").glob("*.py")) if file.stem != "__init__"
    )


def _schema(file: Path) -> tuple[str, Schema]:
    text = file.read_text("utf-8").partition(_END_OF_FIELDS)[0]
    (model,) = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    base = ast.unparse(model.bases[0])
    declared = (node for node in model.body if isinstance(node, ast.AnnAssign))
    values = (ast.literal_eval(node.value) for node in model.body if isinstance(node, ast.Assign))
    return model.name, Schema(base, dict(map(_field, declared)), tuple(values))


def _field(node: ast.AnnAssign) -> tuple[str, Field]:
    name, declared = ast.unparse(node.target), ast.unparse(node.annotation)
    words = node.value.keywords if isinstance(node.value, ast.Call) else []
    aliases = [ast.literal_eval(word.value) for word in words if word.arg == "alias"]
    required = not declared.startswith("Optional[")
    inner = declared if required else declared.removeprefix("Optional[").removesuffix("]")
    return aliases[0] if aliases else name, Field(inner, required)
