"""Who may import whom in src/drcheck, and that the checker names no design.

Each part may import the parts that stand before it in `LAYERS`; those that stand on one line never import each other.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "drcheck"

LAYERS: list[set[str]] = [
    {"errors", "starting"},
    {"called", "durations", "locate", "ordered", "remarks", "schemas", "source", "too_early"},
    {"expressions"},
    {"variables"},
    {"units"},
    {"transition"},
    {"reserved", "shadowed"},
    {"taking_in"},
    {"component", "variants"},
    {"constants", "system"},
    {"ranges", "tick_length", "views"},
    {"lowering"},
    {"rendezvous"},
    {"composition"},
    {"semantics", "coverage", "rows"},
    {"explore", "trace"},
    {"logic"},
    {"holding"},
    {"stating"},
    {"design", "render"},
    {"selection", "phases"},
    {"preparing"},
    {"finders", "saturation"},
    {"check"},
    {"audit", "claims", "sampling", "stubs"},
    {"analysis", "interop"},
    {"report", "explorer"},
    {"testing"},
    {"cli", "pytest_plugin", "examples"},
    {"__main__"},
]
"""From the ground up. Parts that do not exist yet are named so that they find their place."""

LATE: dict[tuple[str, str], str] = {
    ("component", "semantics"): "Component.machine() hands out a machine that runs by itself, inside the function",
    ("system", "lowering"): "System.lower() is the method by which a system lowers expressions, inside the function",
}
"""Imports against the order, allowed only inside functions, each with its reason."""

FOR_TYPES: dict[tuple[str, str], str] = {
    ("system", "rendezvous"): "a system lists its sites",
    ("views", "rendezvous"): "a system lists its sites",
}
"""Imports against the order for annotations only, under TYPE_CHECKING."""

LOGIC_MAY_USE = {"drcheck.explore.graphs", "drcheck.explore.products", "drcheck.explore.protocol"}
"""What logic uses of explore: algorithms on graphs, and the form of a graph. No engine, no search."""

DESIGNS = ("infomart", "info_mart", "info mart", "genesys", "cisco", "avaya", "goldengate", "golden_gate", "golden gate")


def part_of(module: str) -> str:
    """The part of a module: `drcheck.explore.native.jit` belongs to explore."""
    return module.split(".")[1] if "." in module else ""


def files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each import of a module of drcheck: (its name, how: "top", "function" or "types")."""

    def visit(node: ast.AST, how: str) -> Iterator[tuple[str, str]]:
        for child in ast.iter_child_nodes(node):
            inside = how
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and how == "top":
                inside = "function"
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test) and "Not()" not in ast.dump(
                child.test
            ):
                inside = "types"
            if isinstance(child, ast.Import):
                yield from ((alias.name, how) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: imports are absolute"
                for alias in child.names:
                    full = f"{child.module}.{alias.name}"
                    is_module = (SOURCE.parent / Path(*full.split("."))).with_suffix(".py").exists()
                    yield full if is_module else str(child.module), how
            yield from visit(child, inside)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), "top")


def rank(part: str) -> int:
    found = [i for i, layer in enumerate(LAYERS) if part in layer]
    assert found, f"drcheck.{part} has no place in LAYERS: give it one"
    return found[0]


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    me = part_of(name_of(path))
    if not me:
        return  # drcheck/__init__.py gathers what users import
    for module, how in imports(path):
        if not module.startswith("drcheck"):
            continue
        other = part_of(module)
        if not other:
            assert me in ("cli", "pytest_plugin", "report", "examples"), f"{path.name} imports the package itself"
            continue
        if other == me or rank(other) < rank(me):
            continue
        if how == "types" and (me, other) in FOR_TYPES:
            continue
        assert how == "function", f"{name_of(path)} imports {module}, which does not stand below it"
        assert (me, other) in LATE, f"{name_of(path)} imports {module} inside a function, against the order"


@pytest.mark.parametrize("path", [p for p in files() if part_of(name_of(p)) == "logic"], ids=lambda p: p.name)
def test_logic_knows_graphs_and_no_engine(path: Path) -> None:
    used = {module for module, _ in imports(path) if module.startswith("drcheck.explore")}
    assert used <= LOGIC_MAY_USE, f"{path.name} uses {used - LOGIC_MAY_USE}"


@pytest.mark.parametrize("path", [p for p in files() if part_of(name_of(p)) == "explore"], ids=lambda p: p.name)
def test_no_engine_knows_of_reductions(path: Path) -> None:
    """A reduced system is a system like any other; that is why every engine has every reduction."""
    if path.parent.name != "reductions":
        assert not [module for module, _ in imports(path) if module.startswith("drcheck.explore.reductions")]
    else:
        engines = ("drcheck.explore.native", "drcheck.explore.reference", "drcheck.explore.choose")
        assert not [module for module, _ in imports(path) if module.startswith(engines)]


@pytest.mark.parametrize(
    ("part", "forbidden"), [("explore", {"logic", "trace", "check"}), ("trace", {"logic", "explore", "check"}),
                            ("logic", {"trace", "check"}), ("interop", {"check", "render", "report"})]
)
def test_siblings_never_know_each_other(part: str, forbidden: set[str]) -> None:
    for path in files():
        if part_of(name_of(path)) == part:
            used = {part_of(m) for m, _ in imports(path) if m.startswith("drcheck")}
            assert not used & forbidden, f"{name_of(path)} uses {used & forbidden}"


def test_the_exceptions_are_still_needed() -> None:
    seen = {(part_of(name_of(p)), part_of(m), how) for p in files() for m, how in imports(p) if m.startswith("drcheck.")}
    assert all((*pair, "function") in seen for pair in LATE)
    assert all((*pair, "types") in seen for pair in FOR_TYPES)


def loaded_by(*modules: str) -> set[str]:
    """The modules that a fresh interpreter has after importing some."""
    code = f"import sys, {', '.join(modules)}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_drawings_and_the_language_need_no_numbers_and_no_compiler() -> None:
    drawing = [name_of(p) for p in files() if part_of(name_of(p)) == "render"]
    loaded = loaded_by("drcheck", "drcheck.semantics", "drcheck.trace", *drawing)
    assert not loaded & {"numpy", "numba", "llvmlite"}


def test_drawings_do_not_even_mention_numbers_or_compilers() -> None:
    for path in files():
        if part_of(name_of(path)) == "render":
            used = {m.split(".")[0] for m, _ in imports(path)}
            assert not used & {"numpy", "numba", "llvmlite"}, path.name


def test_the_checker_names_no_design() -> None:
    pattern = re.compile("|".join(DESIGNS), re.IGNORECASE)
    for path in sorted(p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        assert not pattern.search(str(path.relative_to(SOURCE))), path
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = pattern.search(text)
        assert not found, f"{path.relative_to(SOURCE)} names {found and found[0]}: the checker knows no design"


def test_the_checker_needs_no_design_to_be_there() -> None:
    for path in files():
        roots = {module.split(".")[0] for module, _ in imports(path)}
        assert not roots & {"model", "properties", "tests", "bench"}, path.name
