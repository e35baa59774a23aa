"""What a comparison with peers found: rows with ratios, as a table for a terminal and as a page of the documentation."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.programs import Peer, Usage

LARGE = 1_000_000
"""From so many states on, memory is mostly states; below, it is mostly what a program takes to begin with."""


@dataclass(frozen=True)
class Row:
    """One tool on one model: medians of seconds on the clock and of processors, the largest peak of memory in bytes.

    `compile` are the seconds that the peer and the C compiler took to make a verifier; None for drcheck, whose
    `seconds` include making machine code. `note` says why there are no figures.
    """

    model: str
    tool: str
    states: int
    transitions: int
    seconds: float = 0.0
    cpu: float = 0.0
    compile: float | None = None
    peak: int = 0
    bytes_per_state: float = 0.0
    note: str = ""

    @staticmethod
    def of_drcheck(model: str, first: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Row:
        """From what a benchmark program printed: when it made machine code, if need be, and once or more after that."""
        seconds = statistics.median(r["seconds"] for r in results)
        return Row(
            model,
            "drcheck",
            first["states"],
            first["transitions"],
            seconds,
            statistics.median(r["cpu_seconds"] for r in results),
            max(0.0, first["seconds"] - seconds),
            max(r["peak_rss"] for r in results),
            max(r["bytes_per_state"] for r in results),
        )

    @staticmethod
    def of_peer(
        model: str, tool: str, states: int, transitions: int, compiled: float | None, usages: Sequence[Usage]
    ) -> Row:
        """From what its processes took."""
        peak = max(usage.peak for usage in usages)
        return Row(
            model,
            tool,
            states,
            transitions,
            statistics.median(u.seconds for u in usages),
            statistics.median(u.cpu for u in usages),
            compiled,
            peak,
            round(peak / states, 1),
        )


HEADINGS = (
    "model",
    "states",
    "transitions",
    "checker",
    "time (s)",
    "CPU (s)",
    "compiling (s)",
    "peak (MB)",
    "bytes/state",
    "time, ratio",
    "CPU, ratio",
    "memory, ratio",
)


def cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The table's texts. Ratios are to drcheck on the same model: above 1, drcheck took less."""
    own = {row.model: row for row in rows if row.tool == "drcheck"}
    made: list[tuple[str, ...]] = []
    for row in rows:
        base = own[row.model]
        first = row is base
        head = (row.model, f"{row.states:,}", f"{row.transitions:,}") if first else ("", "", "")
        if row.note:
            made.append((*head, row.tool, row.note, *("",) * 7))
            continue
        large = row.states >= LARGE
        ratios = (
            ("", "", "")
            if first
            else (
                f"{row.seconds / base.seconds:.1f}",
                f"{row.cpu / base.cpu:.1f}" if base.cpu else "",
                f"{row.bytes_per_state / base.bytes_per_state:.1f}" if large and base.bytes_per_state else "",
            )
        )
        made.append(
            (
                *head,
                row.tool,
                f"{row.seconds:.2f}",
                f"{row.cpu:.2f}",
                "" if row.compile is None else f"{row.compile:.2f}",
                f"{row.peak / 1e6:,.0f}",
                f"{row.bytes_per_state:.1f}" if large else "",
                *ratios,
            )
        )
    return made


def table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    lines = [HEADINGS, *cells(rows)]
    figures = [line for line in lines if line[5]]  # a note stands in place of all figures, and may be longer
    widths = [max(len(line[i]) for line in figures) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if i in (0, 3) else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


PAGE = """\
# Performance

Written by `bench/peers.py --markdown`, from one run of it. Not to be edited by hand.

Each system was explored by drcheck's native engine, then exported to the language of each other checker, compiled and checked
there. **Every checker that finished found the same number of states and of transitions**; the program fails where one does not.
Every state was checked against the invariants of its model that hold.

{machine}

{what}

{table}

How to read it:

- *time* is what passes on the clock, *CPU* what all processors did, {medians}. Of the other checkers it is the run of the
  verifier alone; writing and compiling it is *compiling*. Of drcheck it is the whole search from the composed system on, with
  machine code that an earlier search has left in the cache; *compiling* is how much longer a search before took, which made that
  code unless it was there.
- *peak* is the largest amount of resident memory. Of drcheck it includes the Python interpreter and the compiler.
- *bytes/state* is, of drcheck, by how much the search raised that peak; of the others it is the whole peak, with table and stack,
  for each state. It is left out below a million states, where it says little of states.
- *ratio* is the other checker's figure by drcheck's: above 1, drcheck took less.

The models: `pipeline-` is a reporting pipeline at two sites, in sizes; `twophase-N` is the two-phase commit of Gray and Lamport
with N resource managers; the others are designs of this repository with their default parameters; `-15m` is
with ticks of 15 minutes, without activity and aggregation.
"""


def markdown(rows: Sequence[Row], peers: Sequence[Peer], repeat: int) -> str:
    """The page docs/performance.md."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * 2 + "---|" + "---:|" * 8]
    lines += ["| " + " | ".join(line) + " |" for line in cells(rows)]
    return PAGE.format(
        machine=f"The machine: {machine()}.",
        what="\n".join(f"- `{peer.name}`: {peer.about}, {version(peer)}" for peer in peers),
        table="\n".join(lines),
        medians="in one run" if repeat == 1 else f"the median of {repeat} runs",
    )


def machine() -> str:
    """The processor, how many there are, the memory, the system; nothing that tells one machine of a kind from another."""
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        found = re.search(r"^model name\s*: (.+)$", information.read_text(encoding="utf-8"), re.MULTILINE)
        model = found[1].strip() if found else model
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB of memory"
    return f"{model}, {os.cpu_count()} processors{memory}, {platform.system()}, Python {platform.python_version()}"


def version(peer: Peer) -> str:
    """The version that a peer tells of itself."""
    done = subprocess.run(peer.version, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+\.\d+[\w.]*)", done.stdout + done.stderr)
    return f"version {found[1]}" if found else "of unknown version"
