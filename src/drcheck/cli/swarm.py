"""`drcheck swarm`: searches of a design that keep a few bits per state, and may omit states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import json_option, set_option, settings_for, size_of, whole_option
from drcheck.errors import EngineError

if TYPE_CHECKING:
    from drcheck.sampling.bitstate import BitSearch

TABLE = "256M"
LEAST_TABLE = 8
"""Bytes: the table is made of words."""
CAVEAT = (
    "(*) (1 - e^(-kn/m))^k for n states, a table of m bits and k hash functions. What lies behind an omitted state may be "
    "missing too, and is not counted. So nothing is proved, even where no state was likely omitted: `drcheck check` proves."
)


@click.command(
    "swarm",
    epilog="""
\b
Examples:
  drcheck swarm drcheck.examples:pair
  drcheck swarm drcheck.examples:pair somebody_serves --table 2G --searches 3
  drcheck swarm drcheck.examples:pair --depth 40 --seconds 60 --json > seen.json

States that a search omits are not examined: a property is VIOLATED or NOT SEEN, and never holds.

Exit status: 1 a violation was seen, 3 none was (and nothing is decided), 2 an error.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@set_option
@click.option("--table", default=TABLE, metavar="SIZE", help=f"Size of the table: 64K, 512M, 1.5G (default {TABLE}).")
@click.option(
    "--searches", type=int, default=1, metavar="N", help="Searches with other hash functions each (default 1)."
)
@click.option("--hashes", type=int, default=3, metavar="K", help="Bits for each state (default 3).")
@click.option("--depth", type=int, default=None, metavar="D", help="Follow at most this many steps.")
@click.option("--seconds", type=float, metavar="S", help="Stop each search after this many seconds.")
@click.option("--seed", type=int, default=0, metavar="K", help="Other hash functions (default 0).")
@click.option("--engine", default="auto", metavar="NAME", help="auto, python or native: they find the same.")
@json_option
@click.option(
    "--trace/--no-trace",
    "traces",
    default=None,
    help="Show all traces, step by step, or none; else violations that are no known findings are told shortly.",
)
@whole_option
@click.pass_context
def swarm_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    assignments: Sequence[str],
    table: str,
    searches: int,
    hashes: int,
    depth: int | None,
    seconds: float | None,
    seed: int,
    engine: str,
    as_json_: bool,
    traces: bool | None,
    whole: bool,
) -> None:
    """Search the design TARGET (module:design) with a table of bits instead of its states.

    A search keeps K bits of a table for each state, instead of the state. That takes a fraction of the memory, and now and
    then a new state is mistaken for a known one and omitted; the expected number is reported. PROPERTY is the name of a
    property or the key of a claim; without any, all properties of the design are examined.
    """
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.status import UNDECIDED, VIOLATION
    from drcheck.designs.design import load
    from drcheck.sampling.observations import swarm_design

    size = size_of(table, "--table", LEAST_TABLE)
    check_numbers(engine, searches, hashes, depth, seconds, seed)
    with prints_apart(as_json_), display() as shown:
        shown.say(f"composing {target}")
        design = load(target)
        sampled = swarm_design(
            design,
            settings_for(design, assignments),
            names,
            table=size,
            searches=searches,
            seed=seed,
            hashes=hashes,
            depth=depth,
            seconds=seconds,
            engine=engine,
            listener=lambda label: shown.say(f"{design.name} {label}"),
        )
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.cli.sampled import sampled_data
        from drcheck.schemas import document

        data = sampled_data(sampled, lambda found: {"searches": [search_data(each) for each in found]})
        click.echo(as_json(document("swarm", data)))
    else:
        from drcheck.cli.sampled import print_sampled

        print_sampled(output(), sampled, search_lines, CAVEAT, traces, whole=whole or bool(names))
    context.exit(VIOLATION if sampled.violated else UNDECIDED)


def check_numbers(engine: str, searches: int, hashes: int, depth: int | None, seconds: float | None, seed: int) -> None:
    """Raise EngineError DR501 or DR503 before anything else is done."""
    from drcheck.sampling.bitstate import ENGINES, MOST_HASHES, MOST_SEARCHES

    if engine not in ENGINES:
        raise EngineError("DR501", f"no engine {engine!r} has a table of bits", available=ENGINES, asked=engine)
    for name, number, low, high in (
        ("searches", searches, 1, MOST_SEARCHES),
        ("hashes", hashes, 1, MOST_HASHES),
        ("depth", 1 if depth is None else depth, 1, (1 << 62) - 1),
        ("seed", seed, 0, (1 << 64) - 1),
    ):
        if not low <= number <= high:
            remedy = f"give a whole number from {low} to {high:,}"
            raise EngineError("DR503", f"--{name} {number} cannot be used", remedy=remedy)
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise EngineError("DR503", f"--seconds {seconds:g} cannot be used", remedy="give a number above zero")


def search_lines(found: Sequence[BitSearch]) -> list[str]:
    """What the searches of one set of parameters reached, and what they may have omitted."""
    lines = []
    for number, search in enumerate(found, 1):
        rate = search.states / search.seconds if search.seconds > 0 else 0.0
        which = f"Search {number}: " if len(found) > 1 else ""
        lines += [
            f"{which}{search.states:,} states reached, {search.transitions:,} transitions, depth {search.depth:,}, in "
            f"{search.seconds:.2f} s ({rate:,.0f} states/s, {search.engine})",
            f"Table of {search.places:,} bits, {100 * search.set_bits / search.places:.2g} % set, {search.hashes} for each "
            f"state; a new state is omitted with probability {search.omission():.1e} at the end, and some "
            f"{_rounded(search.omitted())} were by expectation (*)",
        ]
        if search.stopped is not None:
            lines.append(f"Stopped at {search.stopped}, with {search.states - search.expanded:,} states not expanded")
        if search.beyond:
            lines.append(f"States at the greatest depth whose steps were not followed: {search.beyond:,}")
        if search.deadlocks:
            lines.append(f"States without any step: {search.deadlocks:,}")
    events = found[0].system.events
    missing = [e.name for i, e in enumerate(events) if not any(search.fired[i] for search in found)]
    taken = f"Events seen: {len(events) - len(missing)} of {len(events)}"
    return [*lines, f"{taken}; never: {', '.join(missing)}" if missing else taken]


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1g}"


def search_data(search: BitSearch) -> dict[str, Any]:
    """One search as plain data."""
    return {
        "engine": search.engine,
        "seed": search.seed,
        "search": search.search,
        "table_bits": search.places,
        "set_bits": search.set_bits,
        "hashes": search.hashes,
        "states": search.states,
        "expanded": search.expanded,
        "transitions": search.transitions,
        "depth": search.depth,
        "beyond_depth": search.beyond,
        "stopped": search.stopped,
        "seconds": round(search.seconds, 6),
        "deadlocks": search.deadlocks,
        "fired": {event.name: fired for event, fired in zip(search.system.events, search.fired, strict=True)},
        "omission_probability": search.omission(),
        "omitted_by_expectation": search.omitted(),
    }
