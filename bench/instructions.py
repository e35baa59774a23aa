"""How many instructions a search takes for each state and each transition: a measure that noise does not disturb.

    python bench/instructions.py --size M
    python bench/instructions.py --design model.info_mart.active_standby:active_standby --states 100000,500000 --json
    python bench/instructions.py --size M --against ../before

Instructions are counted by `perf stat -e instructions:u`, or where the machine does not let perf count, by valgrind's
cachegrind, with which all takes some fifty times as long. Valgrind knows no AVX-512: the code that it counts is made for the
`processor` that it plays, so figures of the two are not to be compared.

A search is stopped at two numbers of states, in processes of their own, and the difference is taken: starting Python and
loading the code cost the same in both. The code is made for speed, and is in the cache; a search before, which is not
counted, leaves all of it there. The engine's looks at limits and memory, so many a second, are put off, as how many
there are depends on time. `--against TREE` measures the checker of another checkout as well, with this one's systems and
benchmark programs; `ratio` is this checkout's figure by the other's: below 1, this one takes fewer. Both must find the
same: where they do not, the exit status is 1. Where nothing can count instructions it is 2.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import drcheck
from bench import designs
from bench.pipeline import SIZES, disorder, pipeline
from drcheck.engines.native import engine
from drcheck.engines.native.search import store
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import DrcheckError
from drcheck.kernels import jit
from drcheck.system.system import System

ROOT = Path(__file__).resolve().parent.parent
NEVER = 1e6
"""Seconds, more than any search here takes."""
COUNTED = ("states", "transitions", "depth")


class CannotCountError(Exception):
    """There is nothing that counts instructions, or what is measured fails."""


@dataclass(frozen=True)
class Counter:
    """A program that counts the instructions of another.

    `command` is what stands before that program's own command, with `{}` for a file in which it tells what it counted;
    `bare` is the same for a run in which nothing is counted, with the same processor.
    """

    name: str
    command: tuple[str, ...]
    bare: tuple[str, ...]

    def read(self, told: str) -> int | None:
        """The instructions, from what the program told; None where it could not count."""
        return perf_told(told) if self.name == "perf" else valgrind_told(told)


PERF = Counter("perf", ("perf", "stat", "-x", ";", "-e", "instructions:u", "-o", "{}", "--"), ())
VALGRIND = Counter(
    "valgrind",
    ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--log-file={}"),
    ("valgrind", "--tool=none", "--log-file={}"),
)
COUNTERS = {counter.name: counter for counter in (PERF, VALGRIND)}


def perf_told(told: str) -> int | None:
    """Instructions, from what `perf stat -x ';'` writes; of all kinds of processors together, where there are several."""
    found = re.findall(r"^(\d+);[^;]*;[^;]*instructions", told, re.MULTILINE)
    return sum(map(int, found)) if found else None


def valgrind_told(told: str) -> int | None:
    """Instructions, from what cachegrind tells at its end."""
    found = re.search(r"I\s+refs:\s+([\d,]+)", told)
    return int(found[1].replace(",", "")) if found else None


def missing(counter: Counter) -> str | None:
    """Why a counter cannot count here, or None."""
    if shutil.which(counter.command[0]) is None:
        return f"{counter.name} cannot be found"
    try:
        counted(counter, [sys.executable, "-I", "-S", "-c", "pass"], dict(os.environ))
    except CannotCountError as error:
        return str(error)
    return None


def counter_named(name: str | None) -> Counter:
    """The counter of that name, or the first that can count here. Raises CannotCountError."""
    reasons = []
    for counter in COUNTERS.values() if name is None else [COUNTERS[name]]:
        reason = missing(counter)
        if reason is None:
            return counter
        reasons.append(reason)
    raise CannotCountError(
        f"nothing can count instructions here: {'; '.join(reasons)}\n"
        "  install valgrind; or perf, on a machine that has such counters, with at most 2 in /proc/sys/kernel/perf_event_paranoid"
    )


def counted(
    counter: Counter, command: Sequence[str], environment: dict[str, str], *, bare: bool = False
) -> tuple[int, str]:
    """The instructions that a command takes (`bare`: 0, none are counted), and what it prints. Raises CannotCountError."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "told"
        before = [part.replace("{}", str(file)) for part in (counter.bare if bare else counter.command)]
        done = subprocess.run([*before, *command], env=environment, capture_output=True, text=True, check=False)
        told = file.read_text(encoding="utf-8") if file.exists() else ""
    instructions = 0 if bare else counter.read(told)
    if done.returncode or instructions is None:
        lines = [line.strip() for line in (done.stderr if done.returncode else told).splitlines() if line.strip("# ")]
        why = f": {lines[-1]}" if lines else ""
        what = f"{counter.name} cannot count instructions" if instructions is None else "what was measured failed"
        raise CannotCountError(f"{what}{why}")
    return instructions, done.stdout


