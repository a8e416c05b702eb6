"""The implementation of the API: operations, guards and computed properties, collected from their modules.

A decorator attaches a declaration to its function and has no other effect, so the order of imports and file
names does not matter: two declarations for one method or property are an error. The modules are imported on
first use; the methods that every client calls first are in a separate module, which shortens the time to the
first answer. A failed import leaves no declarations behind and is repeated by the next call.
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

_DECLARED: Final = "__vim25__"  #: attribute of a function with its declarations


@dataclass(frozen=True, slots=True)
class Operation:
    """An implemented method.

    Two functions check its preconditions. Both take the operation's arguments and raise a fault. `admit` runs
    during the call, before the task is created: its fault is returned by the call. `requires` runs twice in
    the task: when the body begins, and after `Call.work`, because calls and tasks without the lock may have
    changed the inventory in the meantime. Its fault is the task's error. Its result is available to the
    operation: first as `Call.required`, then as the result of `Call.work`.

    `locks`: the task locks its entity, and fails with TaskInProgress if another task has locked it.
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
    """A function that runs before some methods, of any type.

    `again`: it runs a second time after a task's work, as `Operation.requires` does.
    """

    method_names: tuple[str, ...]
    function: Callable[..., None]
    again: bool = False


@dataclass(frozen=True, slots=True)
class ComputedProperty:
    """A property that is computed per caller."""

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
            yield from (entry for entry in getattr(value, _DECLARED, ()) if isinstance(entry, kind))


class Implementation:
    """The operations, guards and computed properties of some modules, imported on first use.

    `packages` are searched recursively. `first` maps a managed object type to the module with all of its
    operations, which is imported alone until another type is called.
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
        self._resolved: dict[tuple[str, str], Operation | None] = {}
        self._computed_of: dict[str, dict[str, Function]] = {}
        self._unguarded: set[str] = set()

    def operation(self, type_name: str, method_name: str) -> Operation | None:
        """Return the operation of a method on this type or its nearest ancestor; None if not implemented."""
        key = type_name, method_name
        if key not in self._resolved:
            self._resolved[key] = self._find(type_name, method_name)
        return self._resolved[key]

    def guards(self, method_name: str) -> tuple[Guard, ...]:
        """Return the guards of a method, in the order of their definition.

        Methods of a `first` module have none, so the first answer does not wait for the guards either.
        """
        if self._guards is None and method_name in self._unguarded:
            return ()
        if self._guards is None:
            self._guards = _guards(importlib.import_module(self._guard_module)) if self._guard_module else {}
        return self._guards.get(method_name, ())

    def computed_properties(self, type_name: str) -> dict[str, Function]:
        """Return the computed properties of a type by name, inherited ones included."""
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
        """Return the managed object type and the name of all implemented methods."""
        self._load()
        return frozenset(self._operations)

    def _find(self, type_name: str, method_name: str) -> Operation | None:
        if not self._loaded and type_name in self._first:
            first = _operations([importlib.import_module(self._first[type_name])])
            if (type_name, method_name) in first:
                self._unguarded.add(method_name)
                return first[type_name, method_name]
        self._load()
        ancestors = managed_type(type_name).ancestors
        candidates = (self._operations.get((ancestor.name, method_name)) for ancestor in ancestors)
        return next(filter(None, candidates), None)

    def _load(self) -> None:
        """Import all modules and register their declarations: all of them, or none after an error."""
        if self._loaded:
            return
        names = (name for package in self._packages for name in _modules_below(package))
        modules = [importlib.import_module(name) for name in names]
        operations, computed = _operations(modules), _computed_properties(modules)
        self._operations, self._computed, self._loaded = operations, computed, True


def _modules_below(package: str) -> Iterator[str]:
    """Yield the names of the modules in a package and its subpackages."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if module.ispkg:
            yield from _modules_below(module.name)
        else:
            yield module.name


def _operations(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Operation]:
    operations = (operation for module in modules for operation in declared(module, Operation))
    return _table(((operation.type_name, operation.method_name), operation) for operation in operations)


def _computed_properties(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Function]:
    properties = (prop for module in modules for prop in declared(module, ComputedProperty))
    return _table(((prop.type_name, prop.name), prop.function) for prop in properties)


def _guards(module: ModuleType) -> dict[str, tuple[Guard, ...]]:
    guards: dict[str, tuple[Guard, ...]] = {}
    for guard in declared(module, Guard):
        for name in guard.method_names:
            guards[name] = (*guards.get(name, ()), guard)
    return guards


def _table(entries: Iterable[tuple[tuple[str, str], D]]) -> dict[tuple[str, str], D]:
    """Return the entries by key; raise RuntimeError for a method or a property with two entries."""
    table: dict[tuple[str, str], D] = {}
    for (type_name, name), value in entries:
        if (type_name, name) in table:
            raise RuntimeError(f"{type_name}.{name} is implemented twice")
        table[type_name, name] = value
    return table
