"""The command `vim25-emulator`: serve a scenario, list those there are, write the contract and the schema.

Imports are kept inside the commands: a shell's completion must be there at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from vim25_emulator import __version__
from vim25_emulator.command_group import Commands, told
from vim25_emulator.parameters import complete_release
from vim25_emulator.serve_command import serve

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

_SCHEMA_EXAMPLES = """
\b
Example:
  vim25-emulator schema > scenario.schema.json

\b
Then, as the first line of a scenario file, for editors with a YAML language server:
  # yaml-language-server: $schema=scenario.schema.json
"""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """A vCenter that starts on your machine, made for vSphere Fault Tolerance.

    \b
    vim25-emulator scenarios     shows the situations that it can be in
    vim25-emulator serve         starts it in one of them
    vim25-emulator wsdl          writes its contract to files
    vim25-emulator schema        tells editors how scenario files are written
    vim25-emulator COMMAND -h    explains a command
    """


main.add_command(serve)


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="As JSON: a list of objects with name, title and release."
)
def scenarios(as_json: bool) -> None:
    """List the scenarios, each with the situation that it is.

    Any of them can be given to `serve --scenario`, and extended by a file of your own.
    """
    from vim25_emulator.scenario import library

    known = {name: library.load(name) for name in library.names()}
    if as_json:
        import json

        rows = [{"name": n, "title": s.title, "release": str(s.release)} for n, s in known.items()]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(map(len, known), default=0)
    for name, scenario in known.items():
        click.echo(f"{click.style(name.ljust(width), bold=True)}  {scenario.title}")


@main.command(epilog=_SCHEMA_EXAMPLES)
def schema() -> None:
    """Print the JSON schema of scenario files.

    Editors that know it complete the keys of a scenario file, explain them, and mark mistakes.
    """
    import json

    from vim25_emulator.scenario import library

    click.echo(json.dumps(library.json_schema(), indent=2))


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
    shell_complete=complete_release,
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
    from vim25_emulator.contract import contract, write
    from vim25_emulator.vmodl.release import release
    from vim25_emulator.vmodl.version import UnknownVersionError

    try:
        documents = contract(release(api_version).version, address, only_implemented=implemented)
        write(documents, output, force=force)
    except FileExistsError as error:
        raise click.ClickException(f"{error} is there already; --force replaces it") from error
    except (UnknownVersionError, OSError) as error:
        raise click.ClickException(told(error)) from error


if __name__ == "__main__":
    main()
