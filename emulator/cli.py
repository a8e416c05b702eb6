"""The command `vim25-emulator`: serve a scenario, list those there are, write the contract.

Imports are kept inside the commands: a server must be there in a third of a second, and a shell's completion
at once. For the same reason no garbage is collected while a server is only being made.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emulator import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from emulator.server import Emulator

_SERVE_EXAMPLES = """
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

_WSDL_EXAMPLES = """
\b
Examples:
  vim25-emulator wsdl -o wsdl
  vim25-emulator wsdl --api-version 6.7 -o old --address https://vcenter.example.com/sdk
  vim25-emulator wsdl --implemented -o contract

\b
Then, from Python:
  zeep.Client("wsdl/vimService.wsdl")

Exit status: 0 when all files were written, 1 when they could not be, 2 when the command line was wrong.
"""


class Address(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """HOST:PORT; also PORT, :PORT and [IPV6]:PORT."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return (host, port)."""
        if isinstance(value, tuple):
            return value
        host, _, port = value.rpartition(":")
        if not port.isdigit() or int(port) > 65535:
            self.fail(
                f"{value!r}: expected HOST:PORT, such as 127.0.0.1:8989; port 0 takes any free one", param
            )
        return host.strip("[]") or "127.0.0.1", int(port)


def _complete_scenario(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from emulator.scenario import library

    if "/" in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in library.names() if name.startswith(incomplete)]


def _complete_release(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from emulator.vmodl.release import names

    return [CompletionItem(name) for name in names() if name.lower().startswith(incomplete.lower())]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """A vCenter that starts on your machine, made for vSphere Fault Tolerance.

    \b
    vim25-emulator scenarios     shows the situations that it can be in
    vim25-emulator serve         starts it in one of them
    vim25-emulator wsdl          writes its contract to files
    vim25-emulator COMMAND -h    explains a command
    """


@main.command(epilog=_SERVE_EXAMPLES)
@click.option(
    "-s",
    "--scenario",
    default="default",
    show_default=True,
    metavar="NAME|FILE|FOLDER|-",
    shell_complete=_complete_scenario,
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
    shell_complete=_complete_release,
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
    type=click.FloatRange(min=0),
    metavar="SECONDS",
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
    from emulator.wire.address import ListenError, listen

    try:
        bound = listen(*options["listen"])  # ahead of the imports that take their time
    except ListenError as error:
        raise click.ClickException(str(error)) from error

    from emulator.scenario.source import ScenarioError
    from emulator.server import Emulator
    from emulator.vmodl.version import UnknownVersion
    from emulator.wire.loop import run
    from emulator.wire.tls import TlsError

    emulator = Emulator(**options, bound=bound)
    try:
        run(emulator.serve(lambda: _announce(emulator)))
    except (ScenarioError, UnknownVersion, TlsError, OSError) as error:
        raise click.ClickException(_told(error)) from error


def _told(error: Exception) -> str:
    """Return an error as one says it; the system's own begin with a number otherwise."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


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


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="As JSON: a list of objects with name, title and release."
)
def scenarios(as_json: bool) -> None:
    """List the scenarios, each with the situation that it is.

    Any of them can be given to `serve --scenario`, and extended by a file of your own.
    """
    from emulator.scenario import library

    known = {name: library.load(name) for name in library.names()}
    if as_json:
        import json

        rows = [{"name": n, "title": s.title, "release": str(s.release)} for n, s in known.items()]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(map(len, known), default=0)
    for name, scenario in known.items():
        click.echo(f"{click.style(name.ljust(width), bold=True)}  {scenario.title}")


@main.command(epilog=_WSDL_EXAMPLES)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder to write to; it is made if it is missing.",
)
@click.option(
    "--api-version",
    metavar="VERSION|PRODUCT",
    default="8.0.2.0",
    show_default=True,
    shell_complete=_complete_release,
    help="The release: an API version such as 6.7 or 8.0.3.0, or vcenter-4.0 to vcenter-9.1.",
)
@click.option(
    "--address",
    metavar="URL",
    default="https://localhost/sdk",
    show_default=True,
    help="Where the service is, for clients that take it from the file.",
)
@click.option("--implemented", is_flag=True, help="Only the operations that the emulator implements.")
@click.option("-f", "--force", is_flag=True, help="Replace files that are there already.")
def wsdl(output: Path, api_version: str, address: str, implemented: bool, force: bool) -> None:
    """Write the WSDL of a release, and the schemas that it imports.

    These are the files that a server of that release serves below /sdk: the whole API, vimService.wsdl first.
    """
    from emulator.contract import contract, write
    from emulator.vmodl.release import release
    from emulator.vmodl.version import UnknownVersion

    try:
        documents = contract(release(api_version).version, address, only_implemented=implemented)
        write(documents, output, force=force)
    except FileExistsError as error:
        raise click.ClickException(f"{error} is there already; --force replaces it") from error
    except (UnknownVersion, OSError) as error:
        raise click.ClickException(_told(error)) from error


if __name__ == "__main__":
    main()
