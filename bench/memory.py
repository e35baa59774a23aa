"""The memory that a check takes with all its processes, against its limit.

    python bench/memory.py --limit 300M --limit 1.5G

Each check runs in a process of its own; the peak is that of the sum over this process and those that it starts, read every few
milliseconds. It is at most a tenth above the limit; otherwise the exit status is 1.
A limit that is too small to begin with is refused. Linux only: the peak is read in /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.limits import alternatives, journal, shifting
from bench.pipeline import SIZES, pipeline
from drcheck.cli.options import size_of
from drcheck.designs.design import design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError
from drcheck.kernels.sizes import size_text
from drcheck.language.component import Component, on
from drcheck.language.functions import total
from drcheck.language.variables import Integer
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.formulas import finally_, globally
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, can_always, eventually, leads_to, ltl, never
from drcheck.system.composition import compose
from drcheck.system.system import System
from drcheck.verdicts.check import check_design

TOLERATED = 1.10
"""Of the limit."""
EVERY = 0.004
"""Seconds between two readings."""


class Greedy(NamedTuple):
    """What takes memory: a system, or the name of a design; by which engine it is searched, with which reductions."""

    make: Callable[[], System] | str
    engine: str = "auto"
    reductions: tuple[str, ...] = ()


def rings(parts: int, top: int, *kinds: str) -> System:
    """Counters that go round and round: one strongly connected component, in which all events are fair."""
    made = []
    for i in range(parts):
        n = Integer("n", 0, top)
        made.append(
            Component(f"c{i}", ["on"], variables=[n], transitions=[on(f"t{i}", "on", then={n: (n + 1) % (top + 1)})])
        )
    numbers = [component.variable("n") for component in made]
    last, fair = numbers[-1], weakly_fair(*(f"t{i}" for i in range(parts)))
    properties: dict[str, Callable[[], Property]] = {
        "always": lambda: always(last <= top, name="stays"),
        "leads_to": lambda: leads_to(last == 1, last == top, fairness=fair, name="comes"),
        "strongly": lambda: leads_to(
            last == 1, last == top, fairness=strongly_fair("automatic"), name="comes_strongly"
        ),
        "unfair": lambda: eventually(total(numbers) == parts * top, name="all_at_once"),
        "can_always": lambda: can_always(total(numbers) == 0, name="back"),
        "ltl": lambda: ltl(globally(finally_(last == top)), fairness=fair, name="again_and_again"),
        "ltl_several": lambda: ltl(
            globally(finally_(numbers[0] == top)) & globally(finally_(last == top)), fairness=fair, name="both"
        ),
    }
    return compose("rings", made, properties=[properties[kind]() for kind in kinds])


def far(size: int) -> System:
    """A state that is many steps away, and wide."""
    parts = [Integer(f"w{i}", 0, 1_000_000) for i in range(20)]
    x = Integer("x", 0, size)
    step = on(
        "write", "a", when=x < size, then={x: x + 1, **{w: (x * (i + 3)) % 1_000_000 for i, w in enumerate(parts)}}
    )
    return compose(
        "far",
        [Component("c", ["a"], variables=[x, *parts], transitions=[step])],
        properties=[never(x == size, name="p")],
    )


def benchmark(size: str, graph: bool) -> System:
    system = pipeline(*SIZES[size])
    lost = system.component("pipeline").variable("lost")
    promises = [always(lost <= 1, name="few"), *([eventually(lost == 1, name="some")] if graph else [])]
    return System(**{**vars(system), "properties": tuple(promises)})


ROUND = ("leads_to", "strongly", "unfair", "can_always", "ltl", "ltl_several")
GREEDY: dict[str, Greedy] = {
    **{
        f"pipeline, {engine}": Greedy(lambda: benchmark("L", False), engine) for engine in ("python", "numpy", "native")
    },
    **{
        f"its graph, {engine}": Greedy(lambda: benchmark("L", True), engine) for engine in ("python", "numpy", "native")
    },
    **{
        f"{kind}, {states:,} states, {engine}": Greedy(lambda kind=kind, top=top: rings(6, top, kind), engine)  # type: ignore[misc]
        for kind in ROUND
        for engine, top, states in (("native", 9, 10**6), ("native", 11, 12**6), ("numpy", 9, 10**6))
    },
    "five questions, native": Greedy(lambda: rings(6, 9, "leads_to", "unfair", "can_always", "ltl", "ltl_several")),
    "leads_to, 100,000 states, python": Greedy(lambda: rings(5, 9, "leads_to", "ltl"), "python"),
    "a trace of 100,000 steps": Greedy(lambda: journal(100_000, 10)),
    "a trace of 100,000 wide states": Greedy(lambda: far(100_000)),
    "59,049 alternatives": Greedy(lambda: alternatives(10)),
    "6,561 alternatives, compiled": Greedy(lambda: alternatives(8), "native"),
    "an array of 64, reduced": Greedy(lambda: shifting(64, 4), "auto", ("dead-variables",)),
    "counters, reduced": Greedy(lambda: rings(7, 15, "always"), "native", ("symmetry", "dead-variables")),
    "active_active": Greedy("model.info_mart.active_active:active_active"),
    "active_standby": Greedy("model.info_mart.active_standby:active_standby"),
    "active_standby, numpy": Greedy("model.info_mart.active_standby:active_standby", "numpy"),
    "active_active, reduced": Greedy(
        "model.info_mart.active_active:active_active", "auto", ("symmetry", "dead-variables")
    ),
    "logger_hds": Greedy("model.logger_hds.design:logger_hds"),
    "cms_ha": Greedy("model.cms_ha.design:cms_ha"),
}


def one(name: str, most: int | None, threads: int) -> dict[str, Any]:
    """A check with a limit in this process: what it came to."""
    greedy = GREEDY[name]

    def made() -> System:
        """A system that takes memory."""
        assert not isinstance(greedy.make, str)
        return greedy.make()

    made_of = load(greedy.make) if isinstance(greedy.make, str) else design(made)
    try:
        report = check_design(
            made_of,
            engine=greedy.engine,
            limits=Limits(memory=most, threads=threads),
            reductions=frozenset(greedy.reductions),
            keep_states=False,
        )
    except DrcheckError as error:
        return {"states": 0, "verdicts": [error.code], "reasons": [str(error)]}
    return {
        "states": max(run.exploration.states for run in report.runs),
        "verdicts": [v.conclusion.value for v in report.verdicts],
        "reasons": sorted({v.reason for v in report.verdicts if v.conclusion.value == "INCONCLUSIVE"}),
    }


def resident_of_tree(root: int) -> int:
    """Bytes that a process and all that it started use."""
    total_, waiting = 0, [root]
    page = 4096
    while waiting:
        process = waiting.pop()
        with contextlib.suppress(OSError, IndexError):
            total_ += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * page
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
    return total_


def measured(name: str, most: int | None, threads: int = 2) -> dict[str, Any]:
    """What a check with a limit took at most, and what it came to."""
    command = [sys.executable, __file__, "--one", name, "--threads", str(threads)]
    command += [] if most is None else ["--limit", str(most)]
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, resident_of_tree(process.pid))
            time.sleep(EVERY)
        assert process.stdout is not None
        told = json.loads(process.stdout.read() or "{}")
    refused = told.get("verdicts") == ["DR515"]
    return {
        "system": name,
        "limit": most,
        "peak": max(peak, told.pop("own_peak", 0)),
        "seconds": round(time.perf_counter() - began, 1),
        "refused": refused,
        **told,
    }


def kept(row: dict[str, Any]) -> bool:
    """Whether a check kept its limit, or was refused for it, and came to something."""
    if "verdicts" not in row:
        return False
    return bool(row["refused"] or row["limit"] is None or row["peak"] <= TOLERATED * row["limit"])


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 where a limit was not kept."""
    parser = argparse.ArgumentParser(description="Hold memory against the limit of memory on systems that take much.")
    parser.add_argument("--limit", action="append", type=lambda text: size_of(text, "--limit"), help="limits of memory")
    parser.add_argument("--only", action="append", choices=list(GREEDY), help="these systems (several times)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--one", choices=list(GREEDY), help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    limits = options.limit or [300 << 20, 600 << 20, 3 << 29]
    if options.one:
        told = one(options.one, (options.limit or [None])[0], options.threads)
        status = Path("/proc/self/status").read_text()
        print(json.dumps({**told, "own_peak": int(status.split("VmHWM:")[1].split()[0]) << 10}))
        return 0
    rows = []
    if not options.json:
        print(f"{'system':42}{'limit':>7}{'peak':>8}{'ratio':>7}{'seconds':>9}{'states':>12}  verdicts")
    for name in options.only or GREEDY:
        for most in limits:
            row = measured(name, most, options.threads)
            rows.append({**row, "kept": kept(row)})
            if not options.json:
                told = row.get("verdicts", ["nothing"])
                counts = ", ".join(f"{told.count(v)} {v}" for v in dict.fromkeys(told))
                print(
                    f"{name:42}{size_text(most):>7}{row['peak'] >> 20:7,}M{row['peak'] / most:7.2f}{row['seconds']:9.1f}"
                    f"{row.get('states', 0):12,}  {counts}{'' if rows[-1]['kept'] else '  NOT KEPT'}",
                    flush=True,
                )
    if options.json:
        print(json.dumps({"benchmark": "memory", "rows": rows}))
    return 0 if all(row["kept"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
