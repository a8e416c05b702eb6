"""Rewriting of datastore paths inside values, after a directory or datastore was renamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vim25_emulator.vmodl.value import DataObject, MoRef


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """Return a value with `rewrite` applied to every string in it."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, DataObject):
        return value.replace(**{name: rewritten(item, rewrite) for name, item in value.__dict__.items()})
    if isinstance(value, tuple) and not isinstance(value, MoRef):
        return tuple(rewritten(item, rewrite) for item in value)
    return value
