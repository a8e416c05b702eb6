"""How generated requests are drawn, and what an emulator logs while it gets them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

randoms = st.integers(0, 2**64).map(Random)


def settings_of(default: int) -> settings:
    """Return the settings for so many examples, or as many as VIM25_FUZZ says.

    An example depends on the ones before it, so it can be repeated but not shrunk.
    """
    examples = int(os.environ.get("VIM25_FUZZ", default))
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples <= 1000,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class Errors(logging.Handler):
    """The errors that the emulator logs: all of them are unexpected."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@contextmanager
def logged_errors() -> Iterator[Errors]:
    """Collect what emulators of this process log as errors inside the block."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    try:
        yield errors
    finally:
        logging.getLogger().removeHandler(errors)
