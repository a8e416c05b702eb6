"""Bodies of VI/JSON requests that are wrong: no JSON, no object, wrong types and members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vim25_conformance.binding import FIRST_JSON, JSON
from vim25_conformance.case import case
from vim25_conformance.cases.json_address import GOES_ON, after
from vim25_conformance.cases.json_body import NO_VM, container, view
from vim25_conformance.expectation import Rule, derived, observed
from vim25_conformance.matcher import Is, fault

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

RETRIEVE: Final = "PropertyCollector/propertyCollector/RetrievePropertiesEx"
NO_TASK: Final = f"{NO_VM}/ReconfigVM_Task"


def _wrong(*steps: str, **parameters: str) -> tuple[Rule, ...]:
    """Return that each step is an InvalidArgument; `parameters`: step → the parameter that it names."""
    plain = (derived(f"{step}.failure", fault("InvalidArgument")) for step in steps)
    return (*plain, *(_naming(step, path) for step, path in parameters.items()))


def _wrong_in_spec(**members: str) -> tuple[Rule, ...]:
    """Return that each step is an InvalidArgument that names a member of the parameter `spec`."""
    return tuple(_naming(step, f"spec.{path}") for step, path in members.items())


def _naming(step: str, path: str) -> Rule:
    return derived(f"{step}.failure", fault("InvalidArgument", invalidProperty=Is(path)))


@case(
    "WIRE.JSON.050",
    "an empty body of a method that requires a parameter is an InvalidArgument",
    ["json.syntax"],
    observed("empty.wire.status", Is(500)),
    observed("empty.failure", fault("InvalidArgument")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _empty(drive: Driver) -> None:
    drive.request("empty", "POST", view(drive))
    after(drive)


@case(
    "WIRE.JSON.051",
    "a body that is no JSON is an InvalidArgument",
    ["json.syntax"],
    *_wrong("cut off", "bracket", "nan", "comment", "huge number", "two values"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _no_json(drive: Driver) -> None:
    drive.request("cut off", "POST", view(drive), f"{{{container(drive)}")
    drive.request("bracket", "POST", view(drive), "]")
    drive.request("nan", "POST", view(drive), f'{{{container(drive)},"recursive":NaN}}')
    drive.request("comment", "POST", view(drive), f"/* a view */ {{{container(drive)}}}")
    drive.request("huge number", "POST", view(drive), f'{{{container(drive)},"recursive":1e400}}')
    drive.request("two values", "POST", view(drive), f"{{{container(drive)}}}{{}}")
    after(drive)


@case(
    "WIRE.JSON.052",
    "a body that is no text, or nested too deeply, is an InvalidArgument",
    ["json.syntax"],
    *_wrong("mark", "bytes", "surrogate", "deep"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _no_text(drive: Driver) -> None:
    whole = f'{{{container(drive)},"recursive":true}}'.encode()
    drive.request("mark", "POST", view(drive), b"\xef\xbb\xbf" + whole)
    drive.request("bytes", "POST", view(drive), whole.replace(b"Folder", b"F\xff\xfe"))
    drive.request("surrogate", "POST", view(drive), whole.replace(b"Folder", b"\\ud800"))
    drive.request("deep", "POST", view(drive), b"[" * 100_000)
    after(drive)


@case(
    "WIRE.JSON.053",
    "a body that is no object is an InvalidArgument",
    ["json.syntax"],
    *_wrong("array", "string", "number", "null"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _no_object(drive: Driver) -> None:
    drive.request("array", "POST", view(drive), "[]")
    drive.request("string", "POST", view(drive), '"text"')
    drive.request("number", "POST", view(drive), "1")
    drive.request("null", "POST", view(drive), "null")
    after(drive)


def _set(content: str) -> str:
    """Return a RetrievePropertiesEx whose only specification has this set of properties."""
    specification = f'{{"_typeName":"PropertyFilterSpec","propSet":[{content}],"objectSet":[]}}'
    return f'{{"specSet":[{specification}],"options":{{"_typeName":"RetrieveOptions"}}}}'


@case(
    "WIRE.JSON.054",
    "an object without _typeName is taken for a reference: InvalidArgument",
    ["json.untyped"],
    observed("untyped.wire.status", Is(500)),
    observed("untyped.failure", fault("InvalidArgument")),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _untyped(drive: Driver) -> None:
    drive.request("untyped", "POST", RETRIEVE, _set('{"pathSet":["name"],"type":"VirtualMachine"}'))
    after(drive)


@case(
    "WIRE.JSON.055",
    "an object of an unknown, unsuitable or abstract type is an InvalidArgument",
    ["json.values"],
    *_wrong("unknown", "unsuitable", "abstract"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _wrong_types(drive: Driver) -> None:
    drive.request("unknown", "POST", RETRIEVE, _set('{"_typeName":"NoSuchType"}'))
    drive.request("unsuitable", "POST", RETRIEVE, _set('{"_typeName":"AboutInfo"}'))
    drive.request("abstract", "POST", NO_TASK, _device('{"key":1}'))
    after(drive)


def _device(content: str) -> str:
    """Return a ReconfigVM_Task that adds this device."""
    change = f'{{"_typeName":"VirtualDeviceConfigSpec","operation":"add","device":{content}}}'
    return f'{{"spec":{{"_typeName":"VirtualMachineConfigSpec","deviceChange":[{change}]}}}}'


def _spec(members: str) -> str:
    """Return a ReconfigVM_Task with these members of its specification."""
    return f'{{"spec":{{"_typeName":"VirtualMachineConfigSpec",{members}}}}}'


@case(
    "WIRE.JSON.056",
    "a value that is not of its type is an InvalidArgument that names its path",
    ["json.values"],
    *_wrong_in_spec(
        kind="name",
        range="numCPUs",
        fraction="numCPUs",
        time="createDate",
        nested="deviceChange[0].device.key",
        binary="deviceChange[0].device.endorsementKeyCertificate[0]",
    ),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _wrong_values(drive: Driver) -> None:
    drive.request("kind", "POST", NO_TASK, _spec('"name":1'))
    drive.request("range", "POST", NO_TASK, _spec('"numCPUs":3000000000'))
    drive.request("fraction", "POST", NO_TASK, _spec('"numCPUs":1.5'))
    drive.request("time", "POST", NO_TASK, _spec('"createDate":"yesterday"'))
    drive.request("nested", "POST", NO_TASK, _device('{"_typeName":"VirtualDisk","key":"one"}'))
    certificate = '{"_typeName":"VirtualTPM","key":1,"endorsementKeyCertificate":["?"]}'
    drive.request("binary", "POST", NO_TASK, _device(certificate))
    after(drive)


@case(
    "WIRE.JSON.057",
    "an unknown or a missing member is an InvalidArgument that names it",
    ["json.values"],
    *_wrong_in_spec(unknown="surprise"),
    *_wrong(parameter="surprise", missing="recursive"),
    *GOES_ON,
    binding=JSON,
    since=FIRST_JSON,
)
def _wrong_members(drive: Driver) -> None:
    drive.request("unknown", "POST", NO_TASK, _spec('"surprise":1'))
    drive.request(
        "parameter", "POST", NO_TASK, '{"spec":{"_typeName":"VirtualMachineConfigSpec"},"surprise":1}'
    )
    drive.request("missing", "POST", view(drive), f"{{{container(drive)}}}")
    after(drive)
