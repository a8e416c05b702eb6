"""Writers of elements without children: scalars and references.

A writer is a closure that contains its tags and appends the text of one value. It accepts a `Fragment`
instead of any value. A wrong value is a bug of the caller, so it raises TypeError with the property's name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vim25_emulator.soap.soap_text import TO_TEXT, escape
from vim25_emulator.vmodl.reference_type import shown_type
from vim25_emulator.vmodl.value import Fragment, MoRef

Append = Callable[[str], None]
Writer = Callable[[Any, Append], None]


def other(value: Any, append: Append, expected: str, where: str) -> None:
    """Write a fragment; raise TypeError for any other value."""
    if value.__class__ is not Fragment:
        raise TypeError(f"{where} takes {expected}, not {value!r:.80}")
    append(value.decode())


# ---- scalars -------------------------------------------------------------------------------------------


def scalar(to_text: Callable[[Any], str], opening: str, closing: str, where: str) -> Writer:
    """Return the writer of values that `to_text` converts, or rejects with what it expects."""

    def write(value: Any, append: Append) -> None:
        try:
            append(f"{opening}{to_text(value)}{closing}")
        except (TypeError, ValueError) as expected:
            other(value, append, str(expected), where)

    return write


def _boolean(opening: str, closing: str, where: str) -> Writer:
    true, false = f"{opening}true{closing}", f"{opening}false{closing}"

    def write(value: Any, append: Append) -> None:
        if value is True:
            append(true)
        elif value is False:
            append(false)
        else:
            other(value, append, "a bool", where)

    return write


def primitive(name: str, opening: str, closing: str, where: str) -> Writer:
    """Return the writer of a primitive type."""
    if name == "boolean":
        return _boolean(opening, closing, where)
    return scalar(TO_TEXT[name], opening, closing, where)


# ---- references ----------------------------------------------------------------------------------------


def reference(tag: str, suffix: str, declared: str, position: int, where: str) -> Writer:
    """Return the writer of references to objects of a declared type; `suffix` follows the type attribute."""
    closing = f"</{tag}>"
    openings: dict[str, str] = {}

    def learn(name: str) -> str:
        openings[name] = f'<{tag} type="{shown_type(name, declared, position, where)}"{suffix}>'
        return openings[name]

    def write(value: Any, append: Append) -> None:
        if value.__class__ is MoRef:
            name, mo_id = value
            append(f"{openings.get(name) or learn(name)}{escape(mo_id)}{closing}")
        else:
            other(value, append, "a MoRef", where)

    return write
