"""What the steps of a case can record in an outcome, read from their source.

Steps are code, so what they record is known only after a run. But they record by calling methods of the
driver with literal names, and those can be read from the source. A rule about anything else is rejected
before anything runs, and so are steps whose names cannot be read.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from vim25_conformance.binding import JSON, SOAP
from vim25_conformance.normalization import PRIMARY, SECONDARY
from vim25_conformance.observation import CAPTURED

#: Name of the parameter by which steps and their helpers receive the driver.
DRIVER: Final = "drive"
CALLS: Final = frozenset({"call", "read", "post", "request", "complete"})
FOLLOWS: Final = frozenset({"follow", "complete"})
#: Methods whose first argument is the name under which they record.
NAMING: Final = CALLS | FOLLOWS | {"note", "inspect"}
#: Method that makes a case one of a binding's wire → the binding.
OF_A_WIRE: Final = {"post": SOAP, "speaking": SOAP, "request": JSON}

_ADVICE: Final = "cannot read the {0} from the source; write the {0} as a literal or a module constant"

#: Stands for an argument that is neither a literal nor a module constant.
_UNREADABLE: Final = object()


class UnreadableStepsError(ValueError):
    """What the steps record cannot be read from their source; the message says how to write it."""


@dataclass
class Observable:
    """What an outcome can contain.

    `followed`: names of steps whose task is followed. `objects`: role → properties read. `captures`: events
    are read. `watches`: values that a property filter reports are recorded. `bindings`: whose wire is used
    directly.
    """

    steps: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    objects: dict[str, list[str]] = field(default_factory=dict)
    captures: bool = False
    watches: bool = False
    bindings: set[str] = field(default_factory=set)

    def record(self, method: str, arguments: list[Any]) -> None:
        """Add what a call of the driver's method records; raise UnreadableStepsError."""
        self.captures |= method == "capture"
        self.watches |= method == "watch"
        self.bindings |= {OF_A_WIRE[method]} if method in OF_A_WIRE else set()
        if method == "capture":
            self.objects.update(dict.fromkeys((PRIMARY, SECONDARY), CAPTURED))
        if method not in NAMING:
            return
        name = _name(method, arguments)
        if method in CALLS:
            self.steps.add(name)
        if method in FOLLOWS:
            self.followed.add(name)
        if method == "note":
            self.facts.add(name)
        if method == "inspect":
            self.objects[name] = _paths(name, arguments)


def _name(method: str, arguments: list[Any]) -> str:
    match arguments:
        case [str(name), *_]:
            return name
    raise UnreadableStepsError(f"drive.{method}(…): {_ADVICE.format('name')}")


def _paths(role: str, arguments: list[Any]) -> list[str]:
    match arguments:
        case [_, _, list() | tuple() | set() | frozenset() as paths]:
            if all(isinstance(each, str) for each in paths):
                return list(paths)
    raise UnreadableStepsError(f"drive.inspect({role!r}, …): {_ADVICE.format('paths')}")


def observable(steps: Callable[..., None]) -> Observable:
    """Return what the steps can record in an outcome."""
    result = Observable()
    assert isinstance(steps, FunctionType)  # noqa: S101 - steps are functions, says the decorator `case`
    for method, arguments in _driver_calls(steps, {}):
        result.record(method, arguments)
    return result


def _driver_calls(function: FunctionType, bound: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield each method of the driver that is called, by helpers too, with its arguments where known."""
    names = ChainMap(dict(bound), function.__globals__)
    for call in _calls(function):
        arguments = [_value(each, names) for each in call.args]
        by_name = {each.arg: _value(each.value, names) for each in call.keywords if each.arg}
        match call.func:
            case ast.Attribute(ast.Name(id), method) if id == DRIVER:
                yield method, [*arguments, *by_name.values()]
            case ast.Name(name) if isinstance(helper := names.get(name), FunctionType):
                if any(isinstance(each, ast.Name) and each.id == DRIVER for each in call.args):
                    yield from _driver_calls(helper, _parameters(helper, arguments, by_name))


def _parameters(helper: FunctionType, arguments: list[Any], by_name: dict[str, Any]) -> Mapping[str, Any]:
    """Return the values of a helper's parameters, defaults included; raise UnreadableStepsError."""
    try:
        parameters = inspect.signature(helper).bind_partial(*arguments, **by_name)
    except TypeError as error:
        raise UnreadableStepsError(f"{helper.__name__}(…): {error}") from None
    parameters.apply_defaults()
    return parameters.arguments


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the value of a literal, a constant or a parameter; otherwise `_UNREADABLE`."""
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(id):
            return names.get(id, _UNREADABLE)
        case ast.List(items) | ast.Tuple(items) | ast.Set(items):
            return [_value(each, names) for each in items]
        case ast.FormattedValue(inner):
            return _value(inner, names)
        case ast.JoinedStr(parts):
            texts = [_value(each, names) for each in parts]
            return _UNREADABLE if _UNREADABLE in texts else "".join(map(str, texts))
    return _UNREADABLE


@functools.cache
def _calls(function: FunctionType) -> list[ast.Call]:
    """Return the calls in the body of a function at the top level of its module."""
    body = _functions(inspect.getfile(function))[function.__name__].body
    return [node for statement in body for node in _reached(statement) if isinstance(node, ast.Call)]


def _reached(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and its descendants, without the branches that a constant condition never enters."""
    yield node
    for child in _branches(node):
        yield from _reached(child)


def _branches(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.If(ast.Constant(value), body, otherwise):
            return body if value else otherwise
        case ast.While(ast.Constant(value), _, otherwise) if not value:
            return otherwise
    return ast.iter_child_nodes(node)


@functools.cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    module = ast.parse(Path(file).read_text("utf-8"))
    return {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
