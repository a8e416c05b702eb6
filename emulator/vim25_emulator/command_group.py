"""The command group of the CLI: output that cannot be written is a one-line error, too."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click


class Commands(click.Group):
    """A command group that reports failed output in one line, whichever command ran."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command line."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            click.echo(f"Error: {error_text(error)}", err=True)
            sys.exit(1)
        finally:
            _discard_unwritable()


def _discard_unwritable() -> None:
    """Discard unwritable output; Python would fail on it again at exit, with status 120."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def error_text(error: Exception) -> str:
    """Return the message of an error; for a system error, the file and the reason without the number.

    A full device without a file name is the standard output.
    """
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    stream = "standard output" if error.errno == errno.ENOSPC else None
    return ": ".join(filter(None, (error.filename or stream, error.strerror)))
