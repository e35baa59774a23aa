"""What the benchmark programs share: options, a search that is timed, and its result as one object.

The keys of a result: the benchmark with its parameters, `engine`, `threads`, `bits` of a packed state, `states`,
`transitions`, `depth`, `complete`, `invariant_holds`, `violated` (which invariants do not hold, by position), `escapes`
(whether a step would leave a domain), `seconds` of the search (making machine code included), `cpu_seconds` of all its
threads, `states_per_second`, `bytes_per_state` (growth of the peak of resident memory over what it was before the
search) and `peak_rss` in bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drcheck.engines.choose import ENGINES, engine_named
from drcheck.engines.protocol import Engine, Limits, Query
from drcheck.system.system import System

SAME = ("states", "transitions", "depth", "complete", "violated")
"""What all searches of one system must agree on, whatever they may use."""


def parser(description: str) -> argparse.ArgumentParser:
    """A parser with the options that all benchmark programs have."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--engine", choices=ENGINES, default="native")
    made.add_argument("--states", type=int, help="stop at this many states")
    made.add_argument("--threads", type=int, default=1, help="threads, for engines that can use several")
    made.add_argument("--memory", type=int, help="stop at this many bytes of memory")
    made.add_argument("--log", type=Path, help="a folder where the search leaves a log, and is resumed from one")
    made.add_argument("--disk", type=Path, help="a folder for files that hold what has no room in memory")
    made.add_argument("--repeat", type=int, default=1, help="searches; the fastest counts")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def engine(options: argparse.Namespace) -> Engine:
    """The engine that the options ask for: what configures an engine is handed over here, and only here."""
    return engine_named(options.engine)


def limits(options: argparse.Namespace) -> Limits:
    """Where the options say that a search stops, and what it may use."""
    return Limits(
        states=options.states, memory=options.memory, threads=options.threads, log=options.log, disk=options.disk
    )


def run(
    about: Mapping[str, object],
    system: System,
    query: Query,
    options: argparse.Namespace,
    *,
    invariants: int | None = None,
    expected: tuple[int, int] | int | None = None,
) -> int:
    """Explore, print the result, and return the exit status: 1 where the counts are not the expected ones.

    `about` is put before the result; the first `invariants` watches of the query (None: all) are violations of
    invariants. `expected`: how many states, or states and transitions, a complete search must find.
    """
    searcher, before = engine(options), peak()
    runs = []
    for _ in range(options.repeat):
        used = time.process_time()
        found = searcher.explore(system, query, limits(options))
        runs.append((found.seconds, time.process_time() - used, found))
    _, used, best = min(runs, key=lambda r: r[0])
    violated = [number for number, hit in enumerate(best.hits[:invariants]) if hit is not None]
    result = {
        **about,
        "engine": best.engine,
        "threads": options.threads,
        "bits": system.bits,
        "states": best.states,
        "transitions": best.transitions,
        "depth": best.depth,
        "complete": best.complete,
        "invariant_holds": best.complete and not violated,
        "violated": violated,
        "escapes": best.escape is not None,
        "seconds": round(best.seconds, 4),
        "cpu_seconds": round(used, 4),
        "states_per_second": round(best.states / best.seconds),
        "bytes_per_state": round((peak() - before) / best.states, 1),
        "peak_rss": peak(),
    }
    print(json.dumps(result) if options.json else "\n".join(f"{key:18} {value}" for key, value in result.items()))
    counted: object = best.states if isinstance(expected, int) else (best.states, best.transitions)
    if best.complete and expected not in (None, counted):
        what = "states" if isinstance(expected, int) else "states and transitions"
        print(f"wrong: {expected} {what} were expected, {counted} were found", file=sys.stderr)
        return 1
    return 0


def searched(program: str, *options: str) -> dict[str, Any]:
    """The result of one search by a benchmark program, in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, str(Path(__file__).with_name(program)), "--json", *options]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return result


def peak() -> int:
    """The peak resident memory of this process so far, in bytes; 0 where the system does not tell it."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
