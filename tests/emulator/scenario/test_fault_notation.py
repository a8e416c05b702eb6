from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from vim25_emulator.scenario.fault_notation import ANY_OBJECT, BadFaultError, fault_of
from vim25_emulator.vmodl.value import DataObject, MoRef

WEB01 = MoRef("VirtualMachine", "vm-13")


def find(type_name: str, name: str) -> MoRef | None:
    return WEB01 if name == "web01" and type_name in {"VirtualMachine", ANY_OBJECT} else None


def test_a_name_is_a_fault_without_properties() -> None:
    assert fault_of("NotSupported", find) == DataObject("NotSupported")


def test_properties_are_converted_to_their_types() -> None:
    fault = fault_of({"PowerOnFtSecondaryTimedout": {"vm": "web01", "vmName": "web01", "timeout": 300}}, find)
    assert (fault.vm, fault.timeout) == (WEB01, 300)


def test_faults_nest_as_they_do_in_the_api() -> None:
    inner = {"FaultToleranceNotLicensed": {"hostName": "esx2"}}
    fault = fault_of({"VmFaultToleranceOpIssuesList": {"errors": [inner, "NotSupported"]}}, find)
    assert fault.errors == (
        DataObject("FaultToleranceNotLicensed", hostName="esx2"),
        DataObject("NotSupported"),
    )


def test_enumerations_and_data_objects_are_checked() -> None:
    spec = {"NoPermission": {"missingPrivileges": [{"entity": "web01", "privilegeIds": ["System.Read"]}]}}
    assert fault_of(spec, find).missingPrivileges[0].entity == WEB01
    state = {"InvalidPowerState": {"existingState": "poweredOff"}}
    assert fault_of(state, find).existingState == "poweredOff"


def test_an_anytype_property_accepts_a_plain_value() -> None:
    spec = {"NotSupported": {"faultMessage": [{"key": "k", "arg": [{"key": "a", "value": 3}]}]}}
    assert fault_of(spec, find).faultMessage[0].arg[0].value == 3


@pytest.mark.parametrize("value", [date(2024, 5, 1), datetime(2024, 5, 1)])  # as YAML reads them
def test_an_instant_without_zone_is_utc(value: date) -> None:
    fault = fault_of({"ExpiredFeatureLicense": {"expirationDate": value}}, find)
    assert fault.expirationDate == datetime(2024, 5, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ("NotAFault", (), "unknown fault 'NotAFault'"),
        ("VirtualDisk", (), "unknown fault 'VirtualDisk'"),
        (["a"], (), "expected a fault"),
        ({"A": {}, "B": {}}, (), "expected a fault"),
        ({"FileFault": "x"}, ("FileFault",), "expected a mapping"),
        ({"FileFault": {"fil": "x"}}, ("FileFault", "fil"), "did you mean `file`?"),
        ({"FileFault": {"file": 3}}, ("FileFault", "file"), "expected a value of type string, got 3"),
        ({"Timedout": {"faultCause": 3}}, ("Timedout", "faultCause"), "expected a fault"),
        ({"TaskInProgress": {"task": "x"}}, ("TaskInProgress", "task"), "expected the name of a Task"),
        ({"NoPermission": {"object": "web02"}}, ("NoPermission", "object"), "expected the name of a Managed"),
        (
            {"PowerOnFtSecondaryTimedout": {"timeout": 1 << 31}},
            ("PowerOnFtSecondaryTimedout", "timeout"),
            "expected a value of type int",
        ),
        (
            {"PowerOnFtSecondaryTimedout": {"timeout": True}},
            ("PowerOnFtSecondaryTimedout", "timeout"),
            "expected a value of type int",
        ),
        (
            {"InvalidPowerState": {"existingState": "on"}},
            ("InvalidPowerState", "existingState"),
            "'on' is not a VirtualMachinePowerState",
        ),
        (
            {"VmFaultToleranceOpIssuesList": {"errors": ["NotSupported", "X"]}},
            ("VmFaultToleranceOpIssuesList", "errors", 1),
            "unknown fault 'X'",
        ),
        (
            {"VmFaultToleranceOpIssuesList": {"errors": "NotSupported"}},
            ("VmFaultToleranceOpIssuesList", "errors"),
            "expected a list",
        ),
    ],
)
def test_an_invalid_fault_is_reported_with_its_path(
    spec: object, path: tuple[object, ...], message: str
) -> None:
    with pytest.raises(BadFaultError) as raised:
        fault_of(spec, find)
    assert raised.value.path == path
    assert message in str(raised.value)
