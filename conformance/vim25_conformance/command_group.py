"""The command group of `vim25-conformance`: expected errors are one line and exit status 2 or 3."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

from vim25_conformance import interruption
from vim25_conformance.api_version import UnknownApiVersionError
from vim25_conformance.case import NothingToRunError, UnknownCaseError
from vim25_conformance.client import BadAddressError, UnreachableError
from vim25_conformance.declaration_error import DeclarationError
from vim25_conformance.report import INTERRUPTED, SUITE_ERROR
from vim25_conformance.runlog import BadLogError, UnwritableError
from vim25_conformance.situation import BadLabError
from vim25_conformance.target import TargetUnavailableError
from vim25_conformance.target_version import LackingVersionError

#: Wrong usage or an unusable environment: one line that says what to do, and exit status 2.
EXPECTED = (
    BadAddressError,
    BadLabError,
    BadLogError,
    LackingVersionError,
    NothingToRunError,
    TargetUnavailableError,
    UnknownCaseError,
    UnknownApiVersionError,
    UnreachableError,
    UnwritableError,
)


class CommandError(click.ClickException):
    """An expected error, reported in one line."""

    exit_code = 2


class SuiteError(click.ClickException):
    """A case is declared wrongly, reported in one line."""

    exit_code = SUITE_ERROR


class CommandGroup(click.Group):
    """A command group that reports expected errors without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            raise CommandError(str(error)) from error
        except DeclarationError as error:
            raise SuiteError(str(error)) from error
        except KeyboardInterrupt:  # outside of a run
            click.echo("interrupted", err=True)
            sys.exit(interruption.status() or INTERRUPTED)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CommandError(f"standard output: {error.strerror}") from error
