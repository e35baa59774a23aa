"""Searches of very different sizes: as a project for commands, and as systems."""

from __future__ import annotations

import subprocess
from pathlib import Path

from drcheck import Component, Integer, compose, on
from drcheck.designs.design import Design, design
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, stated
from drcheck.system.system import System
from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]

SEARCHES = f'''
"""Searches of very different sizes, one for each number of parts."""
import sys
from typing import Annotated

sys.path.append({str(ROOT)!r})

from bench.pipeline import SIZES, pipeline as benchmark
from drcheck import Component, Integer, System, compose, on
from drcheck.designs.design import design


@design(properties="properties.searches")
def searches(parts: Annotated[int, "how many count", range(1, 9)] = 1) -> System:
    """Counters."""
    print("composing", parts, flush=True)
    made = []
    for i in range(parts):
        n = Integer("n", 0, 99)
        counts = on(f"count{{i}}", "on", when=n < 99, then={{n: n + 1}})
        made.append(Component(f"c{{i}}", ["on"], variables=[n], transitions=[counts]))
    return compose("searches", made)


@design
def large() -> System:
    """The benchmark's size L."""
    from drcheck.logic.properties import always

    system = benchmark(*SIZES["L"])
    lost = system.component("pipeline").variable("lost")
    return System(**{{**vars(system), "properties": (always(lost <= 1, name="few_lost"),)}})
'''

STATED = """
from drcheck.logic.properties import always, stated


@stated(claims="P-1")
def small(d):
    return always(d.c0.n <= 99)


@stated(given={"parts": 5}, claims="P-1")
def large(d):
    return always(d.c0.n <= 99)


@stated(given={"parts": 5})
def early(d):
    return always(d.c0.n < VIOLATED_AT)


@stated(given={"parts": 6}, claims="P-2")
def later(d):
    return always(d.c0.n <= 99)
"""


def write(root: Path) -> None:
    """A project of these searches, beside that of a pair."""
    cli_project.write_project(root)
    files = {"model/searches.py": SEARCHES, "properties/searches.py": STATED.replace("VIOLATED_AT", "99 + 1")}
    cli_project.write(root, files)


def until(process: subprocess.Popen[str], line: str) -> None:
    """Wait until a process has printed a line."""
    assert process.stdout is not None
    assert process.stderr is not None
    while (read := process.stdout.readline()) != line:
        assert read, process.stderr.read()


def counters(parts: int, top: int = 99, promises: tuple[Property, ...] = ()) -> System:
    """Parts that count to a number each."""
    made = []
    for i in range(parts):
        n = Integer("n", 0, top)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", when=n < top, then={n: n + 1})])
        )
    return compose("counters", made, properties=promises)


@stated(claims="K-1")
def first(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@stated(claims="K-1", given={"top": 500})
def second(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@stated(claims="K-2", given={"top": 501})
def third(d):  # type: ignore[no-untyped-def]
    return always(d.c0.n <= 600)


@design
def small(top: int = 3) -> System:
    """Two counters."""
    return counters(2, top, (first, second, third))


SMALL: Design = small
