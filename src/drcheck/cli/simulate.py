"""`drcheck simulate`: random walks through a design that is too large to exhaust."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import json_option, set_option, settings_for, whole_option
from drcheck.errors import EngineError

if TYPE_CHECKING:
    from drcheck.sampling.walks import Simulation

CAVEAT = (
    "(*) For each property separately. That is about walks that choose among all possible steps with equal probability. It is "
    "no proof, and no probability of anything in operation."
)
WALKS, STEPS = 10_000, 1_000


@click.command(
    "simulate",
    epilog="""
\b
Examples:
  drcheck simulate drcheck.examples:pair
  drcheck simulate drcheck.examples:pair somebody_serves --walks 100000 --steps 500
  drcheck simulate drcheck.examples:pair --seconds 60 --seed 7 --json > seen.json

Nothing that the walks do not show is excluded: a property is VIOLATED or NOT SEEN, and never holds.

Exit status: 1 a violation was seen, 3 none was (and nothing is decided), 2 an error.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@set_option
@click.option("--walks", type=int, default=None, metavar="N", help=f"How many walks (default {WALKS:,}).")
@click.option("--steps", type=int, default=STEPS, metavar="L", help=f"The most steps of a walk (default {STEPS:,}).")
@click.option(
    "--seconds", type=float, metavar="S", help="Stop after this many seconds in total, or when all walks are taken."
)
@click.option(
    "--seed", type=int, default=0, metavar="K", help="Other walks (default 0): the same seed, the same walks."
)
@click.option("--engine", default="auto", metavar="NAME", help="auto, python or native: the walks are the same.")
@json_option
@click.option(
    "--trace/--no-trace",
    "traces",
    default=None,
    help="Show all traces, step by step, or none; else violations that are no known findings are told shortly.",
)
@whole_option
@click.pass_context
def simulate_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    assignments: Sequence[str],
    walks: int | None,
    steps: int,
    seconds: float | None,
    seed: int,
    engine: str,
    as_json_: bool,
    traces: bool | None,
    whole: bool,
) -> None:
    """Take random walks through the design TARGET (module:design), and report what they show.

    PROPERTY is the name of a property or the key of a claim; without any, all properties of the design are examined.
    Each walk begins at the initial state (at any one of several) and takes any of the possible steps with equal probability.
    With --seconds and without --walks, walks are taken until the time is over.
    """
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.status import UNDECIDED, VIOLATION
    from drcheck.designs.design import load
    from drcheck.sampling.observations import simulate_design

    if walks is None:
        walks = WALKS if seconds is None else (1 << 40) - 1
    check_numbers(engine, walks, steps, seconds, seed)
    with prints_apart(as_json_), display() as shown:
        shown.say(f"composing {target}")
        design = load(target)

        def show(label: str) -> None:
            shown.say(f"{design.name}{' with ' if label else ''}{label}: random walks")

        sampled = simulate_design(
            design,
            settings_for(design, assignments),
            names,
            walks=walks,
            steps=steps,
            seed=seed,
            seconds=seconds,
            engine=engine,
            listener=show,
        )
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.cli.sampled import sampled_data
        from drcheck.schemas import document

        data = sampled_data(sampled, simulation_data)
        click.echo(as_json(document("simulate", data)))
    else:
        from drcheck.cli.sampled import print_sampled

        print_sampled(output(), sampled, simulation_lines, CAVEAT, traces, whole=whole or bool(names))
    context.exit(VIOLATION if sampled.violated else UNDECIDED)


def check_numbers(engine: str, walks: int, steps: int, seconds: float | None, seed: int) -> None:
    """Raise EngineError DR501 or DR503 before anything else is done."""
    from drcheck.sampling.walks import ENGINES

    if engine not in ENGINES:
        raise EngineError("DR501", f"no engine {engine!r} takes random walks", available=ENGINES, asked=engine)
    for name, number, low, high in (
        ("walks", walks, 1, 1 << 40),
        ("steps", steps, 1, 1 << 40),
        ("seed", seed, 0, 1 << 64),
    ):
        if not low <= number < high:
            raise EngineError(
                "DR503", f"--{name} {number} cannot be used", remedy=f"give a whole number, {low} or more"
            )
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise EngineError("DR503", f"--seconds {seconds:g} cannot be used", remedy="give a number above zero")


def simulation_lines(found: Simulation) -> list[str]:
    """The walks of one set of parameters, and what follows for what they did not show."""
    rate = found.steps / found.seconds if found.seconds > 0 else 0.0
    lines = [
        f"{found.walks:,} walks of at most {found.length:,} steps, seed {found.seed}: {found.steps:,} steps in "
        f"{found.seconds:.2f} s ({rate:,.0f} steps/s, {found.engine})"
    ]
    if found.cut_short:
        lines.append(f"Cut short when the time was over, and not counted among these: {found.cut_short:,} walks")
    if found.deadlocked:
        lines.append(f"Walks that ended in a state without any step: {found.deadlocked:,}")
    if found.left:
        lines.append(f"Walks that ended where every step would leave a domain: {found.left:,}")
    lines.append(coverage(found))
    bound = found.at_most()
    if bound is not None:
        lines.append(
            f"What none of them showed: with 95 % confidence, at most {_share(bound)} like these would show it (*)"
        )
    return lines


def coverage(found: Simulation) -> str:
    """Which events were taken."""
    events = found.system.events
    missing = [event.name for event, fired in zip(events, found.fired, strict=True) if fired == 0]
    taken = f"Events taken: {len(events) - len(missing)} of {len(events)}"
    return f"{taken}; never: {', '.join(missing)}" if missing else taken


def _share(bound: float) -> str:
    return f"1 in {math.floor(1 / bound):,} walks" if bound < 0.1 else f"{math.ceil(100 * bound)} % of walks"


def simulation_data(found: Simulation) -> dict[str, Any]:
    """The walks of one set of parameters as plain data."""
    return {
        "engine": found.engine,
        "seed": found.seed,
        "walks": found.walks,
        "cut_short": found.cut_short,
        "length": found.length,
        "steps": found.steps,
        "seconds": round(found.seconds, 6),
        "deadlocked": found.deadlocked,
        "all_steps_leave_a_domain": found.left,
        "fired": {event.name: fired for event, fired in zip(found.system.events, found.fired, strict=True)},
        "unseen_at_most": found.at_most(),
        "confidence": 0.95,
    }
