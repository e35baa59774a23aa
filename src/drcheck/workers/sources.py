"""The source files that a design is made of: its module, that of its properties, and what these import from beside them.

What a design is with other parameters than those that were composed is in no composed system; it is in these files. They are
found by reading them, so that nothing depends on what a process has loaded. What Python imports under a computed name, and files
of other kinds that a design reads, are not among them.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from drcheck.designs.design import Design


def sources_digest(design: Design) -> str:
    """The digest of the source files of a design, whatever their place on the disk; "" for one of drcheck itself."""
    if design.file is not None:
        return hashlib.sha256(Path(design.file.file).read_bytes()).hexdigest()[:16]
    name = design.function.__module__
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or name.partition(".")[0] == "drcheck":
        return ""
    path = Path(file)
    root = path.parents[name.count(".") + (path.name == "__init__.py")]
    found = hashlib.sha256()
    for module, content in sorted(_closure(root, [name, design.properties_module or name])):
        found.update(module.encode() + b"\0" + content + b"\0")
    return found.hexdigest()[:16]


def _closure(root: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The modules of some names that are files under a folder, and all that they import which are: each with its content."""
    waiting, seen = list(names), set(names)
    while waiting:
        name = waiting.pop()
        path = _file(root, name)
        if path is None:
            continue
        try:
            content = path.read_bytes()
            imported = [*_imported(ast.parse(content), name, package=path.name == "__init__.py")]
        except (
            OSError,
            SyntaxError,
            ValueError,
        ):  # it was removed or is being written: it is no longer what was loaded
            content, imported = b"", []
        yield name, content
        parents = [name.rpartition(".")[0]] if "." in name else []
        new = [each for each in (*imported, *parents) if each not in seen]
        waiting += dict.fromkeys(new)
        seen.update(new)


def _file(root: Path, name: str) -> Path | None:
    place = root.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _imported(tree: ast.Module, name: str, *, package: bool) -> Iterator[str]:
    """The names that may be modules which a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".")
            up = parts[: len(parts) - node.level + package] if node.level else []
            module = ".".join([*up, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
            yield module


__all__ = ["sources_digest"]
