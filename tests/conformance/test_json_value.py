"""pyVmomi's values as VI/JSON and back: what comes back is what SOAP would have sent of the original."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyVmomi import SoapAdapter, VmomiSupport, vim, vmodl

from tests.conformance.trees import patient
from vim25_conformance.case import DEFAULT_VERSION
from vim25_conformance.json_value import JsonDecoder, JsonEncoder, UndecodableError

VERSION = VmomiSupport.versionMap[f"vim25/{DEFAULT_VERSION}"]
ENCODER, DECODER = JsonEncoder(VERSION), JsonDecoder(None)
#: A value of each type that is no data object, reference or array.
SAMPLES: dict[Any, Any] = {
    bool: True,
    int: -3,
    VmomiSupport.byte: VmomiSupport.byte(5),
    VmomiSupport.short: VmomiSupport.short(7),
    VmomiSupport.long: VmomiSupport.long(2**53 + 1),
    float: 1.5,
    VmomiSupport.double: VmomiSupport.double(-0.25),
    VmomiSupport.Link: VmomiSupport.Link("key-1"),
    str: 'a "text" \\ ü',
    VmomiSupport.URI: VmomiSupport.URI("https://a/b"),
    VmomiSupport.PropertyPath: VmomiSupport.PropertyPath("config.name"),
    VmomiSupport.binary: VmomiSupport.binary(b"\x00\xff"),
    datetime: datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc),
    type: vim.VirtualMachine,
    VmomiSupport.ManagedMethod: vim.VirtualMachine.PowerOn,
    object: "anything",
}


def _there_and_back(value: Any, declared: Any = object) -> Any:
    return DECODER.value(json.loads(json.dumps(ENCODER.value(value, declared))), declared)


def _as_soap(value: Any, declared: Any = object) -> Any:
    info = VmomiSupport.Object(name="it", type=declared, version="vmodl.version.version0", flags=0)
    return SoapAdapter.Serialize(value, info, VERSION)


def _sample(kind: Any, depth: int) -> Any:
    """A value of the class with everything set that can be, down to a depth."""
    if issubclass(kind, list):
        return kind([_sample(kind.Item, depth)] * 2)
    if issubclass(kind, VmomiSupport.ManagedObject):
        return kind("it-1", None)
    if issubclass(kind, VmomiSupport.DataObject):
        return _filled(kind, depth - 1)
    if issubclass(kind, VmomiSupport.Enum):
        return getattr(kind, kind.values[0])
    return SAMPLES[kind]


def _filled(kind: Any, depth: int) -> Any:
    value = kind()
    for info in kind._GetPropertyList():
        if info.name not in UNSET and (depth >= 0 or not info.flags & VmomiSupport.F_OPTIONAL):
            setattr(value, info.name, _sample(info.type, depth))
    return value


UNSET = ("dynamicType", "dynamicProperty", "faultCause", "faultMessage", "msg")
KINDS = [
    vim.vm.ConfigSpec,
    vim.vm.ConfigInfo,
    vim.TaskInfo,
    vim.UserSession,
    vim.ServiceInstanceContent,
    vim.event.VmPoweredOnEvent,
    vim.fault.VmFaultToleranceOpIssuesList,
    vim.cluster.ConfigSpecEx,
    vim.host.ConfigInfo,
    vmodl.query.PropertyCollector.FilterSpec,
    vmodl.query.PropertyCollector.UpdateSet,
    vim.vm.customization.Specification,
    vim.option.OptionValue,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_data_object_comes_back_as_it_was(kind: Any) -> None:
    value = _filled(kind, 2)
    again = _there_and_back(value)
    assert type(again) is type(value)
    assert _as_soap(again) == _as_soap(value)


@pytest.mark.parametrize(("kind", "value"), SAMPLES.items(), ids=lambda each: str(each)[:20])
def test_a_primitive_comes_back_as_it_was(kind: Any, value: Any) -> None:
    assert _there_and_back(value, kind) == value
    array = VmomiSupport.GetVmodlType(f"{VmomiSupport.GetVmodlName(kind)}[]")([value])
    assert _there_and_back(array) == [value]
    assert type(_there_and_back(array)) is type(array)


@patient
@given(
    st.datetimes(timezones=st.timezones())
    | st.integers(-(2**31), 2**31 - 1)
    | st.text()
    | st.floats(-1e9, 1e9)
)
def test_an_anytype_keeps_type_and_value(value: Any) -> None:
    again = _there_and_back(value)
    assert again == value
    assert isinstance(again, type(value))


def test_a_moment_is_written_in_utc() -> None:
    summer = datetime(2026, 7, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert ENCODER.value(summer, datetime) == "2026-07-01T12:00:00Z"


def test_a_fault_is_flat_and_keeps_its_text() -> None:
    value = vim.fault.InvalidState(msg="words", faultCause=vim.fault.NotFound(msg="more"))
    encoded = ENCODER.value(value, vmodl.MethodFault)
    assert list(encoded) == ["_typeName", "faultCause", "faultstring"]
    again = DECODER.value(encoded, vmodl.MethodFault)
    assert (type(again), again.msg, again.faultCause.msg) == (vim.fault.InvalidState, "words", "more")


def test_what_is_unset_empty_or_newer_is_left_out() -> None:
    older = JsonEncoder(VmomiSupport.versionMap["vim25/4.0"])
    spec = vim.vm.ConfigSpec(name="a", deviceChange=[], nestedHVEnabled=True)
    assert older.value(spec, vim.vm.ConfigSpec) == {"_typeName": "VirtualMachineConfigSpec", "name": "a"}


def test_what_the_reader_complains_of_is_decoded_all_the_same() -> None:
    about = DECODER.value({"fullName": "a", "vendor": None}, vim.AboutInfo)
    assert (type(about), about.fullName, about.vendor) == (vim.AboutInfo, "a", "")


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        ({"_typeName": "NoSuchType"}, object),
        ({"a": 1}, object),
        ({"_typeName": "AboutInfo", "surprise": 1}, object),
        ({"_typeName": "AboutInfo", "fullName": 1}, object),
        ([1], int),
        (1, object),
        ("maybe", bool),
        ("?", VmomiSupport.binary),
        ("yesterday", datetime),
        ("sideways", vim.VirtualMachine.PowerState),
    ],
)
def test_what_cannot_be_decoded_says_so(data: Any, declared: Any) -> None:
    with pytest.raises(UndecodableError):
        DECODER.value(data, declared)
