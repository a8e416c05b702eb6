"""The command `vim25-emulator transcode`."""

from __future__ import annotations

import sys

import click

from vim25_emulator.parameters import complete_release

_BINDING = click.Choice(["soap", "json"])

_EXAMPLES = """
\b
Examples:
  vim25-emulator transcode --from soap --to json --release 8.0.2.0 < request.xml
  vim25-emulator transcode --from json --to soap --release 8.0.2.0 < request.txt
  vim25-emulator transcode --from json --to json --release vcenter-9.0 < request.txt

\b
A JSON request, as it is read and written:
  POST /sdk/vim25/8.0.2.0/VirtualMachine/vm-12/CreateSecondaryVM_Task HTTP/1.1
  Content-Type: application/json
\b
  {"host":{"_typeName":"ManagedObjectReference","type":"HostSystem","value":"host-9"}}

\b
Send it with curl; the header is that of the answer to Login:
  curl -k -H "vmware-api-session-id: $ID" -d '{"host":…}' \\
    https://localhost:8989/sdk/vim25/8.0.2.0/VirtualMachine/vm-12/CreateSecondaryVM_Task

Exit status: 0 if the request was converted, 1 if it could not be read or has no form in the other binding,
2 for a usage error.
"""


@click.command(epilog=_EXAMPLES)
@click.option("--from", "source", type=_BINDING, required=True, help="Binding of the request.")
@click.option("--to", "wanted", type=_BINDING, required=True, help="Binding to convert it to.")
@click.option(
    "--release",
    metavar="VERSION|PRODUCT",
    default="8.0.2.0",
    show_default=True,
    shell_complete=complete_release,
    help="vCenter release of the request, 8.0.1.0 or later: an API version or a product such as vcenter-9.0.",
)
def transcode(source: str, wanted: str, release: str) -> None:
    """Convert a request between SOAP and VI/JSON, from standard input to standard output.

    A SOAP request is an envelope, alone or behind a request line and headers. A JSON request has a
    request line and headers, an empty line and a body. Fetch of SOAP is GET of a property. Headers of the
    input, such as that of a session, are not converted.

    The request is checked against the release; with the same binding twice, it is only checked.
    """
    from vim25_emulator.request_transcoding import UnreadableRequestError, transcoded_request
    from vim25_emulator.vmodl.release import release as profile
    from vim25_emulator.vmodl.version import UnknownVersionError

    text = sys.stdin.buffer.read()
    try:
        converted = transcoded_request(text, source, wanted, profile(release))
    except (UnreadableRequestError, UnknownVersionError) as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    click.echo(converted, nl=False)
