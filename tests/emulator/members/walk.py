"""Every member of every specification that an operation takes: does a request with it answer differently?

A member has an effect if one of its sample values changes the outcome of a request: the fault, the result, or
the inventory. So a data object that is stored as it is counts as applied, as it can be read back. The walk
enters a type at the first place where it is met, and again where it is the parameter of another operation.
A type that is refused with its required members alone has no members that are accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tests.emulator.members.probe import Bench, Outcome
from tests.emulator.members.request import (
    CLUSTER,
    FOLDER,
    HOST,
    INSTANCES,
    OTHER_HOST,
    POOL,
    RUNNING,
    SAMPLES,
    STORE,
    VM,
    Request,
    ref,
)
from vim25_emulator.behavior.enumerated_string import ENUMERATIONS
from vim25_emulator.vmodl.registry import (
    data_type,
    data_type_names,
    data_type_names_below,
    enum_type,
    managed_type,
)
from vim25_emulator.vmodl.type_description import Kind, Property, TypeRef
from vim25_emulator.vmodl.value import DataObject

#: Sample values of a type of which the specification says nothing.
_PRIMITIVES: Final[dict[str, tuple[Any, ...]]] = {
    "boolean": (True, False),
    "string": ("probe", "other"),
    "anyType": ("probe",),
    "base64Binary": (b"probe",),
    "anyURI": ("https://probe.example/",),
    "float": (1.5,),
    "double": (1.5,),
}
_REFERENCES: Final = {
    "Alarm": (ref("alarm-1"),),
    "ManagedEntity": (VM, HOST, RUNNING),
    "ManagedObject": (VM, HOST),
    "ClusterComputeResource": (CLUSTER,),
    "Datastore": (STORE, ref("shared-2")),
    "Folder": (FOLDER,),
    "ResourcePool": (POOL, ref("other", "resourcePool")),
    "HostSystem": (HOST, OTHER_HOST),
    "VirtualMachine": (RUNNING, VM),
    "VirtualMachineSnapshot": (ref("mail01", "snapshot.currentSnapshot"),),
    "Network": (ref("VM Network"), ref("second network")),
    "Datacenter": (ref("Lab"),),
}

_DEPTH: Final = 1  #: levels below a place at which a type that was probed elsewhere is searched for an effect

Answer = Callable[[DataObject], Awaitable[Outcome]]


class Member(NamedTuple):
    """A member of a type; with the method if the type is its parameter, as each has its own way."""

    type_name: str
    name: str
    method: str = ""


@dataclass
class Report:
    """Members with and without an effect, and the types that are refused whole."""

    applied: set[Member] = field(default_factory=set)
    ignored: set[Member] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    probes: int = 0


def walk(requests: tuple[Request, ...]) -> Report:
    """Return what the emulator does with every member of every specification."""
    walker = Walker()

    async def visit_all() -> None:
        for request in requests:
            await walker.visit(request)

    asyncio.run(visit_all())
    walker.report.ignored -= walker.report.applied
    return walker.report


class Walker:
    """Walks the specifications of requests, and reports."""

    def __init__(self) -> None:
        self.report = Report()
        self._visited: set[str] = set()

    async def visit(self, request: Request) -> None:
        """Probe the members of a request's specifications."""
        bench = Bench()
        parameters = {
            prop.name: prop
            for prop in managed_type(request.type_name).methods[request.method_name].parameters
        }
        for name, base in request.specs.items():
            array = parameters[name].type.array

            async def answer(value: Any, name: str = name, array: bool = array) -> Outcome:
                self.report.probes += 1
                arguments = {**request.arguments, name: (value,) if array else value}
                return await bench.outcome(request.type_name, request.method_name, request.this, arguments)

            plain = await answer(base)
            assert (plain.fault is not None) is request.fails, (request.method_name, plain.fault)
            await self._members(base, plain, answer, request.method_name)

    async def _members(self, base: DataObject, plain: Outcome, answer: Answer, method: str = "") -> bool:
        """Probe the members of a data object; return whether any has an effect."""
        kind, effects = base.type_, False
        if not method:
            self._visited.add(kind.name)
        for prop in kind.properties.values():
            owner = next(ancestor.name for ancestor in kind.ancestors if prop in ancestor.own)
            place = Member(owner, prop.name, method)
            judged = owner != kind.name and prop.type.kind is Kind.DATA and place in self.report.ignored
            if place in self.report.applied or judged or not _exists(prop):
                effects = True
                continue
            probe = self._nested if prop.type.kind is Kind.DATA else self._values
            ignored = set(self.report.ignored)
            if await probe(base, prop, plain, answer):
                effects = True
                self.report.applied.add(place)
            else:
                self.report.ignored = {*ignored, place}
        return effects

    async def _values(self, base: DataObject, prop: Property, plain: Outcome, answer: Answer) -> bool:
        """Return whether a member is applied, or refused.

        A value that is refused while another one is accepted without a change shows a check and no effect,
        unless these are all values that exist, one of which is the present one.
        """
        values, refused = samples(base.type_.name, prop), 0
        for value in values:
            result = await answer(_with(base, prop, value))
            if result != plain and (result.fault is None or plain.fault is not None):
                return True
            refused += result != plain
        return bool(refused) and (_is_enumerated(base, prop) or refused == len(values))

    async def _nested(self, base: DataObject, prop: Property, plain: Outcome, answer: Answer) -> bool:
        """Probe the types of a data object's place; return whether any has an effect."""
        effects = False
        for type_name in concrete(prop.type.name):
            known = type_name in self._visited
            for number, nested in enumerate(instances(type_name)):
                result = await answer(_with(base, prop, nested))
                place = _answer_at(base, prop, answer)
                effects |= result != plain
                if result != plain and result.fault is not None and not number:
                    self.report.refused.setdefault(type_name, result.fault.type_.name)
                elif not known and type_name not in self.report.refused:
                    effects |= await self._members(nested, result, place)
                elif known and not effects:
                    effects = await self._has_effect(nested, result, place, _DEPTH)
        return effects

    async def _has_effect(self, base: DataObject, plain: Outcome, answer: Answer, depth: int) -> bool:
        """Return whether any member has an effect at this place, of a type that was probed at another one."""
        for prop in base.type_.properties.values():
            if prop.type.kind is not Kind.DATA:
                if await self._values(base, prop, plain, answer):
                    return True
            elif depth:
                nested = next(instances(prop.type.name))
                result = await answer(_with(base, prop, nested))
                place = _answer_at(base, prop, answer)
                if result != plain or await self._has_effect(nested, result, place, depth - 1):
                    return True
        return False


