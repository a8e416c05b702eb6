"""Datastore paths inside values, rewritten when a directory or datastore changes its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vim25_emulator.vmodl.value import DataObject, MoRef


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """Return a value with every string in it passed through `rewrite`."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, DataObject):
        return value.replace(**{name: rewritten(held, rewrite) for name, held in value.__dict__.items()})
    if isinstance(value, tuple) and not isinstance(value, MoRef):
        return tuple(rewritten(element, rewrite) for element in value)
    return value
