"""Wall time against the limit of seconds, on odd systems of which each part of a check alone would take much longer.

    python bench/limits.py --seconds 3

Each check ends within the limit and a second, or a tenth of the limit; otherwise the exit status is 1. What was found by then
is told. On a machine that is busy with something else the times say nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pipeline import SIZES, pipeline
from drcheck.designs.design import design
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError
from drcheck.language.component import Component, on, outcome
from drcheck.language.functions import minimum
from drcheck.language.variables import Array, Integer
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.properties import always, can_always, deadlock_free, eventually
from drcheck.system.composition import compose
from drcheck.system.system import System
from drcheck.verdicts.check import check_design


class Odd(NamedTuple):
    """A system that is odd: how it is made, by which engine it is searched, with which reductions."""

    make: Callable[[], System]
    engine: str = "auto"
    reductions: tuple[str, ...] = ()


def journal(records: int, others: int) -> System:
    x = Integer("x", 0, records)
    looks = [on(f"look{i}", "a", when=x % (i + 2) == 1) for i in range(others)]
    writes = on("write", "a", when=x < records, then={x: x + 1})
    promises = [
        always(x < records, name="never_full"),
        eventually(x == records, fairness=weakly_fair("write"), name="full"),
    ]
    return compose("journal", [Component("c", ["a"], variables=[x], transitions=[writes, *looks])], properties=promises)


def alternatives(parts: int) -> System:
    ways = [outcome("a"), outcome("b"), outcome("d")]
    made = [Component(f"c{i}", ["a", "b", "d"], transitions=[on("all", "*", outcomes=ways)]) for i in range(parts)]
    return compose("alternatives", made, properties=[deadlock_free(name="p")])


def shifting(size: int, outcomes: int) -> System:
    a, i, j = Array("a", Integer("v", 0, 3), size), Integer("i", 0, size - 1), Integer("j", 0, 15)
    moved = [outcome("t", {a[(i + m) % size]: a[(i * 5 + m) % size], i: (i + 1) % size}) for m in range(outcomes)]
    steps = [on("w", "s", when=a[(i + 7) % size] < 3, outcomes=moved), on("b", "t", "s", then={j: minimum(j + 1, 15)})]
    return compose(
        "shifting",
        [Component("c", ["s", "t"], variables=[a, i, j], transitions=steps)],
        properties=[deadlock_free(name="p")],
    )


def wide(parts: int, top: int = 3) -> System:
    made = []
    for i in range(parts):
        n = Integer("n", 0, top)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", when=n < top, then={n: n + 1})])
        )
    first = made[0].variable("n")
    return compose("wide", made, properties=[always(first <= top, name="p"), can_always(first == top, name="q")])


def benchmark(size: str) -> System:
    system = pipeline(*SIZES[size])
    lost = system.component("pipeline").variable("lost")
    promises = (always(lost <= 1, name="few"), eventually(lost == 1, name="some"))
    return System(**{**vars(system), "properties": promises})


def forever() -> System:
    while True:
        pass


ODD: dict[str, Odd] = {
    "a trace of 20,000 steps": Odd(lambda: journal(20_000, 60)),
    "a trace of 100,000 steps": Odd(lambda: journal(100_000, 10)),
    "6,561 alternatives": Odd(lambda: alternatives(8)),
    "6,561 alternatives, compiled": Odd(lambda: alternatives(8), "native"),
    "6,561 alternatives, on live machines": Odd(lambda: alternatives(8), "reference"),
    "59,049 alternatives": Odd(lambda: alternatives(10)),
    "an array of 64, reduced": Odd(lambda: shifting(64, 4), "auto", ("dead-variables",)),
    "40 equal components, reduced": Odd(lambda: wide(40), "auto", ("symmetry", "dead-variables")),
    "500 components": Odd(lambda: wide(500, 1)),
    "500 components, in arrays": Odd(lambda: wide(500, 1), "numpy"),
    "a graph of millions": Odd(lambda: benchmark("L"), "native"),
    "composed for ever": Odd(forever),
}


def measured(name: str, seconds: float) -> dict[str, Any]:
    """What a check with a limit took, and what it came to."""
    odd = ODD[name]

    def made() -> System:
        """An odd system."""
        return odd.make()

    began = time.perf_counter()
    try:
        report = check_design(
            design(made), engine=odd.engine, limits=Limits(seconds=seconds), reductions=frozenset(odd.reductions)
        )
        states, told = report.main.exploration.states, [v.conclusion.value for v in report.verdicts]
    except DrcheckError as error:
        states, told = 0, [error.code]
    took = time.perf_counter() - began
    return {
        "system": name,
        "limit": seconds,
        "seconds": round(took, 2),
        "states": states,
        "verdicts": told,
        "kept": took <= seconds + max(1.0, seconds / 10),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 where a limit was not kept."""
    parser = argparse.ArgumentParser(description="Hold wall time against the limit of seconds on odd systems.")
    parser.add_argument("--seconds", type=float, default=3.0, help="the limit of each check")
    parser.add_argument("--only", action="append", choices=list(ODD), help="these systems (several times)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    rows = [measured(name, options.seconds) for name in options.only or ODD]
    if options.json:
        print(json.dumps({"benchmark": "limits", "rows": rows}))
    else:
        print(f"{'system':38}{'limit':>7}{'took':>8}{'states':>12}  verdicts")
        for row in rows:
            times = f"{row['limit']:6.1f}s{row['seconds']:7.2f}s"
            print(f"{row['system']:38}{times}{row['states']:12,}  {', '.join(row['verdicts'])}")
    late = [row["system"] for row in rows if not row["kept"]]
    for name in late:
        print(f"not kept: {name}", file=sys.stderr)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
