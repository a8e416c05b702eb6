"""Names of members that the JSON binding adds to those of the API."""

from __future__ import annotations

from typing import Final

TYPE_NAME: Final = "_typeName"  #: of every object: its type
VALUE: Final = "_value"  #: of a boxed value
TEXT: Final = "faultstring"  #: of a fault: its message
