from __future__ import annotations

from vim25_conformance.normalization import PRIMARY, SECONDARY, Normalizer
from vim25_conformance.outcome import Data, Fault, Faulted, Ref, Returned, Several


def _normalizer() -> Normalizer:
    normalizer = Normalizer()
    normalizer.assign("VirtualMachine", "vm-1", PRIMARY)
    normalizer.identify(PRIMARY, {"name": "web01", "uuid": "42-aa"})
    normalizer.assign("VirtualMachine", "vm-2", SECONDARY)
    normalizer.identify(SECONDARY, {"name": "web01", "uuid": "42-bb"})
    return normalizer


def test_references_become_parts_wherever_they_stand() -> None:
    tree = Data("X", {"vms": Several((Ref("VirtualMachine", "vm-2"), Ref("VirtualMachine", "vm-7")))})
    named = Data("X", {"vms": Several((Ref("VirtualMachine", "secondary"), Ref("VirtualMachine", "other")))})
    assert _normalizer().value(tree) == named


def test_a_type_of_which_there_is_one_needs_no_part() -> None:
    assert _normalizer().ref(Ref("SessionManager", "SessionManager")) == Ref("SessionManager", "")


def test_a_shared_identifier_keeps_its_first_owner() -> None:
    assert _normalizer().value("web01") == "<name of primary>"
    assert _normalizer().value("42-bb") == "<uuid of secondary>"


def test_the_first_part_of_an_object_stays() -> None:
    normalizer = _normalizer()
    normalizer.assign("VirtualMachine", "vm-1", SECONDARY)
    assert normalizer.ref(Ref("VirtualMachine", "vm-1")).role == PRIMARY


def test_replies_and_faults_are_named_too() -> None:
    fault = Fault(("NoPermission", "MethodFault"), {"object": Ref("VirtualMachine", "vm-1")})
    named = Fault(("NoPermission", "MethodFault"), {"object": Ref("VirtualMachine", "primary")})
    assert _normalizer().reply(Faulted(fault)) == Faulted(named)
    assert _normalizer().reply(Returned("web01")) == Returned("<name of primary>")


def test_numbers_and_truth_are_left_alone() -> None:
    assert _normalizer().value(Several((1, True, None))) == Several((1, True, None))
