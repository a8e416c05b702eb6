"""Spyne 2.14.0 on the Pythons that came after it, and quiet on all of them.

Import Spyne inside `with importable():`. Two things that it needs do not exist any more: its bundled `six`
hangs its `moves` on a kind of import hook that Python 3.12 dropped, and it asks `cgi`, gone with 3.13, for
one function. Both are lent to it while it is imported, and nothing stays behind.

Left to itself it also collects garbage each second, on the way of some request, and logs a traceback for
every fault that it sends. A fault is an answer here, and an unexpected error is logged by who catches it.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import logging
import math
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Final

_SIX: Final = "spyne.util.six"
_MOVES: Final = f"{_SIX}.moves"


class _SixMoves(MetaPathFinder, Loader):
    """Finds `spyne.util.six.moves…` where six itself keeps it: the importer that only old Pythons ask."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for the modules that six knows, None for all others."""
        if fullname != _MOVES and not fullname.startswith(_MOVES + "."):
            return None
        if fullname not in sys.modules[_SIX]._importer.known_modules:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module as six makes it."""
        made: ModuleType = sys.modules[_SIX]._importer.load_module(spec.name)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: six's modules fill themselves."""


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Split a header such as `text/xml; charset=utf-8` as `cgi.parse_header` did."""
    from email.message import Message

    message = Message()
    message["content-type"] = line
    (value, _), *parameters = message.get_params() or [("", "")]
    return value, dict(parameters)


def _cgi() -> ModuleType:
    module = ModuleType("cgi")
    module.parse_header = _parse_header  # type: ignore[attr-defined]
    return module


@contextlib.contextmanager
def importable() -> Iterator[None]:
    """Make Spyne importable inside the block, whatever the Python, and quiet from then on."""
    with contextlib.ExitStack() as undo:
        undo.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # deprecations inside Spyne are not news to those who use us
        if sys.version_info >= (3, 12):
            finder = _SixMoves()
            sys.meta_path.insert(0, finder)
            undo.callback(sys.meta_path.remove, finder)
        if sys.version_info >= (3, 13) and "cgi" not in sys.modules:
            sys.modules["cgi"] = _cgi()
            undo.callback(sys.modules.pop, "cgi")
        yield
    _quieten()


def _quieten() -> None:
    from spyne import const

    const.MIN_GC_INTERVAL = math.inf
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
