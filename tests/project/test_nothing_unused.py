"""Nothing is carried that nobody reads: names at the top of modules, fields of classes, codes of errors.

A name counts as used where the package reads it, or says it in a text that is run (generated code, templates): by itself in its
own module, imported from there, or as an attribute. So what only tests use is found, too.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from drcheck.errors import CODES

SOURCE = Path(__file__).resolve().parent.parent.parent / "src" / "drcheck"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
FOR_MODELS = {"DR703"}
"""Codes that audits of configuration files raise, which are no part of the package."""


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def loads(tree: ast.AST) -> Counter[str]:
    """Names that are read by themselves."""
    return Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def texts(tree: ast.Module) -> Iterator[str]:
    """Texts that are not documentation, nor in `__all__`."""
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            aside.add(id(node.value))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            aside |= {id(part) for part in ast.walk(node)}
    yield from (
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in aside
    )


@cache
def read_anywhere() -> frozenset[str]:
    """Attributes that some module reads, and words of texts and templates."""
    attributes = {n.attr for t in TREES.values() for n in ast.walk(t) if isinstance(n, ast.Attribute) and is_read(n)}
    written = [text for tree in TREES.values() for text in texts(tree)]
    written += [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.j2")]
    return frozenset(attributes.union(*(re.findall(r"\w+", text) for text in written)))


def is_read(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


@cache
def imported() -> frozenset[tuple[str, str]]:
    """Modules and what is imported from them."""
    nodes = [n for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return frozenset((str(node.module), alias.name) for node in nodes for alias in node.names)


def defined(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], ast.stmt]]:
    """What the statements of a module define; decorated functions are taken by what decorates them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if isinstance(node, ast.ClassDef) or not node.decorator_list:
                yield (node.name,), node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield tuple(n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)), node


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_every_name_is_used(path: Path) -> None:
    tree, module = TREES[path], module_of(path)
    own = loads(tree)
    for names, node in defined(tree):
        inside = loads(node)
        assert not names or any(
            name.startswith(("__", "pytest_"))
            or own[name] > inside[name]
            or (module, name) in imported()
            or name in read_anywhere()
            for name in names
        ), f"nothing in the package uses {', '.join(names)}"


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_every_field_is_read(path: Path) -> None:
    classes = [node for node in ast.walk(TREES[path]) if isinstance(node, ast.ClassDef)]
    for node in classes:
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                assert field.target.id in read_anywhere(), f"nothing reads {node.name}.{field.target.id}"


def test_every_code_is_used() -> None:
    said = " ".join(text for path, tree in TREES.items() if path.name != "errors.py" for text in texts(tree))
    said += " ".join(text for text in texts(TREES[SOURCE / "errors.py"]) if text not in CODES)
    in_errors = Counter(text for text in texts(TREES[SOURCE / "errors.py"]))
    assert {code for code in CODES if code not in said and in_errors[code] < 2} == FOR_MODELS


def test_the_tests_above_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    path = SOURCE / "render" / "style.py"
    text = path.read_text(encoding="utf-8")
    monkeypatch.setitem(
        TREES, path, ast.parse(f"{text}\n\ndef nobody_calls_this() -> None:\n    nobody_calls_this()\n")
    )
    with pytest.raises(AssertionError, match="nobody_calls_this"):
        test_every_name_is_used(path)
    monkeypatch.setitem(TREES, path, ast.parse(f"{text}\n\nclass WIDE:\n    nobody_reads_this: int\n"))
    with pytest.raises(AssertionError, match="nobody_reads_this"):
        test_every_field_is_read(path)
