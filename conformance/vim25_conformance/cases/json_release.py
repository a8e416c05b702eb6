"""The negotiation of a release, and the transcoder of data objects: both exist from 8.0.2.0 on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from vim25_conformance.binding import FIRST_JSON, JSON, SESSION_HEADER, SOAP
from vim25_conformance.case import case
from vim25_conformance.cases.json_answer import content
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Is

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

#: First release with either.
SINCE: Final = "8.0.2.0"
HELLO: Final = "/api/vcenter/system?action=hello"
TRANSCODER: Final = "transcoder"
APPLICATION_JSON: Final = "application/json"
APPLICATION_XML: Final = "application/xml"
OBJECT: Final = '{"_typeName":"ElementDescription","label":"l","summary":"s","key":"k"}'


def _asking(*releases: str) -> str:
    return json.dumps({"api_releases": releases})


@case(
    "WIRE.JSON.070",
    "hello answers the first release of the list that the server knows, without a session",
    ["json.hello"],
    documented("known.wire.status", Is(200)),
    documented("facts.known", Is("8.0.1.0")),
    documented("facts.none", Is("")),
    binding=JSON,
    since=SINCE,
)
def _hello(drive: Driver) -> None:
    known = drive.request("known", "POST", HELLO, _asking("99.0.0.0", "8.0.1.0", "7.0.0.0"), headers={})
    drive.note("known", (content(known) or {}).get("api_release"))
    none = drive.request("none", "POST", HELLO, _asking("99.0.0.0"), headers={})
    drive.note("none", (content(none) or {}).get("api_release"))


@case(
    "WIRE.JSON.071",
    "hello refuses no release, 129 releases, and one of 65 characters",
    ["json.hello"],
    documented("empty.wire.status", Is(400)),
    documented("many.wire.status", Is(400)),
    documented("long.wire.status", Is(400)),
    derived("no list.wire.status", Is(400)),
    derived("no json.wire.status", Is(400)),
    documented("facts.error_type", Is("INVALID_ARGUMENT")),
    binding=JSON,
    since=SINCE,
)
def _bad_hello(drive: Driver) -> None:
    empty = drive.request("empty", "POST", HELLO, _asking())
    drive.note("error_type", (content(empty) or {}).get("error_type"))
    drive.request("many", "POST", HELLO, _asking(*["8.0.2.0"] * 129))
    drive.request("long", "POST", HELLO, _asking("8" * 65))
    drive.request("no list", "POST", HELLO, '{"api_releases":"8.0.2.0"}')
    drive.request("no json", "POST", HELLO, "{")


@case(
    "WIRE.JSON.072",
    "8.0.1.0 has neither hello nor transcoder",
    ["json.hello-absent"],
    observed("hello.wire.status", Is(404)),
    derived("transcoder.reply.kind", Is("faulted", "refused")),
    binding=JSON,
    since=FIRST_JSON,
    until=FIRST_JSON,
)
def _neither(drive: Driver) -> None:
    drive.request("hello", "POST", HELLO, _asking("8.0.1.0"))
    drive.request("transcoder", "POST", TRANSCODER, OBJECT, headers=_of(drive))


def _of(drive: Driver, source: str = APPLICATION_JSON, target: str = APPLICATION_XML) -> dict[str, str]:
    """Return the headers of a request to the transcoder, with the session."""
    return {SESSION_HEADER: str(drive.client.stub.sessionId), "Content-Type": source, "Accept": target}


@case(
    "WIRE.JSON.073",
    "the transcoder turns a data object into XML and back",
    ["json.transcoder"],
    documented("to xml.wire.status", Is(200)),
    documented("facts.xml", Is(True)),
    documented("back.wire.status", Is(200)),
    documented("facts.same", Is(True)),
    documented("validate.wire.status", Is(200)),
    binding=JSON,
    since=SINCE,
)
def _transcode(drive: Driver) -> None:
    there = drive.request("to xml", "POST", TRANSCODER, OBJECT, headers=_of(drive))
    drive.note("xml", b"urn:vim25" in there.body and b"ElementDescription" in there.body)
    back = drive.request(
        "back", "POST", TRANSCODER, there.body, headers=_of(drive, APPLICATION_XML, APPLICATION_JSON)
    )
    drive.note("same", content(back) == json.loads(OBJECT))
    drive.request("validate", "POST", TRANSCODER, OBJECT, headers=_of(drive, target=APPLICATION_JSON))


@case(
    "WIRE.JSON.074",
    "the transcoder refuses a wrong object and a format that it does not have",
    ["json.transcoder"],
    documented("object.wire.status", Is(400)),
    documented("format.wire.status", Is(400)),
    documented("facts.error_type", Is("InvalidArgument", "InvalidRequest")),
    binding=JSON,
    since=SINCE,
)
def _bad_transcode(drive: Driver) -> None:
    wrong = drive.request("object", "POST", TRANSCODER, '{"_typeName":"NoSuchType"}', headers=_of(drive))
    drive.note("error_type", (content(wrong) or {}).get("error_type"))
    drive.request("format", "POST", TRANSCODER, OBJECT, headers=_of(drive, target="text/html"))


@case(
    "WIRE.JSON.075",
    "the transcoder requires a session, for which the SOAP cookie counts",
    ["json.transcoder", "json.cookie"],
    documented("none.wire.status", Is(401)),
    documented("cookie.wire.status", Is(200)),
    documented("facts.error_type", Is("SecurityError")),
    binding=JSON,
    since=SINCE,
)
def _transcoder_session(drive: Driver) -> None:
    formats = {"Content-Type": APPLICATION_JSON, "Accept": APPLICATION_XML}
    none = drive.request("none", "POST", TRANSCODER, OBJECT, headers=formats)
    drive.note("error_type", (content(none) or {}).get("error_type"))
    with drive.another_session(SOAP) as soap:
        headers = {**formats, "Cookie": soap.stub.cookie}
        drive.request("cookie", "POST", TRANSCODER, OBJECT, headers=headers)
