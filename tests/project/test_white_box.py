"""Tests go by what drcheck offers. The modules here also reach for private names, each for a reason, and no others do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHITE_BOX = {
    "abstraction/test_cases.py": "takes one rule at a time to be wrong, so that a test must fail",
    "abstraction/test_choosing.py": "takes one rule at a time to be wrong, so that a test must fail",
    "abstraction/test_facts.py": "holds the cases of states against a slow twin",
    "abstraction/test_proofs.py": "holds what is evaluated on known states against another search",
    "abstraction/test_slicing.py": "takes one rule at a time to be wrong, so that a test must fail",
    "answers/test_curve.py": "counts the searches that a curve takes",
    "answers/test_fmea.py": "interrupts an analysis between two rows",
    "cli/test_mutants.py": "interrupts a campaign between two mutants",
    "engines/native/test_log_damage.py": "writes logs that are damaged at a chosen place",
    "engines/native/test_native_delayed.py": "interrupts a search by regions in the middle of a batch",
    "engines/native/test_native_engine.py": "refuses memory at a chosen moment",
    "engines/native/test_native_invariants.py": "asks for invariants at moments that no caller sees",
    "engines/native/test_native_log.py": "writes the digest of a log that was changed",
    "engines/native/test_native_parts.py": "grows tables at moments that a whole search seldom meets",
    "engines/native/test_native_planted.py": "corrupts one word of a structure",
    "engines/native/test_native_regions.py": "compares the files of regions with a plain twin",
    "engines/native/test_text_keys.py": "asks for the modules that a key is of",
    "engines/test_controls.py": "takes away what the operating system says of memory",
    "engines/test_estimate.py": "formats durations of years, which no search takes",
    "engines/test_interrupts.py": "asks what a process that is no command does at an interrupt",
    "engines/test_memory.py": "takes away what the operating system says of memory",
    "kernels/test_deadline.py": "makes one phase slow, and waits for what was left alone",
    "logic/test_temporal.py": "counts the letters that formulas of many conditions need",
    "reductions/test_dead_variables.py": "takes the analysis to be wrong, so that a test must fail",
    "reductions/test_symmetry.py": "compares shapes of components that no system has",
    "report/test_notebook.py": "calls what a notebook calls",
    "sampling/test_bitstate.py": "refuses memory at a chosen moment",
    "saturation/test_saturation.py": "takes one rule at a time to be wrong, so that a test must fail",
    "system/test_trace.py": "counts the steps that replaying tries",
    "verdicts/test_coverage.py": "splits guards that no design has",
    "verdicts/test_every_value.py": "takes one rule at a time to be wrong, so that a test must fail",
}


def private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def defined() -> set[str]:
    """The private names that the package defines."""
    found = set()
    for path in (ROOT / "src" / "drcheck").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return {name for name in found if private(name)}


def reached(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """The private names that a module of tests imports, reads from something that is not its own, or replaces."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("drcheck"):
            yield from (alias.name for alias in node.names if private(alias.name))
        elif isinstance(node, ast.Attribute) and node.attr in names:
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setattr":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and a.value in names)
        elif isinstance(node, ast.Tuple) and len(node.elts) >= 2 and isinstance(node.elts[1], ast.Constant):
            yield from [node.elts[1].value] if node.elts[1].value in names else []


def test_private_names_are_reached_for_with_a_reason() -> None:
    names, tests = defined(), ROOT / "tests"
    found = {
        path.relative_to(tests).as_posix(): set(reached(ast.parse(path.read_text(encoding="utf-8")), names))
        for path in tests.rglob("*.py")
    }
    assert {path: used for path, used in found.items() if used and path not in WHITE_BOX} == {}
    assert {path for path, used in found.items() if used} >= set(WHITE_BOX), (
        "one of these needs no private name any more"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from drcheck.engines.estimate import _duration", ["_duration"]),
        ("patch.setattr(memory, '_read', f)", ["_read"]),
        ("changed({(Doubts, '_read'): f})", ["_read"]),
        ("store._read()", ["_read"]),
        ("self._read()", []),
        ("name.startswith('_read')", []),
    ],
)
def test_what_reaching_is(text: str, names: list[str]) -> None:
    assert list(reached(ast.parse(text), {"_read"})) == names
