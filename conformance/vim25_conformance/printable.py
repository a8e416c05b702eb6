"""Text of a target as every report can contain it: XML 1.0 has no place for most control characters."""

from __future__ import annotations

from typing import Final

_UNPRINTABLE: Final = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
    if chr(code) not in "\t\n\r"
}


def printable(text: str) -> str:
    """Return the text with escapes in place of control characters and of halves of surrogate pairs."""
    return text.translate(_UNPRINTABLE)
