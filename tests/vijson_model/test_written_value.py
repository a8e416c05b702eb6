"""The published model of 8.0.1.0 accepts written values of every type, but for what is listed here."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.emulator.soap.test_soap_every_type import ANY_TYPE, UNPUBLISHED, known_types
from tests.emulator.vmodl import samples
from tests.vijson_model import published
from tests.vijson_model.model import Model
from vim25_emulator.vijson.json_encoder import encode_any
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.type_description import LINK
from vim25_emulator.vmodl.value import DataObject
from vim25_emulator.vmodl.version import version

V8 = version("8.0.1.0")

#: What the model complains about → why it is written so.
EXPLAINED: Final = {
    # The WSDL's values are yes and no: the document is YAML, in which they are booleans.
    "AutoStartPowerInfo.waitForHeartbeat: Input should be 'true', 'false' or 'systemDefault'",
    # Optional in the registry, which is that of a later release.
    "SSLVerifyFault.thumbprint: Field required",
    "VMwareIpfixConfig.idleFlowTimeout: Field required",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(published.folder() / "models")


@pytest.fixture(autouse=True)
def _finite_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out infinity, of which the document knows nothing."""
    monkeypatch.setitem(samples.PRIMITIVES, "double", (1e300, -2.5))


def is_explained(complaint: str) -> bool:
    place, _, reason = complaint.partition(": ")
    owner, _, member = place.partition(".")
    if reason == "unknown type":
        return _is_elsewhere(owner)
    if member == "faultstring":
        return reason == "unknown member"  # of every fault, and in no document
    link = member in data_type(owner).properties and data_type(owner).properties[member].flags & LINK
    # [contested] An object's key, as over SOAP: documents up to 8.0.3 show the object, the latest its key.
    return bool(link) or complaint in EXPLAINED


def _is_elsewhere(name: str) -> bool:
    """Whether no document has a type, or that of the vSAN service; the base of all has another name in it."""
    return name in {*UNPUBLISHED, "DynamicData"} or "vsan" in f"{name} {data_type(name).vmodl_name}".lower()


def judged(model: Model, value: DataObject) -> list[str]:
    complaints = model.complaints(json.loads(encode_any(ANY_TYPE, value, V8)))
    return [complaint for complaint in complaints if not is_explained(complaint)]


def test_every_type_is_accepted(model: Model) -> None:
    complaints: set[str] = set()
    for number, kind in enumerate(known_types(V8)):
        for value in (samples.minimal(kind, V8.position), samples.full(kind, V8.position, number)):
            complaints.update(judged(model, value))
    assert sorted(complaints) == []


def test_most_types_are_known(model: Model) -> None:
    unknown = {kind.name for kind in known_types(V8) if model.kind(kind.name) is None}
    assert all(map(_is_elsewhere, unknown))
    assert len(unknown) < len(known_types(V8)) / 10


HOST: Final = {"_typeName": "ManagedObjectReference", "type": "HostSystem", "value": "host-1"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"_typeName": "NoSuchType"}, "NoSuchType: unknown type"),
        ({"_typeName": "Tag"}, "Tag.key: Field required"),
        ({"_typeName": "Tag", "key": "k", "kay": 1}, "Tag.kay: unknown member"),
        ({"_typeName": "Tag", "key": 1}, "Tag.key: Input should be a valid string"),
        ({"_typeName": "OptionValue", "key": "k", "value": 1}, "OptionValue.value: Input should be a valid"),
        (
            {"_typeName": "ObjectContent", "obj": {**HOST, "_typeName": "Tag"}},
            "ObjectContent.obj: Value error, Tag is no ManagedObjectReference",
        ),
        ({"_typeName": "ObjectContent", "obj": {**HOST, "type": "x"}}, "ManagedObjectReference.type: Input"),
    ],
)
def test_the_model_detects_wrong_values(model: Model, wrong: Any, complaint: str) -> None:
    assert [c for c in model.complaints(wrong) if c.startswith(complaint)]
