"""A message catalog of the user's own: a file of texts for faults and events, over those known or ours.

It is YAML or JSON: the type of a fault or event, or `Type.reason` for one value of its property `reason`, to
a template in which `{name}` stands for the property of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vim25_emulator.scenario.source import Problem, ScenarioError, parse
from vim25_emulator.vmodl.text import BadTemplateError, check_template


def load(path: str | Path) -> Mapping[str, str]:
    """Return the templates of a file by their keys.

    Raises OSError for a file that cannot be read, and ScenarioError, which tells the line of every mistake.
    """
    text = Path(path).read_text("utf-8", errors="replace")
    document = parse(text, str(path), expected="expected a mapping of types to texts")
    wrong = {key: _mistake(key, template) for key, template in document.data.items()}
    problems = [Problem(document.locate((key,)), mistake) for key, mistake in wrong.items() if mistake]
    if problems:
        raise ScenarioError(*problems)
    return document.data


def _mistake(key: str, template: Any) -> str | None:
    """Return what is wrong with an entry, None if nothing is."""
    if not isinstance(template, str):
        return f"{key}: expected a text"
    try:
        check_template(key, template)
    except BadTemplateError as error:
        return str(error)
    return None
