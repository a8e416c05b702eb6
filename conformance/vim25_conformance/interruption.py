"""SIGINT, SIGTERM and SIGHUP, which end a run in order.

The first signal is noted, and raised where nothing is lost by it: before the next call of a case, or at once
while it waits for a task. Undoing is shielded from it. A second signal ends the process at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Final

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Interrupted(KeyboardInterrupt):
    """The run was told to end."""


@dataclass
class _State:
    listening: bool = False
    received: int = 0
    waiting: bool = False
    shielded: bool = False


_state = _State()


def received() -> str:
    """Return the name of the signal that arrived, empty without one."""
    return signal.Signals(_state.received).name if _state.received else ""


def status() -> int:
    """Return the exit status of an interrupted process, 0 without a signal."""
    return 128 + _state.received if _state.received else 0


def check() -> None:
    """Raise Interrupted if a signal has arrived for what goes on now."""
    if _state.listening and _state.received and not _state.shielded:
        raise Interrupted


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """Wait for something that is not lost by an interruption: a signal is raised at once."""
    check()
    _state.waiting = True
    try:
        yield
    finally:
        _state.waiting = False


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Undo changes: a first signal is noted only."""
    before, _state.shielded = _state.shielded, True
    try:
        yield
    finally:
        _state.shielded = before


def _say(text: str) -> None:
    """Write to standard error, from a signal handler: past the buffer, which may be in use."""
    with contextlib.suppress(OSError):
        os.write(2, f"{text}\n".encode())


@contextlib.contextmanager
def in_order(last_words: Callable[[], str] = str) -> Iterator[None]:
    """End a run in order at the first signal, and at once with `last_words` at the second.

    Signals that the process was started to ignore (nohup) stay ignored.
    """
    _state.listening, _state.received = True, 0

    def note(number: int, frame: FrameType | None) -> None:
        if _state.received:
            _say(f"ended at once; {last_words() or 'nothing is left behind'}")
            os._exit(128 + number)
        _state.received = number
        _say(f"{received()}: ending in order; a second signal ends at once")
        if _state.waiting and not _state.shielded:
            raise Interrupted

    in_main = threading.current_thread() is threading.main_thread()
    before = {each: signal.getsignal(each) for each in SIGNALS if in_main}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(each, note)
    try:
        yield
    finally:
        _state.listening = False
        for each, handler in before.items():
            signal.signal(each, handler)
