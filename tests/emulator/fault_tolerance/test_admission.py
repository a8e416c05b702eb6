from __future__ import annotations

from collections.abc import Iterator

import pytest

from vim25_emulator.fault_tolerance.admission import CHECKS
from vim25_emulator.fault_tolerance.check import Check, Delivery, Stage
from vim25_emulator.fault_tolerance.fault_shape import FaultShape
from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.version import version


def shapes(shape: FaultShape) -> Iterator[FaultShape]:
    yield shape
    for value in shape.fields.values():
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, FaultShape):
                yield from shapes(part)


#: Types of a fault's message, which are no faults.
MESSAGE = ("LocalizableMessage", "KeyAnyValue")


def named(check: Check) -> str:
    return check.name


def test_names_are_unique() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names))


def test_rows_stand_in_the_order_of_the_stages() -> None:
    order = list(Stage)
    positions = [order.index(check.stage) for check in CHECKS]
    assert positions == sorted(positions)


def test_stages_are_five_and_only_starting_is_told_inside_the_result() -> None:
    delivered = {stage: stage.delivery for stage in Stage}
    assert len(delivered) == 5
    assert [stage for stage, where in delivered.items() if where is Delivery.RESULT] == [Stage.POWER_ON]


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_faults_exist_have_these_fields_and_are_known_to_the_first_release_that_checks(check: Check) -> None:
    for shape in shapes(check.fault):
        kind = data_type(shape.type)
        assert kind.is_fault or shape.type in MESSAGE
        assert set(shape.fields) <= set(kind.properties)
        assert kind.since <= version(check.since).position
        required = {name for name, prop in kind.properties.items() if not prop.optional}
        assert required <= set(shape.fields)


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_reasons_are_those_of_the_api(check: Check) -> None:
    known = enum_type("VmFaultToleranceConfigIssueReasonForIssue").values
    for shape in shapes(check.fault):
        if shape.type == "VmFaultToleranceConfigIssue":
            assert shape.fields["reason"] in known


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_every_condition_says_what_is_wrong(check: Check) -> None:
    assert check.wrong.__doc__


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_a_check_that_ends_begins_before(check: Check) -> None:
    assert check.until is None or version(check.since) <= version(check.until)
