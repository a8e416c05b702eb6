"""`@text_cache(256)`: an lru_cache for functions of texts that clients send, with a bound in bytes.

Names are short: calls with a longer text are computed anew each time and leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

LONGEST: Final = 256  #: characters of the longest text that is cached


def text_cache(entries: int) -> Callable[[F], F]:
    """Cache the results of the last calls, but not those with a text of more than LONGEST characters."""

    def decorate(function: F) -> F:
        cached = lru_cache(maxsize=entries)(function)

        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            for value in (*arguments, *named.values()) if named else arguments:
                if isinstance(value, str) and len(value) > LONGEST:
                    return function(*arguments, **named)
            return cached(*arguments, **named)

        call.__dict__["cache_info"] = cached.cache_info
        return cast(F, call)

    return decorate
