"""The group that the commands are in: what goes wrong beside them is said in one line, too."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click


class Commands(click.Group):
    """A group that says in one line that its output could not be written, whatever command it was."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            click.echo(f"Error: {told(error)}", err=True)
            sys.exit(1)
        finally:
            _drop_unwritable()


def _drop_unwritable() -> None:
    """Let what cannot be written go nowhere: Python would fail on it again at its end, with status 120."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def told(error: Exception) -> str:
    """Return an error as one says it; the system's own begin with a number otherwise.

    A file has its name; what fills up without one is the standard output.
    """
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    where = "standard output" if error.errno == errno.ENOSPC else None
    return ": ".join(filter(None, (error.filename or where, error.strerror)))
