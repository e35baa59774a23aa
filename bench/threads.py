"""How a search scales with the number of its threads.

    python bench/threads.py --threads 1,2,4 --size L --repeat 3
    python bench/threads.py --design model.info_mart.active_standby:active_standby --json

Each search is a process of its own (`bench/pipeline.py` or `bench/designs.py`); one before the others, which is not
counted, leaves its machine code in the cache. The numbers of threads take turns, each turn in the other direction, so that
what else the machine does meets all of them alike. `seconds`, `cpu_seconds` (of all threads) and `states_per_second` are
those of the fastest search and the median; `ratio` is states a second by those with the first number of threads. What is
found must be the same: where it is not, the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs, measure
from bench.pipeline import SIZES

FIGURES = ("states_per_second", "seconds", "cpu_seconds")


def numbers(text: str) -> list[int]:
    """`1,2,4` as numbers of threads, each once. Raises ArgumentTypeError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers of threads, such as 1,2,4")
    return list(dict.fromkeys(int(part) for part in parts))


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The fastest of some searches, and the median of each figure."""
    best = max(runs, key=lambda run: run["states_per_second"])
    return {
        "threads": best["threads"],
        "best": {key: best[key] for key in FIGURES},
        "median": {key: round(median(run[key] for run in runs), 4) for key in FIGURES},
    }


def main(arguments: list[str] | None = None) -> int:
    """Search, print, and return the exit status: 1 where searches with more threads find something else."""
    parser = argparse.ArgumentParser(description="Measure searches with several numbers of threads.")
    parser.add_argument("--threads", type=numbers, default=[1, 2, 4], help="numbers of threads, with commas")
    parser.add_argument("--size", choices=list(SIZES), default="L", help="of the pipeline benchmark")
    designs.add_options(parser)
    parser.add_argument("--states", type=int, help="stop at this many states")
    parser.add_argument("--repeat", type=int, default=3, help="searches with each number of threads")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = designs.parsed(parser, arguments)
    if options.repeat < 1:
        parser.error("each number of threads is measured at least once")
    command = ["pipeline.py", "--size", options.size]
    if options.design is not None:
        command = ["designs.py", "--design", options.design, *(f"--set={setting}" for setting in options.set)]
    if options.states is not None:
        command += ["--states", str(options.states)]
    runs: dict[int, list[dict[str, Any]]] = {number: [] for number in options.threads}
    try:
        first = measure.searched(*command, "--threads", str(max(runs)))
        for turn in range(options.repeat):
            for number in list(runs)[:: -1 if turn % 2 else 1]:
                runs[number].append(measure.searched(*command, "--threads", str(number)))
    except subprocess.CalledProcessError as error:
        return int(error.returncode)  # the program has said why
    rows = [summary(found) for found in runs.values()]
    for row in rows:
        row["ratio"] = {
            kind: round(row[kind][FIGURES[0]] / rows[0][kind][FIGURES[0]], 3) for kind in ("best", "median")
        }
    result = {
        "benchmark": "threads",
        "of": first["benchmark"],
        "design": options.design or f"pipeline-{options.size}",
        "processors": os.cpu_count(),
        "repeat": options.repeat,
        "engine": first["engine"],
        "states": first["states"],
        "transitions": first["transitions"],
        "rows": rows,
    }
    if options.json:
        print(json.dumps(result))
    else:
        print(
            f"{result['design']}: {first['states']:,} states, {first['transitions']:,} transitions; "
            f"{result['processors']} processors"
        )
        print(f"{'threads':>7} {'':6} {'states/s':>12} {'seconds':>9} {'cpu':>9} {'ratio':>6}")
        for row in rows:
            for kind in ("best", "median"):
                print(
                    f"{row['threads']:7} {kind:6} {row[kind]['states_per_second']:12,.0f} {row[kind]['seconds']:9.2f} "
                    f"{row[kind]['cpu_seconds']:9.2f} {row['ratio'][kind]:6.2f}"
                )
    wrong = False
    for number, found in runs.items():
        for key in measure.SAME:
            others = [run[key] for run in found if run[key] != first[key]]
            if others:
                print(
                    f"wrong: {key} is {first[key]} in the first search and {others[0]} with {number} threads",
                    file=sys.stderr,
                )
                wrong = True
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
