"""`drcheck mutants`: which small faults in a model no property would see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import (
    ENGINES,
    checked_engine,
    json_option,
    limits_of,
    on_option,
    resource_options,
    set_option,
    settings_for,
    tell_failed,
)
from drcheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits
    from drcheck.verdicts.planting.stored import Plan
    from drcheck.workers.cluster import Cluster


@click.command(
    "mutants",
    epilog="""
\b
Examples:
  drcheck mutants drcheck.examples:pair --number 20
  drcheck mutants drcheck.examples:pair --number 20 --seed 2 --output mutants.md
  drcheck mutants drcheck.examples:pair --number 20 --seed 2 --output mutants.md --stale

With --output FILE.md the result is also kept as JSON in FILE.json. The next call decides only what is not known there: mutants
that are drawn anew, and those of designs whose model or properties have changed. So a call that was interrupted goes on.

Exit status: 0 the mutants were decided, 1 with --stale, the stored result is stale, 2 an error, 3 some failed on the cluster each
time, and are not in the result.
""",
)
@click.pass_context
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@set_option
@click.option("--number", type=click.IntRange(1), default=150, show_default=True, help="How many mutants are drawn.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which ones are drawn.")
@click.option(
    "--limit-states", type=int, metavar="N", help="Stop each search after about this many states (default 20,000,000)."
)
@click.option("--engine", default="auto", show_default=True, metavar="NAME", help=f"{ENGINES}.")
@click.option("--stale", is_flag=True, help="Decide nothing: say what of the stored result is no longer true.")
@json_option
@on_option
@resource_options
@click.option(
    "--output", type=click.Path(path_type=Path), default=None, help="Write the result to a file, and beside it as JSON."
)
def mutants_command(
    context: click.Context,
    targets: Sequence[str],
    assignments: Sequence[str],
    number: int,
    seed: int,
    limit_states: int | None,
    engine: str,
    stale: bool,
    as_json_: bool,
    address: str | None,
    memory: str | None,
    threads: int | None,
    output: Path | None,
) -> None:
    """Plant small faults in the components of a design, one at a time, and say which of them no verdict shows.

    A guard is dropped or weakened, a transition leads elsewhere, an update is forgotten, doubled or off by one, a threshold or a
    cap is moved, a component is left out of an event. TARGET is a design (module:design); without any, all designs that are
    found. What changes no step is proved to be equivalent; where a fault survives, a property is missing. `drcheck mutate` does
    the same with the steps of procedures.
    """
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import OK, UNDECIDED
    from drcheck.schemas import document
    from drcheck.verdicts.planting.campaign import LIMIT_STATES
    from drcheck.verdicts.planting.page import as_markdown, summary
    from drcheck.verdicts.planting.stored import planned
    from drcheck.verdicts.planting.subject import refuse_without_mutants, subject_of
    from drcheck.workers.cluster import joined

    limits = limits_of(LIMIT_STATES if limit_states is None else limit_states, None, memory, threads)
    engine = checked_engine(engine)
    store = None if output is None else _store(output)
    if stale and store is None:
        raise UsageError("DR401", "--stale asks for a stored result", remedy="name it: --output mutants.md")
    known = None if store is None else _read(store)
    if output is not None and not stale:
        try_directory(output.parent)
    with prints_apart(as_json_), display() as shown:
        subjects = []
        for design in chosen(targets):
            shown.say(f"{design.name}: looking for places")
            subjects.append(subject_of(design, settings_for(design, assignments)))
        refuse_without_mutants(subjects)
        plan = planned(subjects, seed, number, limits.states or LIMIT_STATES, known)
        if stale:
            _tell_stale(context, plan, stored=known is not None)
            return
        reused = len([1 for those in plan.drawn.values() for m in those]) - sum(map(len, plan.open.values()))

        def keep() -> None:
            if store is not None:
                write_text(store, as_json(document("mutants", plan.data())) + "\n")

        with joined(address, [subject.design for subject in subjects]) as cluster:
            _decide(plan, engine, limits, shown.say, keep, cluster)
        keep()
    data = plan.data()
    if as_json_:
        click.echo(as_json(document("mutants", data)))
    elif output is None:
        click.echo(as_markdown(data))
    if output is not None:
        write_text(output, as_markdown(data))
        click.echo(f"written: {output}; {summary(data)}; {reused} known before", err=as_json_)
    context.exit(UNDECIDED if tell_failed(() if cluster is None else cluster.failed) else OK)


def _decide(
    plan: Plan,
    engine: str,
    limits: Limits,
    say: Callable[[str], None],
    keep: Callable[[], None],
    cluster: Cluster | None,
) -> None:
    """Decide what is not known, and keep it as it is found."""
    from drcheck.verdicts.planting.campaign import Campaign
    from drcheck.verdicts.planting.elsewhere import decided_by

    for subject in plan.subjects:
        wanted = plan.open[subject.design.name]
        if not wanted:
            continue
        if cluster is None:
            say(f"{subject.design.name}: looking for mutants that change nothing")
            results = Campaign(subject, engine, limits).decide(wanted)
        else:
            results = decided_by(cluster, subject, wanted, engine, limits)
        for done, result in enumerate(results, 1):
            plan.take(result)
            keep()
            say(f"{subject.design.name}: {done} of {len(wanted)} mutants decided")


def _store(output: Path) -> Path:
    """The file beside the page that keeps the result as JSON. Raises UsageError DR401."""
    if output.suffix == ".json":
        raise UsageError(
            "DR401",
            f"--output {output} is the page, and the result is kept beside it",
            remedy="write --output mutants.md",
        )
    return output.with_suffix(".json")


def _read(store: Path) -> dict[str, Any] | None:
    """A stored result; None if there is none. Raises UsageError DR407, OutputError DR601."""
    from drcheck.schemas import read

    try:
        return read(store.read_text(encoding="utf-8"), "mutants")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            "DR601", f"{store} cannot be read: {error}", remedy="remove it, or choose another place"
        ) from error


def _tell_stale(context: click.Context, plan: Plan, *, stored: bool) -> None:
    """Say what of the stored result is no longer true, and end with status 1 if anything is."""
    if not stored:
        click.echo("There is no stored result.")
    for name, why in plan.stale.items():
        click.echo(f"stale: {name}: {why}")
    if plan.stale or not stored:
        click.echo("The same command without --stale decides what is missing.")
        context.exit(1)
    click.echo("The stored result is up to date.")


__all__ = ["mutants_command"]
