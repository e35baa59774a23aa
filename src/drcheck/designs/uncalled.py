"""Properties declared within functions: a declaration in a function that is never called is never made.

    def more():
        @stated
        def never_both(d): ...

states nothing unless something calls `more`, and nothing of it is to be seen in the module. So the text is examined, where it
is at hand: a function that declares a property must have done so, or be used in the module, or be a helper (`_more`). A
function of a design, which is called by its name, must do something with what it declares.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType

from drcheck.errors import Place, PropertyError
from drcheck.language.source import FUNCTIONS, Source, object_named
from drcheck.logic.properties import Statement, declared, declared_in, stated

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def refuse_uncalled(module: ModuleType, source: Source, found: Iterable[Statement], called: str = "") -> None:
    """Refuse declarations in a module's functions that were never made. Raises PropertyError DR307.

    `found`: the properties that are known, beside those that imports have declared; `called`: a function that is called.
    """
    places = [item.details.get("place") for item in (*found, *declared(), *declared_in(module))]
    lines = {place.line for place in places if isinstance(place, Place) and place.file == source.file}
    for function, is_method in _functions(source.tree):
        inside = list(_declared_in(function, module))
        if not inside or any(function.lineno < line <= (function.end_lineno or 0) for line in lines):
            continue
        line, name = inside[0]
        which = f"property {name}" if name else "a property"
        if not _is_called(module, source, function, called, is_method=is_method):
            if function.name.startswith("_"):
                continue
            raise PropertyError(
                "DR307",
                f"{which} is declared in function {function.name}, which is never called",
                place=Place(source.file, line),
                remedy=f"call it, or call a helper _{function.name}",
            )
        read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        lost = next(((at, own) for at, own in inside if own and own not in read and not own.startswith("_")), None)
        if lost is not None:
            raise PropertyError(
                "DR307",
                f"property {lost[1]} is declared in function {function.name} and goes nowhere",
                place=Place(source.file, lost[0]),
                remedy="return it, pass it to compose(..., properties=[...]), or declare it at the level of the module",
            )


def _functions(tree: ast.Module) -> Iterator[tuple[_Function, bool]]:
    """The functions at the level of the module and of its classes, each with whether it is a method."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            yield node, False
        elif isinstance(node, ast.ClassDef):
            yield from ((part, True) for part in node.body if isinstance(part, FUNCTIONS))


def _declared_in(function: _Function, module: ModuleType) -> Iterator[tuple[int, str]]:
    """Where a function declares properties in its body: the line and, of a function with a decorator, the name."""
    decorators: set[ast.AST] = set()
    for part in function.body:
        for node in ast.walk(part):
            if isinstance(node, FUNCTIONS):
                decorators |= set(node.decorator_list)
                marks = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
                if any(_is_stated(mark, module) for mark in marks):
                    yield min(d.lineno for d in node.decorator_list), node.name
            elif isinstance(node, ast.Call) and node not in decorators and _is_stated(node.func, module):
                yield node.lineno, ""


def _is_stated(node: ast.expr, module: ModuleType) -> bool:
    known = object_named(node, vars(module))
    if known is not None:
        return known is stated
    return stated.__name__ in (getattr(node, "id", ""), getattr(node, "attr", ""))  # imported in the function


def _is_called(module: ModuleType, source: Source, function: _Function, called: str, *, is_method: bool) -> bool:
    """Whether something may call the function: a decorator that has it, its module, another one, pytest, or the design."""
    name = function.name
    if function.decorator_list or name == called or name.startswith("test"):
        return True
    if source.uses(name, attribute=is_method):
        return True
    own = None if is_method else vars(module).get(name)
    others = [other for other in list(sys.modules.values()) if isinstance(other, ModuleType) and other is not module]
    return own is not None and any(own is value for other in others for value in list(vars(other).values()))


__all__ = ["refuse_uncalled"]
