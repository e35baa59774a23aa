"""What a sweep costs: by one process, by two, and on a cluster of two workers; and what a cluster's scheduler costs by itself.

    python bench/sweeps.py --points 1000
    python bench/sweeps.py --points 1000 --killed 400       # the first sweep is killed after so many points, and started again
    python bench/sweeps.py --units 10000                    # units that do nothing, on a cluster of two workers

Each way is a process of its own, and what is told is processor time: of that process, and of those that it started. `seconds` is
what a clock on the wall says. The answers must be the same: where they are not, the exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

DESIGN, NAME = "drcheck.examples:pair", "longest_wait"
WAYS = ("one", "two", "cluster")


def swept(way: str, points: int, kept: str, killed: int) -> dict[str, Any]:
    """A sweep of so many points of a small design, in one way."""
    from drcheck.answers.axes import Axis
    from drcheck.answers.sweeps.cluster import OnCluster
    from drcheck.answers.sweeps.kept import KeptAnswers
    from drcheck.answers.sweeps.places import Here
    from drcheck.answers.sweeps.processes import Processes
    from drcheck.answers.sweeps.sweep import sweep
    from drcheck.designs.design import load
    from drcheck.language.durations import minutes

    design, seen = load(DESIGN), 0

    def progress(_: str) -> None:
        nonlocal seen
        seen += 1
        if killed and seen > killed:
            os.kill(os.getpid(), signal.SIGKILL)

    began = time.perf_counter()
    failures = (1, 2, 3) if points >= 30 else (1,)
    lengths = Axis("patience", tuple(minutes(60 * n) for n in range(points // len(failures))))
    axes = [lengths, Axis("failures", failures)]
    with _cluster(way) as address:
        place = {"one": Here, "two": lambda: Processes(2), "cluster": lambda: OnCluster(address, design)}[way]()
        found = sweep(
            design, axes, NAME, kept=KeptAnswers(Path(kept)) if kept else None, place=place, progress=progress
        )
        place.close()
    told = json.dumps([(row.property, row.answer.verdict, row.answer.value) for row in found.rows])
    return {
        "way": way,
        "points": len(found.rows),
        "searches": found.figures.searches,
        "kept": sum(row.how == "kept" for row in found.rows),
        "decided": sum(row.answer.decided for row in found.rows),
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(_used(), 1),
        "cpu_of_searches": round(found.figures.seconds, 1),
        "answers": hashlib.sha256(told.encode()).hexdigest()[:16],
    }


def tiny(units: int) -> dict[str, Any]:
    """So many units that do nothing: what the scheduler, and sending, cost."""
    import distributed

    with _cluster("cluster") as address, distributed.Client(address, set_as_default=False) as client:
        began, own = time.perf_counter(), time.process_time()
        scheduler = client.run_on_scheduler(time.process_time)
        futures = [client.submit(int, n, pure=False) for n in range(units)]
        client.gather(futures)
        spent = client.run_on_scheduler(time.process_time) - scheduler
        seconds, here = time.perf_counter() - began, time.process_time() - own
    return {
        "units": units,
        "seconds": round(seconds, 1),
        "cpu_of_client_and_scheduler": round(here, 2),
        "cpu_of_scheduler_process": round(spent, 2),
        "cpu_seconds": round(_used(), 1),
    }


class _cluster:  # noqa: N801  # used as a function is
    """A cluster of two workers with one thread each, for the time of a block; "" for ways that need none."""

    def __init__(self, way: str) -> None:
        self._way, self._local = way, None

    def __enter__(self) -> str:
        if self._way != "cluster":
            return ""
        import distributed

        self._local = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        )
        return str(self._local.scheduler_address)

    def __exit__(self, *_: object) -> None:
        if self._local is not None:
            self._local.close()


def _used() -> float:
    """Processor time of this process and of those that it has started and that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _run(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(done.stderr)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def main() -> int:
    """Measure, and print a line of JSON for each way."""
    parser = argparse.ArgumentParser(description="Measure sweeps.")
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--killed", type=int, default=0, help="kill the sweep after so many points, and start it again")
    parser.add_argument("--units", type=int, default=0, help="measure so many units that do nothing")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--kept", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(swept(options.way, options.points, options.kept, options.killed)))
        return 0
    if options.units:
        print(json.dumps(tiny(options.units)))
        return 0
    found = []
    for way in options.ways:
        with tempfile.TemporaryDirectory() as folder:
            more = ["--way", way, "--points", str(options.points), "--kept", f"{folder}/answers"]
            if options.killed:
                status, _ = _run([*more, "--killed", str(options.killed)])
                print(f"{way}: killed with status {status}")
            found.append(_run(more)[1])
            print(json.dumps(found[-1]))
    return 0 if len({one["answers"] for one in found}) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
