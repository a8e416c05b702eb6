"""schemathesis calls every operation of the description: each answer is a described one.

Faults travel with status 500, so `not_a_server_error` is off. Objects of the description are open, because a
subtype has more members; what schemathesis adds to them is taken out again. References and moIds are replaced
by those of objects that exist, so that requests get further than the decoder.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.emulator.wire.json_peer import SESSION, JsonPeer
from vim25_emulator import Emulator
from vim25_emulator.contract import description
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import version

schemathesis = pytest.importorskip("schemathesis", reason="tox -e schemathesis installs it")

RELEASE = "8.0.2.0"
#: The first two wait for changes; the others end the session or take its rights away.
NOT_CALLED = {
    "PropertyCollector_WaitForUpdates",
    "PropertyCollector_WaitForUpdatesEx",
    "AuthorizationManager_MergePermissions",
    "AuthorizationManager_RemoveEntityPermission",
    "AuthorizationManager_ResetEntityPermissions",
    "AuthorizationManager_SetEntityPermissions",
    "SessionManager_Logout",
    "SessionManager_TerminateSession",
}


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(json.loads(description(version(RELEASE))))
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in NOT_CALLED:
            yield operation


def repaired(value: Any, refs: list[MoRef]) -> Any:
    """Return a generated value with existing objects, and with no other members than those of its types."""
    if isinstance(value, list):
        return [repaired(item, refs) for item in value]
    if not isinstance(value, dict):
        return value
    name = value.get("_typeName")
    if name == "ManagedObjectReference":
        alike = [ref for ref in refs if ref.type == value["type"]] or refs
        ref = alike[len(value["value"]) % len(alike)]
        return {"_typeName": name, "type": ref.type, "value": ref.value}
    known = registry.data_type(name).properties if name in registry.data_type_names() else value
    return {m: repaired(v, refs) for m, v in value.items() if m in known or m in {"_typeName", "_value"}}


CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@dataclass
class Run:
    """Calls to one emulator, and the number of their answers by status."""

    refs: list[MoRef]
    base: str
    session: str
    checks: list[Any]
    statuses: Counter[int] = field(default_factory=Counter)

    def call_all(self, operation: Any) -> None:
        """Call an operation with generated arguments; raise an error for an answer that is not described."""
        owner = operation.path.split("/")[1]
        own = [ref for ref in self.refs if registry.managed_type(ref.type).is_a(owner)] or [MoRef(owner, "x")]

        @settings(
            max_examples=3,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            case.path_parameters["moId"] = own[len(case.path_parameters["moId"]) % len(own)].value
            case.body = repaired(case.body, self.refs) if isinstance(case.body, dict) else case.body
            response = case.call(base_url=self.base, headers={SESSION: self.session})
            case.validate_response(response, checks=self.checks)
            self.statuses[response.status_code] += 1

        call()


def test_every_operation_answers_as_described() -> None:
    from schemathesis.specs.openapi import checks

    called = 0
    with Emulator(tls=False, api_version=RELEASE) as emulator, JsonPeer(emulator) as peer:
        peer.login()
        refs = emulator.call(lambda: [managed.ref for managed in emulator.vcenter.inventory])
        base = f"{emulator.url.removesuffix('/sdk')}/sdk/vim25/{RELEASE}"
        run = Run(refs, base, peer.session, [getattr(checks, name) for name in CHECKS])
        for operation in operations():
            run.call_all(operation)
            called += 1
    print(f"{called} operations, answers by status: {dict(run.statuses)}")  # noqa: T201  # for `pytest -s`
    assert called > 900
    assert run.statuses.keys() == {200, 204, 500}
    assert run.statuses[200] + run.statuses[204] > run.statuses[500]
