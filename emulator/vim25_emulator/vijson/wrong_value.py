"""What is wrong with a client's value, and where: the path to it grows while the error passes its readers."""

from __future__ import annotations

from typing import Final

from vim25_emulator.vmodl.value import MethodFault

LONGEST: Final = 200  #: characters of a client's text in an error
_STANDARD: Final = "A specified parameter was not correct: {path} ({reason})"


class WrongValueError(Exception):
    """A value is not of its type. `text` is the message; `{path}` and `{reason}` stand for those."""

    def __init__(self, reason: str, member: str = "", *, text: str = _STANDARD) -> None:
        super().__init__(reason)
        self._reason = reason
        self._text = text
        self._path = ""
        if member:
            self.enter(member)

    def enter(self, part: str) -> None:
        """Note the member (`device`) or the item (`[0]`) that encloses what the error is about."""
        dot = "." if self._path and not self._path.startswith("[") else ""
        self._path = f"{part:.{LONGEST}}{dot}{self._path}"

    @property
    def fault(self) -> MethodFault:
        """InvalidArgument, whose `invalidProperty` is the path to the value [derived]."""
        text = self._text.format(path=self._path or "the body", reason=self._reason)
        return MethodFault("InvalidArgument", text=text, invalidProperty=self._path or None)
