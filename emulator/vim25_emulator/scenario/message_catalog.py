"""Custom message catalogs: files of message texts that override the built-in ones for faults and events.

A catalog is YAML or JSON. It maps the type of a fault or event, or `Type.reason` for one value of its
property `reason`, to a template; `{name}` is replaced by the property of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vim25_emulator.scenario.source import Problem, ScenarioError, parse, read_text
from vim25_emulator.vmodl.text import BadTemplateError, check_template


def load(path: str | Path) -> Mapping[str, str]:
    """Return the templates of a file by key.

    Raises OSError if the file cannot be read, and ScenarioError with the line of every error.
    """
    text = read_text(Path(path), str(path))
    document = parse(text, str(path), expected="expected a mapping of types to texts")
    errors = {key: _error(key, template) for key, template in document.data.items()}
    problems = [Problem(document.locate((key,)), error) for key, error in errors.items() if error]
    if problems:
        raise ScenarioError(*problems)
    return document.data


def _error(key: str, template: Any) -> str | None:
    """Return the error of an entry; None if it is valid."""
    if not isinstance(template, str):
        return f"{key}: expected a text"
    try:
        check_template(key, template)
    except BadTemplateError as error:
        return str(error)
    return None
