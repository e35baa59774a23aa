"""What the text of a user's module shows and its objects do not: names bound and hidden, objects made and dropped, calls.

Only the syntax is read; where a module has no source at hand, nothing is known (`source_of` is None).
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from types import CodeType, ModuleType
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from drcheck.errors import is_declared_elsewhere, user_frame

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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

    def stars(self, module: ModuleType) -> Iterator[tuple[int, ModuleType]]:
        """The modules that the module imports all names of, each with the line."""
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                other = _module_named(node, module)
                if other is not None:
                    yield node.lineno, other

    @cached_property
    def deleted(self) -> frozenset[str]:
        """Names that a statement `del` at the level of the module takes away."""
        return frozenset(
            target.id
            for node in self.tree.body
            if isinstance(node, ast.Delete)
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    def dropped_calls(self, module: ModuleType, inside: str = "") -> Iterator[tuple[int, Any]]:
        """Calls that stand alone, so that their value is dropped: the line, and the function, as the module names it.

        `inside`: only those in the function of this name.
        """
        for node in ast.walk(self.function(inside) or self.tree if inside else self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                function = object_named(node.value.func, vars(module))
                if function is not None:
                    yield node.lineno, function

    def unread(self, module: ModuleType, inside: str) -> Iterator[tuple[int, str, Any]]:
        """Names of a function's own that a call is bound to and that nothing reads: the line, the name, what is called."""
        function = self.function(inside)
        if function is None:
            return
        read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
        shared = {n for node in ast.walk(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for n in node.names}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
                target, called = node.targets[0], object_named(node.value.func, vars(module))
                if isinstance(target, ast.Name) and target.id not in read | shared and called is not None:
                    yield node.lineno, target.id, called

    def function(self, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The last function of a name at the level of the module."""
        found = [node for node in self.tree.body if isinstance(node, FUNCTIONS) and node.name == name]
        return found[-1] if found else None

    def returns(self, line: int) -> bool:
        """Whether a function that begins at a line (that of its first decorator) returns or yields a value anywhere."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Lambda) and node.lineno == line:
                return True
            if isinstance(node, FUNCTIONS) and min([node.lineno, *(d.lineno for d in node.decorator_list)]) == line:
                said = (ast.Return, ast.Yield, ast.YieldFrom)
                return any(isinstance(at, said) and at.value is not None for at in ast.walk(node))
        return False

    def loop_variables(self, line: int) -> list[str]:
        """The variables of loops around a function that begins at a line which the function reads when it is called.

        Where it is called after the loop, it reads their last values. A function in between is called in the loop.
        """
        return sorted(self._late.get(line, ()))

    @cached_property
    def _late(self) -> dict[int, frozenset[str]]:
        """For each line at which functions in loops begin, what they read of the loops' variables."""
        found: dict[int, frozenset[str]] = {}
        stack: list[tuple[ast.AST, frozenset[str]]] = [(self.tree, frozenset())]
        while stack:
            node, around = stack.pop()
            if isinstance(node, (*FUNCTIONS, ast.Lambda)):
                if around:
                    line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
                    body = node.body if isinstance(node.body, list) else [node.body]
                    read = {
                        at.id
                        for part in body
                        for at in ast.walk(part)
                        if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Load)
                    }
                    found[line] = found.get(line, frozenset()) | (around & read) - _own_names(node)
                around = frozenset()
            elif isinstance(node, (ast.For, ast.AsyncFor)):
                around |= _targets(node.target)
            elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                around |= frozenset().union(*(_targets(part.target) for part in node.generators))
            stack += [(child, around) for child in ast.iter_child_nodes(node)]
        return found

    def mentions(self, name: str) -> bool:
        """Whether a name is read anywhere."""
        return any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(self.tree)
        )

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
            if isinstance(node, (*FUNCTIONS, ast.Lambda)):
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


def _targets(target: ast.expr) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """What a function's body does not read from outside: its parameters and variables; and the function itself."""
    own = {getattr(function, "name", "")}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    return frozenset(own)


Span: TypeAlias = tuple[int, int, int, int]
"""Where a piece of source stands: its first and last line, its first column, and the one behind its last, in bytes of UTF-8."""


def span_of(node: ast.expr) -> Span:
    """Where a node of a syntax tree stands."""
    return node.lineno, node.end_lineno or node.lineno, node.col_offset, node.end_col_offset or 0


_SPANS: dict[tuple[int, int], tuple[CodeType, Span | None]] = {}
"""Where instructions stand, by their code and place in it: to count up to them takes long in a long function."""
_MOST_SPANS = 20_000


def position() -> Span | None:
    """Where the call, or the operator, stands that a user's line is computing; None if Python keeps no columns, or it is none."""
    if is_declared_elsewhere():
        return None
    frame = user_frame()
    code, at = frame.f_code, frame.f_lasti // 2
    known = _SPANS.get((id(code), at))
    if known is None or known[0] is not code:
        if len(_SPANS) > _MOST_SPANS:
            _SPANS.clear()
        known = _SPANS[id(code), at] = code, _counted(code, at)
    return known[1]


def _counted(code: CodeType, at: int) -> Span | None:
    start, end, column, last = next(islice(code.co_positions(), at, None))
    if start is None or end is None or column is None or last is None:
        return None
    return start, end, column, last


def swallowed() -> tuple[str, str] | None:
    """Of the comparison that a user's line is computing: its text, and that of an operand by & or | without parentheses.

    None if no operand is of that kind, or the text is not at hand.
    """
    frame, span = user_frame(), position()
    if span is None:
        return None
    start, end, column, last = span
    lines = [linecache.getline(frame.f_code.co_filename, number).encode() for number in range(start, end + 1)]
    lines[-1] = lines[-1][:last]
    lines[0] = lines[0][column:]
    text = b"".join(lines).decode(errors="replace")
    try:
        node = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(node, ast.Compare):
        return None
    # A side in parentheses begins after, or ends before, the comparison does.
    first, second = node.left, node.comparators[-1]
    bare = [
        (first, (first.lineno, first.col_offset) == (node.lineno, node.col_offset)),
        (second, (second.end_lineno, second.end_col_offset) == (node.end_lineno, node.end_col_offset)),
    ]
    for side, is_bare in bare:
        if is_bare and isinstance(side, ast.BinOp) and isinstance(side.op, (ast.BitAnd, ast.BitOr)):
            return " ".join(ast.unparse(node).split()), ast.unparse(side)
    return None


_KNOWN: WeakKeyDictionary[ModuleType, tuple[object, Source | None]] = WeakKeyDictionary()


def source_of(module: ModuleType) -> Source | None:
    """The source of a module, or None if it is not at hand (typed in at a prompt, or compiled)."""
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


def object_named(node: ast.expr, names: dict[str, Any]) -> Any:
    """The object that a name, or a name with attributes, stands for at the level of the module; None if none is known."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = object_named(node.value, names)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


__all__ = ["FUNCTIONS", "Source", "Span", "object_named", "position", "source_of", "span_of", "swallowed"]
