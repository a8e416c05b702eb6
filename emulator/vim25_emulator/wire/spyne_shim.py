"""Make Spyne 2.14.0 importable on newer Pythons, and turn off its logging and garbage collection.

Import Spyne inside `with importable():`. Two things that it needs no longer exist: its bundled `six` provides
`moves` through a kind of import hook that Python 3.12 removed, and it uses one function of `cgi`, which
Python 3.13 removed. Both are provided only during the import.

By default, Spyne also collects garbage every second during a request, and logs a traceback for every fault.
Here a fault is a normal response, and the code that catches an unexpected error logs it.
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
    """Finds `spyne.util.six.moves…` through six's own importer, which only old Pythons use."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for six's modules, None for all others."""
        if fullname != _MOVES and not fullname.startswith(_MOVES + "."):
            return None
        if fullname not in sys.modules[_SIX]._importer.known_modules:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module that six creates."""
        module: ModuleType = sys.modules[_SIX]._importer.load_module(spec.name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: six has already executed the module."""


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
    """Make Spyne importable inside the block on every Python, and quiet from then on."""
    with contextlib.ExitStack() as undo:
        undo.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # Spyne's own deprecations do not concern our users
        if sys.version_info >= (3, 12):
            finder = _SixMoves()
            sys.meta_path.insert(0, finder)
            undo.callback(sys.meta_path.remove, finder)
        if sys.version_info >= (3, 13) and "cgi" not in sys.modules:
            sys.modules["cgi"] = _cgi()
            undo.callback(sys.modules.pop, "cgi")
        yield
    _silence()


def _silence() -> None:
    from spyne import const

    const.MIN_GC_INTERVAL = math.inf
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
