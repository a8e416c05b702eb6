"""What the sections of a scenario file are made of: their base class, names, numbers and descriptions."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]
Gigabytes = Annotated[float, Meta(gt=0, le=1_000_000_000)]  #: in bytes, the maximum fits a `long`
Seconds = Annotated[float, Meta(ge=0)]
DatastorePath = Annotated[str, Meta(pattern=r"^\[.+\] .+$", examples=["[shared-1] folder/file.iso"])]


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A section of a scenario file: immutable, without unknown keys."""


def about(text: str) -> Meta:
    """Return the description of a key, for the JSON schema and the page of all keys."""
    return Meta(description=text)
