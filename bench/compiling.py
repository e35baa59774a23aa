"""How long a model takes from a System to machine code that can be called, phase by phase.

    python bench/compiling.py --events 100 --repeat 9
    python bench/compiling.py --design model.info_mart.active_standby:active_standby --json

Each repetition is a process with an empty cache (cold) and then one that finds what the first one left (warm). Both set up
a search as the native engine does, and what they do is told apart by timers around the functions of the engine:

| part | is |
|---|---|
| start | importing the compiler and asking it about the processor, once a process; not a matter of the model |
| model | the System to functions that a search can call, as quickly as possible (level 0) |
| kernels | the search itself, which is the same for all models of about one size |
| tuned | the model again, made to run faster (level 2), which happens while a long search goes on |

| phase | is |
|---|---|
| key | `layout_of`, and `text_key`: all that a text depends on, by which the cache is asked whether it is known |
| text | writing the IR, where it is not: `expand_code`; of kernels, `translate` |
| look_up | asking the cache: digests, reading the sources of the kernels, reading the file |
| parse, optimise, emit | what LLVM does: text to module, passes, machine code |
| store | leaving the code in the cache |
| load | code to functions that can be called |
| rest | what is left of the part |

Milliseconds are medians, and in brackets minima, over the repetitions; `event_us` are microseconds of the median for each
event. A search that may find code in the cache and one that may not must find the same: where they do not, the exit
status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs, generated
from drcheck.engines.native import versions
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.model import codegen
from drcheck.engines.native.search import store as stores
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import DrcheckError
from drcheck.kernels import code_cache, compiler, jit
from drcheck.kernels.lazy_text import ALWAYS_WRITTEN, LazyText
from drcheck.system.system import System

PARTS = ("model", "kernels", "tuned")
PHASES = ("key", "text", "look_up", "parse", "optimise", "emit", "store", "load")
CHECKED = 20_000
"""Where the search stops by which code from the cache is held against code that is not."""


class Clock:
    """Seconds of calls by part and phase. A part within a part, or a phase within a phase, counts for the outer one."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.taken: dict[str, dict[str, float]] = {}
        self._part = self._phase = ""

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What happens within is this part."""
        if self._part:
            yield
            return
        self._part, began = name, self._now()
        yield
        taken = self.taken.setdefault(name, {})
        taken["whole"] = taken.get("whole", 0.0) + self._now() - began
        self._part = ""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What happens within is this phase of the part."""
        if self._phase or not self._part:
            yield
            return
        self._phase, began = name, self._now()
        yield
        taken = self.taken.setdefault(self._part, {})
        taken[name] = taken.get(name, 0.0) + self._now() - began
        self._phase = ""

    def watch(self, owner: Any, function: str, measured: Callable[[str], Any], name: str) -> None:
        """Measure each call of a function of a module or class, by `part` or `phase`, from now on in this process."""
        inner = getattr(owner, function)

        def call(*arguments: Any, **named: Any) -> Any:
            with measured(name):
                return inner(*arguments, **named)

        setattr(owner, function, call)


def watch_engine(clock: Clock) -> None:
    """Put timers around what the native engine calls to make code."""
    from llvmlite import binding

    compiler.LONG = float("inf")  # long texts, too, are compiled in this process: of another one no phases are seen
    for owner, function, phase in (
        (stores, "layout_of", "key"),
        (codegen, "text_key", "key"),
        (codegen, "expand_code", "text"),
        (versions, "translate", "text"),
        (jit, "translate", "text"),
        (code_cache, "source", "look_up"),
        (code_cache, "source_of_texts", "look_up"),
        (code_cache, "name_of", "look_up"),
        (code_cache, "load", "look_up"),
        (code_cache, "store", "store"),
        (binding, "parse_assembly", "parse"),
        (binding.ModulePassManager, "run", "optimise"),
        (binding.TargetMachine, "emit_object", "emit"),
        (jit.Code, "__init__", "load"),
    ):
        clock.watch(owner, function, clock.phase, phase)
    for function, part in (
        ("layout_of", "model"),
        ("expand_text", "model"),
        ("search_code", "kernels"),
    ):
        clock.watch(stores, function, clock.part, part)
    clock.watch(LazyText, "compiled", clock.part, "model")


def measured(system: System, query: Query, now: Callable[[], float]) -> dict[str, Any]:
    """Set a search up in this process, which must be a new one: milliseconds of each phase of each part.

    `now`: the clock. `ready`: from the System to a search that can begin. Raises EngineError DR501.
    """
    began = now()
    available = jit.available()
    start = now() - began
    clock = Clock(now)
    if available:  # else the engine says why not
        watch_engine(clock)
    began = now()
    store = stores.Store(system, query, 1)
    ready = now() - began
    was_tuned = store.model.tuned
    with clock.part("tuned"):
        code = store.tuned()
    assert code.address("expand")
    told: dict[str, Any] = {
        "start": 1e3 * start,
        "ready": 1e3 * ready,
        "was_tuned": was_tuned,
        "characters": len(store.text.text),
    }
    for part in PARTS:
        taken = {phase: 1e3 * clock.taken[part].get(phase, 0.0) for phase in PHASES}
        whole = 1e3 * clock.taken[part]["whole"]
        told[part] = taken | {"rest": whole - sum(taken.values()), "whole": whole}
    return told


