"""The command `vim25-emulator`: serve and list scenarios, describe API and scenario files, convert requests.

Commands import what they need inside their functions, so that shell completion responds immediately.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vim25_emulator import __version__
from vim25_emulator.command_group import Commands, error_text
from vim25_emulator.parameters import complete_release
from vim25_emulator.serve_command import serve
from vim25_emulator.transcode_command import transcode

if TYPE_CHECKING:
    from vim25_emulator.scenario.source import ScenarioError

_WSDL_EXAMPLES = """
\b
Examples:
  vim25-emulator wsdl -o wsdl
  vim25-emulator wsdl --api-version 6.7 -o old --address https://vcenter.example.com/sdk
  vim25-emulator wsdl --implemented -o contract

\b
Then, from Python:
  zeep.Client("wsdl/vimService.wsdl")

Exit status: 0 if all files were written, 1 if writing failed, 2 for a usage error.
"""

_OPENAPI_EXAMPLES = """
\b
Examples:
  vim25-emulator openapi -o openapi.json
  vim25-emulator openapi --release 9.1.0.0 -o new.json
  vim25-emulator openapi | jq '.paths | keys'

\b
Then, a client in another language:
  openapi-generator-cli generate -i openapi.json -g go -o client

Exit status: 0 if the description was written, 1 if writing failed or the release has no
VI/JSON, 2 for a usage error.
"""

_SCHEMA_EXAMPLES = """
\b
Example:
  vim25-emulator schema > scenario.schema.json

\b
Then, for editors with a YAML language server, as the first line of a scenario file:
  # yaml-language-server: $schema=scenario.schema.json
"""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Emulate a vCenter with vSphere Fault Tolerance on this machine.

    Start with `vim25-emulator serve`; `vim25-emulator COMMAND -h` explains a command.
    """


main.add_command(serve)
main.add_command(transcode)


@main.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON list of objects with name, title and release."
)
def scenarios(as_json: bool) -> None:
    """List the packaged scenarios and their titles.

    Pass a name to `serve --scenario`, or extend the scenario in a file of your own.

    Exit status: 0 if all are valid, 1 if an invalid one is reported instead of listed.
    """
    from vim25_emulator.scenario import library
    from vim25_emulator.scenario.source import ScenarioError

    loaded = library.load_packaged()
    valid = {name: scenario for name, scenario in loaded.items() if not isinstance(scenario, ScenarioError)}
    if as_json:
        import json

        rows = [{"name": n, "title": s.title, "release": str(s.release)} for n, s in valid.items()]
        click.echo(json.dumps(rows, indent=2))
    else:
        width = max(map(len, valid), default=0)
        for name, scenario in valid.items():
            click.echo(f"{click.style(name.ljust(width), bold=True)}  {scenario.title}")
    errors = (_summary(error) for error in loaded.values() if isinstance(error, ScenarioError))
    for line in dict.fromkeys(errors):  # a scenario that extends an invalid one has the same errors
        click.echo(f"Error: {line}", err=True)
    if len(valid) < len(loaded):
        sys.exit(1)


def _summary(error: ScenarioError) -> str:
    """Return the first error of a scenario, and the number of the others."""
    first, *others = error.problems
    return f"{first} (and {len(others)} more)" if others else str(first)


@main.command(epilog=_SCHEMA_EXAMPLES)
def schema() -> None:
    """Print the JSON schema of scenario files.

    With it, editors complete the keys of a scenario file, show their descriptions and mark errors.
    """
    import json

    from vim25_emulator.scenario import library

    click.echo(json.dumps(library.json_schema(), indent=2))


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Report an unknown version, or a file that cannot be written, as an error of the command."""
    from vim25_emulator.vmodl.version import UnknownVersionError

    try:
        yield
    except FileExistsError as error:
        raise click.ClickException(f"{error}: file exists; use --force to overwrite it") from error
    except (UnknownVersionError, OSError) as error:
        raise click.ClickException(error_text(error)) from error


@main.command(epilog=_OPENAPI_EXAMPLES)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File to write to; its folder is created if it does not exist.  [default: standard output]",
)
@click.option(
    "--api-version",
    "--release",
    metavar="VERSION|PRODUCT",
    default="8.0.2.0",
    show_default=True,
    shell_complete=complete_release,
    help="vCenter release: 8.0.1.0 or a later API version, or vcenter-8.0u1 to vcenter-9.1.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing file.")
def openapi(output: Path | None, api_version: str, force: bool) -> None:
    """Write an OpenAPI description of the VI/JSON binding of a release.

    It has the operations that the emulator implements, all properties, and the types that both need. No
    vCenter serves such a document, so the emulator does not serve it either.
    """
    from vim25_emulator.contract import description, write
    from vim25_emulator.vmodl.release import release

    with _errors_in_one_line():
        described = release(api_version)
        if not described.vijson:
            raise click.ClickException(f"{described.version} has no VI/JSON; 8.0.1.0 is the first with it")
        content = description(described.version)
        if output is None:
            click.echo(content, nl=False)
        else:
            write({output.name: content}, output.parent, force=force)


@main.command(epilog=_WSDL_EXAMPLES)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder to write to; created if it does not exist.",
)
@click.option(
    "--api-version",
    metavar="VERSION|PRODUCT",
    default="8.0.2.0",
    show_default=True,
    shell_complete=complete_release,
    help="vCenter release: an API version such as 6.7 or 8.0.3.0, or vcenter-4.0 to vcenter-9.1.",
)
@click.option(
    "--address",
    metavar="URL",
    default="https://localhost/sdk",
    show_default=True,
    help="Service URL to write into vimService.wsdl.",
)
@click.option("--implemented", is_flag=True, help="Write only the operations that the emulator implements.")
@click.option("-f", "--force", is_flag=True, help="Overwrite existing files.")
def wsdl(output: Path, api_version: str, address: str, implemented: bool, force: bool) -> None:
    """Write the WSDL of a release and its schemas to files.

    A vCenter of that release serves the same files below /sdk. Load vimService.wsdl; it imports the others.
    """
    from vim25_emulator.contract import contract, write
    from vim25_emulator.vmodl.release import release

    with _errors_in_one_line():
        documents = contract(release(api_version).version, address, only_implemented=implemented)
        write(documents, output, force=force)


if __name__ == "__main__":
    main()
