from __future__ import annotations

from vim25_conformance.naming import PRIMARY, SECONDARY, Naming
from vim25_conformance.outcome import Data, Fault, Faulted, Ref, Returned, Several


def _naming() -> Naming:
    naming = Naming()
    naming.part("VirtualMachine", "vm-1", PRIMARY)
    naming.identity(PRIMARY, {"name": "web01", "uuid": "42-aa"})
    naming.part("VirtualMachine", "vm-2", SECONDARY)
    naming.identity(SECONDARY, {"name": "web01", "uuid": "42-bb"})
    return naming


def test_references_become_parts_wherever_they_stand() -> None:
    tree = Data("X", {"vms": Several((Ref("VirtualMachine", "vm-2"), Ref("VirtualMachine", "vm-7")))})
    named = Data("X", {"vms": Several((Ref("VirtualMachine", "secondary"), Ref("VirtualMachine", "other")))})
    assert _naming().value(tree) == named


def test_a_type_of_which_there_is_one_needs_no_part() -> None:
    assert _naming().ref(Ref("SessionManager", "SessionManager")) == Ref("SessionManager", "")


def test_a_shared_identifier_keeps_its_first_owner() -> None:
    assert _naming().value("web01") == "<name of primary>"
    assert _naming().value("42-bb") == "<uuid of secondary>"


def test_the_first_part_of_an_object_stays() -> None:
    naming = _naming()
    naming.part("VirtualMachine", "vm-1", SECONDARY)
    assert naming.ref(Ref("VirtualMachine", "vm-1")).role == PRIMARY


def test_replies_and_faults_are_named_too() -> None:
    fault = Fault(("NoPermission", "MethodFault"), {"object": Ref("VirtualMachine", "vm-1")})
    named = Fault(("NoPermission", "MethodFault"), {"object": Ref("VirtualMachine", "primary")})
    assert _naming().reply(Faulted(fault)) == Faulted(named)
    assert _naming().reply(Returned("web01")) == Returned("<name of primary>")


def test_numbers_and_truth_are_left_alone() -> None:
    assert _naming().value(Several((1, True, None))) == Several((1, True, None))
