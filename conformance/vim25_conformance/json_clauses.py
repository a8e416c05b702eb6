"""Clauses about the VI/JSON wire, in this project's own words; see `clauses.py`."""

from __future__ import annotations

from typing import Final

from vim25_conformance.clause import Clause, clauses
from vim25_conformance.expectation import Certainty

JSON_CLAUSES: Final[dict[str, Clause]] = {
    **clauses(
        "VI/JSON guide and OpenAPI documents of vCenter 8.0.1 to 9.1.1",
        Certainty.DOCUMENTED,
        json__result="A result is answered with status 200 and as application/json, no result with 204.",
        json__path=(
            "A path names release, type, moId and member; POST calls a method, GET reads a property of the"
            " object itself; an inherited member may be named on any type that has it."
        ),
        json__release="A path may name the server's release and any before it down to 7.0.0.0.",
        json__bare="A property that is read by GET is not boxed.",
        json__no_wrapper="A fault is in no LocalizedMethodFault.",
        json__session=(
            "Login answers with the header vmware-api-session-id; requests with it are of that session until"
            " Logout."
        ),
        json__cookie="The SOAP cookie counts for the transcoder alone.",
        json__hello=(
            "From 8.0.2.0 hello answers the first release of the client's list that the server knows, the"
            " empty string for none, and 400 for a list that is empty or too long."
        ),
        json__transcoder=(
            "From 8.0.2.0 the transcoder checks a data object and turns JSON into XML or back; a wrong object"
            " or format is 400, no session 401."
        ),
    ),
    **clauses(
        "pastes and recordings of vCenter 8.0.2 to 9.1, and clients of VI/JSON that run against them",
        Certainty.OBSERVED,
        json__fault="A fault is answered with status 500, as one object of its type and properties.",
        json__absent="What is unset, or not found, is an empty body.",
        json__boxed=(
            "In an anyType place primitives, enumerations and arrays are boxed; data objects and references"
            " are not."
        ),
        json__untyped=(
            "An object without `_typeName` is taken for a reference; with a member that references lack it is"
            " an InvalidArgument."
        ),
        json__lenient=(
            "Content-Type and Accept of a request are ignored, as is `_typeName` of the root; no parameters"
            " are no body or an empty object."
        ),
        json__uri="A path that names no type or no member is an InvalidRequest.",
        json__object=(
            "A moId that does not exist is a ManagedObjectNotFound, one of another type than the path's an"
            " InvalidType."
        ),
        json__empty="An empty body where parameters are required is an InvalidArgument.",
        json__automation_session="The id of a session of /api/session is one of VI/JSON, too.",
        json__hello_absent="Before 8.0.2.0 hello is 404.",
    ),
    **clauses(
        "inference from the SOAP binding",
        Certainty.DERIVED,
        json__values=(
            "A value that is not of its type, an unknown member and a missing one are an InvalidArgument that"
            " names the member."
        ),
        json__syntax="A body that is no JSON is an InvalidArgument.",
        json__null="null is an unset member, and the last of equal members counts.",
        json__older="A member newer than the release of the path is unknown.",
        json__verbs="Verbs other than POST and GET are 405.",
    ),
}
