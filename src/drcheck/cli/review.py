"""`drcheck review`: the design review as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import assignments_of, by_option, on_option, search_options, set_option, tell_failed
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from drcheck.engines.protocol import Limits


@click.command(
    "review",
    epilog="""
\b
Examples:
  drcheck review
  drcheck review drcheck.examples:pair --set patience=6h --output six-hours
  drcheck review --output reviews/2026-11.html
  drcheck review drcheck.examples:pair --by slices
  drcheck review --again review/review.json --output elsewhere

A page for each study (the designs of one folder), further ones for what does not fit there, and an index where there are
several studies: as HTML, as Markdown, and all of it as one JSON file. Without --output, review/review.html and the others.
The exit status is 0 when they are written, whatever the verdicts are.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option(
    "--output", default="review", show_default=True, metavar="DIR|FILE", help="A directory, or a file ending in .html."
)
@click.option(
    "--repairs",
    is_flag=True,
    help="Also decide everything with the repairs alone, in pairs and together, as drcheck repairs does; takes much longer.",
)
@click.option(
    "--kept",
    metavar="FOLDER",
    help="Take answers in that drcheck keep made; by default from the folder kept beside the review.",
)
@click.option(
    "--budget",
    type=click.IntRange(0),
    metavar="N",
    help="How many states the cuts of each design may have, and each of its staircases half as many; 0: they are not made.",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes work at it, a design each; by default one for each processor. The review is the same.",
)
@on_option
@click.option("--again", metavar="FILE", help="Write the files of a review again from its JSON; nothing is checked.")
@by_option
@set_option
@search_options
@click.pass_context
def review_command(
    context: click.Context,
    targets: Sequence[str],
    output: str,
    repairs: bool,
    kept: str | None,
    budget: int | None,
    processes: int | None,
    address: str | None,
    again: str | None,
    by: str,
    assignments: Sequence[str],
    engine: str,
    limits: Limits,
) -> None:
    """Check designs and write a review that can be read, discussed and signed.

    TARGET is a design, module:design; without any, all designs of the working directory's package model/. A parameter
    that is set goes to every design that has it.
    """
    from drcheck.cli.console import display
    from drcheck.cli.discover import chosen
    from drcheck.report.adversities import BUDGET
    from drcheck.report.write import read_review, save, write_review
    from drcheck.workers.cluster import joined

    if address is not None and processes is not None:
        raise UsageError(
            "DR401", "--on has a cluster work at it, and --processes is of this machine", remedy="leave out one"
        )
    if again is not None:
        if targets or assignments or repairs:
            raise UsageError("DR401", "--again takes no design and no parameters: it writes what the file says")
        paths = save(read_review(again), output)
        _told(paths)
        return
    settings = assignments_of(assignments)
    with display() as shown:
        shown.say("composing")
        found = chosen(targets, limits)
        with joined(address, found) as cluster:
            paths = write_review(
                found,
                settings,
                output,
                engine=engine,
                limits=limits,
                listener=shown.search,
                repair_sets=repairs,
                kept=kept,
                commands=_names(context),
                by=by,
                budget=BUDGET if budget is None else budget,
                processes=processes or os.cpu_count() or 1,
                cluster=cluster,
            )
    tell_failed(() if cluster is None else cluster.failed)
    _told(paths)


def _names(context: click.Context) -> list[str]:
    """The commands that there are."""
    group = None if context.parent is None else context.parent.command
    return list(group.commands) if isinstance(group, click.Group) else []


def _told(paths: Sequence[Path]) -> None:
    """The first page and its twins, and how many files there are beside them."""
    for path in paths[:LEADING]:
        click.echo(f"written: {path}")
    if paths[LEADING:]:
        click.echo(f"written: {len(paths) - LEADING} further files beside them")


LEADING = 3
