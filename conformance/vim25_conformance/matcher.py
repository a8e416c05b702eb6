"""Matchers: statements about one place of an outcome tree.

A matcher is a value: it can be compared, printed as the end of a sentence, and tested without a target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from vim25_conformance.outcome import Data, Fault, Ref, Several, Value
from vim25_conformance.printable import printable


class _Absent:
    """Nothing there: an unset property, or a step that was not reached."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


class Matcher(Protocol):
    """A statement about one place of a tree."""

    def holds(self, actual: Any) -> bool:
        """Whether the statement holds for the value found."""

    def __str__(self) -> str:
        """Return the statement, to follow the name of the place."""


@dataclass(frozen=True)
class Is(Matcher):
    """Equals one of the values."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    def holds(self, actual: Any) -> bool:
        """Whether the value equals one of them, type included."""
        return any(actual == value and type(actual) is type(value) for value in self.values)

    def __str__(self) -> str:
        return "is " + " or ".join(shown(value) for value in self.values)


@dataclass(frozen=True)
class Absent(Matcher):
    """Does not exist, or is unset."""

    def holds(self, actual: Any) -> bool:
        """Whether there is nothing."""
        return actual is ABSENT or actual is None or actual == Several(())

    def __str__(self) -> str:
        return "is not set"


@dataclass(frozen=True)
class Present(Matcher):
    """Exists and is set."""

    def holds(self, actual: Any) -> bool:
        """Whether there is something."""
        return not Absent().holds(actual)

    def __str__(self) -> str:
        return "is set"


@dataclass(frozen=True)
class Has(Matcher):
    """An array with at least one item that matches."""

    item: Matcher

    def holds(self, actual: Any) -> bool:
        """Whether an item matches."""
        return isinstance(actual, Several) and any(self.item.holds(item) for item in actual.items)

    def __str__(self) -> str:
        return f"has an item that {self.item}"


@dataclass(frozen=True)
class Size(Matcher):
    """An array with this many items; an unset one has none."""

    count: int

    def holds(self, actual: Any) -> bool:
        """Whether the array has this many items."""
        return len(actual.items if isinstance(actual, Several) else ()) == self.count

    def __str__(self) -> str:
        return f"has {self.count} item{'' if self.count == 1 else 's'}"


@dataclass(frozen=True)
class IsFault(Matcher):
    """A fault of the type or of a subtype, whose properties match."""

    type: str
    fields: tuple[tuple[str, Matcher], ...] = ()
    exactly: bool = False

    def holds(self, actual: Any) -> bool:
        """Whether type and properties match."""
        if not isinstance(actual, Fault) or self.type not in (
            actual.lineage[:1] if self.exactly else actual.lineage
        ):
            return False
        return all(matcher.holds(actual.fields.get(name, ABSENT)) for name, matcher in self.fields)

    def __str__(self) -> str:
        rest = "".join(f", whose {name} {matcher}" for name, matcher in self.fields)
        return f"is {'exactly ' if self.exactly else ''}the fault {self.type}{rest}"


@dataclass(frozen=True)
class IsData(Matcher):
    """A data object of the type, whose properties match."""

    type: str
    fields: tuple[tuple[str, Matcher], ...] = ()

    def holds(self, actual: Any) -> bool:
        """Whether type and properties match."""
        return (
            isinstance(actual, Data)
            and actual.type == self.type
            and all(matcher.holds(actual.fields.get(name, ABSENT)) for name, matcher in self.fields)
        )

    def __str__(self) -> str:
        return f"is a {self.type}" + "".join(f", whose {name} {matcher}" for name, matcher in self.fields)


@dataclass(frozen=True)
class Either(Matcher):
    """One of several statements holds: the sources leave open which."""

    choices: tuple[Matcher, ...]

    def __init__(self, *choices: Matcher) -> None:
        object.__setattr__(self, "choices", choices)

    def holds(self, actual: Any) -> bool:
        """Whether one of the choices matches."""
        return any(choice.holds(actual) for choice in self.choices)

    def __str__(self) -> str:
        return ", or ".join(str(choice) for choice in self.choices)


def fault(name: str, /, *, exactly: bool = False, **fields: Matcher) -> IsFault:
    """Return a matcher of a fault: `fault("NoPermission", privilegeId=Is("…"))`."""
    return IsFault(name, tuple(fields.items()), exactly)


def data(name: str, /, **fields: Matcher) -> IsData:
    """Return a matcher of a data object: `data("ClusterAttemptedVmInfo", task=Present())`."""
    return IsData(name, tuple(fields.items()))


def shown(value: Any, *, width: int = 200) -> str:
    """Return a value as one line of text."""
    text = printable(_shown(value)) or "empty"
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _shown(value: Value | Any) -> str:
    match value:
        case Fault():
            return f"{value.type}{_braced(value.fields)}"
        case Data():
            return f"{value.type}{_braced(value.fields)}"
        case Several(items):
            return f"[{', '.join(_shown(item) for item in items)}]"
        case Ref() | str():
            return str(value)
        case msgspec.Struct():
            inner = {name: getattr(value, name) for name in value.__struct_fields__}
            return f"{type(value).__name__}{_braced(inner)}"
        case tuple():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case bool():
            return str(value).lower()
        case dict():
            return _braced(value)
    return "nothing" if value is None else str(value)


def _braced(fields: dict[str, Any]) -> str:
    return (
        "{" + ", ".join(f"{name}: {_shown(value)}" for name, value in fields.items()) + "}" if fields else ""
    )