def counts(system: System, query: Query) -> dict[str, Any]:
    """What a short search in this process finds."""
    found = NativeEngine().explore(system, query, Limits(states=CHECKED, threads=1))
    return {
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "complete": found.complete,
        "hits": found.hits,
        "maxima": found.maxima,
        "deadlocks": found.deadlocks,
        "fired": found.fired,
    }


def subject(options: argparse.Namespace) -> tuple[System, Query]:
    """The system that the options name, with its query. Raises DrcheckError."""
    if options.design is not None:
        _, system, query, _ = designs.composed(options.design, options.set)
        return system, query
    system = generated.generated(options.events)
    return system, generated.question(system)


def process(arguments: Sequence[str], task: str, cache: str) -> dict[str, Any]:
    """What a new process tells of a task, with this folder for the cache ("": none). Raises CalledProcessError."""
    command = [sys.executable, str(Path(__file__).resolve()), *arguments, "--task", task]
    environment = os.environ | {"DRCHECK_CACHE": cache, ALWAYS_WRITTEN: ""}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def summary(runs: Sequence[dict[str, Any]], events: int) -> dict[str, Any]:
    """Median and minimum of what several processes tell."""

    def both(values: Sequence[float]) -> dict[str, float]:
        return {
            "median_ms": round(median(values), 3),
            "minimum_ms": round(min(values), 3),
            "event_us": round(1e3 * median(values) / events, 1),
        }

    phases = (*PHASES, "rest", "whole")
    parts = {part: {phase: both([run[part][phase] for run in runs]) for phase in phases} for part in PARTS}
    return {key: both([run[key] for run in runs]) for key in ("start", "ready")} | parts


def times(figure: dict[str, float]) -> str:
    """The median, and in brackets the minimum."""
    return f"{figure['median_ms']:.1f} ({figure['minimum_ms']:.1f})"


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    print(
        f"{result['design']}: {result['events']} events, {result['ways']} ways, {result['bits']} bits, "
        f"{result['characters']:,} characters of IR; {result['repeat']} times"
        f"{', time of the processor' if result['processor'] else ''}"
    )
    columns = [(when, part) for when in ("cold", "warm") for part in PARTS]
    print(f"\n{'ms (least)':10}" + "".join(f"{when + ' ' + part:>19}" for when, part in columns))
    for phase in (*PHASES, "rest", "whole"):
        print(f"{phase:10}" + "".join(f"{times(result[when][part][phase]):>19}" for when, part in columns))
    cells = (result[when][part]["whole"] for when, part in columns)
    print(f"{'us / event':10}" + "".join(f"{c['event_us']:19.0f}" for c in cells))
    for key, meaning in (("start", "start of the compiler"), ("ready", "System to a search that can begin")):
        print(f"{meaning}: cold {times(result['cold'][key])}, warm {times(result['warm'][key])} ms")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 where code from the cache finds something else than code made anew."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Measure what it takes to make machine code for a design.")
    parser.add_argument("--events", type=int, default=100, help="of a generated design")
    designs.add_options(parser)
    parser.add_argument("--repeat", type=int, default=5, help="cold processes, each followed by a warm one")
    parser.add_argument(
        "--processor", action="store_true", help="count time of the processor, for a machine that is busy"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--task", choices=["measured", "counts"], help=argparse.SUPPRESS)  # in a process of its own
    options = designs.parsed(parser, given)
    if options.events < generated.FEWEST or options.repeat < 1:
        parser.error(f"a generated design has at least {generated.FEWEST} events, and is measured at least once")
    try:
        system, query = subject(options)
        if options.task is not None:
            now = time.process_time if options.processor else time.perf_counter
            print(json.dumps(measured(system, query, now) if options.task == "measured" else counts(system, query)))
            return 0
    except DrcheckError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    cold, warm = [], []
    try:
        for _ in range(options.repeat):
            with tempfile.TemporaryDirectory() as cache:
                cold.append(process(given, "measured", cache))
                warm.append(process(given, "measured", cache))
                if len(cold) == options.repeat:
                    found = [process(given, "counts", folder) for folder in ("", cache)]
    except subprocess.CalledProcessError as error:
        return int(error.returncode)  # it has said why
    events = len(system.events)
    result = {
        "benchmark": "compiling",
        "design": options.design or "generated",
        "events": events,
        "ways": sum(len(event.alternatives) for event in system.events),
        "bits": system.bits,
        "characters": cold[0]["characters"],
        "repeat": options.repeat,
        "processor": options.processor,
        "cold": summary(cold, events),
        "warm": summary(warm, events),
        "checked": found[0],
    }
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    differing = [key for key in found[0] if found[0][key] != found[1][key]]
    for key in differing:
        print(f"wrong: {key} is {found[0][key]} without the cache and {found[1][key]} with it", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
