"""A privilege that the suite's own user lacks accuses nobody, and is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vim25_conformance.case import DEFAULT_VERSION, registry
from vim25_conformance.outcome import Fault, Faulted, Outcome, Ref, Step
from vim25_conformance.runlog import Entry, Ran
from vim25_conformance.running import perform
from vim25_conformance.situation import SITUATIONS, Lab, Location
from vim25_conformance.target import RESTRICTED, EmulatorTarget, EndpointTarget
from vim25_conformance.verdict import Conforms, Deviates, Skipped, judge

RESTRICTED_USER = SITUATIONS["restricted"]


def _perform(case: str) -> Entry:
    emulator = EmulatorTarget()
    try:
        username, password = RESTRICTED
        endpoint = emulator.open(RESTRICTED_USER, DEFAULT_VERSION)
        own = replace(endpoint, username=username, password=password)
        lab = Lab(otherwise=Location(primary=RESTRICTED_USER.machine, as_is=True))
        target = EndpointTarget(own, lab, may_change=True, environment={})
        return perform(registry()[case], DEFAULT_VERSION, target)[0]
    finally:
        emulator.close()


def test_a_case_that_the_user_may_not_run_is_skipped_with_privilege_and_object() -> None:
    verdict = judge(registry()["FT.CREATE.001"], _perform("FT.CREATE.001"))
    assert isinstance(verdict, Skipped), verdict
    assert "VirtualMachine.Interact.CreateSecondary on <VirtualMachine primary>" in verdict.reason


def test_a_case_about_privileges_is_judged() -> None:
    emulator = EmulatorTarget()
    try:
        entry, _ = perform(registry()["FT.PRIV.001"], DEFAULT_VERSION, emulator)
    finally:
        emulator.close()
    assert isinstance(judge(registry()["FT.PRIV.001"], entry), Conforms)


@pytest.mark.parametrize(("recorded", "kind"), [("NoPermission", Conforms), ("InvalidState", Deviates)])
def test_what_was_recorded_as_a_fault_is_judged(recorded: str, kind: type) -> None:
    case = registry()["FT.CREATE.001"]
    entries = [_refused(case.id, name) for name in ("NoPermission", recorded)]
    verdict = judge(case, *entries)
    assert isinstance(verdict, kind), verdict


def _refused(case: str, fault: str) -> Entry:
    fields = {"privilegeId": "Any", "object": Ref("VirtualMachine", "primary")}
    refused = Faulted(Fault((fault, "MethodFault"), dict(fields)))
    return Entry(case, DEFAULT_VERSION, "title", Ran(Outcome((Step("create", "X_Task", refused),))))
