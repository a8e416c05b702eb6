"""The command `serve`: a server in the foreground, until a signal.

A server must be there in a third of a second: imports are kept inside, and no garbage is collected while it
is only being made.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vim25_emulator import __version__
from vim25_emulator.command_group import told
from vim25_emulator.parameters import Address, Seconds, complete_release, complete_scenario

if TYPE_CHECKING:
    from vim25_emulator.server import Emulator

_EXAMPLES = """
\b
Examples:
  vim25-emulator serve
  vim25-emulator serve --scenario not-licensed --listen 127.0.0.1:0
  vim25-emulator serve --scenario mine.yaml --api-version 6.7 --trace calls.txt
  generate-scenario | vim25-emulator serve --scenario - --no-tls

\b
Then, from Python:
  from pyVim.connect import SmartConnect
  si = SmartConnect(host="127.0.0.1", port=8989, user="administrator@vsphere.local",
                    pwd="vmware", disableSslCertValidation=True)

The certificate is made once and kept in your cache folder; a client that wants to check it finds what to
trust there, in vim25-conformance/localhost.ca.pem. Stop the server with Ctrl-C or SIGTERM.

Exit status: 0 when it was stopped, 1 when it could not start, 2 when the command line was wrong.
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "-s",
    "--scenario",
    default="default",
    show_default=True,
    metavar="NAME|FILE|FOLDER|-",
    shell_complete=complete_scenario,
    help="The situation to be in: a name from `vim25-emulator scenarios`, a YAML file, - for stdin, or a "
    "folder that `govc object.save` wrote.",
)
@click.option(
    "-l",
    "--listen",
    type=Address(),
    default="127.0.0.1:8989",
    show_default=True,
    help="Where to listen; port 0 takes any free one.",
)
@click.option(
    "--api-version",
    metavar="VERSION|PRODUCT",
    shell_complete=complete_release,
    help="The release to be: an API version such as 6.7 or 8.0.3.0, or vcenter-4.0 to vcenter-9.1."
    "  [default: the scenario's]",
)
@click.option(
    "--messages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your own texts of faults and events: YAML or JSON, a type (or Type.reason) to a text in which"
    " {name} stands for a property.",
)
@click.option("--tls/--no-tls", default=True, help="Serve HTTPS, or plain HTTP.  [default: tls]")
@click.option(
    "--cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own certificate (PEM, with its chain), instead of the one that is made for you.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate's key (PEM), if it is not in the same file.",
)
@click.option(
    "--user",
    default="administrator@vsphere.local",
    show_default=True,
    envvar="VIM25_EMULATOR_USER",
    show_envvar=True,
    help="Who may log in and do everything.",
)
@click.option(
    "--password",
    default="vmware",
    show_default=True,
    envvar="VIM25_EMULATOR_PASSWORD",
    show_envvar=True,
    help="That user's password.",
)
@click.option(
    "--task-duration",
    type=Seconds(),
    help="How long a task runs.  [default: the scenario's, else 0.1]",
)
@click.option(
    "--trace",
    metavar="FILE|-",
    help="Append every exchange to a file, or to stdout; passwords, cookies and session keys are hidden.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="warning",
    show_default=True,
    help="What to report on stderr.",
)
def serve(**options: Any) -> None:
    """Start a vCenter and print where it is.

    It answers on the printed URL as a real one does, for any vim25 client, until it is stopped. Everything
    that happens in it is forgotten then.
    """
    if options["key"] and not options["cert"]:
        raise click.UsageError("--key needs --cert: the certificate that it is the key of")
    if options["cert"] and not options["tls"]:
        raise click.UsageError("--cert has no use with --no-tls")
    logging.basicConfig(
        level=options.pop("log_level").upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    gc.disable()
    try:
        _serve(options)
    finally:
        gc.enable()


def _serve(options: dict[str, Any]) -> None:
    from vim25_emulator.wire.address import ListenError, listen

    try:
        bound = listen(*options["listen"])  # ahead of the imports that take their time
    except ListenError as error:
        raise click.ClickException(str(error)) from error

    from vim25_emulator.scenario.source import ScenarioError
    from vim25_emulator.server import Emulator
    from vim25_emulator.vmodl.version import UnknownVersionError
    from vim25_emulator.wire.loop import run
    from vim25_emulator.wire.tls import TlsError

    emulator = Emulator(**options, bound=bound)
    try:
        run(emulator.serve(lambda: _announce(emulator)))
    except (ScenarioError, UnknownVersionError, TlsError, OSError) as error:
        raise click.ClickException(told(error)) from error


def _announce(emulator: Emulator) -> None:
    """Say where the server is, and from now on stop at a signal."""
    import asyncio
    import contextlib
    import signal

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the process there
            loop.add_signal_handler(number, emulator.stop)
    gc.enable()
    release = emulator.vcenter.release.version
    click.echo(f'vim25-emulator {__version__}: vCenter {release} "{emulator.scenario}" at {emulator.url}')