def measured(
    counter: Counter, tree: Path, arguments: Sequence[str], places: tuple[int, int], folder: Path
) -> dict[str, Any]:
    """What the checker of a checkout takes between two numbers of states. Raises CannotCountError."""
    source = tree / "src"
    # What differs from one start to the next is left out: compiling Python, hashes, threads of libraries that spin.
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)]),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "DRCHECK_CACHE": str(folder / "code"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    _, printed = counted(counter, [*command, "--prepare", "--stop", str(places[1])], environment, bare=True)
    checker = json.loads(printed)["checker"]
    if Path(checker) != (source / "drcheck").resolve():
        raise CannotCountError(f"the checker of {tree} was asked for, and that in {checker} ran")
    rows = []
    for place in places:
        instructions, printed = counted(counter, [*command, "--stop", str(place)], environment)
        rows.append(json.loads(printed) | {"instructions": instructions})
    low, high = rows
    states, transitions = (high[key] - low[key] for key in ("states", "transitions"))
    if states <= 0:
        raise CannotCountError(
            f"the search ends with {high['states']:,} states, before the second of {places[0]:,} and {places[1]:,}\n"
            "  name smaller numbers with --states, or a larger system"
        )
    more = high["instructions"] - low["instructions"]
    return {
        "processor": high["processor"],
        "states": [low["states"], high["states"]],
        "transitions": [low["transitions"], high["transitions"]],
        "depth": [low["depth"], high["depth"]],
        "instructions": [low["instructions"], high["instructions"]],
        "instructions_per_state": round(more / states, 2),
        "instructions_per_transition": round(more / transitions, 2),
    }


def search(system: System, query: Query, options: argparse.Namespace) -> dict[str, Any]:
    """Search in this process, and tell what was found by which checker."""
    if options.prepare:
        store.Store(system, query, options.threads).tuned()
    engine.SLICE = NEVER
    found = engine.NativeEngine().explore(system, query, Limits(states=options.stop, threads=options.threads))
    return {key: getattr(found, key) for key in COUNTED} | {
        "checker": str(Path(drcheck.__file__).resolve().parent),
        "processor": jit._target()[1],
    }


def places_of(text: str) -> tuple[int, int]:
    """`LOW,HIGH` as numbers of states. Raises ArgumentTypeError."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(part.isdecimal() for part in parts) or not 0 < int(parts[0]) < int(parts[1]):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not two numbers of states, the smaller one first, such as 100000,1000000"
        )
    return int(parts[0]), int(parts[1])


def subject(options: argparse.Namespace) -> tuple[System, Query]:
    """The system that the options name, with its query. Raises DrcheckError."""
    if options.design is not None:
        _, system, query, _ = designs.composed(options.design, options.set)
        return system, query
    system = pipeline(*SIZES[options.size])
    return system, disorder(system)


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    print(f"{result['design']}, counted by {result['counter']} on {result['here']['processor']}")
    print(
        f"\n{'checker':10} {'states':>12} {'transitions':>13} {'instructions':>16} {'by state':>10} {'by transition':>14}"
    )
    for name in ("here", "against"):
        if name in result:
            row = result[name]
            states, transitions, instructions = (
                row[key][1] - row[key][0] for key in ("states", "transitions", "instructions")
            )
            print(
                f"{name:10} {states:12,} {transitions:13,} {instructions:16,} {row['instructions_per_state']:10,} "
                f"{row['instructions_per_transition']:14,}"
            )
    if "ratio" in result:
        print(f"ratio {result['ratio']}")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 where two checkers find something else, 2 after an error."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Count the instructions of a search by the native engine.")
    parser.add_argument("--size", choices=list(SIZES), default="M", help="of the pipeline benchmark")
    designs.add_options(parser)
    parser.add_argument(
        "--states", type=places_of, default=(100_000, 1_000_000), metavar="LOW,HIGH", help="where the two searches stop"
    )
    parser.add_argument("--threads", type=int, default=1, help="more than one wait for each other, which counts")
    parser.add_argument("--counter", choices=list(COUNTERS), help="else the first that can count here")
    parser.add_argument(
        "--against", type=Path, metavar="TREE", help="another checkout, whose checker is measured as well"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--stop", type=int, help=argparse.SUPPRESS)  # one search, in the process that is measured
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    options = designs.parsed(parser, given)
    try:
        system, query = subject(options)
        if options.stop is not None:
            print(json.dumps(search(system, query, options)))
            return 0
        if options.against is not None and not (options.against / "src" / "drcheck").is_dir():
            raise CannotCountError(f"{options.against} is no checkout of drcheck: it has no folder src/drcheck")
        counter = counter_named(options.counter)
        trees = {"here": ROOT} | ({} if options.against is None else {"against": options.against.resolve()})
        rows = {}
        for name, tree in trees.items():
            with tempfile.TemporaryDirectory() as folder:
                rows[name] = measured(counter, tree, given, options.states, Path(folder))
    except (DrcheckError, CannotCountError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    result: dict[str, Any] = {
        "benchmark": "instructions",
        "design": options.design or f"pipeline-{options.size}",
        "counter": counter.name,
        "threads": options.threads,
        **rows,
    }
    if options.against is not None:
        here, there = (row["instructions_per_state"] for row in rows.values())
        result["ratio"] = round(here / there, 4)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    differing = [key for key in COUNTED if len({tuple(row[key]) for row in rows.values()}) > 1]
    for key in differing:
        print(
            f"wrong: {key} is {rows['here'][key]} here and {rows['against'][key]} in {options.against}", file=sys.stderr
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
