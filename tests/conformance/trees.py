"""Strategies for outcome trees."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from vim25_conformance.outcome import (
    Data,
    Fault,
    Faulted,
    Outcome,
    Ref,
    Returned,
    Several,
    Step,
    TaskSeen,
    Value,
)

#: Trees are slow to draw on a machine that is busy otherwise.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

words = st.sampled_from(["name", "vm", "host", "state", "reason", "errors", "web01", "running"])
refs = st.builds(
    Ref, st.sampled_from(["VirtualMachine", "HostSystem"]), st.sampled_from(["primary", "secondary", "other"])
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), words, refs)


def _inner(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    fields = st.dictionaries(words, values, max_size=3)
    return st.one_of(
        st.builds(Data, words, fields),
        st.builds(Fault, st.just(("InvalidState", "VimFault", "MethodFault")), fields, st.booleans()),
        st.builds(Several, st.lists(values, max_size=3).map(tuple)),
    )


values: st.SearchStrategy[Value] = st.recursive(scalars, _inner, max_leaves=8)
faults = st.builds(
    Fault, st.just(("InvalidState", "VimFault", "MethodFault")), st.dictionaries(words, values, max_size=2)
)
replies = st.one_of(st.builds(Returned, values), st.builds(Faulted, faults))
tasks = st.builds(
    TaskSeen,
    st.sampled_from(["success", "error"]),
    st.lists(words, max_size=2).map(tuple),
    st.none() | faults,
    values,
)
steps = st.builds(Step, words, words, replies, task=st.none() | tasks)
properties = st.dictionaries(words, values, max_size=3)
outcomes = st.builds(
    Outcome,
    st.lists(steps, max_size=3, unique_by=lambda step: step.name).map(tuple),
    st.dictionaries(words, properties, max_size=2),
    events=st.dictionaries(words, st.integers(1, 3), max_size=3),
    facts=properties,
)
