"""What the text of a user's module says that its objects do not: what was bound and hidden, made and dropped, or called.

Only the syntax is read; where a module has no source at hand, nothing is known (`source_of` is None).
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    """The syntax tree of a module, with the questions that are asked of it. `file`: where it stands."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.file, self.tree = file, tree

    def imported(self, module: ModuleType) -> Iterator[tuple[int, str, Any]]:
        """What the module imports from others with `from ... import`: the line, the name here, and the object."""
        for node in self.tree.body:
            if not isinstance(node, ast.ImportFrom):
                continue
            other = _module_named(node, module)
            if other is None:
                continue
            for alias in node.names:
                for name in _all_names(other) if alias.name == "*" else (alias.name,):
                    if name in vars(other):
                        yield node.lineno, alias.asname or name, vars(other)[name]

    @cached_property
    def deleted(self) -> frozenset[str]:
        """Names that a statement `del` at the level of the module takes away."""
        return frozenset(
            target.id
            for node in self.tree.body if isinstance(node, ast.Delete)
            for target in node.targets if isinstance(target, ast.Name)
        )  # fmt: skip

    def dropped_calls(self, module: ModuleType, inside: str = "") -> Iterator[tuple[int, Any]]:
        """Calls that stand alone, so that their value is dropped: the line, and the function, as the module names it.

        `inside`: only those in the function of this name.
        """
        for node in ast.walk(self.function(inside) or self.tree if inside else self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                function = _named(node.value.func, vars(module))
                if function is not None:
                    yield node.lineno, function

    def function(self, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The last function of a name at the level of the module."""
        found = [node for node in self.tree.body if isinstance(node, _FUNCTIONS) and node.name == name]
        return found[-1] if found else None

    def returns(self, line: int) -> bool:
        """Whether a function that begins at a line (that of its first decorator) returns or yields a value anywhere."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Lambda) and node.lineno == line:
                return True
            if isinstance(node, _FUNCTIONS) and min([node.lineno, *(d.lineno for d in node.decorator_list)]) == line:
                said = (ast.Return, ast.Yield, ast.YieldFrom)
                return any(isinstance(at, said) and at.value is not None for at in ast.walk(node))
        return False

    def mentions(self, name: str) -> bool:
        """Whether a name is read anywhere."""
        return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(self.tree))

    def uses(self, name: str, *, attribute: bool = False) -> bool:
        """Whether a function is called, passed to a call, or used in the body of another function.

        `attribute`: whether as a method is, behind a dot.
        """
        return name in self._used[attribute]

    @cached_property
    def _used(self) -> tuple[frozenset[str], frozenset[str]]:
        names: set[str] = set()
        attributes: set[str] = set()

        def visit(node: ast.AST, hidden: frozenset[str], used: bool) -> None:
            if used and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in hidden:
                names.add(node.id)
            if used and isinstance(node, ast.Attribute) and node.attr not in hidden:
                attributes.add(node.attr)
            if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
                for child in getattr(node, "decorator_list", []):
                    visit(child, hidden, True)
                inner = hidden | _own_names(node)
                for child in (node.args, *(node.body if isinstance(node.body, list) else [node.body])):
                    visit(child, inner, True)
                return
            for child in ast.iter_child_nodes(node):
                visit(child, hidden, used or isinstance(node, ast.Call))

        visit(self.tree, frozenset(), False)
        return frozenset(names), frozenset(attributes)


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """What a function's body does not read from outside: its parameters and variables; and the function itself."""
    own = {getattr(function, "name", "")}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return frozenset(own)


_KNOWN: WeakKeyDictionary[ModuleType, tuple[object, Source | None]] = WeakKeyDictionary()


def source_of(module: ModuleType) -> Source | None:
    """The source of a module, or None where it is not at hand (typed in at a prompt, or compiled)."""
    spec, known = _KNOWN.get(module, (None, None))
    if module in _KNOWN and spec is module.__spec__:
        return known
    try:
        found = Source(module.__file__ or "", ast.parse(inspect.getsource(module)))
    except (OSError, TypeError, SyntaxError, ValueError):
        found = None
    _KNOWN[module] = (module.__spec__, found)
    return found


def _module_named(node: ast.ImportFrom, module: ModuleType) -> ModuleType | None:
    name = "." * node.level + (node.module or "")
    try:
        return sys.modules.get(importlib.util.resolve_name(name, module.__package__))
    except (ImportError, ValueError):
        return None


def _all_names(module: ModuleType) -> list[str]:
    """What `from module import *` imports."""
    names = vars(module).get("__all__")
    return list(names) if names is not None else [name for name in vars(module) if not name.startswith("_")]


def _named(node: ast.expr, names: dict[str, Any]) -> Any:
    """The object that a name, or a name with attributes, stands for at the level of the module; None if none is known."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _named(node.value, names)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


__all__ = ["Source", "source_of"]
