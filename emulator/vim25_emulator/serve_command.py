"""The command `serve`: run a server in the foreground until a signal stops it.

A server must start in a third of a second: imports are inside functions, and garbage collection is off during
the start.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vim25_emulator import __version__
from vim25_emulator.command_group import error_text
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

The certificate is generated once and stored in your cache folder. A client that verifies it must trust
vim25-conformance/localhost.ca.pem in that folder. Stop the server with Ctrl-C or SIGTERM.

Exit status: 0 if the server was stopped, 1 if it could not start, 2 for a usage error.
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "-s",
    "--scenario",
    default="default",
    show_default=True,
    metavar="NAME|FILE|FOLDER|-",
    shell_complete=complete_scenario,
    help="Scenario to serve: a name from `vim25-emulator scenarios`, a YAML file, - for stdin, or a folder "
    "written by `govc object.save`.",
)
@click.option(
    "-l",
    "--listen",
    type=Address(),
    default="127.0.0.1:8989",
    show_default=True,
    help="Address to listen on; port 0 picks a free one.",
)
@click.option(
    "--api-version",
    metavar="VERSION|PRODUCT",
    shell_complete=complete_release,
    help="vCenter release to emulate: an API version such as 6.7 or 8.0.3.0, or vcenter-4.0 to vcenter-9.1."
    "  [default: the scenario's]",
)
@click.option(
    "--messages",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Message catalog for faults and events, YAML or JSON: maps a type (or Type.reason) to a text, in"
    " which {name} is replaced with that property.",
)
@click.option("--tls/--no-tls", default=True, help="Serve HTTPS or plain HTTP.  [default: tls]")
@click.option(
    "--cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Server certificate (PEM, with its chain) to use instead of the generated one.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key of the certificate (PEM), unless the --cert file contains it.",
)
@click.option(
    "--user",
    default="administrator@vsphere.local",
    show_default=True,
    envvar="VIM25_EMULATOR_USER",
    show_envvar=True,
    help="Administrator user name.",
)
@click.option(
    "--password",
    default="vmware",
    show_default=True,
    envvar="VIM25_EMULATOR_PASSWORD",
    show_envvar=True,
    help="Administrator password.",
)
@click.option(
    "--task-duration",
    type=Seconds(),
    help="Duration of a task.  [default: the scenario's, else 0.1]",
)
@click.option(
    "--trace",
    metavar="FILE|-",
    help="Append every request and response to a file, or to stdout (-); passwords, cookies and session keys"
    " are masked.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="warning",
    show_default=True,
    help="Least severe level to log on stderr.",
)
def serve(**options: Any) -> None:
    """Start a vCenter and print its URL.

    Any vim25 client can use that URL like that of a real vCenter. The state is lost when the server stops.
    """
    if options["key"] and not options["cert"]:
        raise click.UsageError("--key requires --cert")
    if options["cert"] and not options["tls"]:
        raise click.UsageError("--cert requires TLS; remove --no-tls")
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
        bound = listen(*options["listen"])  # before the slow imports
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
        raise click.ClickException(error_text(error)) from error


def _announce(emulator: Emulator) -> None:
    """Print the URL of the server, and stop at a signal from now on."""
    import asyncio
    import contextlib
    import signal

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the process there
            loop.add_signal_handler(number, emulator.stop)
    gc.enable()
    release = emulator.vcenter.release.version
    _warn_of_known_password(emulator)
    click.echo(f'vim25-emulator {__version__}: vCenter {release} "{emulator.scenario}" at {emulator.url}')


def _warn_of_known_password(emulator: Emulator) -> None:
    """Warn if other machines can log in with the password in the documentation."""
    from vim25_emulator.server import DEFAULT_PASSWORD

    host = emulator.listen[0]
    users = emulator.vcenter.authorization.directory.users_with(DEFAULT_PASSWORD)
    if users and not _is_loopback(host):
        click.echo(
            f"Warning: listening on {host}, so other machines can log in as {', '.join(users)} with the"
            " documented password; set --password or VIM25_EMULATOR_PASSWORD, and `password` in the scenario,"
            " or listen on 127.0.0.1",
            err=True,
        )


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