def _answer_at(base: DataObject, prop: Property, answer: Answer) -> Answer:
    return lambda value: answer(_with(base, prop, value))


def _exists(prop: Property) -> bool:
    """Return whether a member can be sent: its type may be one of another service."""
    return prop.type.kind is not Kind.DATA or bool(concrete(prop.type.name))


def _is_enumerated(base: DataObject, prop: Property) -> bool:
    """Return whether the samples of a member are all its values."""
    enumerated = any(prop.name in ENUMERATIONS.get(a.name, {}) for a in base.type_.ancestors)
    return enumerated or prop.type.kind is Kind.ENUM or prop.type.name == "boolean"


def _with(base: DataObject, prop: Property, value: Any) -> DataObject:
    return base.replace(**{prop.name: (value,) if prop.type.array else value})


def concrete(type_name: str) -> tuple[str, ...]:
    """Return a type and those that extend it; no text has another type than the declared one."""
    below = () if type_name == "Description" else data_type_names_below(type_name)
    return tuple(name for name in (type_name, *below) if name in data_type_names())


def samples(type_name: str, prop: Property) -> tuple[Any, ...]:
    """Return values of a member that is no data object."""
    for ancestor in data_type(type_name).ancestors:
        if (ancestor.name, prop.name) in SAMPLES:
            return SAMPLES[ancestor.name, prop.name]
        if prop.name in ENUMERATIONS.get(ancestor.name, {}):
            return enum_type(ENUMERATIONS[ancestor.name][prop.name]).values
    return _values(prop.type)


def _values(declared: TypeRef) -> tuple[Any, ...]:
    if declared.kind is Kind.ENUM:
        return enum_type(declared.name).values
    if declared.kind is Kind.REFERENCE:
        return _REFERENCES.get(declared.name, ())
    if declared.name == "dateTime":
        from datetime import datetime, timezone

        return tuple(datetime(year, 1, 1, tzinfo=timezone.utc) for year in (2020, 2100))
    return _PRIMITIVES.get(declared.name, (1, 7, 4096, -7))


def instances(type_name: str) -> Iterator[DataObject]:
    """Yield data objects with the required members alone, and with what the tables say."""
    kind = data_type(type_name)
    for override in kind.nearest(INSTANCES, ({},)):
        required = {
            prop.name: value
            for prop in kind.properties.values()
            if not prop.optional
            and prop.name not in override
            and (value := _required(type_name, prop)) is not None
        }
        yield DataObject(kind, **{**required, **override})


def _required(type_name: str, prop: Property) -> Any:
    if prop.type.array:
        return None
    if prop.type.kind is Kind.DATA:
        return next(instances(prop.type.name))
    return next(iter(samples(type_name, prop)), None)
