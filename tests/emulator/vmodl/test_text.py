from __future__ import annotations

from string import Formatter
from typing import Any

import pytest

from vim25_emulator.vmodl.registry import data_type, enum_type
from vim25_emulator.vmodl.text import KNOWN, BadTemplateError, Catalog, text_of
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import NEWEST, version
from vim25_emulator.vmodl.wording import OWN


@pytest.mark.parametrize(
    ("release", "properties", "text"),
    [
        (
            "6.0",
            {"invalidProperty": "querySpec.interval"},
            "A specified parameter was not correct: querySpec.interval",
        ),
        ("6.0", {}, "A specified parameter was not correct: "),
        (
            "5.5",
            {"invalidProperty": "querySpec.interval"},
            "A specified parameter was not correct.\nquerySpec.interval",
        ),
        ("5.5", {}, "A specified parameter was not correct."),
    ],
)
def test_invalid_argument_changed_with_6_0(release: str, properties: dict[str, Any], text: str) -> None:
    assert text_of(DataObject("InvalidArgument", **properties), version(release)) == text


def test_the_text_of_a_missing_object_names_it_by_its_vmodl_type() -> None:
    fault = DataObject("ManagedObjectNotFound", obj=MoRef("Task", "task-190543"))
    assert text_of(fault, NEWEST) == (
        "The object 'vim.Task:task-190543' has already been deleted or has not been completely created"
    )


def test_a_fault_without_a_text_has_that_of_its_nearest_ancestor() -> None:
    assert text_of(DataObject("InvalidFolder", target=MoRef("Folder", "f")), NEWEST) == OWN["MethodFault"]
    assert text_of(DataObject("NoDiskSpace", file="a", datastore="b"), NEWEST).startswith("The datastore 'b'")
    assert text_of(DataObject("InvalidProperty", name="x"), NEWEST) == ""


@pytest.mark.parametrize("reason", enum_type("VmFaultToleranceConfigIssueReasonForIssue").values)
def test_every_reason_of_a_configuration_issue_has_its_own_text(reason: str) -> None:
    text = text_of(DataObject("VmFaultToleranceConfigIssue", reason=reason, entityName="web01"), NEWEST)
    assert text.startswith("Fault Tolerance is not possible for 'web01': ")
    assert reason not in text.split()


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    text = text_of(DataObject("VmFaultToleranceConfigIssue", reason="moonPhase", entityName="web01"), NEWEST)
    assert text == "Fault Tolerance is not possible for 'web01': moonPhase."


def test_all_templates_name_properties_that_their_fault_has() -> None:
    Catalog(NEWEST, {**OWN, **KNOWN})
    for key, template in OWN.items():
        if "." not in key:
            fields = {field for _, field, _, _ in Formatter().parse(template) if field}
            assert fields <= data_type(key).properties.keys()


# ---- a user's own catalog ----------------------------------------------------------------------------


def test_a_users_catalog_overrides_ours() -> None:
    own = {"NotSupported": "Nein.", "VmFaultToleranceConfigIssue.hasSnapshots": "{entityName}: snapshots"}
    catalog = Catalog(NEWEST, own)
    issue = DataObject("VmFaultToleranceConfigIssue", reason="hasSnapshots", entityName="web01")
    assert catalog.text_of(issue) == "web01: snapshots"
    assert catalog.text_of(DataObject("NotSupported")) == "Nein."
    assert catalog.text_of(DataObject("InvalidLogin")) == KNOWN["InvalidLogin"]
    assert catalog.localized(DataObject("NotSupported")) == DataObject(
        "LocalizedMethodFault", fault=DataObject("NotSupported"), localizedMessage="Nein."
    )


def test_a_text_for_a_type_applies_to_its_reasons_without_a_text() -> None:
    templates = {"VmFaultToleranceConfigIssue": "all", "VmFaultToleranceConfigIssue.hasSnapshots": "one"}
    catalog = Catalog(NEWEST, templates)
    texts = {
        reason: catalog.text_of(DataObject("VmFaultToleranceConfigIssue", reason=reason))
        for reason in ("hasSnapshots", "haNotEnabled", "moonPhase")
    }
    assert texts == {"hasSnapshots": "one", "haNotEnabled": "all", "moonPhase": "all"}


def test_events_can_have_texts_too() -> None:
    vm = DataObject("VmEventArgument", name="web01", vm=MoRef("VirtualMachine", "vm-1"))
    event = DataObject("VmSecondaryAddedEvent", vm=vm, userName="me")
    assert Catalog(NEWEST).text_of(event) == ""
    assert Catalog(NEWEST, {"VmEvent": "{userName}: {vm} {host}"}).text_of(event) == "me: web01 "


@pytest.mark.parametrize(
    ("key", "template", "message"),
    [
        ("NoSuchFault", "x", "vim25 has no fault or event 'NoSuchFault'"),
        ("AboutInfo", "x", "vim25 has no fault or event 'AboutInfo'"),
        ("NotSupported", "{name}", "NotSupported has no property 'name'"),
        ("NotSupported", "{", "write {{ for a brace"),
    ],
)
def test_a_template_that_can_never_be_filled_is_rejected(key: str, template: str, message: str) -> None:
    with pytest.raises(BadTemplateError) as raised:
        Catalog(NEWEST, {key: template})
    assert message in str(raised.value)
