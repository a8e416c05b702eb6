"""What is implemented: operations, guards and computed properties, gathered from their modules.

A decorator attaches a declaration to its function and changes nothing else, so importing a module has no
effect on any other, and the order of imports and file names cannot matter: two declarations for one method or
property are an error. The modules are imported when the first of them is needed; what every client calls
first is in a module of its own, so the first answer is there sooner. Loading that fails leaves nothing behind
and fails again with the next call.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, TypeVar

from vim25_emulator.vmodl.registry import managed_type

Function = Callable[..., Any]
D = TypeVar("D")

_DECLARED: Final = "__vim25__"  #: attribute of a function: its declarations


@dataclass(frozen=True, slots=True)
class Operation:
    """An implemented method.

    Two functions say when it must not be carried out. Both take what the operation takes and raise the fault.
    `admit` is asked on the call, before a task exists: the caller gets its fault at once. `requires` is asked
    in the task, twice: when its body begins, and again when `Call.work` is done, because calls and tasks that
    do not need the lock may have changed the inventory in between. Its fault is the task's error. What it
    returns is for the operation: `Call.required` the first time, the result of `Call.work` the second.

    `locks`: the task holds its entity, and a busy entity fails it with TaskInProgress.
    """

    type_name: str
    method_name: str
    function: Function
    is_async: bool
    admit: Function | None = None
    requires: Function | None = None
    locks: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A function asked before each of some methods, whatever type they belong to.

    `again`: of a task it is asked a second time when the work is done, as `Operation.requires` is.
    """

    method_names: tuple[str, ...]
    function: Callable[..., None]
    again: bool = False


@dataclass(frozen=True, slots=True)
class ComputedProperty:
    """A property that is computed for the caller."""

    type_name: str
    name: str
    function: Function


def declare(function: Function, declaration: object) -> None:
    """Attach a declaration to a function; a function may have several."""
    vars(function).setdefault(_DECLARED, []).append(declaration)


def declared(module: ModuleType, kind: type[D]) -> Iterator[D]:
    """Yield the declarations of one kind that are attached to functions defined in a module, in order."""
    for value in vars(module).values():
        if getattr(value, "__module__", None) == module.__name__:
            yield from (found for found in getattr(value, _DECLARED, ()) if isinstance(found, kind))


class Implementation:
    """The operations, guards and computed properties of some modules, imported when needed.

    `packages` are searched with all that is below them. `first` maps a managed object type to the module that
    implements all of its operations, imported alone as long as nothing else is called.
    """

    def __init__(
        self, *packages: str, guards: str | None = None, first: Mapping[str, str] | None = None
    ) -> None:
        self._packages = packages
        self._guard_module = guards
        self._first = dict(first or {})
        self._loaded = False
        self._operations: dict[tuple[str, str], Operation] = {}
        self._guards: dict[str, tuple[Guard, ...]] | None = None
        self._computed: dict[tuple[str, str], Function] = {}
        self._found: dict[tuple[str, str], Operation | None] = {}
        self._computed_of: dict[str, dict[str, Function]] = {}

    def operation(self, type_name: str, method_name: str) -> Operation | None:
        """Return what implements a method on this type: its own operation, else its nearest ancestor's."""
        key = type_name, method_name
        if key not in self._found:
            self._found[key] = self._find(type_name, method_name)
        return self._found[key]

    def guards(self, method_name: str) -> tuple[Guard, ...]:
        """Return the guards to ask before a method runs, in the order of their definition."""
        if self._guards is None:
            self._guards = _guards(importlib.import_module(self._guard_module)) if self._guard_module else {}
        return self._guards.get(method_name, ())

    def computed_properties(self, type_name: str) -> dict[str, Function]:
        """Return the computed properties of a type, those that it inherits included, by name."""
        if type_name not in self._computed_of:
            self._load()
            self._computed_of[type_name] = {
                name: function
                for ancestor in reversed(managed_type(type_name).ancestors)
                for (owner, name), function in self._computed.items()
                if owner == ancestor.name
            }
        return self._computed_of[type_name]

    def implemented(self) -> frozenset[tuple[str, str]]:
        """Return what is implemented: managed object type and method."""
        self._load()
        return frozenset(self._operations)

    def _find(self, type_name: str, method_name: str) -> Operation | None:
        if not self._loaded and type_name in self._first:
            first = _operations([importlib.import_module(self._first[type_name])])
            if (type_name, method_name) in first:
                return first[type_name, method_name]
        self._load()
        ancestors = managed_type(type_name).ancestors
        found = (self._operations.get((ancestor.name, method_name)) for ancestor in ancestors)
        return next(filter(None, found), None)

    def _load(self) -> None:
        """Import all modules and take over their declarations: all of them, or none if there is an error."""
        if self._loaded:
            return
        names = (name for package in self._packages for name in _modules_below(package))
        modules = [importlib.import_module(name) for name in names]
        operations, computed = _operations(modules), _computed_properties(modules)
        self._operations, self._computed, self._loaded = operations, computed, True


def _modules_below(package: str) -> Iterator[str]:
    """Yield the names of the modules in a package and in those below it."""
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if found.ispkg:
            yield from _modules_below(found.name)
        else:
            yield found.name


def _operations(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Operation]:
    found = (operation for module in modules for operation in declared(module, Operation))
    return _table(((operation.type_name, operation.method_name), operation) for operation in found)


def _computed_properties(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Function]:
    found = (computed for module in modules for computed in declared(module, ComputedProperty))
    return _table(((computed.type_name, computed.name), computed.function) for computed in found)


def _guards(module: ModuleType) -> dict[str, tuple[Guard, ...]]:
    guards: dict[str, tuple[Guard, ...]] = {}
    for guard in declared(module, Guard):
        for name in guard.method_names:
            guards[name] = (*guards.get(name, ()), guard)
    return guards


def _table(entries: Iterable[tuple[tuple[str, str], D]]) -> dict[tuple[str, str], D]:
    """Return the entries by key; raise RuntimeError for a method or a property that has two."""
    table: dict[tuple[str, str], D] = {}
    for (type_name, name), value in entries:
        if (type_name, name) in table:
            raise RuntimeError(f"{type_name}.{name} is implemented twice")
        table[type_name, name] = value
    return table
